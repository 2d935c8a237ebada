"""Room in the reps' blocks: which are already full of steps worth as much or more."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Window


def capacity(slot: Window, touches_an_hour: int) -> int:
    """How many touches fit into a block."""
    hours = (slot.until - slot.starts_at).total_seconds() / 3600
    return max(1, int(hours * touches_an_hour))


@dataclass(slots=True)
class Run:
    """Blocks that follow each other, all full for steps of `rank` and below."""

    rank: int
    start: datetime
    until: datetime

    def holds(self, slot: Window, rank: int, came_from: datetime | None) -> bool:
        inside = self.start <= slot.starts_at < self.until
        return rank >= self.rank and (inside or came_from == self.until)


class Room:
    """What stands in the blocks, read once per block; steps taken through it count at once.

    Placing many goes fastest from the worthiest to the least: a block full for one is full for all that follow.
    """

    def __init__(self, but: Iterable[int] = ()) -> None:
        """`but`: the opportunities whose own present steps do not count, as they are being planned."""
        self._but = frozenset(but)
        self._ranks: dict[tuple[int | None, datetime], list[int]] = {}
        self._runs: dict[tuple[int | None, str], Run] = {}

    def look_from(
        self, key: tuple[int | None, str], slot: Window, rank: int, most: int, came_from: datetime | None
    ) -> datetime | None:
        """None when `slot` has room for a step of `rank`; else where to look next.

        `key`: the owner and the prospect's zone, which share the same blocks; `came_from`: where the search for this
        slot began, if an earlier answer sent it there.
        """
        owner = key[0]
        ranks = self._in(owner, slot)
        if len(ranks) < most or bisect_right(ranks, rank) < most:
            return None
        run = self._runs.get(key)
        if run and run.holds(slot, rank, came_from):
            run.until = max(run.until, slot.until)
        else:
            run = self._runs[key] = Run(rank, slot.starts_at, slot.until)
        return run.until

    def take(self, owner: int | None, slot: Window | None, rank: int) -> None:
        if slot:
            insort(self._in(owner, slot), rank)

    def _in(self, owner: int | None, slot: Window) -> list[int]:
        key = (owner, slot.starts_at)
        if key not in self._ranks:
            there = Opportunity.objects.filter(
                owner_id=owner, next_due_at__gte=slot.starts_at, next_due_at__lt=slot.until
            ).values_list("pk", "next_rank")
            self._ranks[key] = sorted(rank for pk, rank in there if pk not in self._but)
        return self._ranks[key]


class NoLimit(Room):
    """Room without end, for steps that are poured into their blocks together afterwards."""

    def look_from(
        self, key: tuple[int | None, str], slot: Window, rank: int, most: int, came_from: datetime | None
    ) -> None:
        return None

    def take(self, owner: int | None, slot: Window | None, rank: int) -> None:
        return
