"""Mail that came in is kept once, whatever happens on the way, and the mailbox looks as before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fifthcall.channels.email import imap
from fifthcall.channels.models import Mailbox
from fifthcall.cues import listening
from fifthcall.cues.digests import digest_of
from fifthcall.cues.listening import fetch
from fifthcall.cues.models import Folder, Reading, Received
from fifthcall.journal.models import Event
from tests import cut_line
from tests.cast import Cast
from tests.cues.mail_in import letter, mailbox_read_at
from tests.dovecot import TOKEN, Dovecot

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
State = Received.State
pytestmark = pytest.mark.django_db


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
    assert bytes(first.raw) == letter(1) and first.state == State.NEW
    assert fresh(mailbox).read_at == NOW + 2 * MINUTE and mailbox.read_problem == ""
    assert server.flags() == ["\\Recent", "\\Recent"]  # not even that somebody was there


def test_a_new_mailbox_begins_two_weeks_back(server: Dovecot, mailbox: Mailbox) -> None:
    for number, days in enumerate((15, 13, 400)):
        server.drop(letter(number), at=NOW - days * DAY)
    assert fetch(mailbox.pk, NOW) == 1
    assert subjects() == ["Re: The roof 1"]
    assert Folder.objects.get(name="INBOX").last_uid == 3


def test_after_a_month_without_reading_nothing_of_it_is_left_out(server: Dovecot, mailbox: Mailbox) -> None:
    fetch(mailbox.pk, NOW)
    server.drop(letter(1), at=NOW + DAY)
    assert fetch(mailbox.pk, NOW + 30 * DAY) == 1


def test_the_same_mail_in_three_folders_is_one(server: Dovecot, mailbox: Mailbox) -> None:
    server.drop(letter(1, Received="from a"), at=NOW)
    server.drop(letter(1, Received="from b"), "Kunden/Überfällig", at=NOW)
    server.drop(letter(1, X_Spam_Status="Yes"), "Junk", at=NOW)
    assert fetch(mailbox.pk, NOW) == 1
    assert Received.objects.get().folder == "INBOX"


def test_wherever_a_mail_lies_it_is_found_but_not_what_is_not_sent_yet(server: Dovecot, mailbox: Mailbox) -> None:
    folders = ["Sent", "Junk", "Trash", 'Kunden/Müller & "Söhne"', "Drafts"]
    for number, folder in enumerate(folders):
        server.drop(letter(number), folder, at=NOW)
    assert fetch(mailbox.pk, NOW) == 4
    assert set(Received.objects.values_list("folder", flat=True)) == set(folders) - {"Drafts"}


def test_other_numbers_for_the_same_mails_bring_nothing_twice_and_lose_nothing(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.drop_all([letter(number) for number in range(3)], at=NOW)
    assert fetch(mailbox.pk, NOW) == 3
    server.renumber()
    server.drop(letter(4), at=NOW)
    assert fetch(mailbox.pk, NOW) == 1
    assert len(subjects()) == 4 and Folder.objects.get(name="INBOX").last_uid == 4


def test_a_line_that_is_cut_anywhere_loses_nothing_and_brings_nothing_twice(server: Dovecot, mailbox: Mailbox) -> None:
    """At a hundred places, from the greeting to the last byte; each time it is read again afterwards."""
    server.drop_all([letter(number, "x" * 300 * number) for number in range(8)], at=NOW)
    with cut_line.before(server.host, server.port) as (cut, port):
        Mailbox.objects.update(imap_port=port)
        assert fetch(mailbox.pk, NOW) == 8
        whole = cut.passed - len("* BYE Logging out\r\n")
        kept_by_then = set()
        for place in range(100):
            Received.objects.all().delete()
            Folder.objects.all().delete()
            cut.after = whole * place // 100
            first = fetch(mailbox.pk, NOW)
            assert first == 8 or fresh(mailbox).read_problem, f"cut after {cut.after} of {whole} bytes"
            assert fresh(mailbox).paused_at is None
            cut.after = None
            assert first + fetch(mailbox.pk, NOW) == 8
            assert len(set(subjects())) == Received.objects.count() == 8
            assert fresh(mailbox).read_problem == ""
            kept_by_then.add(first)
    assert kept_by_then == {0, 8}


def test_mail_is_kept_batch_by_batch(server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "AT_A_TIME", 3)
    server.drop_all([letter(number, "x" * 20_000) for number in range(8)], at=NOW)
    with cut_line.before(server.host, server.port) as (cut, port):
        Mailbox.objects.update(imap_port=port)
        cut.after = 100_000
        assert fetch(mailbox.pk, NOW) == 3
        assert Folder.objects.get(name="INBOX").last_uid == 3
        cut.after = None
        assert fetch(mailbox.pk, NOW) == 5


def test_a_server_that_falls_silent_is_left_after_a_while(
    server: Dovecot, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "TIMEOUT", 0.3)
    server.drop(letter(1, "x" * 5000), at=NOW)
    with cut_line.before(server.host, server.port) as (cut, port):
        Mailbox.objects.update(imap_port=port)
        cut.after, cut.silent = 3000, True
        assert fetch(mailbox.pk, NOW) == 0
    assert "broke" in fresh(mailbox).read_problem and mailbox.paused_at is None and mailbox.read_at is None


def test_one_huge_mail_among_a_hundred(server: Dovecot, mailbox: Mailbox) -> None:
    mails = [letter(number) for number in range(100)]
    mails[40] = letter(40, "x" * 25_100_000)
    mails[41] = letter(41, "y" * 6_000_000)
    server.drop_all(mails, at=NOW)
    assert fetch(mailbox.pk, NOW) == 100
    assert len(set(subjects())) == 100
    huge = Received.objects.get(why__gt="")
    assert huge.why == "Only its beginning was read: it has 25 MB." and huge.state == State.NEW
    assert bytes(huge.raw) == letter(40, "x" * 25_100_000)[:1_000_000]
    large = Received.objects.filter(digest=digest_of(mails[41])).get()
    assert bytes(large.raw) == mails[41]
    assert fetch(mailbox.pk, NOW) == 0


def test_one_mail_that_the_server_cannot_read_is_put_aside_and_the_others_are_kept(
    server: Dovecot, mailbox: Mailbox
) -> None:
    server.drop_all([letter(number) for number in range(20)], at=NOW)
    files = sorted((server.home / "mail/ada/Maildir/new").iterdir())
    [broken] = [file for file in files if b"<7@" in file.read_bytes()]
    broken.chmod(0)  # the server, which isn't root, can't read it
    kept = [fetch(mailbox.pk, NOW + minute * MINUTE) for minute in range(8)]
    assert sum(kept) == 20 and len(subjects_of(State.NEW)) == 19
    aside = Received.objects.get(state=State.QUARANTINED)
    assert aside.why == "The mail server would not hand this mail over."
    assert fresh(mailbox).read_problem == ""


def subjects_of(state: str) -> set[bytes]:
    raws = Received.objects.filter(state=state).values_list("raw", flat=True)
    return {bytes(raw).split(b"Subject: ")[1].split(b"\r\n")[0] for raw in raws}


def test_a_wrong_password_pauses_the_mailbox_once_and_is_tried_seldom(server: Dovecot, mailbox: Mailbox) -> None:
    server.password("another")
    with cut_line.before(server.host, server.port) as (cut, port):
        Mailbox.objects.update(imap_port=port)
        for minute in range(50):
            assert fetch(mailbox.pk, NOW + minute * MINUTE) == 0
        assert cut.lines == 1
        assert fresh(mailbox).paused_at == NOW and "does not accept" in mailbox.paused_why
        assert Event.objects.filter(verb="paused").count() == 1
        fetch(mailbox.pk, NOW + 61 * MINUTE)
        assert cut.lines == 2 and Event.objects.filter(verb="paused").count() == 1
        mailbox.keep_secrets(password="another")
        mailbox.paused_at = None
        mailbox.save()
        server.drop(letter(1), at=NOW)
        assert fetch(mailbox.pk, NOW + 62 * MINUTE) == 1
        assert fresh(mailbox).read_problem == ""


def test_a_server_that_is_away_is_no_wrong_password(server: Dovecot, mailbox: Mailbox) -> None:
    server.drop(letter(1), at=NOW)
    server.stop()
    assert fetch(mailbox.pk, NOW) == 0
    assert "can't be reached" in fresh(mailbox).read_problem and mailbox.paused_at is None
    server.again()
    assert fetch(mailbox.pk, NOW + MINUTE) == 1
    assert fresh(mailbox).read_problem == ""


@pytest.mark.parametrize("security", [Mailbox.Security.TLS, Mailbox.Security.STARTTLS])
def test_the_line_is_secret_and_the_server_is_whom_it_says(
    server: Dovecot, team: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch, security: Mailbox.Security
) -> None:
    port = server.tls_port if security == Mailbox.Security.TLS else server.port
    mailbox = mailbox_read_at(server, team.ada, now, imap_host="localhost", imap_port=port, imap_security=security)
    server.drop(letter(1), at=NOW)
    assert fetch(mailbox.pk, NOW) == 0
    assert "CERTIFICATE_VERIFY_FAILED" in fresh(mailbox).read_problem and mailbox.paused_at is None
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert fetch(mailbox.pk, NOW) == 1


def test_oauth_lets_in_and_consent_taken_back_does_not(
    server: Dovecot, team: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = mailbox_read_at(server, team.ada, now, auth=Mailbox.Auth.OAUTH2)
    monkeypatch.setattr(imap, "access_token", lambda asked: TOKEN)
    server.drop(letter(1), at=NOW)
    assert fetch(mailbox.pk, NOW) == 1
    monkeypatch.setattr(imap, "access_token", lambda asked: "stale")
    assert fetch(mailbox.pk, NOW + MINUTE) == 0
    assert fresh(mailbox).paused_at == NOW + MINUTE


def test_a_password_with_umlauts_lets_in(server: Dovecot, team: Cast, now: datetime) -> None:
    server.password('Käse \\ "Brot"')
    mailbox = mailbox_read_at(server, team.ada, now)
    mailbox.keep_secrets(password='Käse \\ "Brot"')
    mailbox.save()
    assert fetch(mailbox.pk, NOW) == 0 and fresh(mailbox).read_at == NOW


def test_a_mailbox_taken_away_or_without_a_server_is_not_read(server: Dovecot, mailbox: Mailbox, team: Cast) -> None:
    server.drop(letter(1), at=NOW)
    Mailbox.objects.update(removed_at=NOW)
    assert fetch(mailbox.pk, NOW) == 0
    Mailbox.objects.update(removed_at=None, imap_host="")
    assert fetch(mailbox.pk, NOW) == 0 and not Reading.objects.exists()


def test_another_account_begins_anew_though_its_numbers_look_alike(server: Dovecot, mailbox: Mailbox) -> None:
    server.drop_all([letter(1), letter(2)], at=NOW)
    assert fetch(mailbox.pk, NOW) == 2
    server.drop_all([letter(3), letter(4)], user="ben", at=NOW)
    Mailbox.objects.update(username="ben")
    kept = Folder.objects.get(name="INBOX")
    with server.as_client("ben") as client:
        client.select()
        Folder.objects.filter(pk=kept.pk).update(uidvalidity=int(client.response("UIDVALIDITY")[1][0] or 0))
    assert fetch(mailbox.pk, NOW + MINUTE) == 2
