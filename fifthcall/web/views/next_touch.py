"""F4: what the next touch is worth a minute, beside a new lead's first; and whether the queue follows it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.next_touch import Ranked, set_order, worth_of_open
from fifthcall.rules.case import Chance, Policy, Worth
from fifthcall.rules.next_touch import MOST, Expected, new_lead
from fifthcall.teams.models import ENOUGH_WINS
from fifthcall.touches.card import money
from fifthcall.web.access import MemberRequest
from fifthcall.web.figures import as_file, percent

_COLUMNS = ("reached", "attempt", "of", "rate", "low", "high")
#: Shown of one's own open opportunities at either end.
_SHOWN = 20


@require_GET
def next_touch(request: MemberRequest) -> HttpResponse:
    member = request.member
    space, policy = member.workspace, member.workspace.policy()
    worth = policy.worth
    context: dict[str, Any] = {
        "worth": worth,
        "by_worth": space.order_by_worth,
        "more_wins": max(0, ENOUGH_WINS - (worth.wins if worth else 0)),
        "can_order": member.leads,
        "definitions": [NUMBERS["next_touch"]],
    }
    if worth:
        context |= _figures(request, policy, worth)
    return render(request, "fifthcall/next_touch.html", context)


def _figures(request: MemberRequest, policy: Policy, worth: Worth) -> dict[str, Any]:
    lead, ranked = new_lead(policy, worth), worth_of_open(request.member, policy, worth)
    # With few wins any deal of little value would look like a waste of time: nothing is said of it then.
    sure = worth.wins >= ENOUGH_WINS
    below = [one for one in reversed(ranked) if sure and one.expected.high < lead.low]
    currency = request.member.workspace.currency
    return {
        "rows": [_chances(worth, number) for number in range(1, MOST + 1) if _known(worth, number)],
        "typical": money(worth.typical, currency),
        "lead": _words(lead),
        "sure": sure,
        "first": [_row(one, currency) for one in ranked[:_SHOWN]],
        "below": [_row(one, currency) for one in below[:_SHOWN]],
        "below_more": max(0, len(below) - _SHOWN),
        "open_count": len(ranked),
        "currency": currency,
    }


def _known(worth: Worth, number: int) -> bool:
    return any(chance.attempt == number and chance.of for chance in worth.chances)


def _chances(worth: Worth, number: int) -> dict[str, Any]:
    """A row of the table: the attempt's number, before and after a first conversation."""
    name = f"{number} and later" if number == MOST else str(number)
    return {"name": name, "before": _share(worth.chance(False, number)), "after": _share(worth.chance(True, number))}


def _share(chance: Chance) -> dict[str, Any]:
    return {
        "of": chance.of,
        "rate": percent(chance.rate),
        "low": percent(chance.low),
        "high": percent(chance.high),
    }


def _words(what: Expected) -> dict[str, Any]:
    return {"a_minute": f"{what.a_minute:,.2f}", "low": f"{what.low:,.2f}", "high": f"{what.high:,.2f}", "of": what.of}


def _row(one: Ranked, currency: str) -> dict[str, Any]:
    row = one.opportunity
    return {
        "pk": row.pk,
        "name": row.name,
        "value": money(row.value, currency) or "value not known",
        "attempts": one.attempts,
    } | _words(one.expected)


@require_GET
def next_touch_file(request: MemberRequest, kind: str) -> HttpResponse:
    """The chances behind it; `kind` is csv or json. Shares lie between 0 and 1; reached: after a conversation."""
    worth = request.member.workspace.policy().worth
    rows = [{name: getattr(chance, name) for name in _COLUMNS} for chance in (worth.chances if worth else ())]
    return as_file(kind, "chances", _COLUMNS, rows)


@require_POST
def order(request: MemberRequest) -> HttpResponse:
    """`by_worth`: yes or no. Everybody's queue follows what touches are worth, or value and recency again."""
    wanted = request.POST.get("by_worth") == "yes"
    set_order(request.member, wanted, clock.now())
    said = "The queue follows what each next touch is worth." if wanted else "The queue follows warmth and value."
    messages.success(request, f"{said} Plans change over the next minutes.")
    return redirect("next_touch")
