"""A zone as calendars exchange it (VTIMEZONE, RFC 5545 §3.6.5): each change of its offset around the times in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from fifthcall.rules.windows import zone_info

#: What a reader may want to know around a meeting, so that it shows its neighbourhood right too.
AROUND = timedelta(days=400)
SECOND = timedelta(seconds=1)


def timezone_of(zone: str, first: datetime, last: datetime) -> Timezone:
    """The zone from a year before `first` to a year after `last`.

    Each change stands by itself instead of in a rule: Casablanca's follow the moon, and every reader understands them.
    """
    found = Timezone()
    found.add("tzid", zone)
    begin = first - AROUND
    found.add_component(_observance(zone, begin, begin))
    for at in changes(zone, begin, last + AROUND):
        found.add_component(_observance(zone, at, at - SECOND))
    return found


def changes(zone: str, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The instants at which the zone's offset or its name changes."""
    at, state = begin, _state(zone, begin)
    while at < end:
        after = at + timedelta(days=7)
        if _state(zone, after) != state:
            low, high = at, after
            while high - low > SECOND:
                middle = low + (high - low) / 2
                low, high = (middle, high) if _state(zone, middle) == state else (low, middle)
            after = high.replace(microsecond=0)
            state = _state(zone, after)
            yield after
        at = after


def _state(zone: str, at: datetime) -> tuple[timedelta | None, str | None]:
    local = at.astimezone(zone_info(zone))
    return local.utcoffset(), local.tzname()


def _observance(zone: str, at: datetime, before: datetime) -> TimezoneStandard | TimezoneDaylight:
    info = zone_info(zone)
    local, was = at.astimezone(info), before.astimezone(info).utcoffset() or timedelta(0)
    one: TimezoneStandard | TimezoneDaylight = TimezoneDaylight() if local.dst() else TimezoneStandard()
    # Its beginning is said in the wall time that held until then.
    begins = (at.astimezone(UTC) + was).replace(tzinfo=None)
    one.add("dtstart", begins)
    one.add("rdate", begins)
    one.add("tzname", local.tzname() or zone)
    one.add("tzoffsetfrom", was)
    one.add("tzoffsetto", local.utcoffset() or timedelta(0))
    return one
