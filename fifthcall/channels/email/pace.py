"""How fast a mailbox sends: so many a day, a minute apart, fewer while it is new; and when a failed try is repeated."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from hashlib import sha256

from fifthcall.rules.windows import instant, offset_days, wall

#: A new mailbox's first days; each day adds as many again until its most is reached.
RAMP_START, RAMP_STEP = 10, 5
#: Between tries: six in 24 hours at most.
TRIES = 6
BACK_OFF = tuple(timedelta(minutes=m) for m in (2, 10, 45, 180, 600))


def most_on(day: date, most_a_day: int, ramps_from: date | None) -> int:
    """How many may go out on that day of the mailbox's."""
    if ramps_from is None:
        return most_a_day
    return min(most_a_day, RAMP_START + RAMP_STEP * max(0, (day - ramps_from).days))


def day_of(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The mailbox's day that holds `at`: its first instant and the next day's (23 to 25 hours)."""
    start = instant(datetime.combine(wall(at, zone).date(), time()), zone)
    return start, offset_days(start, 1, zone)


def jitter(key: str, most: timedelta) -> timedelta:
    """A share of `most` that is always the same for that key."""
    return most * (int.from_bytes(sha256(key.encode()).digest()[:4]) / 2**32)


def next_try(tries: int, at: datetime, key: str) -> datetime | None:
    """When to try again after the `tries`-th try failed for now; None when it has been tried often enough."""
    if tries >= TRIES:
        return None
    wait = BACK_OFF[min(tries, len(BACK_OFF)) - 1]
    return at + wait + jitter(f"{key}/{tries}", wait / 4)
