"""D1: whether it is known why they could not act when we were with them; what is missing is asked for, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch

OVER = timedelta(days=30)
#: Being with them for real; a meeting set, a no and a call-back leave nothing to ask.
REAL = ("connected", "meeting_held", "serious", "curious", "not_now", "came")
#: Without a reason the others have their meeting booked: then they did act.
_UNSAID = Q(reason="unknown") | Q(reason="", outcome="curious")
#: Among `conversations`: those of which nobody knows why they could not act.
LEFT_OPEN = _UNSAID & Q(noted_after=False)


@dataclass(frozen=True, slots=True)
class Quality:
    """Real conversations, and in how many of them it was noted why they could not act yet, or they did."""

    conversations: int = 0
    noted: int = 0


def asked_for(opportunity: Opportunity) -> Touch | None:
    """The latest real conversation, where it leaves open why they could not act and nobody has noted it since."""
    if opportunity.finished:
        return None
    standing = Touch.of(opportunity).filter(
        retracts=None, retraction=None, outcome__in=(*REAL, "why_not", "meeting_set")
    )
    last = standing.order_by("-at", "-id").first()
    return last if last and lacks_reason(last) else None


def lacks_reason(touch: Touch) -> bool:
    """Whether this conversation leaves open why they could not act."""
    return touch.outcome in REAL and (touch.reason == "unknown" or (touch.outcome == "curious" and not touch.reason))


def conversations(touches: QuerySet[Touch]) -> QuerySet[Touch, Any]:
    """The real conversations among these, with `noted_after`: whether the reason came later."""
    noted_after = Touch.objects.filter(
        opportunity_id=OuterRef("opportunity_id"), outcome="why_not", at__gte=OuterRef("at"), retraction=None
    )
    return touches.filter(outcome__in=REAL).annotate(noted_after=Exists(noted_after))


def _lately(members: QuerySet[Membership], now: datetime) -> QuerySet[Touch, Any]:
    return conversations(Touch.standing().filter(member__in=members, at__gt=now - OVER, at__lte=now))


def qualities(members: QuerySet[Membership], now: datetime) -> dict[int, Quality]:
    """Each member's note quality over the last 30 days, by the member's key; who spoke with nobody isn't there."""
    rows = _lately(members, now).values_list("member_id")
    missing = Count("pk", filter=LEFT_OPEN)
    return {pk: Quality(whole, whole - gone) for pk, whole, gone in rows.annotate(whole=Count("pk"), gone=missing)}


def of_member(member: Membership, now: datetime) -> Quality:
    return qualities(Membership.objects.filter(pk=member.pk), now).get(member.pk, Quality())


def missing(member: Membership, now: datetime, most: int = 50) -> list[Touch]:
    """The member's own conversations that leave it open, of what is still open, the latest first."""
    mine = _lately(Membership.objects.filter(pk=member.pk), now)
    still = mine.filter(LEFT_OPEN, opportunity__next_due_at__isnull=False)
    found = still.select_related("opportunity", "opportunity__person", "opportunity__organization")
    return list(found.order_by("-at", "-id")[:most])
