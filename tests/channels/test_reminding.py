"""Reminders of meetings: once, in time, in their own time, and none of a meeting that is no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fifthcall import clock
from fifthcall.calendars.models import Appointment, BookingHours
from fifthcall.channels.email import sending
from fifthcall.channels.email.inviting import want_invitations
from fifthcall.channels.email.reminding import REMINDER, want_reminders
from fifthcall.channels.models import Message
from fifthcall.people.reach import suppress
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Meeting
from fifthcall.touches.booking import book, call_off
from fifthcall.touches.models import Touch
from tests import smtp_sink
from tests.cast import Cast
from tests.channels.mail import mailbox_at, opportunity_with

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
AT = datetime(2026, 11, 27, 15, tzinfo=UTC)  # 10:00 in New York
HALF = timedelta(minutes=30)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


def booked(team: Cast, sink: smtp_sink.Sink) -> Opportunity:
    mailbox_at(sink, team.ada, NOW)
    eve = opportunity_with(team.ada, "Eve", NOW)
    book(eve.pk, team.ada, Meeting(AT, AT + HALF, "America/New_York"), NOW)
    want_invitations(NOW + timedelta(minutes=1))
    return eve


def reminders() -> list[Message]:
    return list(Message.objects.filter(purpose=REMINDER).order_by("id"))


def test_a_day_and_an_hour_before_once_each(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_sink.running() as sink:
        booked(team, sink)
        assert want_reminders(AT - DAY - timedelta(minutes=1)) == 0
        for minutes in (0, 1, 5, 29):
            want_reminders(AT - DAY + timedelta(minutes=minutes))
        assert want_reminders(AT - HOUR) == 1
        assert len(reminders()) == 2
        assert "Fri 27 Nov 2026, 10:00–10:30 (America/New York)" in reminders()[0].text
        monkeypatch.setattr(clock, "now", lambda: AT - HOUR)
        before = Touch.objects.count()
        Message.objects.filter(purpose=REMINDER).update(due_at=AT - HOUR, wanted_at=AT - HOUR)
        sending.send_due(AT - HOUR)
        sending.send_due(AT - HOUR)
        assert [mail.mail["Subject"].startswith("Reminder: ") for mail in sink.taken].count(True) == 2
        assert Touch.objects.count() == before, "a reminder is no attempt to reach them"


def test_none_of_a_meeting_that_was_moved_or_called_off(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with smtp_sink.running() as sink:
        eve = booked(team, sink)
        want_reminders(AT - DAY)
        book(eve.pk, team.ada, Meeting(AT + DAY, AT + DAY + HALF, "America/New_York"), AT - DAY)
        want_invitations(AT - DAY + timedelta(minutes=1))
        monkeypatch.setattr(clock, "now", lambda: AT - DAY + timedelta(minutes=2))
        sending.send_due(AT - DAY + timedelta(minutes=2))
        (old,) = reminders()
        assert (old.state, old.why) == (Message.State.CANCELLED, "The meeting was moved, called off, or has begun.")
        assert want_reminders(AT) == 1
        call_off(eve.pk, team.ada, AT)
        assert want_reminders(AT + DAY - HOUR) == 0


def test_one_booked_at_short_notice_is_not_reminded_of_what_was_just_said(team: Cast) -> None:
    with smtp_sink.running() as sink:
        mailbox_at(sink, team.ada, NOW)
        eve = opportunity_with(team.ada, "Eve", NOW)
        at = NOW + DAY + timedelta(minutes=10)
        book(eve.pk, team.ada, Meeting(at, at + HALF, "UTC"), NOW)
        want_invitations(NOW + timedelta(minutes=1))
        assert want_reminders(at - DAY) == 0
        assert want_reminders(at - HOUR) == 1


def test_late_stopped_or_switched_off_means_none(team: Cast) -> None:
    with smtp_sink.running() as sink:
        eve = booked(team, sink)
        assert want_reminders(AT - DAY + timedelta(minutes=31)) == 0
        BookingHours.objects.create(member=team.ada, remind_hours="")
        assert want_reminders(AT - DAY) == 0
        BookingHours.objects.update(remind_hours="2")
        assert want_reminders(AT - 2 * HOUR) == 1
        assert eve.person
        suppress(eve.person, "email", AT - 2 * HOUR, "asked")
        sending.send_due(AT - 2 * HOUR)
        assert reminders()[0].state == Message.State.CANCELLED
        Appointment.objects.update(answer="DECLINED")
        BookingHours.objects.update(remind_hours="1")
        assert want_reminders(AT - HOUR) == 0
