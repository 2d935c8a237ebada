"""Performing an import: pieces that each commit whole, with the place to go on from; a killed one resumes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from fifthcall import clock
from fifthcall.imports.landing import Landed, external_id, land
from fifthcall.imports.lookups import Lookups
from fifthcall.imports.models import Import, ImportFile, Reject
from fifthcall.imports.ordering import by_worth
from fifthcall.imports.reading import UnreadableFile
from fifthcall.imports.records import Record, Unusable, records
from fifthcall.imports.uploads import ORDER, Sheet, sheets
from fifthcall.journal.models import note_event
from fifthcall.pipeline.room import NoLimit, Room
from fifthcall.teams.models import Role
from fifthcall.teams.zones import zone_of_country

log = logging.getLogger(__name__)
PIECE = 1000
LEASE = timedelta(seconds=60)
Progress = Callable[[int, int], None]


class Lost(Exception):
    """Another process has taken the import over; this one's piece was rolled back."""


@dataclass(slots=True)
class Run:
    """One go at an import."""

    batch: Import
    lookups: Lookups
    seen: dict[str, int]
    now: datetime
    room: Room = field(default_factory=NoLimit)


def ordered(batch: Import) -> list[Sheet]:
    """The files that hold something, those that others refer to first."""
    return sorted((s for s in sheets(batch) if s.kind), key=lambda s: (ORDER.index(s.kind), s.position))


def claim(batch_id: int, now: datetime) -> Import | None:
    """Take a running import whose lease has lapsed; None when somebody else has it."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    taken = Import.objects.filter(free, pk=batch_id, state=Import.State.RUNNING).update(
        claimed_until=now + LEASE, fence=F("fence") + 1
    )
    return Import.objects.select_related("workspace", "member").get(pk=batch_id) if taken else None


def perform(batch_id: int, now: datetime, progress: Progress | None = None) -> Import | None:
    """Work an import through to its end, from wherever it stands. None when another process has it."""
    batch = claim(batch_id, now)
    if batch is None:
        return None
    try:
        _through(batch, now, progress or (lambda done, total: None))
    except UnreadableFile as problem:
        Import.objects.filter(pk=batch.pk, fence=batch.fence).update(
            state=Import.State.FAILED, problem=str(problem), claimed_until=None
        )
    batch.refresh_from_db()
    return batch


def resume_all(now: datetime) -> int:
    """Perform every import that was started and that nobody works on; how many went through.

    One that fails doesn't stop the others, and is tried again when its lease has lapsed.
    """
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    waiting = Import.objects.filter(free, state=Import.State.RUNNING).order_by("id").values_list("pk", flat=True)
    through = 0
    for pk in list(waiting):
        try:
            through += perform(pk, now) is not None
        except Exception:
            log.exception("Import %s stopped; it goes on from there later.", pk)
    return through


def _through(batch: Import, now: datetime, progress: Progress) -> None:
    run, passed = Run(batch, Lookups(batch, now), {}, now, Room()), 0
    for sheet in ordered(batch):
        run.seen = {}
        rows = by_worth(records(sheet), batch) if sheet.kind == "opportunities" else records(sheet)
        if passed < batch.done_rows:  # accounted for before we were killed
            for record in islice(rows, batch.done_rows - passed):
                passed += 1
                _remember(run.seen, sheet, record)
        file = ImportFile.objects.get(batch=batch, position=sheet.position)
        while piece := list(islice(rows, PIECE)):
            with transaction.atomic():
                _account(run, file, land_sheet(sheet, piece, run))
            passed += len(piece)
            progress(passed, batch.total)
    with transaction.atomic():
        _finish(run)


def _remember(seen: dict[str, int], sheet: Sheet, record: Record) -> None:
    if sheet.kind == "opportunities" and not record.problem:
        try:
            seen.setdefault(external_id(record.values), record.line)
        except Unusable:
            return


def land_sheet(sheet: Sheet, piece: list[Record], run: Run) -> list[Landed]:
    """Bring one piece of a sheet in, by its kind."""
    if sheet.kind == "opportunities":
        return land(piece, run.batch, run.lookups, run.seen, run.now, run.room)
    take = {"products": _product, "members": _member, "organisations": _organisation}[sheet.kind]
    return [_one(record, take, run) for record in piece]


def _one(record: Record, take: Callable[[dict[str, Any], Run], str], run: Run) -> Landed:
    name = str(record.values.get("name") or record.values.get("email") or "")
    if record.problem or not name:
        return Landed(record, "failed", record.problem or "This row has no name.")
    return Landed(record, take(record.values, run), name=name)


def _changed(row: Any, wanted: dict[str, Any]) -> bool:
    """Fill in what the file knows; what it doesn't know stays."""
    changed = {
        column: value for column, value in wanted.items() if value not in (None, "") and getattr(row, column) != value
    }
    for column, value in changed.items():
        setattr(row, column, value)
    if changed:
        row.save(update_fields=list(changed))
    return bool(changed)


