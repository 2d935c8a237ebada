"""Invitations as other calendars read them: iCalendar (RFC 5545) for scheduling (iTIP, RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from fifthcall.calendars.models import Appointment
from fifthcall.calendars.zones import timezone_of
from fifthcall.rules.windows import zone_info

PRODUCT = "-//Fifthcall//Fifthcall//EN"
REQUEST, CANCEL, PUBLISH = "REQUEST", "CANCEL", "PUBLISH"


@dataclass(frozen=True, slots=True)
class Party:
    """Who invites or is invited."""

    email: str
    name: str = ""

    def address(self) -> vCalAddress:
        found = vCalAddress(f"mailto:{self.email}")
        if self.name:
            found.params["CN"] = vText(self.name.replace('"', "'"))
        return found


def invitation(meeting: Appointment, method: str, host: Party, guest: Party, now: datetime) -> str:
    """The meeting as an iTIP message: REQUEST (also for a change: the same UID, a higher SEQUENCE) or CANCEL."""
    calendar = _calendar(method)
    event = event_of(meeting, now)
    event.add("organizer", host.address())
    them = guest.address()
    them.params["ROLE"], them.params["CUTYPE"] = vText("REQ-PARTICIPANT"), vText("INDIVIDUAL")
    if method == REQUEST:
        them.params["PARTSTAT"], them.params["RSVP"] = vText("NEEDS-ACTION"), vText("TRUE")
    event.add("attendee", them)
    calendar.add_component(event)
    return text_of(calendar, [meeting])


def published(meetings: list[Appointment], name: str, now: datetime, alarm: bool = True) -> str:
    """Meetings for a calendar that only reads them (METHOD:PUBLISH), with a reminder a quarter of an hour before."""
    calendar = _calendar(PUBLISH)
    calendar.add("x-wr-calname", name)
    for meeting in meetings:
        event = event_of(meeting, now)
        if alarm and meeting.state == Appointment.State.BOOKED:
            reminder = Alarm()
            reminder.add("action", "DISPLAY")
            reminder.add("description", str(event["summary"]))
            reminder.add("trigger", timedelta(minutes=-15))
            event.add_component(reminder)
        calendar.add_component(event)
    return text_of(calendar, meetings)


def event_of(meeting: Appointment, now: datetime) -> Event:
    """Start and end stand in the zone the meeting was agreed in, so that a change of that zone's rules moves it too.

    In the hour that the clocks go through twice a wall time doesn't say which one is meant: there they stand in UTC.
    """
    zone: tzinfo = zone_info(meeting.zone)
    if any(_comes_twice(at, zone) for at in (meeting.starts_at, meeting.until)):
        zone = UTC
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now)
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.until.astimezone(zone))
    event.add("summary", meeting.title or "Meeting")
    if meeting.place:
        event.add("location", meeting.place)
    event.add("status", "CANCELLED" if meeting.state == Appointment.State.CANCELLED else "CONFIRMED")
    return event


def _comes_twice(at: datetime, zone: tzinfo) -> bool:
    local = at.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def text_of(calendar: Calendar, meetings: list[Appointment]) -> str:
    """With a VTIMEZONE for each zone used, lines folded and ended as the RFC asks."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for one in meetings:
        first, last = spans.get(one.zone, (one.starts_at, one.until))
        spans[one.zone] = (min(first, one.starts_at), max(last, one.until))
    events, calendar.subcomponents = calendar.subcomponents, []
    for zone, (first, last) in sorted(spans.items()):
        calendar.add_component(timezone_of(zone, first, last))
    calendar.subcomponents.extend(events)
    return str(calendar.to_ical().decode("utf-8"))


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar
