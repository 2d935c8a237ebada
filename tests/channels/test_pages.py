"""The pages around mail: the mailbox, writing, what becomes of it, the way out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from fifthcall import clock
from fifthcall.channels.email import sending
from fifthcall.channels.models import Mailbox, Message
from fifthcall.people.models import Suppression
from fifthcall.touches.models import Touch
from fifthcall.touches.queue import queue
from tests import smtp_sink
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with

State = Message.State
pytestmark = pytest.mark.django_db


def test_a_mailbox_is_checked_before_it_is_kept(team: Cast) -> None:
    client = team.sign_in(team.ben)
    with smtp_sink.running(password="right") as sink:
        given = {
            "address": "ben@sales.example",
            "name": "Ben",
            "password": "wrong",
            "auth": "password",
            "smtp_host": sink.host,
            "smtp_port": sink.port,
            "smtp_security": "none",
            "most_a_day": 50,
            "apart_seconds": 60,
        }
        refused = client.post(reverse("mailbox"), given)
        assert refused.status_code == 422 and b"does not accept the user name or password" in refused.content
        assert not Mailbox.objects.exists()
        closed = {"password": "right", "imap_host": "127.0.0.1", "imap_port": smtp_sink.closed_port()}
        assert b"can&#x27;t be reached" in client.post(reverse("mailbox"), given | closed).content
        kept = client.post(reverse("mailbox"), given | {"password": "right"}, follow=True).content.decode()
    assert "Answers can’t be read yet: imap.sales.example" in kept  # which was only guessed
    mailbox = Mailbox.objects.get()
    assert mailbox.member == team.ben and mailbox.imap_host == "" and mailbox.ramps_from
    assert "right" not in mailbox.sealed and mailbox.secrets()["password"] == "right"
    page = client.get(reverse("mailbox")).content.decode()
    assert "right" not in page.split("<main")[1].split("button-primary")[0] or 'value="right"' not in page
    assert team.sign_in(team.ada).post(reverse("mailbox"), given).status_code == 422  # nobody else's address


def test_pause_go_on_take_away(team: Cast) -> None:
    mailbox = mailbox_at(smtp_sink.Sink(), team.ada, clock.now())
    client = team.sign_in(team.ada)
    client.post(reverse("mailbox_state", args=["pause"]))
    assert b"Your mailbox is paused" in client.get(reverse("today")).content
    client.post(reverse("mailbox_state", args=["resume"]))
    assert b"Your mailbox is paused" not in client.get(reverse("today")).content
    client.post(reverse("mailbox_state", args=["remove"]))
    mailbox.refresh_from_db()
    assert mailbox.removed_at and not mailbox.sealed


def test_without_a_mailbox_the_draft_opens_in_ones_own_program(team: Cast) -> None:
    row = opportunity_with(team.ada, "Ida", clock.now())
    page = team.sign_in(team.ada).get(reverse("mail_write", args=[row.pk])).content.decode()
    assert "mailto:ida%40buyers.example?subject=Roof%20for%20Ida" in page and reverse("mailbox") in page


def test_write_take_back_and_see_it_go(team: Cast) -> None:
    row, client = opportunity_with(team.ada, "Ida", clock.now()), team.sign_in(team.ada)
    with smtp_sink.running() as sink:
        mailbox_at(sink, team.ada, clock.now())
        page = reverse("mail_write", args=[row.pk])
        letter = {"to": "ida@buyers.example", "subject": "", "text": "Dear Ida", "key": "k1"}
        assert b"Give it a subject." in client.post(page, letter).content
        assert client.post(page, letter | {"subject": "Roof"}).status_code == 302
        message = Message.objects.get()
        shown = client.get(reverse("opportunity", args=[row.pk])).content.decode()
        assert "Take it back" in shown and "Roof" in shown
        client.post(reverse("mail_state", args=[message.pk, "take-back"]))
        message.refresh_from_db()
        assert message.state == State.CANCELLED
        client.post(page, letter | {"subject": "Roof", "key": "k2"})
        assert sending.send_due(clock.now() + timedelta(seconds=11)) == 1
        assert "Sent today" in client.get(reverse("opportunity", args=[row.pk])).content.decode()


def test_somebody_elses_mail_is_not_there(team: Cast) -> None:
    row = opportunity_with(team.ada, "Ida", clock.now())
    message = by_itself(row, mailbox_at(smtp_sink.Sink(), team.ada, clock.now()), clock.now(), state=State.ASKED)
    client = team.sign_in(team.ben)
    assert client.get(reverse("mail_write", args=[row.pk])).status_code == 404
    assert client.post(reverse("mail_state", args=[message.pk, "send"])).status_code == 404


def test_what_nobody_can_tell_is_decided_by_a_person(team: Cast) -> None:
    row, client = opportunity_with(team.ada, "Ida", clock.now()), team.sign_in(team.ada)
    mailbox = mailbox_at(smtp_sink.Sink(), team.ada, clock.now())
    message = by_itself(row, mailbox, clock.now(), state=State.UNCERTAIN, begun_at=clock.now())
    page = client.get(reverse("opportunity", args=[row.pk])).content.decode()
    assert "Nobody can tell whether it arrived" in page and "Send it again" in page
    client.post(reverse("mail_state", args=[message.pk, "arrived"]))
    message.refresh_from_db()
    assert message.state == State.SENT and Touch.of(row).filter(outcome="sent").count() == 1


def test_the_way_out_is_looked_at_without_change_and_taken_without_sign_in(team: Cast) -> None:
    row, anybody = opportunity_with(team.ada, "Ida", clock.now()), Client(enforce_csrf_checks=True)
    message = by_itself(row, mailbox_at(smtp_sink.Sink(), team.ada, clock.now()), clock.now())
    page = reverse("stop", args=[message.stop_token])
    for _ in range(2):
        assert b"No more from Berg?" in anybody.get(page).content
    assert anybody.head(page).status_code == 200 and anybody.put(page).status_code == 405
    assert not Suppression.objects.exists()
    for _ in range(2):
        assert b"Done" in anybody.post(page, {"List-Unsubscribe": "One-Click"}).content
    assert {row.target for row in Suppression.objects.all()} >= {"ida@buyers.example"}
    assert set(Suppression.objects.values_list("channel", flat=True)) == {"all"}
    assert Touch.of(row).filter(outcome="unsubscribed").count() == 1
    row.refresh_from_db()
    assert row.next_kind not in ("email", "call", "text")
    assert anybody.get(reverse("stop", args=["nonsense"])).status_code == 404


def test_automatic_sending_wants_an_address(team: Cast) -> None:
    given = {"name": "Berg", "zone": "Europe/Berlin", "currency": "EUR", "touches_an_hour": 12, "check_in_hours": 48}
    client = team.sign_in(team.ada)
    refused = client.post(reverse("settings"), given | {"sends_by_itself": "on"})
    assert b"give your address" in refused.content
    client.post(reverse("settings"), given | {"sends_by_itself": "on", "postal_address": "Hauptstr. 1, Berlin"})
    team.space.refresh_from_db()
    assert team.space.sends_by_itself and team.space.policy().automatic


def test_what_goes_out_by_itself_is_not_in_the_reps_queue_until_it_cannot(team: Cast) -> None:
    now = clock.now()
    row = opportunity_with(team.ada, "Ida", now)
    type(row).objects.filter(pk=row.pk).update(next_automatic=True, next_kind="email", next_due_at=now)
    assert row.pk not in [due.pk for due in queue(team.ada, now)]
    from fifthcall.channels.email.wanting import want_automatic

    assert want_automatic(now) == 0  # there is no mailbox
    assert row.pk in [due.pk for due in queue(team.ada, now)]
