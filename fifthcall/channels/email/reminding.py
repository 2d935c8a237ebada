"""Reminders of a meeting, by mail: so many hours before, once, and none of a meeting that was moved or called off."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from fifthcall.calendars.models import Appointment, BookingHours
from fifthcall.channels.email.composing import one_line
from fifthcall.channels.email.mailboxes import mailbox_of
from fifthcall.channels.email.wanting import about
from fifthcall.channels.models import Message
from fifthcall.pipeline.settle import to_change_by_itself
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment

log = logging.getLogger(__name__)
#: The purpose of such a mail: it is no attempt to reach them.
REMINDER = "reminder"
#: A reminder that could not go out in time is left out, not sent late.
NOT_LATER = timedelta(minutes=30)
FURTHEST = timedelta(days=8)
AT_A_TIME = 200
USUALLY = BookingHours._meta.get_field("remind_hours").default


def want_reminders(now: datetime) -> int:
    """Make the mails of the reminders that are due; how many."""
    ahead = Appointment.objects.filter(
        state=Appointment.State.BOOKED, starts_at__gt=now, starts_at__lte=now + FURTHEST, told__gte=0
    ).exclude(email="")
    made = 0
    for meeting in ahead.select_related("member__booking_hours").order_by("starts_at", "id")[:AT_A_TIME]:
        for hours in _hours(meeting):
            due = meeting.starts_at - timedelta(hours=hours)
            booked_before = meeting.created_at is None or meeting.created_at < due - timedelta(hours=1)
            if due <= now < due + NOT_LATER and booked_before:
                try:
                    made += _want(meeting, hours, now)
                except Exception:  # one that can't be made never stops the others
                    log.exception("The reminder of appointment %s could not be made.", meeting.pk)
    return made


def _hours(meeting: Appointment) -> list[int]:
    """How many hours before its beginning they are reminded, as its member has it."""
    own = BookingHours.objects.filter(member=meeting.member_id).values_list("remind_hours", flat=True).first()
    return [int(one) for one in (USUALLY if own is None else own).split()]


def _want(meeting: Appointment, hours: int, now: datetime) -> bool:
    key = f"{REMINDER}:{meeting.uid}:{meeting.sequence}:{hours}"[:80]
    if Message.objects.filter(key=key).exists():
        return False
    with transaction.atomic():
        opportunity = to_change_by_itself(meeting.opportunity_id)
        mailbox = mailbox_of(meeting.member) if meeting.member else None
        if mailbox is None or meeting.member is None or not still_ahead(key, now):
            return False
        values = about(opportunity, meeting.member, mailbox, key, now)
        values |= {"purpose": REMINDER, "tracked": False, "due_at": now} | _letter(meeting)
        _, new = Message.objects.get_or_create(key=key, defaults=values)
    return new


def _letter(meeting: Appointment) -> dict[str, str]:
    begin, end = wall(meeting.starts_at, meeting.zone), wall(meeting.until, meeting.zone)
    when = f"{moment(begin)}–{end:%H:%M} ({meeting.zone.replace('_', ' ')})"
    place = f"\nWhere: {meeting.place}" if meeting.place else ""
    return {
        "to_address": meeting.email,
        "subject": one_line(f"Reminder: {meeting.title or 'our meeting'}, {moment(begin)}")[:300],
        "text": f"We meet on {when}.{place}\n\nIf it no longer suits you, just answer this mail.",
    }


def still_ahead(key: str, now: datetime) -> bool:
    """Whether the meeting of a reminder with this key still takes place as it was when the reminder was made."""
    _, uid, sequence, _ = key.split(":")
    same = Appointment.objects.filter(uid=uid, sequence=int(sequence), state=Appointment.State.BOOKED)
    return same.filter(starts_at__gt=now).exclude(answer="DECLINED").exists()
