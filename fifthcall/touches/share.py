"""D4: how small or large a deal is against all that is open, for a tone that isn't needy. F4: what a touch is worth."""

from __future__ import annotations

from django.db.models import Count, Sum

from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import history, value_of
from fifthcall.rules import next_touch
from fifthcall.rules.case import Kind
from fifthcall.teams.models import ENOUGH_WINS

#: Adding up stops here: nobody follows so many up by hand, and the page must not wait for it.
COUNTED = 2000


def share_words(opportunity: Opportunity) -> str:
    """The deal's part of its owner's open value; "" where it has no value, or nobody owns it, or it is closed."""
    if not opportunity.value or opportunity.owner_id is None or opportunity.next_due_at is None:
        return ""
    mine = Opportunity.objects.filter(workspace=opportunity.workspace_id, owner=opportunity.owner_id)
    valued = mine.filter(next_due_at__isnull=False, value__isnull=False)
    found = valued[: COUNTED + 1].aggregate(total=Sum("value"), deals=Count("id"))
    if found["deals"] > COUNTED:
        return f"one of more than {COUNTED:,}"
    if found["deals"] <= 1:
        return "the only one open with a value"
    percent = opportunity.value / found["total"] * 100
    part = "under 1 %" if percent < 1 else f"{percent:.0f} %"
    return f"{part} of what is open, one of {found['deals']:,}"


def next_worth_words(opportunity: Opportunity) -> str:
    """F4: what the next touch is worth a minute beside a new lead's first, and whether that is its place in the queue.

    "" where too few were won yet to say anything, or there is no next step.
    """
    policy = opportunity.workspace.policy()
    worth = policy.worth
    if worth is None or worth.wins < ENOUGH_WINS or not opportunity.next_kind:
        return ""
    attempts, reached = next_touch.tried(history(opportunity))
    length = next_touch.minutes(Kind(opportunity.next_kind), policy.touches_an_hour)
    here = next_touch.expected(worth, attempts, reached, value_of(opportunity), length)
    other, currency = next_touch.new_lead(policy, worth), opportunity.workspace.currency
    words = (
        f"The next touch is worth about {_amount(here.a_minute)} {currency} a minute "
        f"(likely {_amount(here.low)} to {_amount(here.high)}), "
        f"a new lead’s first call about {_amount(other.a_minute)}."
    )
    return f"{words} Its place in your queue follows from that." if worth.in_order else words


def _amount(a_minute: float) -> str:
    return (
        f"{a_minute:,.0f}" if a_minute >= 10 else f"{a_minute:.1f}" if a_minute >= 0.05 or not a_minute else "under 0.1"
    )
