"""Whom we met at an event: kept once, with the meeting and the photo; a time that is gone is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import icalendar
import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from ics import Calendar as OtherCalendar  # type: ignore[import-untyped]
from PIL import Image, ImageDraw

from fifthcall import clock
from fifthcall.calendars.models import Appointment
from fifthcall.erasing import erase
from fifthcall.fairs.meeting_people import LONGEST, Unfit, small
from fifthcall.fairs.models import CardPhoto, Met
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Meeting
from fifthcall.touches.booking import book
from fifthcall.touches.booking_links import free_times
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
HERE = "Europe/Berlin"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(team: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return team.sign_in(team.ada)


def said(**more: Any) -> dict[str, Any]:
    plain = {"key": str(uuid4()), "event": "Roof & Wall 2026", "name": "Eve Haas", "company": "Haas AG"}
    return plain | {"phone": "+49 151 12345678", "cares": "The leak over the hall"} | more


def photo(size: tuple[int, int] = (3000, 1000), kind: str = "JPEG") -> bytes:
    picture, out = Image.new("RGB", size, "white"), BytesIO()
    ImageDraw.Draw(picture).text((10, 10), "Eve Haas", fill="black")
    exif = Image.Exif()
    exif[0x010F] = "Camera with a place"
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def test_a_person_becomes_an_opportunity_with_its_next_step(team: Cast, ada: Client) -> None:
    answer = ada.post("/event/people/", said(met_at="2026-11-24T07:30:00+00:00"))
    assert answer.json()["state"] == "noted"
    row = Opportunity.objects.get()
    assert (row.name, row.source, row.situation, row.owner) == (
        "Haas AG, met at Roof & Wall 2026",
        "Roof & Wall 2026",
        "S6",
        team.ada,
    )
    assert row.person and row.person.points.get().normal == "+4915112345678"
    assert row.next_due_at
    touch = row.touches.get()
    assert (touch.outcome, touch.reason_note) == ("connected", "The leak over the hall")
    assert "Met at Roof & Wall 2026, Tue 24 Nov 2026, 08:30." in touch.note


def test_sent_again_it_is_the_same_one(team: Cast, ada: Client) -> None:
    form = said()
    answers = [ada.post("/event/people/", form).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert Opportunity.objects.count() == Met.objects.count() == 1


def test_a_time_both_chose_is_booked_under_the_name_they_scanned(team: Cast, ada: Client) -> None:
    slot = ada.get("/event/slots/").json()["slots"][0]
    answer = ada.post("/event/people/", said(slot=slot["at"], uid=slot["uid"], email="eve@haas.example"))
    assert answer.json()["state"] == "met"
    booked = Appointment.objects.get()
    assert (booked.starts_at.isoformat(), booked.uid) == (slot["at"], slot["uid"])
    row = Opportunity.objects.get()
    assert (row.next_kind, row.next_due_at) == ("meeting", booked.starts_at)


def test_a_time_that_is_gone_keeps_the_entry_and_asks_for_another(team: Cast, ada: Client) -> None:
    slot = ada.get("/event/slots/").json()["slots"][0]
    at = datetime.fromisoformat(slot["at"])
    other = opportunity_with(team.ada, "Fay", NOW)
    book(other.pk, team.ada, Meeting(at, at + timedelta(minutes=30), HERE), NOW)
    form = said(slot=slot["at"], uid=slot["uid"])
    assert [ada.post("/event/people/", form).json()["state"] for _ in range(2)] == ["taken", "taken"]
    row = Opportunity.objects.exclude(pk=other.pk).get()
    assert row.next_kind == "call"
    assert row.next_due_at and row.next_due_at <= NOW + timedelta(hours=1)
    assert "which is taken: agree on another" in row.touches.get().note


def test_the_code_and_the_file_are_read_by_others(team: Cast, ada: Client) -> None:
    slot = ada.get("/event/slots/").json()["slots"][0]
    at = free_times(team.ada, 30, HERE, NOW)[0]
    scanned = _scanned(slot["code"])
    for text in (slot["ics"], scanned):
        event: Any = next(iter(icalendar.Calendar.from_ical(text).walk("VEVENT")))
        assert (str(event["uid"]), event["dtstart"].dt) == (slot["uid"], at)
        (other,) = OtherCalendar(text).events
        assert other.begin.datetime == at


def _scanned(svg: str) -> str:
    """What a phone reads from the code: drawn here from its path, module by module."""
    import re

    path = re.search(r' d="([^"]+)"', svg)
    box = re.search(r'viewBox="0 0 ([\d.]+)', svg)
    assert path and box
    size, scale = float(box[1]), 12
    picture = Image.new("L", (int(size * scale), int(size * scale)), 255)
    draw = ImageDraw.Draw(picture)
    for x, y, side in re.findall(r"M([\d.]+),([\d.]+)H([\d.]+)V", path[1]):
        left, top, right = float(x), float(y), float(side)
        draw.rectangle([left * scale, top * scale, right * scale - 1, (top + right - left) * scale - 1], fill=0)
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def test_a_photo_is_kept_small_and_without_what_the_camera_wrote(team: Cast, ada: Client) -> None:
    upload = SimpleUploadedFile("card.jpg", photo(), content_type="image/jpeg")
    assert ada.post("/event/people/", said(phone="", photo=upload)).json()["state"] == "noted"
    kept = CardPhoto.objects.get()
    picture = Image.open(BytesIO(bytes(kept.picture)))
    assert max(picture.size) == LONGEST
    assert not picture.getexif()
    url = f"/card-photos/{kept.pk}/"
    assert ada.get(url)["Content-Type"] == "image/jpeg"
    assert team.sign_in(team.ben).get(url).status_code == 404
    row = Opportunity.objects.get()
    assert "Photo of their card" in ada.get(f"/opportunities/{row.pk}/").content.decode()
    erase(row.person_id or 0, team.ada, "asked", NOW)
    assert not CardPhoto.objects.exists()


@pytest.mark.parametrize("content", [b"<svg/>", b"GIF89a....", photo()[:200], b""])
def test_what_is_no_photo_is_refused(content: bytes) -> None:
    with pytest.raises(Unfit, match="can't be read"):
        small(content)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("event", {"event": " "}),
        ("name", {"name": ""}),
        ("phone", {"phone": ""}),
        ("email", {"email": "eve"}),
        ("key", {"key": "1"}),
        ("slot", {"slot": "soon"}),
        ("why_not", {"why_not": "because"}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(team: Cast, ada: Client, field: str, change: dict[str, str]) -> None:
    answer = ada.post("/event/people/", said(**change))
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert not Opportunity.objects.exists()


def test_who_is_known_by_number_and_name_is_not_made_twice(team: Cast, ada: Client) -> None:
    ada.post("/event/people/", said())
    ada.post("/event/people/", said(event="Another fair"))
    first, second = Opportunity.objects.order_by("id")
    assert first.person == second.person


def test_the_kept_page_says_nothing_of_anybody(team: Cast, ada: Client) -> None:
    opportunity_with(team.ada, "Eve", NOW)
    page = ada.get("/event/").content.decode()
    assert "Ada" not in page and "Eve<" not in page and "Roof for" not in page
    worker = ada.get("/event/worker.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "/event/slots/" in worker.content.decode()
