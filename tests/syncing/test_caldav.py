"""Both ways with a real calendar server: moved, deleted, changed on both sides, foreign, and the server away."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote

import pytest
from icalendar import Calendar

from fifthcall import failpoints
from fifthcall.calendars.models import Appointment, Block, Busy
from fifthcall.channels.trouble import NotLetIn, Refused, TryLater
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.moving_blocks import CannotMove, move_one, pause
from fifthcall.rules.case import Agreed, Basis, Meeting, Window
from fifthcall.rules.windows import instant, wall
from fifthcall.syncing import agreeing, entries
from fifthcall.syncing.agreeing import asked, decide, sync
from fifthcall.syncing.caldav import Client, refuse_unsafe, same_house
from fifthcall.syncing.entries import ours_of, read
from fifthcall.syncing.models import Account, Item
from fifthcall.touches.booking import book, call_off
from fifthcall.touches.booking_links import free_times
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log
from tests import radicale_server
from tests.cast import Cast
from tests.channels.mail import opportunity_with
from tests.radicale_server import PASSWORD, USER, Server
from tests.rules.test_windows import TABLE

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)  # a Tuesday, 09:00 in Berlin
HERE = "Europe/Berlin"
HALF, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)
AT = datetime(2026, 11, 26, 13, tzinfo=UTC)
#: Random sequences of edits on both sides; before a release 500 of them, by the environment.
SEQUENCES = int(os.environ.get("SYNC_SEQUENCES", "40"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with radicale_server.running(tmp_path / "radicale") as server:
        yield server


@pytest.fixture
def account(team: Cast, server: Server) -> Account:
    made = Account(member=team.ada, url=server.calendar, username=USER, created_at=NOW, due_at=NOW)
    made.keep_password(PASSWORD)
    made.save()
    return made


@pytest.fixture
def eve(team: Cast) -> Opportunity:
    return opportunity_with(team.ada, "Eve", NOW)


def events(server: Server) -> dict[str, tuple[datetime, datetime]]:
    """UID → times of every event there."""
    found = {}
    for text in server.entries().values():
        theirs = read(text, HERE, NOW)
        assert theirs
        found[theirs.uid] = theirs.times
    return found


def path_of(server: Server, uid: str) -> str:
    return next(path for path, text in server.entries().items() if f"UID:{uid}" in text.replace("\r\n ", ""))


def move_there(server: Server, uid: str, start: datetime, until: datetime, title: str = "") -> None:
    """As a phone does: the same entry, with other times."""
    path = path_of(server, uid)
    calendar = Calendar.from_ical(server.entries()[path])
    events_: list[Any] = list(calendar.walk("VEVENT"))
    for event in events_:
        event.pop("dtstart"), event.pop("dtend")
        event.add("dtstart", start), event.add("dtend", until)
        if title:
            event.pop("summary")
            event.add("summary", title)
    assert server.ask("PUT", path, calendar.to_ical().decode()).status_code in (200, 201, 204)


def foreign(server: Server, uid: str, start: datetime, until: datetime, more: str = "") -> None:
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\nDTEND:{until:%Y%m%dT%H%M%SZ}\r\n"
        f"SUMMARY:Dentist\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert server.ask("PUT", f"/ada/work/{uid}.ics", text).status_code == 201


def booked(team: Cast, row: Opportunity, at: datetime = AT) -> Appointment:
    return book(row.pk, team.ada, Meeting(at, at + HALF, HERE), NOW)


def in_line(team: Cast, server: Server) -> None:
    """Ours are there as they are here, each once."""
    there = events(server)
    ours = ours_of(team.ada, NOW)
    assert {one.uid: one.times for one in ours.values()} == {
        uid: times for uid, times in there.items() if uid in {one.uid for one in ours.values()}
    }
    assert len(server.entries()) == len(there)


def test_meetings_blocks_and_promises_stand_in_the_other_calendar(
    team: Cast, server: Server, account: Account, eve: Opportunity
) -> None:
    meeting = booked(team, eve)
    other = opportunity_with(team.ada, "Fay", NOW)
    window = Window(AT + DAY, AT + DAY + HOUR, HERE)
    log(other.pk, team.ada, Draft("voicemail", agreed=Agreed(Basis.PROMISE, window)), NOW)
    assert sync(account.pk, NOW)
    in_line(team, server)
    assert events(server)[meeting.uid] == (AT, AT + HALF)
    kinds = {one.kind for one in ours_of(team.ada, NOW).values()}
    assert kinds == {"meeting", "block", "promise"}
    account.refresh_from_db()
    assert (account.problem, account.synced_at) == ("", NOW)
    before = server.entries()
    sync(account.pk, NOW)
    assert server.entries() == before, "nothing is written that did not change"


def test_a_meeting_moved_there_moves_here_and_they_are_told(
    team: Cast, server: Server, account: Account, eve: Opportunity
) -> None:
    meeting = booked(team, eve)
    sync(account.pk, NOW)
    move_there(server, meeting.uid, AT + DAY, AT + DAY + HOUR, "Lunch with Eve")
    sync(account.pk, NOW)
    meeting.refresh_from_db()
    eve.refresh_from_db()
    assert (meeting.starts_at, meeting.until, meeting.sequence) == (AT + DAY, AT + DAY + HOUR, 1)
    assert eve.next_due_at == AT + DAY
    in_line(team, server)
    book(eve.pk, team.ada, Meeting(AT + 2 * DAY, AT + 2 * DAY + HALF, HERE), NOW)
    sync(account.pk, NOW)
    text = server.entries()[path_of(server, meeting.uid)]
    assert "SUMMARY:Lunch with Eve" in text, "their words stay when ours moves it"
    in_line(team, server)


def test_a_block_moved_there_moves_here_and_one_deleted_comes_back(
    team: Cast, server: Server, account: Account
) -> None:
    sync(account.pk, NOW)
    block = Block.objects.filter(member=team.ada).earliest("start")
    uid = f"block-{block.pk}-2026-11-26@fifthcall"
    start = instant(datetime(2026, 11, 26, 7), HERE)  # noqa: DTZ001
    move_there(server, uid, start, start + HOUR)
    server.ask("DELETE", path_of(server, f"block-{block.pk}-2026-11-27@fifthcall"))
    sync(account.pk, NOW)
    assert ours_of(team.ada, NOW)[f"block:{block.pk}:2026-11-26"].times == (start, start + HOUR)
    in_line(team, server)


def test_what_cannot_stand_there_is_put_back_and_said(
    team: Cast, server: Server, account: Account, eve: Opportunity
) -> None:
    window = Window(AT, AT + HOUR, HERE)
    log(eve.pk, team.ada, Draft("voicemail", agreed=Agreed(Basis.PROMISE, window)), NOW)
    sync(account.pk, NOW)
    move_there(server, f"promise-{eve.pk}@fifthcall", AT + DAY, AT + DAY + HOUR)
    sync(account.pk, NOW)
    account.refresh_from_db()
    assert "they were told that time" in account.problem
    in_line(team, server)


@pytest.mark.parametrize("there", [True, False])
def test_moved_on_both_sides_is_asked_and_nothing_is_lost(
    team: Cast, server: Server, account: Account, eve: Opportunity, there: bool
) -> None:
    meeting = booked(team, eve)
    sync(account.pk, NOW)
    move_there(server, meeting.uid, AT + DAY, AT + DAY + HALF)
    book(eve.pk, team.ada, Meeting(AT + 2 * DAY, AT + 2 * DAY + HALF, HERE), NOW)
    sync(account.pk, NOW)
    (item,) = asked(team.ada)
    assert (item.asks, item.there_from) == (Item.Asks.MOVED_BOTH, AT + DAY)
    assert events(server)[meeting.uid][0] == AT + DAY
    meeting.refresh_from_db()
    assert meeting.starts_at == AT + 2 * DAY
    decide(item, team.ada, there, NOW)
    sync(account.pk, NOW)
    assert asked(team.ada) == []
    meeting.refresh_from_db()
    assert meeting.starts_at == (AT + DAY if there else AT + 2 * DAY)
    in_line(team, server)


@pytest.mark.parametrize("there", [True, False])
def test_a_meeting_deleted_there_is_asked_about(
    team: Cast, server: Server, account: Account, eve: Opportunity, there: bool
) -> None:
    meeting = booked(team, eve)
    sync(account.pk, NOW)
    server.ask("DELETE", path_of(server, meeting.uid))
    sync(account.pk, NOW)
    meeting.refresh_from_db()
    assert meeting.state == Appointment.State.BOOKED
    decide(asked(team.ada)[0], team.ada, there, NOW)
    sync(account.pk, NOW)
    meeting.refresh_from_db()
    assert meeting.state == (Appointment.State.CANCELLED if there else Appointment.State.BOOKED)
    in_line(team, server)


def test_theirs_keeps_its_time_free_and_is_never_changed(team: Cast, server: Server, account: Account) -> None:
    start = datetime(2026, 11, 26, 9, tzinfo=UTC)  # 10:00 in Berlin
    foreign(server, "dentist", start, start + HOUR)
    foreign(server, "gym", start + HOUR, start + 2 * HOUR, "RRULE:FREQ=WEEKLY\r\n")
    foreign(server, "birthday", start + 4 * HOUR, start + 5 * HOUR, "TRANSP:TRANSPARENT\r\n")
    before = {path: text for path, text in server.entries().items() if "fifthcall" not in path}
    sync(account.pk, NOW)
    free = {at for at in free_times(team.ada, 30, HERE, NOW) if at.date() == start.date()}
    assert not {start, start + HALF, start + HOUR} & free
    assert start + 4 * HOUR in free
    assert Busy.objects.filter(starts_at=start + HOUR + 7 * DAY).exists()
    assert {path: text for path, text in server.entries().items() if path in before} == before
    server.ask("DELETE", "/ada/work/dentist.ics")
    sync(account.pk, NOW)
    assert start in free_times(team.ada, 30, HERE, NOW)


@pytest.mark.parametrize("at", ["calendar_written", "calendar_moved"])
def test_a_crash_after_writing_doubles_nothing(
    team: Cast, server: Server, account: Account, eve: Opportunity, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == at:
            raise Killed

    meeting = booked(team, eve)
    if at == "calendar_moved":
        sync(account.pk, NOW)
        book(eve.pk, team.ada, Meeting(AT + DAY, AT + DAY + HALF, HERE), NOW)
    monkeypatch.setattr(agreeing, "failpoint", die)
    with pytest.raises(Killed):
        sync(account.pk, NOW)
    monkeypatch.setattr(agreeing, "failpoint", failpoints.failpoint)
    assert not sync(account.pk, NOW), "the claim of who died still holds"
    sync(account.pk, NOW + agreeing.LEASE)
    in_line(team, server)
    meeting.refresh_from_db()
    assert meeting.starts_at == (AT if at == "calendar_written" else AT + DAY)
    assert asked(team.ada) == []


def test_a_series_keeps_its_wall_time_across_a_change_of_clocks(team: Cast, server: Server, account: Account) -> None:
    march = datetime(2027, 3, 20, 8, tzinfo=UTC)
    sync(account.pk, march)
    mine = [one for one in ours_of(team.ada, march).values() if one.kind == "block"]
    assert {f"{wall(one.starts_at, HERE):%H:%M}" for one in mine} == {"08:00", "16:30"}
    there = events(server)
    assert {there[one.uid] for one in mine} == {one.times for one in mine}
    assert len({one.starts_at.time() for one in mine}) == 4, "summer and winter"


def test_meetings_on_the_day_the_clocks_change_come_back_as_they_went(
    team: Cast, server: Server, account: Account
) -> None:
    """The table of changes of clocks, there and back: the instants hold, and nothing is taken for moved."""
    expected = {}
    for number, (zone, _, at) in enumerate(row for row in TABLE if row[1] > f"{NOW:%Y}"):
        start = datetime.fromisoformat(at).replace(tzinfo=UTC)
        row = opportunity_with(team.ada, f"P{number}", NOW)
        meeting = book(row.pk, team.ada, Meeting(start, start + HALF, zone), NOW)
        expected[meeting.uid] = (start, start + HALF)
    assert len({zone for zone, *_ in TABLE}) > 10
    sync(account.pk, NOW)
    there = events(server)
    assert {uid: there[uid] for uid in expected} == expected
    Item.objects.update(etag="")  # all are read again
    sync(account.pk, NOW + agreeing.EVERY)
    assert {meeting.uid: (meeting.starts_at, meeting.until) for meeting in Appointment.objects.all()} == expected
    assert asked(team.ada) == [] and {meeting.sequence for meeting in Appointment.objects.all()} == {0}
    in_line(team, server)


def test_what_is_wrong_with_the_server_is_said(team: Cast, server: Server, account: Account, settings: Any) -> None:
    with Client(server.url, USER, "wrong") as client, pytest.raises(NotLetIn):
        client.calendars()
    with Client(server.url, USER, PASSWORD) as client:
        (found,) = client.calendars()
        assert (found.url, found.name) == (server.calendar, "Work")
    account.keep_password("wrong")
    account.save()
    assert not sync(account.pk, NOW)
    account.refresh_from_db()
    assert "does not accept" in account.problem
    server.process.kill()
    server.process.wait()
    account.keep_password(PASSWORD)
    account.save()
    assert not sync(account.pk, NOW)
    account.refresh_from_db()
    assert "can't be reached" in account.problem
    with pytest.raises(Refused, match="https"):
        refuse_unsafe("http://203.0.113.7/dav/")
    settings.PRIVATE_HOSTS = False
    with pytest.raises(Refused, match="own network"):
        refuse_unsafe(server.url)
    with pytest.raises((Refused, TryLater)):
        refuse_unsafe("ftp://example.com")


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server with this handler; its address."""
    front = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=front.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{front.server_port}/"
    finally:
        front.shutdown()
        front.server_close()


