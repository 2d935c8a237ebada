"""A block through time (B2): its shapes one after the other, single occurrences that were moved, and pauses."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from fifthcall.rules.case import Block, Hours, Moved


@dataclass(slots=True)
class Plan:
    """What a block's row keeps besides its present shape; ISO dates and times, wall times in the rep's zone."""

    was: list[dict[str, str]] = field(default_factory=list)  # weekdays, start, end, rule, since ("" at first), until
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)  # day of the occurrence → start, end
    away: list[tuple[str, str, str]] = field(default_factory=list)  # first day, last day, reason

    @classmethod
    def read(cls, text: str) -> Plan:
        return cls(**json.loads(text)) if text else cls()

    def written(self) -> str:
        return json.dumps(asdict(self))


@lru_cache(maxsize=10_000)
def shapes(
    pk: int, weekdays: str, start: time, end: time, rule: str, since: date | None, text: str, zone: str
) -> tuple[Block, ...]:
    """A row's shapes as the rules see them, the earlier first; what was moved or paused stands with the last."""
    hours = Hours(frozenset(int(d) for d in weekdays), start, end)
    if not text:
        return (Block(str(pk), hours, zone, rule, since),)
    plan = Plan.read(text)
    away = tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b, _ in plan.away)
    moved = tuple(
        Moved(date.fromisoformat(on), datetime.fromisoformat(a), datetime.fromisoformat(b))
        for on, (a, b) in sorted(plan.moved.items())
    )
    earlier = tuple(_earlier(pk, was, moved, away, zone) for was in plan.was)
    # Each moved occurrence stands once: with the shape it was moved from.
    mine = tuple(one for one in moved if since is None or one.on >= since)
    return (*earlier, Block(str(pk), hours, zone, rule, since, None, mine, away))


def _earlier(pk: int, was: dict[str, str], moved: tuple[Moved, ...], away: Any, zone: str) -> Block:
    since = date.fromisoformat(was["since"]) if was["since"] else None
    until = date.fromisoformat(was["until"])
    hours = Hours(
        frozenset(int(d) for d in was["weekdays"]), time.fromisoformat(was["start"]), time.fromisoformat(was["end"])
    )
    mine = tuple(one for one in moved if one.on <= until and (since is None or one.on >= since))
    return Block(str(pk), hours, zone, was["rule"], since, until, mine, away)
