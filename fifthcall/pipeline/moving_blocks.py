"""B2: a block is moved, once or from a day on, or paused for a stated absence; never removed. The plan follows it.

Identity, history (the journal's `block_moved` and `block_paused`) and results stay with the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from fifthcall.calendars.models import Block
from fifthcall.calendars.shapes import Plan
from fifthcall.journal.models import note_event
from fifthcall.pipeline.slipping import plan_again
from fifthcall.rules import case
from fifthcall.rules.recurrence import BadRule, check
from fifthcall.rules.windows import held, instant, wall
from fifthcall.teams.models import Membership

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=12)
#: Overlaps with one's other blocks are looked for this far ahead.
LOOK = 28
#: Older single moves and shapes are told by the journal alone.
KEPT = timedelta(days=400)


class CannotMove(ValueError):
    """The move makes no sense; `field` says what, the text says how to mend it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


@dataclass(frozen=True, slots=True)
class Shape:
    """From when to when on which weekdays (digits, 0 = Monday); `rule` where it isn't every week."""

    weekdays: str
    start: time
    end: time
    rule: str = ""


def move_one(block_id: int, member: Membership, on: date, start: datetime, end: datetime, now: datetime) -> Block:
    """Move the occurrence of the day `on` to naive wall times of the member. Raises CannotMove, Block.DoesNotExist."""
    with transaction.atomic():
        block = _mine(block_id, member)
        here = wall(now, member.zone)
        _times(start, end, instant(start, member.zone), now)
        plan = Plan.read(block.plan)
        if on.isoformat() not in plan.moved and not _stands(block, member, on):
            raise CannotMove("on", "The block doesn't stand on that day.")
        if on < here.date():
            raise CannotMove("on", "That one is over; move one that is ahead.")
        was = plan.moved.get(on.isoformat(), (f"{on}T{block.start:%H:%M}", f"{on}T{block.end:%H:%M}"))
        plan.moved[on.isoformat()] = (start.isoformat(timespec="minutes"), end.isoformat(timespec="minutes"))
        moved: dict[str, Any] = {"on": on.isoformat(), "to": list(plan.moved[on.isoformat()]), "was": list(was)}
        return _save(block, member, plan, now, "block_moved", **moved)


def move_following(block_id: int, member: Membership, since: date, shape: Shape, now: datetime) -> Block:
    """Give the block another shape from the day `since` on. Raises CannotMove, Block.DoesNotExist."""
    with transaction.atomic():
        block = _mine(block_id, member)
        today = wall(now, member.zone).date()
        since = max(since, today)
        if not shape.weekdays:
            raise CannotMove("weekdays", "Choose at least one day: a block can be moved, not removed.")
        _times(datetime.combine(since, shape.start), datetime.combine(since, shape.end))
        if shape.rule:
            try:
                check(shape.rule, since)
            except BadRule as bad:
                raise CannotMove("every", str(bad)) from bad
        plan = Plan.read(block.plan)
        was = _described(block)
        if block.since is None or block.since < since:  # else that shape never came to be
            plan.was.append(was | {"until": (since - timedelta(days=1)).isoformat()})
        plan.moved = {on: to for on, to in plan.moved.items() if on < since.isoformat()}
        block.weekdays, block.start, block.end = "".join(sorted(set(shape.weekdays))), shape.start, shape.end
        block.rule, block.since = shape.rule, since
        return _save(block, member, plan, now, "block_moved", since=since.isoformat(), was=was, to=_described(block))


def pause(member: Membership, first: date, last: date, reason: str, now: datetime, block_id: int | None = None) -> int:
    """Pause one block, or all of the member's, from the first to the last day; how many. Raises CannotMove."""
    if not reason.strip():
        raise CannotMove("reason", "Say why you are away.")
    if last < first:
        raise CannotMove("last", "The last day is before the first.")
    if last < wall(now, member.zone).date():
        raise CannotMove("last", "That is over already.")
    with transaction.atomic():
        blocks = Block.objects.select_for_update().filter(member=member)
        found = list(blocks.filter(pk=block_id) if block_id else blocks)
        away = (first.isoformat(), last.isoformat(), reason.strip()[:120])
        for block in found:
            plan = Plan.read(block.plan)
            plan.away.append(away)
            _save(block, member, plan, now, "block_paused", again=False, away=list(away))
        plan_again(member.pk, now, member.workspace_id)
    return len(found)


