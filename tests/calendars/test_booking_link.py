"""Booking by oneself: what is free, in whose time, and that one time is one person's."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from fifthcall import clock
from fifthcall.calendars.models import Appointment, Taken
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.moving_blocks import pause
from fifthcall.rules.case import Meeting
from fifthcall.rules.windows import wall
from fifthcall.touches.booking import book, call_off
from fifthcall.touches.booking_links import NoLonger, book_by_link, free_times, hours_of, link_for
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from tests.cast import Cast, gather
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)  # a Tuesday, 09:00 in Berlin
HERE, HALF = "Europe/Berlin", timedelta(minutes=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def eve(team: Cast, monkeypatch: pytest.MonkeyPatch) -> Opportunity:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return opportunity_with(team.ada, "Eve", NOW)


def day_of(times: list[datetime], day: int, zone: str = HERE) -> list[str]:
    return [f"{at.astimezone(ZoneInfo(zone)):%H:%M}" for at in times if wall(at, zone).day == day]


def test_free_is_what_neither_blocks_nor_meetings_hold(team: Cast, eve: Opportunity) -> None:
    free = free_times(team.ada, 30, HERE, NOW)
    assert day_of(free, 24)[0] == "11:00"  # two hours from now
    assert day_of(free, 25)[0] == "09:30" and day_of(free, 25)[-1] == "16:00"  # between the two blocks
    assert day_of(free, 28) == []  # a Saturday
    at = datetime(2026, 11, 25, 11, tzinfo=UTC)
    book(eve.pk, team.ada, Meeting(at, at + HALF, HERE), NOW)
    assert not {"11:30", "12:00", "12:30"} & set(day_of(free_times(team.ada, 30, HERE, NOW), 25))  # with a buffer
    assert "12:00" in day_of(free_times(team.ada, 30, HERE, NOW, moving=eve.pk), 25)
    pause(team.ada, datetime(2026, 11, 26).date(), datetime(2026, 11, 27).date(), "Holiday", NOW)  # noqa: DTZ001
    assert day_of(free_times(team.ada, 30, HERE, NOW), 26) == []
    # Who is in New York is offered no night.
    assert day_of(free_times(team.ada, 30, "America/New_York", NOW), 30, "America/New_York")[0] == "07:00"


def test_a_day_has_only_so_many(team: Cast, eve: Opportunity) -> None:
    for hour in range(9, 9 + hours_of(team.ada).most_a_day):
        at = datetime(2026, 11, 25, hour, tzinfo=UTC)
        book(opportunity_with(team.ada, f"P{hour}", NOW).pk, team.ada, Meeting(at, at + HALF, HERE), NOW)
    assert day_of(free_times(team.ada, 30, HERE, NOW), 25) == []


def test_booked_on_the_page_it_is_the_next_step(team: Cast, eve: Opportunity) -> None:
    team.sign_in(team.ada).post(reverse("booking_link", args=[eve.pk]))
    link = link_for(eve.pk, team.ada, NOW)
    url, them = reverse("booking", args=[link.token]), Client()
    page = them.get(url, {"zone": "America/New_York"})
    assert page.status_code == 200 and "Roof for Eve" not in page.content.decode()
    at = page.context["days"][0]["times"][0]["at"]
    assert them.post(url, {"at": at, "zone": "America/New_York"}).status_code == 302
    booked = Appointment.objects.get()
    eve.refresh_from_db()
    assert (booked.zone, booked.answer, eve.next_kind) == ("America/New_York", "ACCEPTED", "meeting")
    assert eve.next_due_at == booked.starts_at == datetime.fromisoformat(at)
    assert them.post(url, {"at": at}).status_code == 302 and Appointment.objects.count() == 1
    assert b"You meet Ada" in them.get(url).content
    assert b"BEGIN:VEVENT" in them.get(reverse("booking_file", args=[link.token])).content
    other = them.get(url).context["days"][1]["times"][0]["at"]
    assert them.post(url, {"at": other}).status_code == 302
    booked.refresh_from_db()
    assert (Appointment.objects.count(), booked.sequence) == (1, 1) and booked.starts_at.isoformat() == other
    call_off(eve.pk, team.ada, NOW)
    assert not Taken.objects.exists()


def test_what_is_not_offered_is_not_booked(team: Cast, eve: Opportunity) -> None:
    link = link_for(eve.pk, team.ada, NOW)
    url = reverse("booking", args=[link.token])
    for at, status in (
        ("2026-11-25T03:00:00+00:00", 409),
        ("2020-01-01T10:00:00+00:00", 409),
        ("2026-11-25T10:07:00+00:00", 409),
        ("2026-11-25T10:00:00", 422),
        ("soon", 422),
        ("", 422),
    ):
        assert Client().post(url, {"at": at, "zone": HERE}).status_code == status, at
    assert Client().get(url, {"zone": "../../etc/passwd"}).context["zone"] == HERE
    assert Client().get(reverse("booking", args=["nobody"])).status_code == 404
    log(eve.pk, team.ada, Draft("closed", reason="said_no"), NOW)
    assert Client().get(url).status_code == 410


def test_who_comes_second_is_told_and_offered_the_rest(team: Cast, eve: Opportunity) -> None:
    first, second = link_for(eve.pk, team.ada, NOW), link_for(opportunity_with(team.ada, "Fay", NOW).pk, team.ada, NOW)
    at = datetime(2026, 11, 25, 11, tzinfo=UTC)
    book_by_link(first.token, at, HERE, NOW)
    page = Client().post(reverse("booking", args=[second.token]), {"at": at.isoformat(), "zone": HERE})
    assert page.status_code == 409 and "just been taken" in page.content.decode()
    assert page.context["days"] and Appointment.objects.count() == 1


@pytest.mark.usefixtures("committed")
def test_of_many_at_once_one_gets_it() -> None:
    team = gather()
    names = ("Eve", "Fay", "Gus", "Hal")
    tokens = [link_for(opportunity_with(team.ada, name, NOW).pk, team.ada, NOW).token for name in names]
    at, ready, said = datetime(2026, 11, 25, 11, tzinfo=UTC), threading.Barrier(len(tokens)), []

    def one(token: str) -> None:
        ready.wait()
        try:
            book_by_link(token, at, HERE, NOW)
            said.append("booked")
        except NoLonger:
            said.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[token]) for token in tokens]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["booked", "taken", "taken", "taken"]
    assert Appointment.objects.filter(state="booked").count() == 1
