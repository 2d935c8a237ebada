"""C5 in words: when they hear from us, as one says it to them."""

from __future__ import annotations

from datetime import datetime, time

from fifthcall.rules.case import Kind, Window
from fifthcall.rules.windows import wall

_DOING = {Kind.CALL: "call", Kind.TEXT: "text you", Kind.EMAIL: "email you"}


def what(kind: Kind) -> str:
    """What we do then, after "I'll": "call"."""
    return _DOING.get(kind, "be in touch")


def when(window: Window, now: datetime, theirs: str, zone_known: bool) -> str:
    """The window on their clock: "tomorrow between 9 and 11 your time".

    Where we don't know their zone (`theirs` then is the workspace's), "your time" would be a guess and is left out.
    """
    start, until, today = wall(window.starts_at, theirs), wall(window.until, theirs), wall(now, theirs).date()
    days = (start.date() - today).days
    on = {0: "today", 1: "tomorrow"}.get(days) or (f"on {start:%A}" if 1 < days < 7 else f"on {start.day} {start:%B}")
    if days < 0 or days >= 300:
        on += f" {start.year}" if days >= 300 or start.year != today.year else ""
    between = f"between {_clock(start.time())} and {_clock(until.time())}"
    if start.date() != until.date():
        between = f"after {_clock(start.time())}"
    return f"{on} {between}{' your time' if zone_known else ''}"


def _clock(at: time) -> str:
    """The hour alone on the hour: "9", "16:30"."""
    return f"{at.hour}:{at.minute:02}" if at.minute else str(at.hour)
