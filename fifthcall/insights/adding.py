"""F1: how many opportunities are added a week, against the goal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Min, Q, QuerySet

from fifthcall.insights.poisson import garwood
from fifthcall.insights.weighing import Scope
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.windows import instant, wall
from fifthcall.wording.odds import Interval

WEEKS = 12


@dataclass(frozen=True, slots=True)
class Week:
    """`monday` in the workspace's zone; `files` of `added` came with an import."""

    monday: date
    added: int
    files: int


@dataclass(frozen=True, slots=True)
class Adding:
    """`weeks` are whole ones, oldest first, at most twelve and none before the first opportunity."""

    weeks: tuple[Week, ...]
    current: Week

    @property
    def total(self) -> int:
        return sum(week.added for week in self.weeks)

    @property
    def mean(self) -> float:
        return self.total / len(self.weeks) if self.weeks else 0.0

    @property
    def shown(self) -> Interval:
        """Garwood's 90 % interval of the mean."""
        found, weeks = garwood(self.total), len(self.weeks) or 1
        return Interval(found.low / weeks, found.high / weeks)


def added(scope: Scope) -> QuerySet[Opportunity]:
    """Those added, closed or not; one merged into another counts once."""
    return scope.opportunities().filter(merged_into=None)


def bounds(monday: date, zone: str) -> tuple[datetime, datetime]:
    """The instants of a week's start (included) and end (excluded)."""
    start, end = (instant(datetime.combine(day, time()), zone) for day in (monday, monday + timedelta(days=7)))
    return start, end


def adding(scope: Scope) -> Adding:
    """The past twelve weeks and the one that is on, by when each came onto the list."""
    zone = scope.member.workspace.zone
    this = monday_of(scope.now, zone)
    first = added(scope).aggregate(first=Min("created_at"))["first"]
    age = (this - monday_of(first, zone)).days // 7 if first else 0
    mondays = [this - timedelta(days=7 * back) for back in range(max(0, min(WEEKS, age)), -1, -1)]
    counts: dict[str, Count] = {}
    for place, monday in enumerate(mondays):
        start, end = bounds(monday, zone)
        during = Q(created_at__gte=start, created_at__lt=end)
        counts |= {
            f"all_{place}": Count("pk", filter=during),
            f"files_{place}": Count("pk", filter=during & Q(batch__isnull=False)),
        }
    recent = added(scope).filter(created_at__gte=bounds(mondays[0], zone)[0])
    found = recent.aggregate(**counts)
    weeks = [Week(monday, found[f"all_{place}"], found[f"files_{place}"]) for place, monday in enumerate(mondays)]
    return Adding(tuple(weeks[:-1]), weeks[-1])


def monday_of(at: datetime, zone: str) -> date:
    today = wall(at, zone).date()
    return today - timedelta(days=today.weekday())