class Refusing(BaseHTTPRequestHandler):
    """In front of the server: it takes everything but entries whose path has `what` in it."""

    server_behind: Server
    what = ""

    def do_PUT(self) -> None:
        if self.what in unquote(self.path):
            self.send_error(409)
        else:
            self._pass_on()

    def do_PROPFIND(self) -> None:
        self._pass_on()

    def do_REPORT(self) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        names = ("Depth", "Content-Type", "If-Match", "If-None-Match")
        told = {name: self.headers[name] for name in names if name in self.headers}
        answer = self.server_behind.ask(self.command, self.path, content, **told)
        self.send_response(answer.status_code)
        for name in ("ETag", "Content-Type"):
            if name in answer.headers:
                self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, *_: object) -> None:
        return


def test_an_entry_that_is_refused_is_said_and_holds_up_no_other(
    team: Cast, server: Server, account: Account, eve: Opportunity
) -> None:
    meeting = booked(team, eve)
    Refusing.server_behind, Refusing.what = server, meeting.uid
    with answering(Refusing) as address:
        Account.objects.update(url=f"{address}ada/work/")
        assert sync(account.pk, NOW)
        account.refresh_from_db()
        assert "Eve" in account.problem and "refuses (409)" in account.problem
        assert len(events(server)) == len(ours_of(team.ada, NOW)) - 1, "all the others stand there"
        Refusing.what = "nothing"
        assert sync(account.pk, NOW + agreeing.EVERY)
        account.refresh_from_db()
        assert account.problem == ""
        in_line(team, server)