def _product(values: dict[str, Any], run: Run) -> str:
    known = run.lookups.known_product(values["name"])
    product = known or run.lookups.product(values["name"])
    price = values.get("list_price")
    changed = _changed(product, {"series": values.get("series"), "list_price": price and Decimal(price)})
    return "created" if known is None else "updated" if changed else "unchanged"


def _organisation(values: dict[str, Any], run: Run) -> str:
    known = run.lookups.known_organization(values["name"])
    row = known or run.lookups.organization(values["name"])
    country, people, parent = values.get("country"), values.get("employees"), values.get("parent")
    wanted = {
        "sector": values.get("sector"),
        "website": values.get("website"),
        "country": country,
        "zone": zone_of_country(country) if country else "",
        "employees": int(people) if people is not None else None,
        "revenue": values.get("revenue"),
        "parent": run.lookups.organization(parent) if parent else None,
    }
    changed = _changed(row, wanted)
    return "created" if known is None else "updated" if changed else "unchanged"


def _member(values: dict[str, Any], run: Run) -> str:
    before = run.lookups.known_member(values.get("name"), values.get("email"))
    manager = run.lookups.member(values.get("manager"), role=Role.MANAGER) if values.get("manager") else None
    row = before or run.lookups.member(values.get("name"), values.get("email"))
    changed = _changed(row, {"team": values.get("team"), "manager": manager})
    return "created" if before is None else "updated" if changed else "unchanged"


def _account(run: Run, file: ImportFile, landed: Iterable[Landed]) -> None:
    """Count a piece and keep its rejects, only while the import is still ours."""
    landed, batch = list(landed), run.batch
    Reject.objects.bulk_create(
        Reject(
            batch=batch,
            file=file,
            line=one.record.line,
            failed=one.action == "failed",
            reason=one.words[:500],
            values=one.record.cells,
        )
        for one in landed
        if one.action in ("skipped", "failed")
    )
    counts = {
        f"{action}_rows": F(f"{action}_rows") + sum(one.action == action for one in landed)
        for action in ("created", "updated", "unchanged", "skipped", "failed")
    }
    kept = Import.objects.filter(pk=batch.pk, fence=batch.fence, state=Import.State.RUNNING).update(
        done_rows=F("done_rows") + len(landed), claimed_until=clock.now() + LEASE, **counts
    )
    if not kept:
        raise Lost


def _finish(run: Run) -> None:
    """Close the import, with what there is to say about it."""
    batch = run.batch
    batch.refresh_from_db()
    notes = [f"“{name}” is read as “{known}”." for name, known in run.lookups.respelled]
    Import.objects.filter(pk=batch.pk, fence=batch.fence).update(
        state=Import.State.DONE, finished_at=clock.now(), claimed_until=None, notes=[*batch.notes, *sorted(notes)]
    )
    counts = {"created": batch.created_rows, "updated": batch.updated_rows, "rows": batch.total}
    note_event(batch.workspace_id, batch.member_id, "imported", batch, run.now, **counts)


def pieces(rows: Iterator[Record]) -> Iterator[list[Record]]:
    while piece := list(islice(rows, PIECE)):
        yield piece