def resume(member: Membership, now: datetime) -> int:
    """Back from an absence, or not going: pauses end today; how many blocks are there again."""
    today = wall(now, member.zone).date()
    yesterday = (today - timedelta(days=1)).isoformat()
    changed = 0
    with transaction.atomic():
        for block in Block.objects.select_for_update().filter(member=member).exclude(plan=""):
            plan = Plan.read(block.plan)
            kept = [(a, min(b, yesterday), why) for a, b, why in plan.away if a <= yesterday]
            if kept != [tuple(one) for one in plan.away]:
                plan.away, changed = kept, changed + 1
                _save(block, member, plan, now, "block_resumed", again=False)
        if changed:
            plan_again(member.pk, now, member.workspace_id)
    return changed


def _mine(block_id: int, member: Membership) -> Block:
    return Block.objects.select_for_update().get(pk=block_id, member=member)


def _times(start: datetime, end: datetime, at: datetime | None = None, now: datetime | None = None) -> None:
    if end <= start:
        raise CannotMove("end", "A block ends after it starts.")
    if not SHORTEST <= end - start <= LONGEST:
        raise CannotMove("end", "A block is between 15 minutes and 12 hours long.")
    if at and now and at <= now:
        raise CannotMove("start", "That time has passed; choose one that is ahead.")


def _stands(block: Block, member: Membership, on: date) -> bool:
    return any(held(shape, on) for shape in block.as_rules(member.zone))


def _described(block: Block) -> dict[str, str]:
    return {
        "weekdays": block.weekdays,
        "start": block.start.isoformat(timespec="minutes"),
        "end": block.end.isoformat(timespec="minutes"),
        "rule": block.rule,
        "since": block.since.isoformat() if block.since else "",
    }


def _save(
    block: Block, member: Membership, plan: Plan, now: datetime, verb: str, again: bool = True, **said: Any
) -> Block:
    today = wall(now, member.zone).date()
    oldest = (today - KEPT).isoformat()
    plan.was = [was for was in plan.was if was["until"] >= oldest]
    plan.moved = {on: to for on, to in plan.moved.items() if on >= oldest}
    plan.away = [away for away in plan.away if away[1] >= oldest]
    block.plan = plan.written()
    if verb == "block_moved":
        _alone(block, member, today)
    block.save(update_fields=["weekdays", "start", "end", "rule", "since", "plan"])
    note_event(block.workspace_id, member.pk, verb, block, now, **said)
    if again:
        plan_again(member.pk, now, block.workspace_id)
    return block


def _alone(block: Block, member: Membership, today: date) -> None:
    """Raise CannotMove where the block would overlap another of the member's, or itself."""
    others = list(Block.objects.filter(member=member).exclude(pk=block.pk))
    mine: tuple[case.Block, ...] = block.as_rules(member.zone)
    rest = [shape for other in others for shape in other.as_rules(member.zone)]
    last_move = max((one.start.date() for shape in mine for one in shape.moved), default=today)
    days = {today + timedelta(days=n) for n in range(LOOK)} | {last_move}
    for day in sorted(days):
        standing = [window for shape in mine for window in held(shape, day)]
        theirs = [window for shape in rest for window in held(shape, day)]
        for at, window in enumerate(standing):
            for other in (*standing[at + 1 :], *theirs):
                if window.starts_at < other.until and other.starts_at < window.until:
                    a, b = wall(other.starts_at, member.zone), wall(other.until, member.zone)
                    raise CannotMove(
                        "start", f"It would overlap your block on {a:%a} {a.day} {a:%b}, {a:%H:%M}–{b:%H:%M}."
                    )