class Front(BaseHTTPRequestHandler):
    """A provider's common address, which says on which server one's calendars are; `to` is that server."""

    to = ""

    def do_PROPFIND(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = (
            '<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response><d:href>/</d:href>'
            f"<d:propstat><d:prop><c:calendar-home-set><d:href>{self.to}/ada/</d:href></c:calendar-home-set></d:prop>"
            "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"
        ).encode()
        self.send_response(207)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def test_calendars_on_another_server_of_the_same_house_are_found(server: Server) -> None:
    with answering(Front) as address:
        Front.to = server.url
        with Client(address, USER, PASSWORD) as client:
            assert [one.url for one in client.calendars()] == [server.calendar]
        Front.to = server.url.replace("127.0.0.1", "127.0.0.2")
        with Client(address, USER, PASSWORD) as client, pytest.raises(Refused, match="another host"):
            client.calendars()


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ("https://caldav.icloud.com/", "https://p42-caldav.icloud.com:443/123/calendars/", True),
        ("https://caldav.icloud.com/", "http://p42-caldav.icloud.com/", False),
        ("https://caldav.icloud.com/", "https://icloud.com.evil.example/", False),
        ("https://caldav.icloud.com/", "https://evil.com/", False),
        ("https://example.com/", "https://evil.com/", False),
        ("https://10.1.2.3/", "https://11.1.2.3/", False),
    ],
)
def test_a_password_goes_to_the_same_house_only(one: str, other: str, may: bool) -> None:
    assert same_house(one, other) is may


