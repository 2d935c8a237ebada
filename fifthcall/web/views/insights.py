"""Numbers: what each attempt was worth here, as a page, as CSV and as JSON (G1, G2)."""

from __future__ import annotations

import csv
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fifthcall import clock
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.histories import histories
from fifthcall.insights.own_curve import Point, curve
from fifthcall.posting.desk import spent
from fifthcall.web.access import MemberRequest
from fifthcall.web.views.reaching import hours_of
from fifthcall.wording.odds import needed

_SHOWN = 12  # the lore speaks of contacts 1 to 12; the files hold them all


@require_GET
def insights(request: MemberRequest) -> HttpResponse:
    points = curve(histories(request.member))
    rows = [_row(point) for point in points]
    late = sum(point.of_wins for point in points if point.attempt >= 5)
    wins = sum(point.score.good for point in points)
    context = {"rows": rows[:_SHOWN], "more": len(rows) > _SHOWN, "wins": wins, "late": round(100 * late)}
    context["hours"] = hours_of(request.member, clock.now())
    context |= {"post": spent(request.member), "currency": request.member.workspace.currency}
    context |= {"definitions": NUMBERS.values(), "sixth": rows[5] if len(rows) > 5 else None}
    return render(request, "fifthcall/insights.html", context)


@require_GET
def insights_file(request: MemberRequest, kind: str) -> HttpResponse:
    """The curve's figures; `kind` is csv or json. Shares lie between 0 and 1."""
    rows = [_figures(point) for point in curve(histories(request.member))]
    if kind == "json":
        return JsonResponse({"attempts": rows})
    if kind != "csv":
        raise Http404("The numbers are there as csv and json.")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="numbers.csv"'
    table = csv.DictWriter(response, ["attempt", "tried", "won_here", "worth", "low", "high", "won_by", "of_wins"])
    table.writeheader()
    table.writerows(rows)
    return response


def _figures(point: Point) -> dict[str, float]:
    shown, score = point.shown, point.score
    return {
        "attempt": point.attempt,
        "tried": score.of,
        "won_here": score.good,
        "worth": score.rate,
        "low": shown.low,
        "high": shown.high,
        "won_by": point.won_by,
        "of_wins": point.of_wins,
    }


def _row(point: Point) -> dict[str, Any]:
    row: dict[str, Any] = {
        key: round(100 * value, 1) if isinstance(value, float) else value for key, value in _figures(point).items()
    }
    enough = needed(point.score.rate)  # to tell it from one ten in a hundred better
    return row | {"more_needed": max(0, enough - point.score.of)}
