"""Working days. Public holidays are given by the caller."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from fifthcall.rules.case import Hours
from fifthcall.rules.windows import instant, wall


def next_workday(day: date, hours: Hours, n: int = 1, holidays: Collection[date] = ()) -> date:
    """The n-th working day after `day`."""
    while n:
        day += timedelta(days=1)
        if day.weekday() in hours.weekdays and day not in holidays:
            n -= 1
    return day


def next_workday_morning(at: datetime, zone: str, hours: Hours) -> datetime:
    """The instant at which the working hours of the next working day after `at` begin, in `zone`."""
    return instant(datetime.combine(next_workday(wall(at, zone).date(), hours), hours.start), zone)
