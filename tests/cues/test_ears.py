"""Workers listen without pause, several beside each other, and stop at once when told."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections

from fifthcall import clock
from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import TryLater
from fifthcall.cues import ears, taking_turns
from fifthcall.cues.ears import Ears
from fifthcall.cues.listening import fetch
from fifthcall.cues.models import Reading, Received
from fifthcall.cues.taking_turns import take_turn
from tests import cut_line
from tests.cues.mail_in import letter, mailbox_read_at
from tests.dovecot import Dovecot

pytestmark = pytest.mark.usefixtures("committed")
#: Seconds that even a busy machine needs no more than, and less than any round or time limit that would hide a failure.
SOON = 25


def until(true: Callable[[], Any], seconds: float) -> float:
    """Wait until it is true; how long that took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"not within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - begun


def kept() -> int:
    return Received.objects.count()


@pytest.fixture
def mailbox(team: Any, server: Dovecot) -> Mailbox:
    """Ada's, in the time of the clock on the wall: threads wait by it."""
    return mailbox_read_at(server, team.ada, clock.now())


@pytest.mark.parametrize("security", [Mailbox.Security.NONE, Mailbox.Security.TLS])
def test_what_comes_in_is_kept_long_before_the_next_round(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    if security == Mailbox.Security.TLS:
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        Mailbox.objects.update(imap_host="localhost", imap_port=server.tls_port, imap_security=security)
    server.drop(letter(1))
    listening = Ears()
    listening.tend(clock.now())
    try:
        until(lambda: kept() == 1, SOON)
        for number in range(2, 22):  # right after the one before: while it begins to wait again
            server.drop(letter(number))
            until(lambda number=number: kept() == number, SOON)  # type: ignore[misc]
    finally:
        begun = time.monotonic()
        listening.close()
    assert time.monotonic() - begun < SOON
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("ear-")]


def test_a_line_that_breaks_while_waiting_is_opened_again(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ears, "FIRST_PAUSE", 0.1)
    with cut_line.before(server.host, server.port) as (cut, port):
        Mailbox.objects.update(imap_port=port)
        listening = Ears()
        listening.tend(clock.now())
        try:
            until(lambda: listening.open[mailbox.pk].line, SOON)
            cut.cut_all()
            before = cut.lines
            until(lambda: cut.lines > before and listening.open[mailbox.pk].line, SOON)
            server.drop(letter(1))
            until(lambda: kept() == 1, SOON)
        finally:
            listening.close()


def test_without_idle_the_mailbox_is_read_again_and_again(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fifthcall.channels.email.imap import Line

    monkeypatch.setattr(Line, "can_tell", property(lambda line: False))
    monkeypatch.setattr(ears, "EVERY", 0.3)
    listening = Ears()
    listening.tend(clock.now())
    try:
        until(lambda: Mailbox.objects.get().read_at, SOON)
        server.drop(letter(1))
        until(lambda: kept() == 1, SOON)
    finally:
        listening.close()


def test_a_server_that_hangs_does_not_keep_the_worker_from_stopping(server: Dovecot, mailbox: Mailbox) -> None:
    with cut_line.before(server.host, server.port) as (cut, port):
        cut.after, cut.silent = 10, True
        Mailbox.objects.update(imap_port=port)
        listening = Ears()
        listening.tend(clock.now())
        until(lambda: cut.lines, SOON)
        ear = listening.open[mailbox.pk]
        begun = time.monotonic()
        listening.close()
        assert time.monotonic() - begun < SOON
        cut.cut_all()
        ear.join(10)


def test_mailboxes_come_and_go(server: Dovecot, mailbox: Mailbox) -> None:
    listening = Ears()
    try:
        listening.tend(clock.now())
        first = listening.open[mailbox.pk]
        until(lambda: first.line, SOON)
        Mailbox.objects.update(removed_at=clock.now())
        listening.tend(clock.now())
        assert not listening.open
        first.join(2)
        assert not first.is_alive()
    finally:
        listening.close()


def test_workers_who_read_at_once_keep_each_mail_once(server: Dovecot, mailbox: Mailbox) -> None:
    server.drop_all([letter(number) for number in range(30)])
    together = threading.Barrier(4)
    counts: list[int] = []

    def read() -> None:
        try:
            together.wait(10)
            counts.extend(fetch(mailbox.pk, clock.now()) for _ in range(3))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(counts) == 12 and sum(counts) == kept() == 30


def test_a_worker_that_died_is_followed_by_another_and_can_write_nothing_more(mailbox: Mailbox) -> None:
    now = clock.now()
    lost = take_turn(mailbox, now)
    assert lost and take_turn(mailbox, now) is None
    later = now + taking_turns.LEASE
    following = take_turn(mailbox, later)
    assert following and following.fence > lost.fence
    with pytest.raises(TryLater):
        lost.hold(later)
    lost.end()
    assert Reading.objects.get().held_until == later + taking_turns.LEASE
    following.hold(later + timedelta(seconds=30))
    following.end()
    assert take_turn(mailbox, later)


def test_waiting_holds_no_database_connection(server: Dovecot, mailbox: Mailbox) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connections to count")
    listening = Ears()
    listening.tend(clock.now())
    try:
        until(lambda: listening.open[mailbox.pk].line, SOON)
        with connection.cursor() as cursor:

            def count() -> int:
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
                return int(cursor.fetchone()[0])

            until(lambda: count() == 1, SOON)
    finally:
        listening.close()