def test_edits_at_random_on_both_sides_end_equal_with_nothing_lost(
    team: Cast, server: Server, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "AHEAD", 7 * DAY)  # a week of blocks: fewer entries, more sequences
    chance = random.Random(8)
    rows = [opportunity_with(team.ada, f"P{number}", NOW) for number in range(3)]
    dentist = 0
    for sequence in range(SEQUENCES):
        for _ in range(chance.randint(2, 6)):
            act = chance.choice(["book", "book", "off", "block", "there", "there", "delete", "title", "new", "sync"])
            at = AT + timedelta(days=chance.randint(0, 20), minutes=15 * chance.randint(0, 20))
            there, mine = events(server), {one.uid for one in ours_of(team.ada, NOW).values()}
            own = [uid for uid in there if uid in mine]
            try:
                if act == "book":
                    book(chance.choice(rows).pk, team.ada, Meeting(at, at + HALF, HERE), NOW)
                elif act == "off":
                    call_off(chance.choice(rows).pk, team.ada, NOW)
                elif act == "block":
                    block = chance.choice(list(Block.objects.filter(member=team.ada)))
                    day = wall(at, HERE).date()
                    start = datetime.combine(day, block.start) + timedelta(minutes=15 * chance.randint(-4, 4))
                    move_one(block.pk, team.ada, day, start, start + HOUR, NOW)
                elif act == "there" and own:
                    move_there(server, chance.choice(own), at, at + HOUR)
                elif act == "delete" and own:
                    server.ask("DELETE", path_of(server, chance.choice(own)))
                elif act == "title" and own:
                    uid = chance.choice(own)
                    move_there(server, uid, *there[uid], f"Mine {sequence}")
                elif act == "new":
                    dentist += 1
                    foreign(server, f"f{dentist}", at, at + HALF)
                elif act == "sync":
                    sync(account.pk, NOW)
            except (CannotMove, Incomplete):
                continue
        sync(account.pk, NOW)
        for item in asked(team.ada):
            try:
                decide(item, team.ada, chance.random() < 0.5, NOW)
            except (CannotMove, Incomplete):
                decide(item, team.ada, False, NOW)
        sync(account.pk, NOW)
        sync(account.pk, NOW)
        in_line(team, server)
        assert {f"f{number + 1}" for number in range(dentist)} <= set(events(server)), "theirs is never touched"
    assert Appointment.objects.exists()


def test_an_absence_takes_the_blocks_away_and_back(team: Cast, server: Server, account: Account) -> None:
    sync(account.pk, NOW)
    many = len(server.entries())
    pause(team.ada, datetime(2026, 11, 26).date(), datetime(2026, 11, 27).date(), "Holiday", NOW)  # noqa: DTZ001
    sync(account.pk, NOW)
    assert len(server.entries()) == many - 4
    in_line(team, server)
