"""Mail that came in is kept once, whatever happens on the way, and the mailbox looks as before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from fifthcall import clock
from fifthcall.channels.models import Mailbox
from fifthcall.cues.listening import fetch
from fifthcall.cues.models import Folder, Received
from tests import dovecot
from tests.cast import Cast
from tests.cues.mail_in import letter, mailbox_read_at
from tests.dovecot import Dovecot

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def mailbox(team: Cast, server: Dovecot) -> Mailbox:
    return mailbox_read_at(server, team.ada, NOW)


def fresh(mailbox: Mailbox) -> Mailbox:
    mailbox.refresh_from_db()
    return mailbox


def subjects() -> list[str]:
    """Of all that was kept, in the order it was kept."""
    raws = Received.objects.order_by("id").values_list("raw", flat=True)
    return [bytes(raw).split(b"Subject: ")[1].split(b"\r\n")[0].decode() for raw in raws]


def test_what_came_in_is_kept_once_and_nothing_changes_on_the_server(server: Dovecot, mailbox: Mailbox) -> None:
    server.drop(letter(1), at=NOW - HOUR)
    assert fetch(mailbox.pk, NOW) == 1
    assert fetch(mailbox.pk, NOW + MINUTE) == 0
    server.drop(letter(2), at=NOW)
    assert fetch(mailbox.pk, NOW + 2 * MINUTE) == 1
    assert subjects() == ["Re: The roof 1", "Re: The roof 2"]
    first = Received.objects.order_by("id")[0]
    assert (first.mailbox, first.folder, first.came_at, first.fetched_at) == (mailbox, "INBOX", NOW - HOUR, NOW)
    assert bytes(first.raw) == letter(1)
    assert fresh(mailbox).read_at == NOW + 2 * MINUTE and mailbox.read_problem == ""
    assert all("\\Seen" not in flags for flags in server.flags())


def test_a_new_mailbox_begins_two_weeks_back(server: Dovecot, mailbox: Mailbox) -> None:
    server.drop(letter(1), at=NOW - 15 * DAY)
    server.drop(letter(2), at=NOW - 13 * DAY)
    server.drop(letter(3), at=NOW - 400 * DAY)
    assert fetch(mailbox.pk, NOW) == 1
    assert subjects() == ["Re: The roof 2"]
    assert Folder.objects.get(name="INBOX").last_uid == 3


def test_the_same_mail_in_three_folders_is_one(server: Dovecot, mailbox: Mailbox) -> None:
    server.drop(letter(1, Received="from a"), at=NOW)
    server.drop(letter(1, Received="from b"), "Customers", at=NOW)
    server.drop(letter(1, X_Spam_Status="Yes"), "Junk", at=NOW)
    assert fetch(mailbox.pk, NOW) == 1
    assert Received.objects.get().folder == "INBOX"


def test_other_numbers_for_the_same_mails_bring_nothing_twice_and_lose_nothing(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.drop_all([letter(number) for number in range(3)], at=NOW)
    assert fetch(mailbox.pk, NOW) == 3
    server.renumber()
    server.drop(letter(4), at=NOW)
    assert fetch(mailbox.pk, NOW) == 1
    assert len(subjects()) == 4 and Folder.objects.get(name="INBOX").last_uid == 4
