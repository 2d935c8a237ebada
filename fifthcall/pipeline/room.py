"""Room in the reps' blocks: which are already full of steps worth as much or more."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, DateTimeField

from fifthcall.pipeline.models import Opportunity
from fifthcall.prepared import Given, Prepared
from fifthcall.rules.case import Window


def capacity(slot: Window, touches_an_hour: int) -> int:
    """How many touches fit into a block."""
    hours = (slot.until - slot.starts_at).total_seconds() / 3600
    return max(1, int(hours * touches_an_hour))


#: How far ahead an owner's steps are read at a time.
READ = timedelta(days=60)

#: Workspace and owner.
Whose = tuple[int, int | None]
Key = tuple[Whose, str, str]


@dataclass(slots=True)
class Run:
    """Blocks in a row, all full for steps of `rank` and below: who asks from within goes on at its end."""

    rank: int
    since: datetime
    until: datetime

    def covers(self, asked_from: datetime, rank: int) -> bool:
        return rank >= self.rank and self.since <= asked_from <= self.until


@dataclass(slots=True)
class Standing:
    """An owner's steps over a stretch of time, by when they are due."""

    since: datetime
    until: datetime
    steps: list[tuple[datetime, int]]


class Room:
    """What stands in the blocks, read once; steps taken through it count at once.

    Placing many goes fastest from the worthiest to the least: a block full for one is full for all that follow.
    """

    def __init__(self, but: Iterable[int] = ()) -> None:
        """`but`: the opportunities whose own present steps do not count, as they are being planned."""
        self._but = frozenset(but)
        self._ranks: dict[tuple[Whose, datetime], list[int]] = {}
        self._standing: dict[Whose, Standing] = {}
        self._runs: dict[Key, Run] = {}

    def begin(self, key: Key, rank: int, not_before: datetime) -> datetime | None:
        """Where to look first for a step of `rank`, if all blocks before that are known to be full.

        `key`: whose it is, the prospect's zone and the channel, which share the same openings.
        """
        run = self._runs.get(key)
        return run.until if run and run.covers(not_before, rank) else None

    def look_from(self, key: Key, slot: Window, rank: int, most: int, asked_from: datetime) -> datetime | None:
        """None when `slot`, the first from `asked_from` on, has room for a step of `rank`; else where to look next."""
        ranks = self._in(key[0], slot)
        if len(ranks) < most or bisect_right(ranks, rank) < most:
            return None
        run = self._runs.get(key)
        if run and run.covers(asked_from, rank):
            run.until = max(run.until, slot.until)
        else:
            run = self._runs[key] = Run(rank, asked_from, slot.until)
        return run.until

    def take(self, whose: Whose, slot: Window | None, rank: int) -> None:
        if slot:
            insort(self._in(whose, slot), rank)

    def _in(self, whose: Whose, slot: Window) -> list[int]:
        key = (whose, slot.starts_at)
        if key not in self._ranks:
            steps = self._steps(whose, slot)
            first, last = bisect_left(steps, (slot.starts_at,)), bisect_left(steps, (slot.until,))
            self._ranks[key] = sorted(rank for _, rank in steps[first:last])
        return self._ranks[key]

    def _steps(self, whose: Whose, slot: Window) -> list[tuple[datetime, int]]:
        known = self._standing.get(whose)
        # Who plans a single step reads a single block; the rest is for those who plan many.
        if known is None or not (known.since <= slot.starts_at and slot.until <= known.until):
            known = self._standing[whose] = self._read(
                whose, slot.starts_at, slot.until + READ if self._ranks else slot.until
            )
        return known.steps

    def _read(self, whose: Whose, since: datetime, until: datetime) -> Standing:
        there = _DUE.rows(workspace=whose[0], owner=whose[1], since=since, until=until)
        return Standing(since, until, sorted((due, rank) for pk, due, rank in there if pk not in self._but))


_DUE = Prepared(
    lambda: Opportunity.objects.filter(
        workspace_id=Given("workspace", BigIntegerField()),
        owner_id=Given("owner", BigIntegerField()),
        next_due_at__isnull=False,  # what the partial index asks for
        next_due_at__gte=Given("since", DateTimeField()),
        next_due_at__lt=Given("until", DateTimeField()),
    ).values_list("pk", "next_due_at", "next_rank")
)


class NoLimit(Room):
    """Room without end, for steps that are poured into their blocks together afterwards."""

    def look_from(self, key: Key, slot: Window, rank: int, most: int, asked_from: datetime) -> None:
        return None

    def take(self, whose: Whose, slot: Window | None, rank: int) -> None:
        return
