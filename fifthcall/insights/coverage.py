"""The pipeline against what is still to win, and how much of it hangs on few deals (F2, F3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum

from fifthcall.insights.weighing import Heap, Scope, how_of
from fifthcall.pipeline.models import Goal
from fifthcall.rules.case import Status
from fifthcall.rules.honesty import How
from fifthcall.rules.windows import wall


@dataclass(frozen=True, slots=True)
class Amount:
    """Opportunities of a kind: how many, how many with a value, and its sum."""

    count: int = 0
    valued: int = 0
    value: float = 0.0


def summed(heaps: Sequence[Heap]) -> Amount:
    return Amount(sum(h.count for h in heaps), sum(h.valued for h in heaps), sum(h.value for h in heaps))


def by_how(heaps: Sequence[Heap]) -> dict[How, Amount]:
    return {how: summed([heap for heap in heaps if how_of(heap.code) is how]) for how in How}


@dataclass(frozen=True, slots=True)
class Concentration:
    """HHI = the sum of the squared shares of open value; `effective` = 1 / HHI equal deals would be as concentrated."""

    hhi: float
    effective: float


def concentration(heaps: Sequence[Heap]) -> Concentration | None:
    """The Herfindahl–Hirschman index (Hirschman 1945, Herfindahl 1950); None where nothing open has a value."""
    value = summed(heaps).value
    if value <= 0:
        return None
    hhi = min(1.0, sum(heap.squares for heap in heaps) / (value * value))
    return Concentration(hhi, 1 / hhi)


@dataclass(frozen=True, slots=True)
class Coverage:
    """`end` is the quarter's last day. `times` is None without a goal, and when it is reached already."""

    end: date
    goal: float | None
    won: float
    won_deals: int
    open_value: float  # the honest one
    target: float

    @property
    def to_win(self) -> float | None:
        return None if self.goal is None else max(0.0, self.goal - self.won)

    @property
    def times(self) -> float | None:
        return self.open_value / self.to_win if self.to_win else None


def coverage(scope: Scope, goal: Goal, real: float) -> Coverage:
    """Open honest value over what is still to win until the end of the calendar quarter, in the workspace's zone."""
    first, last = quarter(wall(scope.now, scope.member.workspace.zone).date())
    won = scope.opportunities().filter(status=Status.WON.value, closed_on__range=(first, last))
    found = won.aggregate(value=Sum("value"), deals=Count("pk"))
    wanted = None if goal.value is None else float(goal.value)
    return Coverage(last, wanted, float(found["value"] or 0), found["deals"], real, float(goal.coverage))


def quarter(day: date) -> tuple[date, date]:
    """The first and the last day of the calendar quarter."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    after = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)
