"""The entries of a calendar: ours as we want them there, and theirs as we read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar

from fifthcall.calendars.invitations import PRODUCT, event_of, text_of
from fifthcall.calendars.models import Appointment, Block
from fifthcall.pipeline.holds import holds_of
from fifthcall.pipeline.week import occurrences
from fifthcall.rules.recurrence import BadRule, days
from fifthcall.rules.windows import instant, wall
from fifthcall.teams.models import Membership

#: Follow-up blocks stand in the other calendar for so long ahead, and recurring entries of theirs are known so far.
AHEAD = timedelta(days=42)
FURTHER = timedelta(days=120)
MOST_TIMES = 400


@dataclass(frozen=True, slots=True)
class Ours:
    """One entry of ours, instants in UTC; `kind` is "meeting", "block" or "promise"."""

    mark: str
    uid: str
    title: str
    starts_at: datetime
    until: datetime
    zone: str
    place: str = ""
    sequence: int = 0

    @property
    def kind(self) -> str:
        return self.mark.partition(":")[0]

    @property
    def times(self) -> tuple[datetime, datetime]:
        return self.starts_at, self.until


def ours_of(member: Membership, now: datetime) -> dict[str, Ours]:
    """Mark → what of the member's should stand in the other calendar: what is not over yet."""
    found = [*_meetings(member, now), *_blocks(member, now), *_promises(member, now)]
    return {one.mark: one for one in found}


def _meetings(member: Membership, now: datetime) -> Iterator[Ours]:
    rows = Appointment.objects.filter(member=member, state=Appointment.State.BOOKED, until__gt=now)
    for row in rows.order_by("id"):
        title = row.title or "Meeting"
        yield Ours(f"meeting:{row.pk}", row.uid, title, row.starts_at, row.until, row.zone, row.place, row.sequence)


def _blocks(member: Membership, now: datetime) -> Iterator[Ours]:
    first = wall(now, member.zone).date()
    for block in Block.objects.filter(member=member):
        for day in (first + timedelta(days=n) for n in range(AHEAD.days)):
            for one in occurrences(block, member.zone, day):
                if not one.away and one.window.until > now:
                    mark = f"block:{block.pk}:{one.on}"
                    uid = f"block-{block.pk}-{one.on}@fifthcall"
                    yield Ours(mark, uid, "Follow-up", one.window.starts_at, one.window.until, member.zone)


def _promises(member: Membership, now: datetime) -> Iterator[Ours]:
    for hold in holds_of(member, now, now + FURTHER):
        shown = hold.as_meeting()
        yield Ours(
            f"promise:{hold.opportunity_id}",
            shown.uid,
            shown.title,
            hold.starts_at,
            hold.until,
            hold.zone,
            sequence=hold.version,
        )


def text_for(one: Ours, now: datetime) -> str:
    """A new entry as a calendar keeps it (RFC 4791 §4.1: without METHOD)."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    meeting = _as_meeting(one)
    event = event_of(meeting, now)
    if one.kind != "meeting":
        event.add("transp", "OPAQUE")
    calendar.add_component(event)
    return text_of(calendar, [meeting])


def _as_meeting(one: Ours) -> Appointment:
    return Appointment(
        starts_at=one.starts_at,
        until=one.until,
        zone=one.zone,
        title=one.title,
        place=one.place,
        uid=one.uid,
        sequence=one.sequence,
    )


def moved_text(text: str, one: Ours, now: datetime) -> str:
    """Their text of the entry with our times in it; whatever else they wrote into it stays."""
    calendar = Calendar.from_ical(text)
    fresh: Any = event_of(_as_meeting(one), now)
    events: list[Any] = list(calendar.walk("VEVENT"))
    for event in events:
        sequence = int(event.get("sequence", 0)) + 1
        for name in ("dtstart", "dtend", "duration", "dtstamp", "sequence"):
            event.pop(name, None)
        event.add("dtstart", fresh["dtstart"].dt)
        event.add("dtend", fresh["dtend"].dt)
        event.add("dtstamp", now)
        event.add("sequence", max(sequence, one.sequence))
    zones = [part for part in calendar.subcomponents if part.name == "VTIMEZONE"]
    calendar.subcomponents = [part for part in calendar.subcomponents if part not in zones]
    return text_of(calendar, [_as_meeting(one)])


@dataclass(frozen=True, slots=True)
class Theirs:
    """An entry as the other calendar has it: its first (or only) time, and every time that it takes."""

    uid: str
    title: str
    starts_at: datetime
    until: datetime
    takes: tuple[tuple[datetime, datetime], ...]
    recurs: bool

    @property
    def times(self) -> tuple[datetime, datetime]:
        return self.starts_at, self.until


def read(text: str, zone: str, now: datetime) -> Theirs | None:
    """What an entry says; None when it is no event or can't be read. Times without a zone are meant in `zone`."""
    try:
        events: list[Any] = list(Calendar.from_ical(text).walk("VEVENT"))
        main: Any = next((event for event in events if "recurrence-id" not in event), events[0] if events else None)
        if main is None:
            return None
        start, end = _span(main, zone)
        takes = [] if str(main.get("transp", "")).upper() == "TRANSPARENT" else _takes(main, events, zone, now)
        if str(main.get("status", "")).upper() == "CANCELLED":
            takes = []
        title = str(main.get("summary", ""))[:300]
        return Theirs(str(main.get("uid", ""))[:255], title, start, end, tuple(takes), "rrule" in main)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError):
        return None


def _span(event: Any, zone: str) -> tuple[datetime, datetime]:
    """From when to when; a whole day where it has no times."""
    start = _instant(event["dtstart"].dt, zone)
    if "dtend" in event:
        return start, _instant(event["dtend"].dt, zone)
    if "duration" in event:
        return start, start + event["duration"].dt
    whole = not isinstance(event["dtstart"].dt, datetime)
    return start, start + (timedelta(days=1) if whole else timedelta(0))


def _instant(at: date | datetime, zone: str) -> datetime:
    if not isinstance(at, datetime):
        return instant(datetime.combine(at, time()), zone)
    return at.astimezone(UTC) if at.tzinfo else instant(at, zone)


def _takes(main: Any, events: list[Any], zone: str, now: datetime) -> list[tuple[datetime, datetime]]:
    start, end = _span(main, zone)
    if "rrule" not in main:
        return [(start, end)]
    own = main["dtstart"].dt
    theirs = str(getattr(own.tzinfo, "key", "") or zone) if isinstance(own, datetime) else zone
    first, length = wall(start, theirs), end - start
    elsewhere = {_instant(event["recurrence-id"].dt, zone): event for event in events if "recurrence-id" in event}
    left_out = {_instant(one.dt, zone) for part in _several(main.get("exdate")) for one in part.dts}
    found = []
    try:
        rule = main["rrule"].to_ical().decode()
        for day in days(rule, first.date(), (now + FURTHER).date()):
            at = instant(datetime.combine(day, first.time()), theirs)
            if at not in left_out and at not in elsewhere and at + length > now:
                found.append((at, at + length))
            if len(found) >= MOST_TIMES:
                break
    except BadRule:  # a rule beyond ours: at least its first time is known
        found = [(start, end)]
    return [*found, *(_span(event, zone) for event in elsewhere.values())]


def _several(found: Any) -> list[Any]:
    return [] if found is None else found if isinstance(found, list) else [found]
