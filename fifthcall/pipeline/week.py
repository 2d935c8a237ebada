"""A member's week: where the blocks stand, how full they are, what slipped, and the meetings in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from fifthcall.calendars.models import Appointment, Block
from fifthcall.calendars.shapes import Plan
from fifthcall.journal.models import Event
from fifthcall.pipeline.holds import Hold, holds_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.room import capacity
from fifthcall.rules import case
from fifthcall.rules.windows import falls_on, instant, opens, wall
from fifthcall.teams.models import Membership

#: What is booked; cancelled meetings are no longer shown.
SHOWN = (Appointment.State.BOOKED, Appointment.State.HELD, Appointment.State.MISSED)


@dataclass(slots=True)
class Occurrence:
    """A block on one day. `on` names it: the day of its series, wherever it was moved to."""

    block: Block
    on: date
    window: case.Window
    moved: bool
    away: str  # the reason, while it is paused
    room: int = 0
    planned: int = 0
    slipped: int = 0


@dataclass(slots=True)
class Day:
    date: date
    blocks: list[Occurrence]
    meetings: list[Appointment]
    holds: list[Hold]


def week_of(member: Membership, monday: date) -> list[Day]:
    """Seven days from `monday` on, in the member's zone."""
    days = [Day(monday + timedelta(days=n), [], [], []) for n in range(7)]
    begin = instant(datetime.combine(monday, datetime.min.time()), member.zone)
    end = instant(datetime.combine(monday + timedelta(days=7), datetime.min.time()), member.zone)
    due, slipped = _due(member, begin, end), _slipped(member, begin, end)
    for block in Block.objects.filter(member=member):
        for day in days:
            for found in occurrences(block, member.zone, day.date):
                found.room = capacity(found.window, member.workspace.touches_an_hour)
                found.planned = sum(n for at, n in due if found.window.starts_at <= at < found.window.until)
                found.slipped = sum(n for at, n in slipped if found.window.starts_at <= at < found.window.until)
                day.blocks.append(found)
    met = Appointment.objects.filter(member=member, starts_at__gte=begin, starts_at__lt=end, state__in=SHOWN)
    for meeting in met.select_related("opportunity").order_by("starts_at"):
        days[(wall(meeting.starts_at, member.zone).date() - monday).days].meetings.append(meeting)
    for hold in holds_of(member, begin, end):
        if hold.starts_at >= begin:
            days[(wall(hold.starts_at, member.zone).date() - monday).days].holds.append(hold)
    for day in days:
        day.blocks.sort(key=lambda one: one.window.starts_at)
    return days


def occurrences(block: Block, zone: str, day: date) -> Iterator[Occurrence]:
    """Where the block stands on that day, also where it would stand if it were not paused."""
    away = next((why for a, b, why in Plan.read(block.plan).away if a <= day.isoformat() <= b), "")
    for shape in block.as_rules(zone):
        for one in shape.moved:
            if one.start.date() == day:
                window = case.Window(instant(one.start, zone), instant(one.end, zone), zone)
                yield Occurrence(block, one.on, window, True, away)
        own = opens(shape.hours, zone, day) if falls_on(shape, day) else None
        if own:
            yield Occurrence(block, day, own, False, away)


def absences(member: Membership, today: date) -> list[tuple[date, date, str]]:
    """The member's absences that are not over, each once."""
    plans = (Plan.read(text) for text in Block.objects.filter(member=member).values_list("plan", flat=True))
    found = {(date.fromisoformat(a), date.fromisoformat(b), why) for plan in plans for a, b, why in plan.away}
    return sorted(one for one in found if one[1] >= today)


def _due(member: Membership, begin: datetime, end: datetime) -> list[tuple[datetime, int]]:
    counted: dict[datetime, int] = {}
    steps = Opportunity.objects.filter(
        workspace_id=member.workspace_id, owner=member, next_due_at__gte=begin, next_due_at__lt=end
    )
    for at in steps.values_list(F("next_due_at"), flat=True):
        counted[at] = counted.get(at, 0) + 1
    return list(counted.items())


def _slipped(member: Membership, begin: datetime, end: datetime) -> list[tuple[datetime, int]]:
    """When what was not done had been due, and how many; they slip after they were due, at most some days later."""
    events = Event.objects.filter(
        workspace_id=member.workspace_id, subject="membership", subject_id=member.pk, verb="slipped", at__gte=begin
    )
    counts = [
        (datetime.fromisoformat(at), n) for event in events.order_by("id")[:2000] for at, n in event.data["due"].items()
    ]
    return [(at, n) for at, n in counts if begin <= at < end]
