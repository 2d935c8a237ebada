"""Today's queue: one order, the same on the page, on the command line and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import QuerySet

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.windows import instant, wall
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch

AHEAD = 50
#: Counting stops here; beyond it "more than" is said.
COUNTED = 2000


@dataclass(frozen=True, slots=True)
class Behind:
    """How far behind a rep is: steps that were owed before today and stand in later blocks or are still undone."""

    count: int
    more: bool  # there are more than `count`
    caught_up_at: datetime | None  # when the last of them stands in the plan


def end_of_day(member: Membership, now: datetime) -> datetime:
    """The instant of the member's next midnight."""
    tomorrow = wall(now, member.zone).date() + timedelta(days=1)
    return instant(datetime.combine(tomorrow, time()), member.zone)


def start_of_day(member: Membership, now: datetime) -> datetime:
    return instant(datetime.combine(wall(now, member.zone).date(), time()), member.zone)


def steps_of(member: Membership) -> QuerySet[Opportunity]:
    """The member's own unfinished opportunities (found by the partial index of those with a due date)."""
    return Opportunity.objects.filter(
        workspace_id=member.workspace_id, owner_id=member.pk, next_due_at__isnull=False
    ).select_related("organization", "person", "product")


def queue(member: Membership, now: datetime, limit: int = AHEAD) -> list[Opportunity]:
    """What `member` does next, in order: agreed times that have come, then what is due, worthiest first, then later."""
    steps = steps_of(member)
    begun = steps.filter(next_due_at__lte=now)
    firm = begun.filter(next_firm=True).order_by("next_due_at", "id")
    worthiest = begun.filter(next_firm=False).order_by("next_rank", "id")
    later = steps.filter(next_due_at__gt=now).order_by("next_due_at", "next_rank", "id")
    found: list[Opportunity] = []
    for part in (firm, worthiest, later):
        found.extend(part[: limit - len(found)] if len(found) < limit else ())
    return found


def due_today(member: Membership, now: datetime) -> int:
    """How many steps stand in the rest of today, those already due included."""
    return steps_of(member).filter(next_due_at__lt=end_of_day(member, now)).count()


def done_today(member: Membership, now: datetime) -> int:
    """How many touches the member has logged today and not taken back."""
    mine = Touch.objects.filter(member=member, at__gte=start_of_day(member, now), retracts=None, retraction=None)
    return mine.exclude(outcome__in=("note", "snoozed", "closed", "reopened")).count()


def behind(member: Membership, now: datetime) -> Behind:
    owed = steps_of(member).select_related(None).filter(next_owed_at__lt=start_of_day(member, now), next_firm=False)
    dues = [due for due in owed.values_list("next_due_at", flat=True)[: COUNTED + 1] if due]
    return Behind(min(len(dues), COUNTED), len(dues) > COUNTED, max(dues, default=None))
