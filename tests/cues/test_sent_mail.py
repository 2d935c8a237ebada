"""The Sent folder proves what went out, and holds a copy of what we sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from fifthcall.channels.email import sending
from fifthcall.channels.models import Mailbox, Message
from fifthcall.cues.listening import fetch
from fifthcall.cues.models import Received
from fifthcall.cues.sent_mail import find_in_sent, we_keep_copies
from tests import cut_line, smtp_sink
from tests.cast import Cast
from tests.channels.mail import by_itself, opportunity_with
from tests.cues.mail_in import letter, mailbox_read_at
from tests.dovecot import PASSWORD, Dovecot
from tests.smtp_sink import Sink

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
State, Copies = Message.State, Mailbox.Copies
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink.running(password=PASSWORD) as running:
        yield running


@pytest.fixture
def mailbox(team: Cast, server: Dovecot, sink: Sink) -> Mailbox:
    """Ada's, for both ways."""
    team.space.postal_address = "Berg, Hauptstr. 1, 10115 Berlin"
    team.space.save()
    return mailbox_read_at(
        server, team.ada, NOW, smtp_host=sink.host, smtp_port=sink.port, smtp_security="none", apart_seconds=0,
        read_at=NOW,
    )  # fmt: skip


@pytest.fixture
def message(team: Cast, mailbox: Mailbox) -> Message:
    return by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)


@pytest.fixture
def uncertain(message: Message) -> Message:
    """The line broke after the mail was handed over."""
    message.state, message.begun_at, message.fence = State.UNCERTAIN, NOW, 1
    message.save()
    return message


def fresh(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_an_uncertain_mail_whose_copy_is_found_has_gone_out(server: Dovecot, uncertain: Message) -> None:
    server.drop(letter(1, Message_ID=uncertain.message_id), "Sent", at=NOW)
    assert find_in_sent(uncertain) is True
    fetch(uncertain.mailbox_id, NOW + MINUTE)
    assert fresh(uncertain).state == State.SENT and uncertain.sent_at == NOW
    assert uncertain.touch and uncertain.touch.outcome == "sent"
    fetch(uncertain.mailbox_id, NOW + 2 * MINUTE)
    assert uncertain.opportunity.touches.filter(outcome="sent").count() == 1


def test_one_that_is_not_found_stays_uncertain_and_is_looked_for_less_and_less_often(
    server: Dovecot, sink: Sink, uncertain: Message
) -> None:
    server.drop(letter(1, Subject="Not delivered", References=uncertain.message_id), at=NOW)
    assert find_in_sent(uncertain) is False
    looks, seen = 0, None
    for minute in range(26 * 60):
        if fresh(uncertain).look_at is None or (uncertain.look_at and uncertain.look_at <= NOW + minute * MINUTE):
            fetch(uncertain.mailbox_id, NOW + minute * MINUTE)
            looks += fresh(uncertain).look_at != seen
            seen = uncertain.look_at
    assert looks == 12  # at once, after 1, 2, 4 … minutes, for a day
    assert uncertain.state == State.UNCERTAIN and not sink.taken
    assert not server.count("Sent")


def test_without_a_server_to_look_at_nobody_can_tell(server: Dovecot, uncertain: Message) -> None:
    server.stop()
    assert find_in_sent(uncertain) is None
    uncertain.mailbox.imap_host = ""
    assert find_in_sent(uncertain) is None


def test_what_we_sent_lies_among_the_sent_mail_once(server: Dovecot, sink: Sink, message: Message) -> None:
    assert sending.send_due(NOW) == 1
    for minute in range(3):
        fetch(message.mailbox_id, NOW + minute * MINUTE)
    assert server.count("Sent") == 1 and "\\Seen" in server.flags("Sent")[0]
    assert fresh(message).copied_at == NOW
    own = message_from_bytes(bytes(Received.objects.get(folder="Sent").raw), policy=default)
    went = sink.taken[0].mail
    for header in ("From", "To", "Subject", "Date", "Message-ID"):
        assert own[header] == went[header]


def test_a_copy_that_lies_there_already_is_not_doubled(server: Dovecot, sink: Sink, message: Message) -> None:
    sending.send_due(NOW)
    server.drop(sink.taken[0].raw, "Sent", at=NOW)
    fetch(message.mailbox_id, NOW)
    assert server.count("Sent") == 1 and fresh(message).copied_at == NOW


def test_a_line_that_breaks_while_copying_leaves_one_copy(server: Dovecot, sink: Sink, message: Message) -> None:
    sending.send_due(NOW)
    with cut_line.before(server.host, server.port) as (cut, port):
        Mailbox.objects.update(imap_port=port)
        fetch(message.mailbox_id, NOW)
        whole = cut.passed
        for place in range(20):
            Message.objects.update(copied_at=None)
            with server.as_client() as client:
                client.select("Sent")
                client.store("1:*", "+FLAGS", "\\Deleted")
                client.expunge()
            cut.after = whole * (80 + place) // 100
            fetch(message.mailbox_id, NOW)
            cut.after = None
            fetch(message.mailbox_id, NOW)
            assert server.count("Sent") == 1, f"cut after {whole * (80 + place) // 100} of {whole} bytes"


def test_where_the_server_keeps_copies_we_make_none(server: Dovecot, sink: Sink, message: Message) -> None:
    Mailbox.objects.update(copies=Copies.THEIRS)
    sending.send_due(NOW)
    fetch(message.mailbox_id, NOW)
    assert server.count("Sent") == 0 and fresh(message).copied_at is None


@pytest.mark.parametrize(
    ("host", "provider", "chosen", "ours"),
    [
        ("smtp.gmail.com", "", Copies.AUTO, False),
        ("smtp.office365.com", "", Copies.AUTO, False),
        ("smtp-mail.outlook.com", "", Copies.AUTO, False),
        ("mail.berg.example", "", Copies.AUTO, True),
        ("notgmail.com", "", Copies.AUTO, True),
        ("smtp.gmail.com", "postmark", Copies.AUTO, True),
        ("smtp.gmail.com", "", Copies.OURS, True),
        ("mail.berg.example", "", Copies.THEIRS, False),
    ],
)
def test_who_makes_copies(host: str, provider: str, chosen: Mailbox.Copies, ours: bool) -> None:
    assert we_keep_copies(Mailbox(smtp_host=host, provider=provider, copies=chosen)) is ours
