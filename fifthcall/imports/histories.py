"""Finished histories that a file only counts (attempts, won or not): added up, for the workspace's own curve (G2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

from fifthcall.imports.landing import Landed
from fifthcall.imports.models import ImportFile, PastHistories
from fifthcall.imports.records import Record
from fifthcall.imports.stages import was_won

#: More attempts than anybody makes: what stands there is something else.
MOST_ATTEMPTS = 1000
_Key = tuple[int, bool, str, str]  # attempts, won, channel, source


def land_histories(piece: Iterable[Record], file: ImportFile, workspace_id: int) -> list[Landed]:
    """Add a piece of rows to the counts, in the caller's transaction. What came in with the same file stays as it is.

    Rows have nothing to know them by, so the file as a whole is recognised, by its digest.
    """
    if before := _came_before(file, workspace_id):
        words = f"These histories came in on {before:%-d %B %Y} already. To bring them in anew, undo that import first."
        return [Landed(record, "unchanged", words) for record in piece]
    counted: Counter[_Key] = Counter()
    landed = [_taken(record, counted) for record in piece]
    for (attempts, won, channel, source), count in counted.items():
        what = {"attempts": attempts, "won": won, "channel": channel, "source": source}
        same = PastHistories.objects.filter(file=file, **what)
        if not same.update(count=F("count") + count):
            PastHistories.objects.create(workspace_id=workspace_id, file=file, count=count, **what)
    return landed


def _came_before(file: ImportFile, workspace_id: int) -> datetime | None:
    known = PastHistories.objects.filter(workspace=workspace_id, file__digest=file.digest).exclude(file=file)
    return known.values_list("file__batch__created_at", flat=True).first() if file.digest else None


def _taken(record: Record, counted: Counter[_Key]) -> Landed:
    values = record.values
    problem = record.problem or _problem(values)
    if problem:
        return Landed(record, "failed", problem)
    count = 1 if values.get("count") is None else int(values["count"])
    attempts, won = int(values["attempts"]), bool(was_won(values["outcome"]))
    counted[attempts, won, values.get("channel") or "", values.get("source") or ""] += count
    return Landed(record, "created", name=f"{'Won' if won else 'Lost'} after {attempts}")


def _problem(values: dict[str, Any]) -> str:
    """What keeps a row from being counted, with the remedy; "" for nothing."""
    attempts, outcome, count = values.get("attempts"), values.get("outcome"), values.get("count")
    if attempts is None:
        return "It doesn’t say how many attempts were made, or says 0. Give a whole number from 1 on."
    if attempts != int(attempts) or not 1 <= attempts <= MOST_ATTEMPTS:
        return f"{attempts} is no number of attempts. Give a whole number from 1 to {MOST_ATTEMPTS}."
    if outcome is None or was_won(outcome) is None:
        return f"“{outcome or ''}” doesn’t say whether it was won. Write won or lost, or yes or no."
    if count is not None and (count != int(count) or count < 1):
        return f"{count} is no number of opportunities. Give a whole number from 1 on, or leave the column out."
    return ""
