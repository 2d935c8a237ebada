"""Numbers: what each attempt was worth here, as a page, as CSV and as JSON (G1, G2)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fifthcall import clock
from fifthcall.insights.brought import brought, files
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.drawing import picture
from fifthcall.insights.histories import WHATS, given_up, histories, won_with
from fifthcall.insights.lore import claims
from fifthcall.insights.own_curve import Histories, Point, curve
from fifthcall.insights.proposals import proposals
from fifthcall.posting.desk import spent
from fifthcall.web.access import MemberRequest
from fifthcall.web.figures import as_file, percent
from fifthcall.web.views.reaching import hours_of
from fifthcall.wording.odds import needed

_SHOWN = 12  # the lore speaks of contacts 1 to 12; the files hold them all
_LIST = 200
_COLUMNS = ("attempt", "tried", "won_here", "worth", "low", "high", "won_by", "of_wins")
_MEANT = ("tried", "won_here", "worth", "won_by", "came_with", "given_up", "reviews", "reached", "of_wins", "post_cost")
#: What came with an attempt, in words: the heading, and what one is called.
_WORDS = {"wins": ("Wins", "won"), "meetings": ("Meetings", "set a meeting"), "connects": ("Connects", "reached them")}


@require_GET
def insights(request: MemberRequest) -> HttpResponse:
    """`?of=` wins (as it is), meetings or connects; `?brought=no` leaves out what came as counts."""
    what = _what(request)
    points = curve(_histories(request, what))
    rows = [_row(point) for point in points]
    wins = points if what == "wins" else curve(_histories(request, "wins"))
    workspace = request.member.workspace
    context = {
        "what": what,
        "whats": [(code, words[0]) for code, words in _WORDS.items()],
        "did": _WORDS[what][1],
        "rows": rows[:_SHOWN],
        "more": len(rows) > _SHOWN,
        "picture": picture(points[:_SHOWN]) if points else None,
        "sixth": rows[5] if len(rows) > 5 else None,
        "claims": [
            {"said": one.said, "here": one.here, "of": one.score.of, "rate": percent(one.score.rate)}
            | {"low": percent(one.score.shown.low), "high": percent(one.score.shown.high)}
            for one in claims(wins, _given_up(request))
        ],
        "proposals": _proposals(request),
        "post": spent(request.member),
        "currency": workspace.currency,
        "files": files(workspace.pk) if what == "wins" else [],
        "without": _without(request),
        "hours": hours_of(request.member, clock.now()),
        "definitions": [NUMBERS[key] for key in _MEANT],
    }
    return render(request, "fifthcall/insights.html", context)


def _without(request: MemberRequest) -> bool:
    return request.GET.get("brought") == "no"


def _histories(request: MemberRequest, what: str) -> list[Histories]:
    """What was followed up here and, of wins, what came as counts: of those no more is known."""
    own = histories(request.member, what)
    return own if what != "wins" or _without(request) else [*own, *brought(request.member.workspace_id)]


def _given_up(request: MemberRequest) -> Counter[int]:
    counted = given_up(request.member)
    for some in [] if _without(request) else brought(request.member.workspace_id):
        counted[some.attempts] += 0 if some.won else some.count
    return counted


def _proposals(request: MemberRequest) -> dict[str, Any]:
    score, reasons = proposals(request.member)
    return {"score": score, "rate": percent(score.rate), "reasons": reasons} | {
        "low": percent(score.shown.low),
        "high": percent(score.shown.high),
    }


def _what(request: MemberRequest) -> str:
    what = request.GET.get("of", "wins")
    if what not in WHATS:
        raise Http404("There are curves of wins, meetings and connects.")
    return what


@require_GET
def insights_list(request: MemberRequest) -> HttpResponse:
    """The opportunities behind a point: won with exactly `attempt` attempts."""
    number = request.GET.get("attempt", "")
    if not number.isdecimal() or not 1 <= int(number) <= 10_000:
        raise Http404
    rows = won_with(request.member, int(number))
    found = rows.select_related("organization", "owner").order_by("-closed_on", "-id")[:_LIST]
    title = f"Won with {number} attempt{'' if number == '1' else 's'}"
    counts = brought(request.member.workspace_id)
    nameless = sum(some.count for some in counts if some.won and some.attempts == int(number))
    return render(request, "fifthcall/insights_list.html", {"title": title, "rows": found, "nameless": nameless})


@require_GET
def insights_file(request: MemberRequest, kind: str) -> HttpResponse:
    """The curve's figures (`?of=` as on the page); `kind` is csv or json. Shares lie between 0 and 1."""
    rows = [_figures(point) for point in curve(_histories(request, _what(request)))]
    return as_file(kind, "attempts", _COLUMNS, rows)


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
        key: percent(value) if isinstance(value, float) else value for key, value in _figures(point).items()
    }
    enough = needed(point.score.rate)  # to tell it from one ten in a hundred better
    return row | {"more_needed": max(0, enough - point.score.of)}
