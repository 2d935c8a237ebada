"""Wall times, instants and the windows in which a step may stand.

Future plans are meant in wall time: a gap is read with the offset before it, a repeated time is its first occurrence
(RFC 5545 §3.3.5). Instants are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fifthcall.rules.case import Block, Hours, Window
from fifthcall.rules.holidays import closed_on, own_weekdays
from fifthcall.rules.recurrence import days_of_year

SHORTEST = timedelta(minutes=5)  # less is no time for a call
HORIZON_DAYS = 60
#: Without a meeting of blocks and hours in two weeks there will be none: the hours alone decide.
BLOCKS_WITHIN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Limit:
    """Hours in which something is allowed, in `zone`; with a `region`, not on its public holidays and weekends.

    `whose`: what to call them when they move a step ("US-KY", "own").
    """

    hours: tuple[Hours, ...]
    zone: str
    region: str = ""
    whose: str = ""


Limits = tuple[Limit, ...]


@lru_cache(maxsize=1024)
def zone_info(zone: str) -> ZoneInfo:
    """The zone of that IANA name. Raises ValueError for an unknown one."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"There is no time zone “{zone}”.") from error


def instant(wall_time: datetime, zone: str) -> datetime:
    """The instant of a naive wall time in `zone`. Raises ValueError for an aware time or an unknown zone."""
    if wall_time.tzinfo is not None:
        raise ValueError("A wall time has no time zone of its own.")
    return wall_time.replace(tzinfo=zone_info(zone), fold=0).astimezone(UTC)


def wall(at: datetime, zone: str) -> datetime:
    """The naive wall time of an instant in `zone`."""
    return at.astimezone(zone_info(zone)).replace(tzinfo=None, fold=0)


def offset_days(at: datetime, days: int, zone: str) -> datetime:
    """`days` days later at the same wall time (a duration of 24 h each would be `at + timedelta`)."""
    return instant(wall(at, zone) + timedelta(days=days), zone)


@lru_cache(maxsize=65_536)
def opens(hours: Hours, zone: str, day: date) -> Window | None:
    """These wall hours on that local day; None on other weekdays, or when the day or the hours don't exist."""
    if day.weekday() not in hours.weekdays:
        return None
    start = instant(datetime.combine(day, hours.start), zone)
    until = instant(datetime.combine(day, hours.end), zone)
    if until <= start or wall(start, zone).date() != day:
        return None
    return Window(start, until, zone)


@lru_cache(maxsize=65_536)
def held(block: Block, day: date) -> tuple[Window, ...]:
    """A block's windows that begin on that local day, those moved there included; none while it is paused (B2)."""
    if any(first <= day <= last for first, last in block.away):
        return ()
    there = [
        Window(instant(one.start, block.zone), instant(one.end, block.zone), block.zone)
        for one in block.moved
        if one.start.date() == day
    ]
    own = opens(block.hours, block.zone, day) if falls_on(block, day) else None
    return tuple(window for window in (own, *there) if window and window.until > window.starts_at)


def falls_on(block: Block, day: date) -> bool:
    """Whether the block's own series has an occurrence on that day that stands where the series says."""
    if (block.since and day < block.since) or (block.until and day > block.until):
        return False
    if any(one.on == day for one in block.moved):
        return False
    return not block.rule or day in days_of_year(block.rule, block.since or day, day.year)


def block_day(block: Block, at: datetime) -> Window | None:
    """The whole block that `at` falls into."""
    windows = held(block, wall(at, block.zone).date())
    return next((window for window in windows if window.starts_at <= at < window.until), None)


