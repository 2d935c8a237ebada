"""Answers to our invitations that come by mail (iMIP, RFC 6047): a yes, a maybe, a no, or another time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar
from icalendar.error import BrokenCalendarProperty

from fifthcall.cues.parsing import Invitation
from fifthcall.rules.case import Window
from fifthcall.touches.booking import Answer, answer

#: An answer is about one meeting; more than this is something else.
LONGEST = 100_000
#: What a person should look at, and why.
LOOK = {
    Answer.UNKNOWN: "It answers an invitation that is not ours.",
    Answer.NOT_INVITED: "Somebody answers who was not invited.",
    Answer.OVER: "They answer an invitation to a meeting that is over or called off.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One event of an answer: who says what to which SEQUENCE, and the time that stands in it."""

    uid: str
    sequence: int
    by: tuple[tuple[str, str], ...]  # address, PARTSTAT
    window: Window | None


def take_answer(invitation: Invitation, workspace_id: int, now: datetime) -> str:
    """Take every answer in a calendar part; why a person should look at it, or ""."""
    try:
        events = read(invitation.text)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError, BrokenCalendarProperty):
        return "The calendar part can't be read."
    for event in events:
        asked = event.window if invitation.method == "COUNTER" else None
        if invitation.method == "COUNTER" and asked is None:
            return "They ask for another time, but it can't be read."
        for attendee, partstat in event.by:
            said = answer(event.uid, attendee, partstat, event.sequence, now, asked, workspace_id)
            if said in LOOK:
                return LOOK[said]
    return "" if events else "The calendar part says nothing of a meeting."


def read(text: str) -> list[Said]:
    """The events of a calendar part. Raises ValueError and the like, or BrokenCalendarProperty."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    found = list(Calendar.from_ical(text).walk("VEVENT"))[:5]
    return [
        Said(
            str(event["uid"]),
            int(event.get("sequence", 0)),
            tuple((str(one), str(one.params.get("PARTSTAT", ""))) for one in _attendees(event)),
            _asked(event),
        )
        for event in found
        if "uid" in event and "attendee" in event
    ]


def _attendees(event: Any) -> list[Any]:
    found = event["attendee"]
    return found[:5] if isinstance(found, list) else [found]


def _asked(event: Any) -> Window | None:
    """From when to when they want to meet; a wall time without a zone doesn't say."""
    start = event["dtstart"].dt if "dtstart" in event else None
    if not isinstance(start, datetime) or start.tzinfo is None:
        return None
    end = event["dtend"].dt if "dtend" in event else start + timedelta(minutes=30)
    if "duration" in event:
        end = start + event["duration"].dt
    if not isinstance(end, datetime) or end.tzinfo is None or not start < end <= start + timedelta(days=1):
        return None
    return Window(start.astimezone(UTC), end.astimezone(UTC), "UTC")
