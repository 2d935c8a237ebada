"""The verbs of an appointment: book or move it, call it off, agree to the time they ask for, take their answer.

Each is one transaction; the appointment is a fact of the case, and the rules decide what comes next (A7).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction

from fifthcall.calendars.models import Appointment
from fifthcall.journal.models import note_event
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import settle, to_change, to_change_by_itself
from fifthcall.rules.case import Channel, Meeting, Window
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment
from fifthcall.teams.models import Membership
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log, record
from fifthcall.touches.meetings import meeting_of

State = Appointment.State
_SAID = {"ACCEPTED": "yes", "TENTATIVE": "maybe"}


class Answer(StrEnum):
    """What became of an answer to an invitation."""

    TAKEN = "taken"
    UNKNOWN = "unknown"  # there is no such appointment
    NOT_INVITED = "not_invited"  # by somebody who was not invited
    OLD = "old"  # to an earlier time; the meeting has been moved since
    OVER = "over"  # it doesn't take place any more, or has taken place


def book(opportunity_id: int, member: Membership, meeting: Meeting, now: datetime, place: str = "") -> Appointment:
    """Log that they agreed to meet: books the meeting, or moves the one there is (same UID, next SEQUENCE).

    Raises NotVisible, or Incomplete for a closed opportunity or a time that has passed.
    """
    if meeting.starts_at <= now:
        raise Incomplete("day", "That time has passed; choose one that is ahead.")
    touch = log(opportunity_id, member, Draft("meeting_set", meeting=meeting, place=place), now)
    booked = meeting_of(touch.opportunity)
    assert booked
    return booked


def agree(opportunity_id: int, member: Membership, now: datetime) -> Appointment:
    """Meet when they ask for. Raises NotVisible, or Incomplete when they no longer ask or the time has passed."""
    with transaction.atomic():
        booked = meeting_of(to_change(opportunity_id, member))
        if booked is None or booked.asked_from is None or booked.asked_until is None:
            raise Incomplete("day", "They don't ask for another time any more.")
        if booked.asked_from <= now:
            raise Incomplete("day", "The time they asked for has passed; propose another.")
        return book(opportunity_id, member, Meeting(booked.asked_from, booked.asked_until, booked.zone), now)


def call_off(opportunity_id: int, member: Membership, now: datetime) -> None:
    """The meeting doesn't take place; they are told if they had been invited. Raises NotVisible."""
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member)
        booked = meeting_of(opportunity)
        if booked is None:
            return
        booked.call_off(now)
        opportunity.has_appointment = False
        settle(opportunity, now, "has_appointment")
        note_event(opportunity.workspace_id, member.pk, "appointment_called_off", booked, now)


def answer(
    uid: str,
    attendee: str,
    partstat: str,
    sequence: int,
    now: datetime,
    counter: Window | None = None,
    workspace_id: int | None = None,
) -> Answer:
    """Take an answer to an invitation (RFC 5546 §3.2.3, §3.2.7): who answers what to which SEQUENCE.

    `partstat`: ACCEPTED, TENTATIVE or DECLINED; with `counter`, the time they ask for instead, it is a COUNTER whatever
    it says. The same answer twice changes nothing. Give `workspace_id` when it is known whose mail it came in.
    """
    with transaction.atomic():
        rows = Appointment.objects.filter(uid=uid)
        if workspace_id is not None:
            rows = rows.filter(workspace_id=workspace_id)
        found = rows.values_list("pk", "opportunity_id").first()
        if found is None:
            return Answer.UNKNOWN
        opportunity = to_change_by_itself(found[1])
        booked = Appointment.objects.select_for_update(of=("self",)).get(pk=found[0])
        if not booked.email or attendee.strip().lower().removeprefix("mailto:") != booked.email.lower():
            return Answer.NOT_INVITED
        if booked.state != State.BOOKED:
            return Answer.OVER
        if sequence < booked.sequence:
            return Answer.OLD
        _take(opportunity, booked, partstat.strip().upper(), counter, now)
    return Answer.TAKEN


def _take(opportunity: Opportunity, booked: Appointment, partstat: str, counter: Window | None, now: datetime) -> None:
    said = "COUNTER" if counter else partstat
    asked: tuple[datetime, datetime] | tuple[None, None]
    asked = (counter.starts_at, counter.until) if counter else (None, None)
    if said not in ("ACCEPTED", "TENTATIVE", "DECLINED", "COUNTER"):
        return
    if (booked.answer, booked.asked_from, booked.asked_until) == (said, *asked):
        return
    booked.answer, booked.answered_at, (booked.asked_from, booked.asked_until) = said, now, asked
    booked.save(update_fields=["answer", "answered_at", "asked_from", "asked_until"])
    note_event(booked.workspace_id, None, "appointment_answered", booked, now, said=said)
    when = moment(wall(booked.starts_at, booked.zone))
    if said == "DECLINED":
        booked.call_off(now, by_them=True)
        opportunity.has_appointment = False
        settle(opportunity, now, "has_appointment")
        # E3: their no to the time is answered first.
        record(opportunity.pk, "replied", now, now, Channel.EMAIL, note=f"They declined the meeting of {when}.")
        return
    if counter is None:
        note = f"They said {_SAID[partstat]} to the meeting of {when}."
    else:
        note = f"They can't make {when} and ask for {moment(wall(counter.starts_at, booked.zone))}."
    record(opportunity.pk, "note", now, now, Channel.EMAIL, note=note)