def openings(
    not_before: datetime, *, blocks: tuple[Block, ...], within: Limits, days: int = HORIZON_DAYS
) -> Iterator[tuple[Block | None, Window]]:
    """Where the blocks and all the hours of `within` meet, in order, from `not_before` on (B4).

    Where no block meets the hours within two weeks, the hours alone, with None for the block. Nothing if the hours
    themselves never meet. Without any hours the blocks alone; without blocks either, the next day as it is.
    """
    if blocks:
        yielded = False
        for found in _in_blocks(not_before, blocks, within, BLOCKS_WITHIN_DAYS):
            yielded = True
            yield found
        if yielded:
            later = not_before + timedelta(days=BLOCKS_WITHIN_DAYS)
            for block, window in _in_blocks(later, blocks, within, max(0, days - BLOCKS_WITHIN_DAYS)):
                yield block, window
            return
    for window in _open(not_before, within, days):
        yield None, window


def _in_blocks(
    not_before: datetime, blocks: tuple[Block, ...], limits: Limits, days: int
) -> Iterator[tuple[Block, Window]]:
    until = not_before + timedelta(days=days)
    first = (not_before - timedelta(days=1)).date()
    for offset in range(days + 3):
        for block, whole, part in _meeting(blocks, limits, first + timedelta(days=offset)):
            if part.until - not_before < SHORTEST or whole >= until:
                continue
            yield block, part if part.starts_at >= not_before else replace(part, starts_at=not_before)


@lru_cache(maxsize=65_536)
def _meeting(blocks: tuple[Block, ...], limits: Limits, day: date) -> tuple[tuple[Block, datetime, Window], ...]:
    """Where the blocks that begin on `day` meet the hours, in order; each with its block and when that begins."""
    found: list[tuple[Block, datetime, Window]] = []
    for block in blocks:
        for whole in held(block, day):
            parts = _parts(whole.starts_at, whole.until, limits, block.zone)
            found.extend((block, whole.starts_at, part) for part in parts)
    return tuple(sorted(found, key=lambda one: (one[2].starts_at, one[0].id)))


def _parts(start: datetime, until: datetime, limits: Limits, zone: str) -> list[Window]:
    """The parts of a span that lie inside every one of the limits."""
    spans = [(start, until)]
    for limit in limits:
        spans = [(max(a, day.starts_at), min(b, day.until)) for a, b in spans for day in _days(limit, a, b)]
    return [Window(a, b, zone) for a, b in spans if b - a >= SHORTEST]


def _days(limit: Limit, start: datetime, until: datetime) -> Iterator[Window]:
    """The daily hours that touch the span."""
    day, last = wall(start, limit.zone).date() - timedelta(days=1), wall(until, limit.zone).date()
    while day <= last:
        window = _allowed(limit, day)
        if window and window.until > start and window.starts_at < until:
            yield window
        day += timedelta(days=1)


@lru_cache(maxsize=65_536)
def _allowed(limit: Limit, day: date) -> Window | None:
    if limit.region and closed_on(day, limit.region):
        return None
    for hours in limit.hours:
        weekdays = own_weekdays(hours.weekdays, limit.region)
        if day.weekday() in weekdays:
            return opens(replace(hours, weekdays=weekdays), limit.zone, day)
    return None


def _open(not_before: datetime, limits: Limits, days: int) -> Iterator[Window]:
    """Where all the hours of `limits` meet."""
    if not limits:
        yield Window(not_before, not_before + timedelta(days=1), "UTC")
        return
    until = not_before + timedelta(days=days)
    for whole in _days(limits[0], not_before, until):
        yield from _parts(max(whole.starts_at, not_before), whole.until, limits[1:], limits[0].zone)


def within(window: Window, limits: Limits) -> Window | None:
    """The first part of a window that the hours allow, in the window's zone."""
    return next(iter(_parts(window.starts_at, window.until, limits, window.zone)), None)


def is_open(at: datetime, limits: Limits) -> bool:
    """Whether all the hours allow this very instant, however soon they end."""
    moment = at + timedelta(seconds=1)
    return all(any(day.starts_at <= at < day.until for day in _days(limit, at, moment)) for limit in limits)


def next_open(at: datetime, limits: Limits) -> Window | None:
    """The first window from `at` on that the hours allow."""
    return next(islice(_open(at, limits, HORIZON_DAYS), 1), None)
