"""Connecting a calendar on its page, and deciding what was moved in both places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from fifthcall import clock
from fifthcall.calendars.models import Appointment
from fifthcall.rules.case import Meeting
from fifthcall.syncing.models import Account
from fifthcall.touches.booking import book
from tests import radicale_server
from tests.cast import Cast
from tests.channels.mail import opportunity_with
from tests.radicale_server import PASSWORD, USER, Server
from tests.syncing.test_caldav import AT, DAY, HALF, HERE, NOW, move_there

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with radicale_server.running(tmp_path / "radicale") as server:
        yield server


def test_connected_moved_in_both_places_decided_and_left(
    team: Cast, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    ada = team.sign_in(team.ada)
    form = {"url": server.url + "/", "username": USER, "password": "wrong"}
    wrong = ada.post("/calendar/other/", form)
    assert wrong.status_code == 422
    assert "does not accept the user name or password" in wrong.content.decode()
    assert ada.post("/calendar/other/", form | {"password": PASSWORD}).status_code == 302
    account = Account.objects.get()
    assert (account.url, account.name) == (server.calendar, "Work")
    assert PASSWORD not in account.sealed
    eve = opportunity_with(team.ada, "Eve", NOW)
    meeting = book(eve.pk, team.ada, Meeting(AT, AT + HALF, HERE), NOW)
    ada.post("/calendar/other/sync/")
    move_there(server, meeting.uid, AT + DAY, AT + DAY + HALF)
    book(eve.pk, team.ada, Meeting(AT + 2 * DAY, AT + 2 * DAY + HALF, HERE), NOW)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=1))
    ada.post("/calendar/other/sync/")
    page = ada.get("/calendar/other/").content.decode()
    assert "Moved in both places: here it is Sat 28 Nov 2026, 14:00, there Fri 27 Nov 2026, 14:00." in page
    assert "1 to decide" in ada.get("/calendar/").content.decode()
    item = account.items.exclude(asks="").get()
    assert team.sign_in(team.ben).post(f"/calendar/entries/{item.pk}/there/").status_code == 404
    ada.post(f"/calendar/entries/{item.pk}/there/")
    assert Appointment.objects.get().starts_at == AT + DAY
    ada.post("/calendar/other/leave/")
    assert Account.objects.get().sealed == ""
    assert "In line" not in ada.get("/calendar/other/").content.decode()


def test_of_several_calendars_one_is_chosen(team: Cast, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    body = '<mkcalendar xmlns="urn:ietf:params:xml:ns:caldav"/>'
    assert server.ask("MKCALENDAR", "/ada/private/", body).status_code == 201
    ada = team.sign_in(team.ada)
    form = {"url": server.url + "/", "username": USER, "password": PASSWORD}
    page = ada.post("/calendar/other/", form).content.decode()
    assert "Several calendars stand there" in page
    assert ada.post("/calendar/other/", form | {"calendar": f"{server.url}/ada/private/"}).status_code == 302
    assert Account.objects.get().url.endswith("/ada/private/")
    other = ada.post("/calendar/other/", form | {"calendar": "https://evil.example/"})
    assert Account.objects.filter(removed_at=None).get().url.endswith("/ada/private/")
    assert other.status_code == 200
