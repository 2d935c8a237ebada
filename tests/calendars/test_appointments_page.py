"""Booking, moving and calling off a meeting from its opportunity; the file; the feed's address."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from fifthcall import clock
from fifthcall.calendars.models import Appointment
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Window
from fifthcall.touches.booking import answer
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
SAID = {"meeting-day": "2026-12-03", "meeting-at": "10:00", "meeting-minutes": "45", "meeting-zone": "Europe/Berlin"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def eve(team: Cast, monkeypatch: pytest.MonkeyPatch) -> Opportunity:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return opportunity_with(team.ada, "Eve", NOW)


def test_booked_moved_agreed_and_called_off(team: Cast, eve: Opportunity) -> None:
    client, url, page = (
        team.sign_in(team.ada),
        reverse("appointment", args=[eve.pk]),
        reverse("opportunity", args=[eve.pk]),
    )
    assert "No meeting yet" in client.get(page).content.decode()
    assert client.post(url, SAID | {"meeting-place": "Our office"}).status_code == 302
    booked = Appointment.objects.get()
    assert (booked.starts_at, booked.until - booked.starts_at) == (
        datetime(2026, 12, 3, 9, tzinfo=UTC),
        timedelta(minutes=45),
    )
    shown = client.get(page).content.decode()
    assert "You meet" in shown and "Our office" in shown and "eve@buyers.example" in shown
    file = client.get(reverse("appointment_file", args=[eve.pk]))
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert Calendar.from_ical(file.content).walk("VEVENT")[0]["uid"] == booked.uid
    asked = booked.starts_at + timedelta(days=1)
    answer(booked.uid, "eve@buyers.example", "", 0, NOW, Window(asked, asked + timedelta(minutes=30), "Europe/Berlin"))
    assert "They ask for Fri 4 Dec 2026, 10:00" in client.get(page).content.decode()
    assert client.post(url, {"_method": "AGREE"}).status_code == 302
    booked.refresh_from_db()
    assert booked.starts_at == asked
    assert client.post(url, {"_method": "DELETE"}).status_code == 302
    booked.refresh_from_db()
    assert booked.state == "cancelled" and "No meeting yet" in client.get(page).content.decode()
    assert client.get(reverse("appointment_file", args=[eve.pk])).status_code == 404


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"meeting-day": "2020-01-01"}, "That time has passed"),
        ({"meeting-minutes": "-5"}, "greater than or equal to 5"),
        ({"meeting-zone": "Mars/Base"}, "not one of the available choices"),
        ({"meeting-at": "noon"}, "Enter a valid time"),
    ],
)
def test_what_cannot_be_booked_says_why(team: Cast, eve: Opportunity, said: dict[str, str], words: str) -> None:
    answered = team.sign_in(team.ada).post(reverse("appointment", args=[eve.pk]), SAID | said)
    assert answered.status_code == 422 and words in answered.content.decode()
    assert not Appointment.objects.exists()


def test_the_feeds_address_is_shown_once_and_works_without_signing_in(team: Cast, eve: Opportunity) -> None:
    client = team.sign_in(team.ada)
    client.post(reverse("appointment", args=[eve.pk]), SAID)
    url = client.post(reverse("feed")).context["url"]
    path = urlsplit(url).path
    found = Client().get(path)
    assert found.status_code == 200 and b"SUMMARY:Roof for Eve" in found.content
    assert "no-store" in found["Cache-Control"]
    assert url not in client.get(reverse("calendar")).content.decode()
    client.post(reverse("feed"), {"_method": "DELETE"})
    assert Client().get(path).status_code == 404
