"""A8: proposals that went out with their review booked, and why the others did not."""

from __future__ import annotations

from django.db.models import Count

from fifthcall.rules.outcomes import WHY_NO_REVIEW
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score

#: One with a reason went out without its review booked.
PROPOSAL = "proposal_sent"


def proposals(member: Membership) -> tuple[Score, list[tuple[str, int]]]:
    """Those with the review booked, of all that went out; the reasons of the others, the most frequent first.

    One's own; for who leads, everybody's.
    """
    sent = Touch.standing().filter(workspace=member.workspace_id, outcome=PROPOSAL)
    if not member.leads:
        sent = sent.filter(member=member)
    by_reason: dict[str, int] = dict(sent.order_by().values_list("reason").annotate(count=Count("pk")))
    booked = by_reason.pop("", 0)
    reasons = sorted(by_reason.items(), key=lambda pair: (-pair[1], pair[0]))
    return Score(booked, booked + sum(by_reason.values())), [
        (WHY_NO_REVIEW.get(reason, reason), count) for reason, count in reasons
    ]
