"""E1, E2: hits are kept once, judged, and a person's moves the call to now."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fifthcall import clock
from fifthcall.channels.email.tracked import address_of, track
from fifthcall.channels.models import Link, Mailbox, Message
from fifthcall.cues import spool
from fifthcall.cues.gathering import gather
from fifthcall.cues.models import Arrival, Hit, Spool
from fifthcall.cues.signs import signs_of
from fifthcall.people.reach import add_point
from fifthcall.pipeline.models import Opportunity
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.channels.mail import by_itself, opportunity_with
from tests.cues.hit_patterns import CHROME, EDGE, GMAIL, OUTLOOK

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)  # eleven in the morning for Ida, in New York
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
FROM_PAGE: dict[str, Any] = {
    "HTTP_SEC_FETCH_MODE": "navigate",
    "HTTP_SEC_FETCH_DEST": "document",
    "HTTP_SEC_FETCH_SITE": "cross-site",
    "HTTP_SEC_FETCH_USER": "?1",
    "HTTP_ACCEPT_LANGUAGE": "en",
}
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def empty_spool(settings: Any) -> Iterator[None]:
    settings.URL = "https://follow.example"
    shutil.rmtree(spool.folder(), ignore_errors=True)
    spool.writer.cache_clear()
    yield
    spool.writer.cache_clear()


@pytest.fixture
def message(team: Cast) -> Message:
    """A tracked mail to Ida in New York, sent an hour ago."""
    team.space.tracking = True
    team.space.save()
    row = opportunity_with(team.ada, "Ida", NOW - 2 * HOUR)
    assert row.person
    add_point(row.person, "phone", "+12125550123")
    box = Mailbox.objects.create(
        workspace=team.space, member=team.ada, address="a@b.example", zone="UTC", created_at=NOW
    )
    made = by_itself(row, box, NOW - HOUR, tracked=True, state="sent", sent_at=NOW - HOUR)
    anchors = "".join(f'<a href="https://berg.example/{n}">x</a>' for n in range(3))
    track(made, f"<body>{anchors}</body>", NOW)
    return made


def link_of(message: Message, kind: str = "link", place: int = 0) -> str:
    return address_of(message.links.filter(kind=kind).order_by("id")[place]).removeprefix("https://follow.example")


def ask(path: str, at: datetime, agent: str = CHROME, client: Client | None = None, **headers: Any) -> Any:
    with clock.at(at):
        known = {"REMOTE_ADDR": "93.184.216.34", "HTTP_USER_AGENT": agent, "secure": True}
        return (client or Client()).get(path, **(known | headers))  # type: ignore[arg-type]


def test_e2_a_click_moves_the_call_to_now(message: Message) -> None:
    ask(link_of(message), NOW, **FROM_PAGE)
    assert gather(NOW + SECOND) == 1
    hit = Hit.objects.get()
    assert (hit.sort, hit.at) == ("person", NOW) and hit.touch
    assert (hit.touch.outcome, hit.touch.channel, hit.touch.at) == ("clicked", "email", NOW)
    row = Opportunity.objects.get(pk=message.opportunity_id)
    assert (row.next_kind, row.next_purpose) == ("call", "signal")
    assert row.next_due_at and row.next_due_at <= NOW + SECOND
    assert Arrival.objects.get().opportunity_id == row.pk


def test_an_open_is_judged_when_nothing_else_has_come_with_it(message: Message) -> None:
    ask(link_of(message, "pixel"), NOW, OUTLOOK)
    gather(NOW + SECOND)
    assert Hit.objects.get().sort == "" and not Touch.objects.filter(outcome="opened").exists()
    gather(NOW + 31 * SECOND)
    assert Hit.objects.get().sort == "person"
    assert Touch.objects.get(outcome="opened").at == NOW


def test_e2_a_click_at_night_waits_for_the_laws_hours(message: Message) -> None:
    night = NOW + 14 * HOUR  # one in the morning in New York
    ask(link_of(message), night, **FROM_PAGE)
    gather(night + SECOND)
    row = Opportunity.objects.get(pk=message.opportunity_id)
    assert row.next_purpose == "signal" and row.next_due_at
    assert row.next_due_at == NOW + 21 * HOUR  # eight in the morning


def test_the_same_interest_is_one_touch_an_hour(message: Message) -> None:
    for minutes in (0, 5, 50):
        ask(link_of(message, "pixel"), NOW + minutes * MINUTE, OUTLOOK)
        gather(NOW + minutes * MINUTE + 31 * SECOND)
    assert Hit.objects.filter(sort="person").count() == 3
    assert Touch.objects.filter(outcome="opened").count() == 1
    ask(link_of(message, "pixel"), NOW + 3 * HOUR, OUTLOOK)
    gather(NOW + 3 * HOUR + MINUTE)
    assert Touch.objects.filter(outcome="opened").count() == 2


def test_machines_and_our_own_move_nothing_and_are_shown_with_the_evidence(message: Message, team: Cast) -> None:
    row = Opportunity.objects.get(pk=message.opportunity_id)
    sent = NOW - HOUR
    ask(link_of(message, "pixel"), sent + 2 * SECOND, OUTLOOK)
    ask(link_of(message, "pixel"), sent + MINUTE, GMAIL)
    for place in range(3):
        ask(link_of(message, "link", place), sent + 3 * SECOND, EDGE, **FROM_PAGE)
    ours = team.sign_in(team.ben)
    with clock.at(NOW - MINUTE):
        ours.get("/today/", secure=True)
    ask(link_of(message), NOW, client=ours, **FROM_PAGE)
    gather(NOW + MINUTE)
    assert set(Hit.objects.values_list("sort", flat=True)) == {"machine", "unsure", "own"}
    after = Opportunity.objects.get(pk=row.pk)
    assert (after.version, after.next_due_at) == (row.version, row.next_due_at)
    assert not Touch.objects.filter(outcome__in=("opened", "clicked")).exists() and not Arrival.objects.exists()
    said = [f"{line['what']} {line['note']}" for line in signs_of(row, NOW, "UTC")]
    assert any("Opened: probably a machine" in line and "2 seconds after it was sent" in line for line in said)
    assert any("A link followed 3 times: probably a machine" in line for line in said)
    assert any("one of you" in line and "signed in" in line for line in said)
    page = team.sign_in(team.ada).get(f"/opportunities/{row.pk}/").content.decode()
    assert "Opened: probably a machine" in page and "Google’s picture service" in page


def test_nothing_is_noted_of_members_where_nothing_is_tracked(team: Cast) -> None:
    team.sign_in(team.ada).get("/today/")
    assert not spool.pending()


def test_a_scan_that_comes_in_pieces_is_judged_as_one(message: Message) -> None:
    for place in range(3):
        at = NOW + place * 3 * SECOND
        ask(link_of(message, "link", place), at, EDGE, HTTP_SEC_FETCH_MODE="navigate", HTTP_ACCEPT_LANGUAGE="en")
        gather(at + SECOND)
    gather(NOW + MINUTE)
    assert set(Hit.objects.values_list("sort", flat=True)) == {"machine"}
    assert not Touch.objects.filter(outcome="clicked").exists()


def test_where_a_member_works_is_known_for_their_mail_program_too(message: Message, team: Cast) -> None:
    ours = team.sign_in(team.ada)
    with clock.at(NOW):
        ours.get("/today/", REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR="198.18.0.1, 8.8.8.8")
    ask(link_of(message, "pixel"), NOW, OUTLOOK, REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR="8.8.8.8")
    ask(link_of(message, "pixel"), NOW + MINUTE, OUTLOOK, REMOTE_ADDR="10.0.0.2")  # the proxy's own says nothing
    gather(NOW + HOUR)
    assert list(Hit.objects.order_by("id").values_list("sort", flat=True)) == ["own", "person"]


def test_every_hit_is_kept_once_however_often_the_file_is_read(message: Message) -> None:
    for second in range(5):
        ask(link_of(message), NOW + second * SECOND, "curl/8")
    assert gather(NOW + MINUTE) == 5
    assert gather(NOW + MINUTE) == 0
    ask(link_of(message), NOW + MINUTE, "curl/8")
    assert gather(NOW + 2 * MINUTE) == 1
    assert Hit.objects.count() == 6 and set(Hit.objects.values_list("sort", flat=True)) == {"machine"}


def test_a_crash_between_reading_and_keeping_loses_nothing(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(link_of(message), NOW, "curl/8")
    with monkeypatch.context() as patched:
        patched.setattr(Spool, "save", lambda *_, **__: (_ for _ in ()).throw(RuntimeError))
        with pytest.raises(RuntimeError):
            gather(NOW)
    assert not Hit.objects.exists()
    assert gather(NOW) == 1 and Hit.objects.count() == 1


def test_a_line_that_was_torn_off_waits_for_its_end_and_bad_ones_are_left_out(message: Message) -> None:
    ask(link_of(message), NOW, "curl/8")
    [path] = spool.pending()
    whole = path.read_bytes()
    path.write_bytes(whole + b"\x00\xff not one\n" + b"[1]\n" + whole[:40])
    assert gather(NOW) == 1
    path.write_bytes(path.read_bytes() + whole[40:])
    assert gather(NOW) == 1
    assert Hit.objects.count() == 2


def test_a_file_that_gets_no_more_is_removed_when_it_was_read(message: Message) -> None:
    ask(link_of(message), NOW, "curl/8")
    [path] = spool.pending()
    path.write_bytes(path.read_bytes() + b'{"h":"torn')
    later = datetime.fromtimestamp(path.stat().st_mtime, UTC) + timedelta(hours=3)
    for _ in range(3):
        gather(later)
    assert not spool.pending() and not Spool.objects.exists() and Hit.objects.count() == 1


def test_hits_of_what_was_erased_are_nobodys(message: Message) -> None:
    path = link_of(message)
    Link.objects.all().delete()
    assert ask(path, NOW).status_code == 302
    assert gather(NOW) == 0 and not Hit.objects.exists()


def test_no_address_is_kept(message: Message) -> None:
    ask(link_of(message), NOW, REMOTE_ADDR="8.8.4.4")
    [path] = spool.pending()
    assert b"8.8.4.4" not in path.read_bytes()
    [line] = [json.loads(line) for line in path.read_bytes().splitlines()]
    assert line["a"] == spool.digest("8.8.4.4") and len(line["a"]) == 32
    assert path.stat().st_mode & 0o777 == 0o600


def test_one_link_can_not_fill_the_disk(message: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "MOST_A_LINK", 3)
    for _ in range(5):
        assert ask(link_of(message), NOW, "curl/8").status_code == 302
    assert gather(NOW) == 3


def test_networks_are_known() -> None:
    assert spool.network_of("40.107.1.2") == "Microsoft’s mail protection"
    assert spool.network_of("2a01:111:f403::1") == "Microsoft’s mail protection"
    assert spool.network_of("203.0.113.5") == spool.network_of("nonsense") == ""
