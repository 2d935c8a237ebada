"""Today's queue: one order, the same on the page, on the command line and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Case, Count, DateTimeField, Max, QuerySet, When

from fifthcall.pipeline.models import Opportunity
from fifthcall.prepared import Given, Prepared
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


class Due(NamedTuple):
    """One line of the queue: a step with whom it is for."""

    pk: int
    name: str
    person: str | None
    organisation: str | None
    product: str | None
    kind: str
    due_at: datetime

    @property
    def whom(self) -> str:
        """Whom to reach: the person, else their organisation, else the opportunity's name."""
        return self.person or self.organisation or self.name


LINE = ("pk", "name", "person__name", "organization__name", "product__name", "next_kind", "next_due_at")


def steps_of(member: Membership) -> QuerySet[Opportunity]:
    """The member's own steps, without those that go out by themselves (found by the partial index of due dates)."""
    return _steps(member.workspace_id, member.pk)


def _steps(workspace: Any, owner: Any) -> QuerySet[Opportunity]:
    return Opportunity.objects.filter(
        workspace_id=workspace, owner_id=owner, next_due_at__isnull=False, next_automatic=False
    )


def _part(*order: Any, **conditions: Any) -> Prepared:
    key = BigIntegerField()
    return Prepared(
        lambda: (
            _steps(Given("workspace", key), Given("owner", key))
            .filter(**conditions)
            .order_by(*order, "id")
            .values_list(*LINE)
        )
    )


_NOW = Given("now", DateTimeField())
_RANK_OF_SOFT = Case(When(next_firm=True, then=0), default="next_rank", output_field=BigIntegerField())
_DUE = _part("-next_firm", _RANK_OF_SOFT, "next_due_at", next_due_at__lte=_NOW)
_LATER = _part("next_due_at", "next_rank", next_due_at__gt=_NOW)


def queue(member: Membership, now: datetime, limit: int = AHEAD) -> list[Due]:
    """What `member` does next, in order: agreed times that have come, then what is due, worthiest first, then later."""
    found: list[Due] = []
    for part in (_DUE, _LATER):
        if len(found) < limit:
            rows = part.rows(workspace=member.workspace_id, owner=member.pk, now=now, limit=limit - len(found))
            found.extend(map(Due._make, rows))
    return found


def due_today(member: Membership, now: datetime) -> int:
    """How many steps stand in the rest of today, those already due included."""
    return steps_of(member).filter(next_due_at__lt=end_of_day(member, now)).count()


def done_today(member: Membership, now: datetime) -> int:
    """How many touches the member has logged today and not taken back."""
    mine = Touch.objects.filter(member=member, at__gte=start_of_day(member, now), retracts=None, retraction=None)
    return mine.exclude(outcome__in=("note", "why_not", "snoozed", "closed", "reopened")).count()


def behind(member: Membership, now: datetime) -> Behind:
    owed = steps_of(member).filter(next_owed_at__lt=start_of_day(member, now), next_firm=False)
    found = owed[: COUNTED + 1].aggregate(count=Count("pk"), last=Max("next_due_at"))
    return Behind(min(found["count"], COUNTED), found["count"] > COUNTED, found["last"])
