"""When calls reach people: hour by weekday, the calls behind each, and moving a block to where they do (B3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.insights import reaching
from fifthcall.insights.pooling import Prior
from fifthcall.insights.reaching import Cell
from fifthcall.pipeline.moving_blocks import CannotMove
from fifthcall.rules.law import DAY_NAMES
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.web.access import MemberRequest
from fifthcall.web.figures import as_file
from fifthcall.wording.odds import needed

#: How dark a cell is, against the mean: so many steps, the middle one near it.
STEPS = 5
_NAMES = ("weekday", "hour", "calls", "reached", "rate", "low", "high")


def hours_of(member: Membership, now: Any) -> dict[str, Any]:
    """The heatmap's rows and columns; empty where nobody was ever called."""
    prior, cells = reaching.week_of_cells(reaching.by_hour(member, now))
    if not cells:
        return {"rows": []}
    by_place = {(cell.weekday, cell.hour): _cell(cell, prior) for cell in cells}
    hours = {cell.hour for cell in cells} | {8, 17}
    columns = range(min(hours), max(hours) + 1)  # without a gap: it is read as a clock
    days = sorted({cell.weekday for cell in cells} | set(range(5)))
    return {
        "columns": columns,
        "rows": [
            {"name": DAY_NAMES[day], "cells": [by_place.get((day, hour), {"hour": hour}) for hour in columns]}
            for day in days
        ],
        "mean": _percent(prior.mean),
        "calls": sum(cell.score.of for cell in cells),
        "best": _best(cells, prior),
    }


def _cell(cell: Cell, prior: Prior) -> dict[str, Any]:
    part = cell.rate / (2 * prior.mean) if prior.mean else 0.5
    return {
        "weekday": cell.weekday,
        "hour": cell.hour,
        "day": DAY_NAMES[cell.weekday],
        "rate": _percent(cell.rate),
        "low": _percent(cell.low),
        "high": _percent(cell.high),
        "of": cell.score.of,
        "good": cell.score.good,
        "step": min(STEPS - 1, int(part * STEPS)),
    }


def _best(cells: list[Cell], prior: Prior) -> dict[str, Any]:
    """The hour that stands out for certain, else how many calls are still needed to tell."""
    sure = [cell for cell in cells if cell.low > prior.mean]
    if sure:
        top = max(sure, key=lambda cell: cell.low)
        return {"words": f"{DAY_NAMES[top.weekday]} {top.hour}–{top.hour + 1}", "rate": _percent(top.rate)}
    most = max(cell.score.of for cell in cells)
    return {"more": max(1, needed(prior.mean) - most)}


def _percent(share: float) -> int:
    return round(100 * share)


@require_GET
def hours_file(request: MemberRequest, kind: str) -> HttpResponse:
    """The figures behind the picture; `kind` is csv or json. Shares lie between 0 and 1, weekday 0 is Monday."""
    _, cells = reaching.week_of_cells(reaching.by_hour(request.member, clock.now()))
    rows = [
        dict(
            zip(
                _NAMES,
                (c.weekday, c.hour, c.score.of, c.score.good, c.rate, c.low, c.high),
                strict=True,
            )
        )
        for c in cells
    ]
    return as_file(kind, "hours", _NAMES, rows)


@require_GET
def hour_calls(request: MemberRequest) -> HttpResponse:
    """The calls behind one cell: `weekday` (0 = Monday) and `hour`, on the prospect's clock."""
    weekday, hour = request.GET.get("weekday", ""), request.GET.get("hour", "")
    if not (weekday.isdecimal() and hour.isdecimal() and int(weekday) < 7 and int(hour) < 24):
        raise Http404
    now, member = clock.now(), request.member
    touches = reaching.calls_at(member, int(weekday), int(hour), now)
    open_ = reaching.opportunities_of(touches, member)
    rows = [
        {
            "when": cards.when(touch.at, now, member.zone),
            "whom": touch.person.name if touch.person else touch.opportunity.name,
            "what": OUTCOMES[touch.outcome].label,
            "who": touch.member.name if touch.member else "",
            "pk": touch.opportunity_id if touch.opportunity_id in open_ else None,
        }
        for touch in touches
    ]
    title = f"Calls on {DAY_NAMES[int(weekday)]}, {int(hour)}–{int(hour) + 1} their time"
    return render(request, "fifthcall/hour_calls.html", {"title": title, "rows": rows})


def block_words(member: Membership, now: Any) -> dict[int, str]:
    """Block → what its calls came to, in words."""
    found = {}
    for pk, score in reaching.by_block(member, now).items():
        if score.of:
            shown = score.shown
            found[pk] = (
                f"In a year: {score.of} calls, {score.good} reached somebody, {_percent(score.rate)} % "
                f"(likely {_percent(shown.low)}–{_percent(shown.high)} %)."
            )
    return found


@require_POST
def block_proposal(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """`accept` moves the block to where it reaches more people; `no` leaves it."""
    now, member = clock.now(), request.member
    found = next((one for one in reaching.proposals(member, now) if one.block.pk == pk), None)
    if found is None or act not in ("accept", "no"):
        raise Http404
    if act == "no":
        reaching.turn_down(found, member, now)
        messages.success(request, "It stays where it is.")
        return redirect("calendar")
    try:
        reaching.accept(found, member, now)
        messages.success(request, f"Moved to {found.start:%H:%M}–{found.end:%H:%M} from tomorrow on.")
    except CannotMove as wrong:
        messages.error(request, str(wrong))
    return redirect("calendar")
