"""C5: a promise is held in the calendar: on the week, in the feed, and free of bookings. And the member's own hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from fifthcall import clock
from fifthcall.calendars.feeds import open_feed
from fifthcall.calendars.models import BookingHours
from fifthcall.pipeline.holds import holds_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Agreed, Basis, Window
from fifthcall.rules.windows import instant
from fifthcall.touches.booking_links import NoLonger, book_by_link, free_times, link_for, revoke
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)  # a Tuesday, 09:00 in Berlin
HERE = "Europe/Berlin"
pytestmark = pytest.mark.django_db
#: A working day just after the clocks changed there, or where the offset is odd; the promise is made five days before.
ZONES = [
    ("America/New_York", "2027-03-15"),
    ("Europe/Berlin", "2027-03-29"),
    ("Europe/London", "2027-11-01"),
    ("Australia/Lord_Howe", "2027-04-05"),
    ("Africa/Cairo", "2027-04-30"),
    ("America/Santiago", "2027-04-05"),
    ("Pacific/Chatham", "2027-09-27"),
    ("Antarctica/Troll", "2027-03-29"),
    ("Africa/Casablanca", "2027-02-08"),
    ("Pacific/Apia", "2027-03-15"),
    ("Asia/Kathmandu", "2027-03-15"),
]


@pytest.fixture
def eve(team: Cast, monkeypatch: pytest.MonkeyPatch) -> Opportunity:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return opportunity_with(team.ada, "Eve", NOW)


def promise(team: Cast, row: Opportunity, start: str, end: str, now: datetime = NOW, zone: str = HERE) -> None:
    window = Window(instant(datetime.fromisoformat(start), zone), instant(datetime.fromisoformat(end), zone), zone)
    log(row.pk, team.ada, Draft("voicemail", agreed=Agreed(Basis.PROMISE, window)), now)


def on_day(times: list[datetime], day: int) -> list[str]:
    local = [at.astimezone(ZoneInfo(HERE)) for at in times]
    return [f"{at:%H:%M}" for at in local if at.day == day]


def test_a_promise_stands_on_the_week_in_the_feed_and_is_free_of_bookings(team: Cast, eve: Opportunity) -> None:
    promise(team, eve, "2026-11-25T10:00", "2026-11-25T12:00")
    ada = team.sign_in(team.ada)
    page = ada.get("/calendar/").content.decode()
    assert "Call Eve, as promised" in page
    assert "10:00–12:00 for them" in page
    feed = Client().get(reverse("feed_file", args=[open_feed(team.ada, NOW)])).content
    event: Any = next(iter(icalendar.Calendar.from_ical(feed).walk("VEVENT")))
    assert str(event["summary"]) == "Call Eve, as promised"
    assert event["dtstart"].dt == datetime(2026, 11, 25, 9, tzinfo=UTC)
    free = on_day(free_times(team.ada, 30, HERE, NOW), 25)
    assert "09:30" in free and "12:00" in free
    assert not {"10:00", "10:30", "11:00", "11:30"} & set(free)


def test_a_promise_that_moves_moves_its_hold_and_one_kept_frees_it(team: Cast, eve: Opportunity) -> None:
    promise(team, eve, "2026-11-25T10:00", "2026-11-25T12:00")
    uid = holds_of(team.ada, NOW, NOW + timedelta(days=9))[0].as_meeting().uid
    later = NOW + timedelta(hours=1)
    promise(team, eve, "2026-11-26T14:00", "2026-11-26T15:00", later)
    (hold,) = holds_of(team.ada, NOW, NOW + timedelta(days=9))
    assert hold.starts_at == datetime(2026, 11, 26, 13, tzinfo=UTC)
    assert hold.as_meeting().uid == uid
    log(eve.pk, team.ada, Draft("no_answer"), hold.starts_at + timedelta(minutes=5))
    assert holds_of(team.ada, NOW, NOW + timedelta(days=9)) == []


@pytest.mark.parametrize(("zone", "on"), ZONES)
def test_a_promise_keeps_its_wall_time_where_the_clocks_change(
    team: Cast, eve: Opportunity, zone: str, on: str
) -> None:
    assert eve.person
    eve.person.zone = zone
    eve.person.save()
    before = datetime.fromisoformat(f"{on}T12:00+00:00") - timedelta(days=5)
    promise(team, eve, f"{on}T09:00", f"{on}T11:00", before, zone)
    (hold,) = holds_of(team.ada, before, before + timedelta(days=9))
    assert hold.theirs == "09:00–11:00 for them"
    assert f"{hold.starts_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == f"{on} 09:00"


def test_a_link_that_was_ended_says_so_kindly(team: Cast, eve: Opportunity) -> None:
    link = link_for(eve.pk, team.ada, NOW)
    at = free_times(team.ada, 30, HERE, NOW)[0]
    ada = team.sign_in(team.ada)
    ada.post(reverse("booking_link", args=[eve.pk]), {"_method": "DELETE"})
    answer = Client().get(reverse("booking", args=[link.token]))
    assert answer.status_code == 410
    assert "This link has ended" in answer.content.decode()
    with pytest.raises(NoLonger):
        book_by_link(link.token, at, HERE, NOW)
    assert link_for(eve.pk, team.ada, NOW).token != link.token
    assert not revoke(opportunity_with(team.ada, "Ina", NOW).pk, team.ada, NOW)


def test_own_hours_and_holidays_shape_what_is_free(team: Cast, eve: Opportunity) -> None:
    ada = team.sign_in(team.ada)
    form: dict[str, Any] = {
        "weekdays": ["3", "4"],
        "start": "10:00",
        "end": "12:00",
        "minutes": 60,
        "buffer_minutes": 0,
        "notice_hours": 24,
        "days_ahead": 40,
        "most_a_day": 2,
        "place": "https://video.example/ada",
    }
    assert ada.post("/calendar/booking/", form).status_code == 302
    own = BookingHours.objects.get()
    assert (own.weekdays, own.minutes) == ("34", 60)
    free = free_times(team.ada, 60, HERE, NOW)
    assert {at.weekday() for at in free} == {3, 4}
    assert {f"{at.astimezone(ZoneInfo(HERE)):%H:%M}" for at in free} == {"10:00", "10:30", "11:00"}
    christmas = datetime(2026, 12, 25).date()  # noqa: DTZ001  # a Friday
    assert christmas in {at.date() for at in free}
    team.space.country = "DE"
    team.space.save()
    team.ada.workspace.refresh_from_db()
    assert christmas not in {at.date() for at in free_times(team.ada, 60, HERE, NOW)}
    booked = book_by_link(link_for(eve.pk, team.ada, NOW).token, free[0], HERE, NOW)
    assert (booked.place, booked.until - booked.starts_at) == ("https://video.example/ada", timedelta(hours=1))


@pytest.mark.parametrize(("field", "value", "words"), [("end", "08:00", "ends after"), ("minutes", "5", "Between 10")])
def test_hours_that_make_no_sense_are_refused(team: Cast, eve: Opportunity, field: str, value: str, words: str) -> None:
    form: dict[str, Any] = {"weekdays": ["0"], "start": "09:00", "end": "17:00", "minutes": 30, "buffer_minutes": 0}
    form |= {"notice_hours": 2, "days_ahead": 14, "most_a_day": 4, field: value}
    answer = team.sign_in(team.ada).post("/calendar/booking/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
