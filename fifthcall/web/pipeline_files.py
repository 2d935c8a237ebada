"""The figures of the pipeline's page as tables: columns and rows, for its files. Shares lie between 0 and 1."""

from __future__ import annotations

from typing import Any

from fifthcall.insights.coverage import by_how
from fifthcall.rules.honesty import How
from fifthcall.web import pipeline_page as pages

Table = tuple[tuple[str, ...], list[dict[str, Any]]]


def _board(found: pages.Pipeline) -> Table:
    rows = []
    for stage in [*found.board, *sorted({heap.stage for heap in found.heaps} - set(found.board))]:
        heaps = found.of_stage(stage)
        count, valued, value = sum(h.count for h in heaps), sum(h.valued for h in heaps), sum(h.value for h in heaps)
        rows.append(
            {"stage": stage, "opportunities": count, "with_value": valued, "value": value}
            | {"honest_value": by_how(heaps)[How.REAL].value}
        )
    return ("stage", "opportunities", "with_value", "value", "honest_value"), rows


def _honesty(found: pages.Pipeline) -> Table:
    total = found.all.value
    rows = [
        {"how": how.value, "opportunities": one.count, "with_value": one.valued, "value": one.value}
        | {"share": one.value / total if total else 0.0}
        for how, one in found.hows.items()
    ]
    return ("how", "opportunities", "with_value", "value", "share"), rows


def _magnitude(found: pages.Pipeline) -> Table:
    deals, total = pages.deals(found), found.all.value
    rows: list[dict[str, Any]] = [
        {"opportunity": d.pk, "name": d.name, "value": d.value, "share": d.value / total, "how": d.how.value}
        for d in deals
    ]
    others, rest = found.all.valued - len(deals), total - sum(deal.value for deal in deals)
    if others:
        share = rest / total if total else 0.0
        rows.append({"opportunity": "", "name": f"{others} others", "value": rest, "share": share, "how": ""})
    return ("opportunity", "name", "value", "share", "how"), rows


def _figures(found: pages.Pipeline) -> Table:
    cover, index, largest, added = found.coverage, found.concentration, found.largest, found.added
    row = {
        "open_value": found.all.value,
        "deals": found.all.valued,
        "without_value": found.all.count - found.all.valued,
        "honest_value": cover.open_value,
        "largest_share": float(largest[1].value or 0) / found.all.value if largest else None,
        "hhi": index.hhi if index else None,
        "effective_deals": index.effective if index else None,
        "goal": cover.goal,
        "until": cover.end.isoformat(),
        "won": cover.won,
        "to_win": cover.to_win,
        "coverage": cover.times,
        "coverage_goal": cover.target,
        "weeks": len(added.weeks),
        "added_a_week": added.mean if added.weeks else None,
        "low": added.shown.low if added.weeks else None,
        "high": added.shown.high if added.weeks else None,
        "added_goal": found.goal.new_a_week,
    }
    return tuple(row), [row]


def _weeks(found: pages.Pipeline) -> Table:
    rows = [
        {"week": week.monday.isoformat(), "added": week.added, "from_files": week.files}
        | {"whole": week is not found.added.current}
        for week in [*found.added.weeks, found.added.current]
    ]
    return ("week", "added", "from_files", "whole"), rows


FILES = {"board": _board, "honesty": _honesty, "magnitude": _magnitude, "figures": _figures, "added": _weeks}
