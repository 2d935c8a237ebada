"""A7: an answer to an invitation, as calendar programs send it, changes the meeting and the next step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fifthcall.calendars.models import Appointment
from fifthcall.cues.calendar_answers import take_answer
from fifthcall.cues.parsing import parse
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Meeting
from fifthcall.touches.booking import book
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
AT = datetime(2026, 12, 3, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(team: Cast) -> Appointment:
    eve = opportunity_with(team.ada, "Eve", NOW)
    return book(eve.pk, team.ada, Meeting(AT, AT + timedelta(minutes=30), "Europe/Berlin"), NOW)


def mail(uid: str, method: str, partstat: str, start: str = "DTSTART:20261203T090000Z", sequence: int = 0) -> bytes:
    lines = (
        "BEGIN:VCALENDAR", "PRODID:-//Their calendar//EN", "VERSION:2.0", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{uid}", f"SEQUENCE:{sequence}", start, "DURATION:PT30M", "DTSTAMP:20261124T080000Z",
        "ORGANIZER:mailto:ada@sales.example", f"ATTENDEE;PARTSTAT={partstat};CN=Eve:MAILTO:eve@buyers.example",
        "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    head = (
        "From: Eve <eve@buyers.example>\r\nTo: ada@sales.example\r\nSubject: Re\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/calendar; method={method}; charset=utf-8\r\n\r\n"
    )
    return (head + "\r\n".join(lines) + "\r\n").encode()


def taken(raw: bytes, row: Appointment) -> str:
    invitation = parse(raw).invitation
    assert invitation
    why = take_answer(invitation, row.workspace_id, NOW + timedelta(hours=1))
    row.refresh_from_db()
    return why


def test_yes_then_no(booked: Appointment) -> None:
    assert taken(mail(booked.uid, "REPLY", "ACCEPTED"), booked) == "" and booked.answer == "ACCEPTED"
    assert taken(mail(booked.uid, "REPLY", "DECLINED"), booked) == "" and booked.state == "cancelled"
    row = Opportunity.objects.get(pk=booked.opportunity_id)
    assert not row.has_appointment and row.next_purpose == "answer"
    assert "called off" in taken(mail(booked.uid, "REPLY", "ACCEPTED"), booked)


def test_another_time(booked: Appointment) -> None:
    start = "DTSTART;TZID=America/New_York:20261204T100000"
    assert taken(mail(booked.uid, "COUNTER", "TENTATIVE", start), booked) == ""
    assert booked.asked_from == datetime(2026, 12, 4, 15, tzinfo=UTC)
    assert Opportunity.objects.get(pk=booked.opportunity_id).next_purpose == "asked_for"


@pytest.mark.parametrize(
    ("uid", "start", "words"),
    [
        ("somebody-elses", "DTSTART:20261203T090000Z", "not ours"),
        ("", "DTSTART:20261204T100000", "can't be read"),  # nobody knows in which zone
        ("", "DTSTART;VALUE=DATE:20261204", "can't be read"),
        ("", "DTSTART:whenever", "can't be read"),
    ],
)
def test_what_makes_no_sense_changes_nothing(booked: Appointment, uid: str, start: str, words: str) -> None:
    assert words in taken(mail(uid or booked.uid, "COUNTER", "TENTATIVE", start), booked)
    assert (booked.starts_at, booked.asked_from, booked.answer) == (AT, None, "")
