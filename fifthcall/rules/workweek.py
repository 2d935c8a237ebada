"""Working days: the hours' weekdays, as the region has them, without its public holidays."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fifthcall.rules.case import Hours
from fifthcall.rules.holidays import closed_on, own_weekdays
from fifthcall.rules.windows import instant, wall


def is_workday(day: date, hours: Hours, region: str = "") -> bool:
    return day.weekday() in own_weekdays(hours.weekdays, region) and not closed_on(day, region)


def next_workday(day: date, hours: Hours, n: int = 1, region: str = "") -> date:
    """The n-th working day after `day`."""
    while n:
        day += timedelta(days=1)
        n -= is_workday(day, hours, region)
    return day


def next_workday_morning(at: datetime, zone: str, hours: Hours, region: str = "") -> datetime:
    """The instant at which the working hours of the next working day after `at` begin, in `zone`."""
    return instant(datetime.combine(next_workday(wall(at, zone).date(), hours, region=region), hours.start), zone)


def workdays_later(at: datetime, days: int, zone: str, hours: Hours, region: str = "") -> datetime:
    """`days` working days later, at the same wall time."""
    local = wall(at, zone)
    return instant(datetime.combine(next_workday(local.date(), hours, days, region), local.time()), zone)
