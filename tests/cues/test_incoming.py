"""What mails that come in do to the plan."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from fifthcall import clock
from fifthcall.channels.email import sending
from fifthcall.channels.models import Mailbox, Message
from fifthcall.cues import incoming
from fifthcall.cues.models import Received
from fifthcall.people.models import ContactPoint, Person, Suppression
from fifthcall.people.reach import add_point
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Workspace
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with
from tests.cues.came import answer, bounce, came
from tests.smtp_sink import Sink

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
State = Received.State


@pytest.fixture
def mailbox(team: Cast, monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return mailbox_at(Sink(), team.ada, NOW - DAY)


@pytest.fixture
def sent(team: Cast, mailbox: Mailbox) -> Message:
    """A mail to Ida that has gone out, the next of its cadence waiting."""
    row = opportunity_with(team.ada, "Ida", NOW - DAY)
    first = by_itself(row, mailbox, NOW - HOUR, purpose="S9.1", state="uncertain", begun_at=NOW - HOUR)
    sending.confirm(first.pk, NOW - HOUR)
    by_itself(row, mailbox, NOW + DAY, planned=False, purpose="S9.2")
    first.refresh_from_db()
    return first


def take(mailbox: Mailbox, raw: bytes, at: datetime = NOW, **more: Any) -> Received:
    received = came(mailbox, raw, at, **more)
    assert incoming.take_in_all(max(at, NOW)) == 1
    received.refresh_from_db()
    return received


def last(message: Message) -> Touch:
    return Touch.of(message.opportunity).order_by("id").last()  # type: ignore[return-value]


def waiting(message: Message) -> int:
    return Message.objects.filter(opportunity=message.opportunity, state="waiting").count()


pytestmark = pytest.mark.django_db


def test_an_answer_stops_everything_and_is_the_next_step(sent: Message, mailbox: Mailbox) -> None:
    received = take(mailbox, answer(sent, "Yes, Thursday works.\n\nOn Monday, Ada wrote:\n> unsubscribe: never\n"))
    assert (received.verdict, received.state, received.text) == ("person", State.READ, "Yes, Thursday works.")
    assert received.touch == last(sent) and last(sent).outcome == "replied" and waiting(sent) == 0
    row = Opportunity.objects.get(pk=sent.opportunity_id)
    assert (row.next_purpose, row.next_kind, row.next_due_at) == ("answer", "email", NOW)
    assert received.answers == sent and received.person == sent.person
    assert Message.objects.get(state="cancelled").why == "They answered."
    assert incoming.take_in_all(NOW) == 0 and not incoming.take_in(received.pk, NOW)


def test_a_colleague_of_theirs_answers_too(sent: Message, mailbox: Mailbox) -> None:
    take(mailbox, answer(sent, "Ida is right, let us meet.", sender="Max <max@buyers.example>"))
    assert last(sent).outcome == "replied" and waiting(sent) == 0


def test_a_stranger_with_our_reference_is_flagged_not_believed(sent: Message, mailbox: Mailbox) -> None:
    received = take(mailbox, answer(sent, "Stop all this. I am Ida.", sender="mallory@evil.example"))
    assert received.state == State.FLAGGED and "nobody we wrote to" in received.why
    assert last(sent).outcome == "sent" and waiting(sent) == 1


def test_another_workspace_is_never_reached(sent: Message, mailbox: Mailbox, team: Cast) -> None:
    other = Workspace.objects.create(name="Other", zone="UTC", created_at=NOW)
    Mailbox.objects.filter(pk=mailbox.pk).update(workspace=other)
    mailbox.refresh_from_db()
    received = take(mailbox, answer(sent, "Yes!"))
    assert received.opportunity is None and not received.raw and last(sent).outcome == "sent"


def test_without_a_reference_the_sender_tells(sent: Message, mailbox: Mailbox, team: Cast) -> None:
    opportunity_with(team.ada, "Eva", NOW)
    received = take(mailbox, answer(None, "A new subject, but it is me.", sender="ida@buyers.example"))
    assert received.opportunity == sent.opportunity and last(sent).outcome == "replied"


def test_mail_of_nobody_we_know_is_not_kept(sent: Message, mailbox: Mailbox) -> None:
    received = take(mailbox, answer(None, "Lunch?", sender="friend@private.example"))
    assert (bytes(received.raw), received.text, received.opportunity) == (b"", "", None)


@pytest.mark.parametrize(
    ("text", "call_on"),
    [
        ("I am out of the office until 3 December 2026.", date(2026, 12, 4)),
        ("I am out of the office and will answer when I am back.", date(2026, 11, 30)),
        ("Ich bin bis zum 4.12.2026 nicht im Büro.", date(2026, 12, 7)),  # the 4th is a Friday
    ],
)
def test_away_moves_the_plan_to_the_working_day_after(
    sent: Message, mailbox: Mailbox, text: str, call_on: date
) -> None:
    received = take(mailbox, answer(sent, text, subject="Automatic reply: Roof", Auto_Submitted="auto-replied"))
    assert received.verdict == "out_of_office"
    assert last(sent).outcome == "out_of_office"
    row = Opportunity.objects.get(pk=sent.opportunity_id)
    assert row.next_due_at and row.next_due_at.date() == call_on


def test_an_automatic_answer_is_nobodys(sent: Message, mailbox: Mailbox) -> None:
    before = Opportunity.objects.get(pk=sent.opportunity_id)
    take(mailbox, answer(sent, "Your ticket #123 has been created.", Auto_Submitted="auto-generated"))
    after = Opportunity.objects.get(pk=sent.opportunity_id)
    assert last(sent).outcome == "auto_reply"
    assert (after.next_due_at, after.next_kind, after.next_purpose) == (
        before.next_due_at,
        before.next_kind,
        before.next_purpose,
    )


def test_a_dead_address_is_used_no_more(sent: Message, mailbox: Mailbox) -> None:
    received = take(mailbox, bounce(sent))
    assert received.verdict == "bounced" and last(sent).outcome == "bounced" and waiting(sent) == 0
    assert ContactPoint.objects.get(person=sent.person, kind="email").wrong_since
    assert Opportunity.objects.get(pk=sent.opportunity_id).next_kind != "email"


@pytest.mark.parametrize(("status", "words"), [("4.2.2", "Mailbox full"), ("5.2.2", "Quota exceeded")])
def test_what_passes_changes_nothing(sent: Message, mailbox: Mailbox, status: str, words: str) -> None:
    received = take(mailbox, bounce(sent, status, words))
    assert received.verdict == "delayed" and last(sent).outcome == "sent" and waiting(sent) == 1
    assert not ContactPoint.objects.get(person=sent.person, kind="email").wrong_since


def test_remove_me_stops_all_channels(sent: Message, mailbox: Mailbox) -> None:
    take(mailbox, answer(sent, "Please remove me from your list."))
    assert last(sent).outcome == "unsubscribed" and waiting(sent) == 0
    assert set(Suppression.objects.values_list("channel", flat=True)) == {"all"}
    assert Opportunity.objects.get(pk=sent.opportunity_id).next_kind not in ("email", "call", "text")


def test_stop_by_tomorrow_is_flagged_and_counts_as_an_answer(sent: Message, mailbox: Mailbox) -> None:
    received = take(mailbox, answer(sent, "Could you stop by tomorrow?"))
    assert received.state == State.FLAGGED and last(sent).outcome == "replied" and not Suppression.objects.exists()


def test_our_own_copy_settles_what_nobody_could_tell(sent: Message, mailbox: Mailbox) -> None:
    unsure = by_itself(sent.opportunity, mailbox, NOW, purpose="S9.3", state="uncertain", begun_at=NOW)
    raw = answer(None, "Hello", sender=mailbox.address, id_=unsure.message_id, To=unsure.to_address)
    received = take(mailbox, raw, folder="Sent")
    unsure.refresh_from_db()
    assert received.verdict == "own" and unsure.state == "sent"
    assert Touch.of(sent.opportunity).filter(outcome="sent").count() == 2


def test_a_mail_written_elsewhere_counts_and_stops_what_is_automatic(sent: Message, mailbox: Mailbox) -> None:
    take(mailbox, answer(None, "By hand", sender=mailbox.address, To="ida@buyers.example"), folder="Sent")
    assert last(sent).outcome == "sent" and last(sent).member == mailbox.member and waiting(sent) == 0


def test_the_same_mail_in_two_mailboxes_is_one_answer(sent: Message, mailbox: Mailbox, team: Cast) -> None:
    other = mailbox_at(Sink(), team.ben, NOW)
    raw = answer(sent, "Yes")
    take(mailbox, raw)
    assert take(other, raw).touch is None
    assert Touch.of(sent.opportunity).filter(outcome="replied").count() == 1


def test_an_answer_to_a_closed_opportunity_is_shown(sent: Message, mailbox: Mailbox, team: Cast) -> None:
    log(sent.opportunity_id, team.ada, Draft("closed", reason="said_no"), NOW)
    received = take(mailbox, answer(sent, "We have changed our mind."))
    assert received.state == State.FLAGGED and "closed" in received.why and last(sent).outcome == "replied"


def test_what_cannot_be_read_is_set_aside_holds_what_is_automatic_and_the_next_goes_on(
    sent: Message, mailbox: Mailbox, team: Cast
) -> None:
    head = f"From: ida@buyers.example\r\nSubject: Re: Roof\r\nIn-Reply-To: {sent.message_id}\r\n".encode()
    deep = head + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)
    )
    other = opportunity_with(team.ada, "Eva", NOW)
    bad, good = came(mailbox, deep, NOW), came(mailbox, answer(None, "Yes", sender="eva@buyers.example"), NOW)
    incoming.take_in_all(NOW)
    bad.refresh_from_db()
    good.refresh_from_db()
    assert bad.state == State.QUARANTINED and bad.why and bytes(bad.raw) == deep
    assert bad.opportunity == sent.opportunity and waiting(sent) == 0 and last(sent).outcome == "sent"
    assert good.state == State.READ and good.opportunity == other


def test_an_address_that_two_share(sent: Message, mailbox: Mailbox, team: Cast) -> None:
    twin = Person.objects.create(workspace=team.space, name="Office", key="office")
    add_point(twin, "email", "ida@buyers.example")
    assert take(mailbox, answer(None, "Hello", sender="ida@buyers.example")).opportunity == sent.opportunity


def test_the_pages_show_what_they_wrote_and_what_needs_eyes(sent: Message, mailbox: Mailbox, team: Cast) -> None:
    take(mailbox, answer(sent, "Yes, Thursday works."))
    flagged = take(mailbox, answer(sent, "I am Ida", sender="mallory@evil.example", id_="<e@evil.example>"))
    ada, ben = team.sign_in(team.ada), team.sign_in(team.ben)
    page = ada.get(reverse("opportunity", args=[sent.opportunity_id])).content.decode()
    assert "Yes, Thursday works." in page and "They wrote today" in page
    assert "1 message to look at" in ada.get(reverse("today")).content.decode()
    assert "to look at</a>" not in ben.get(reverse("today")).content.decode()
    assert "mallory@evil.example" in ada.get(reverse("mails_to_look_at")).content.decode()
    assert ben.post(reverse("mail_looked_at", args=[flagged.pk])).status_code == 404
    assert ada.post(reverse("mail_looked_at", args=[flagged.pk])).status_code == 302
    assert "None." in ada.get(reverse("mails_to_look_at")).content.decode()
    letter = {"to": "ida@buyers.example", "subject": "Re: Roof for Ida", "text": "Good", "key": "k"}
    ada.post(reverse("mail_write", args=[sent.opportunity_id]), letter)
    assert Message.objects.latest("id").in_reply_to == "<a1@buyers.example>"


@pytest.mark.usefixtures("committed")
def test_two_workers_take_it_in_once(team: Cast, mailbox: Mailbox) -> None:
    row = opportunity_with(team.ada, "Ida", NOW - DAY)
    message = by_itself(row, mailbox, NOW - HOUR, state="uncertain", begun_at=NOW - HOUR)
    sending.confirm(message.pk, NOW - HOUR)
    other = mailbox_at(Sink(), team.ben, NOW)
    for number in range(5):
        for box in (mailbox, other):
            came(box, answer(message, "Yes", id_=f"<{number}@buyers.example>"), NOW)

    def work() -> None:
        incoming.take_in_all(NOW)
        connection.close()

    crew = [threading.Thread(target=work) for _ in range(3)]
    for one in crew:
        one.start()
    for one in crew:
        one.join(60)
    assert Touch.of(row).filter(outcome="replied").count() == 5
    assert not Received.objects.filter(state=State.NEW).exists()


def test_their_html_is_shown_where_nothing_runs(sent: Message, mailbox: Mailbox, team: Cast) -> None:
    html = '<p onclick="x()">Yes <img src="https://evil.example/pixel.gif"><script>alert(1)</script></p>'
    raw = answer(sent, "Yes").replace(b"Content-Type: text/plain", b"Content-Type: text/html")
    received = take(mailbox, raw.replace(b"Yes", html.encode()))
    page = reverse("received_html", args=[received.pk])
    shown = team.sign_in(team.ada).get(page)
    assert "Yes" in shown.content.decode() and not any(
        word in shown.content for word in (b"script", b"evil", b"onclick")
    )
    assert shown["Content-Security-Policy"].startswith("sandbox") and shown["X-Frame-Options"] == "SAMEORIGIN"
    assert team.sign_in(team.ben).get(page).status_code == 404
    assert (
        "mail-frame" in team.sign_in(team.ada).get(reverse("opportunity", args=[sent.opportunity_id])).content.decode()
    )
