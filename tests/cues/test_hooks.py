"""A provider's reports, as its published description has them: refused when forged, done once when repeated."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fifthcall.channels.models import Mailbox, Message
from fifthcall.cues import incoming
from fifthcall.cues.models import Received
from fifthcall.people.models import ContactPoint, Suppression
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with
from tests.cues.came import answer
from tests.smtp_sink import Sink

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(team: Cast) -> Mailbox:
    mailbox = mailbox_at(Sink(), team.ada, NOW, provider="postmark")
    mailbox.keep_secrets(server_token="t", api_key="key")
    mailbox.save()
    return mailbox


@pytest.fixture
def message(team: Cast, mailbox: Mailbox) -> Message:
    row = opportunity_with(team.ada, "Ida", NOW)
    return by_itself(row, mailbox, NOW, state="sent", begun_at=NOW, sent_at=NOW)


def say(mailbox: Mailbox, what: dict[str, Any], act: str = "reports", secret: str = "") -> int:
    page = reverse("mail_hook", args=[mailbox.pk, secret or mailbox.hook_secret, act])
    return Client(enforce_csrf_checks=True).post(page, json.dumps(what), "application/json").status_code


def postmark_bounce(message: Message, kind: str = "HardBounce", code: int = 1) -> dict[str, Any]:
    return {
        "RecordType": "Bounce",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ID": 42,
        "Type": kind,
        "TypeCode": code,
        "Email": message.to_address,
        "BouncedAt": "2026-11-23T09:00:00Z",
        "Details": "550 5.1.1 no such user",
        "Metadata": {"fifthcall_message": message.message_id},
    }


def test_a_hard_bounce_is_done_once_however_often_it_is_said(mailbox: Mailbox, message: Message) -> None:
    for _ in range(3):
        assert say(mailbox, postmark_bounce(message)) == 200
    assert Touch.of(message.opportunity).filter(outcome="bounced").count() == 1
    assert ContactPoint.objects.get(person=message.person).wrong_since


def test_what_passes_changes_nothing(mailbox: Mailbox, message: Message) -> None:
    assert say(mailbox, postmark_bounce(message, "SoftBounce", 4096)) == 200
    assert not Touch.of(message.opportunity).filter(outcome="bounced").exists()


def test_a_complaint_stops_all_channels(mailbox: Mailbox, message: Message) -> None:
    complaint = postmark_bounce(message, "SpamComplaint", 512) | {"RecordType": "SpamComplaint"}
    assert say(mailbox, complaint) == say(mailbox, complaint) == 200
    assert set(Suppression.objects.values_list("channel", flat=True)) == {"all"}
    assert Touch.of(message.opportunity).filter(outcome="unsubscribed").count() == 1


@pytest.mark.parametrize("secret", ["x", "wrong-secret"])
def test_a_forged_address_is_not_there(mailbox: Mailbox, message: Message, secret: str) -> None:
    assert say(mailbox, postmark_bounce(message), secret=secret) == 404
    assert not Received.objects.exists()


def test_another_mailboxs_mail_is_not_reached(mailbox: Mailbox, message: Message, team: Cast) -> None:
    other = mailbox_at(Sink(), team.ben, NOW, provider="postmark")
    assert say(other, postmark_bounce(message)) == 200
    assert not Touch.of(message.opportunity).filter(outcome="bounced").exists()


@pytest.mark.parametrize("body", ["", "[]", "{", '{"RecordType": 5}', "null", '"x"'])
def test_nonsense_is_refused_without_an_error(mailbox: Mailbox, body: str) -> None:
    page = reverse("mail_hook", args=[mailbox.pk, mailbox.hook_secret, "reports"])
    assert Client().post(page, body, "application/json").status_code in (200, 403)


def test_mailgun_signs_and_a_wrong_signature_is_refused(mailbox: Mailbox, message: Message) -> None:
    mailbox.provider = "mailgun"
    mailbox.keep_secrets(signing_key="sign me")
    mailbox.save()
    event = {
        "event": "failed",
        "severity": "permanent",
        "reason": "bounce",
        "id": "G9Bn5sl1TC6nu79C8C0bwg",
        "timestamp": 1795424400.0,
        "recipient": message.to_address,
        "delivery-status": {"code": 550, "message": "no such user"},
        "message": {"headers": {"message-id": message.message_id.strip("<>")}},
        "user-variables": {"fifthcall_message": message.message_id},
    }
    stamp, token = "1795424400", "a" * 50
    good = hmac.new(b"sign me", f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    for signature, status in (("0" * 64, 403), (good, 200)):
        signed = {"signature": {"timestamp": stamp, "token": token, "signature": signature}, "event-data": event}
        assert say(mailbox, signed) == status
    assert Touch.of(message.opportunity).filter(outcome="bounced").count() == 1


def test_an_answer_that_the_provider_passes_on_is_taken_in(mailbox: Mailbox, message: Message) -> None:
    raw = answer(message, "Yes, on Thursday.").decode()
    inbound = {"RawEmail": raw, "From": message.to_address, "Headers": [], "To": mailbox.address, "Subject": "Re"}
    for _ in range(2):
        assert say(mailbox, inbound, "answers") == 200
    incoming.take_in_all(NOW)
    assert Touch.of(message.opportunity).filter(outcome="replied").count() == 1
