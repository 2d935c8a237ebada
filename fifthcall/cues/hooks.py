"""What a mail provider reports (its webhooks): bounces, complaints, wishes to hear no more, and answers.

Checked by a secret in the address, and by the provider's signature where `django-anymail` can check it.
What is reported twice happens once: each report is kept under a digest of its own.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib import import_module
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from fifthcall.channels import stopping
from fifthcall.channels.email.providers import KEY, PROVIDERS
from fifthcall.channels.email.wanting import cancel_automatic
from fifthcall.channels.models import Mailbox, Message
from fifthcall.cues.judging import Sort
from fifthcall.cues.models import Received
from fifthcall.people.models import ContactPoint
from fifthcall.people.reach import mark_wrong
from fifthcall.rules.case import Channel
from fifthcall.touches.log import record

#: Reports by which an address is dead; others of the kind pass (a full mailbox, a filter).
_DEAD = ("bounced", "invalid")


class Forged(ValueError):
    """It isn't from the provider."""


@dataclass(frozen=True, slots=True)
class Report:
    """One thing that the provider says of one of our mails."""

    key: str  # the same when it is said again
    what: str  # anymail's event type
    reason: str
    words: str
    message_id: str


def reports_of(mailbox: Mailbox, request: HttpRequest) -> list[Report]:
    """What a request from the provider says. Raises Forged."""
    made = []
    for event in _events(mailbox, request, "Tracking"):
        about = str((event.metadata or {}).get(KEY, ""))
        key = f"{event.event_type}:{event.event_id or ''}:{event.message_id or ''}:{event.recipient or ''}"
        words = str(event.mta_response or event.description or event.reject_reason or "")
        made.append(
            Report(key, event.event_type, "" if _passes(event) else event.reject_reason or "", words[:300], about)
        )
    return made


def _passes(event: Any) -> bool:
    """Whether the address may be good again tomorrow: some providers call that a bounce too."""
    kind = event.esp_event.get("Type", "") if isinstance(event.esp_event, dict) else ""
    return kind in ("SoftBounce", "Transient", "DnsError", "Blocked")


def answers_of(mailbox: Mailbox, request: HttpRequest) -> list[bytes]:
    """The mails that the provider passes on. Raises Forged."""
    return [event.message.as_bytes() for event in _events(mailbox, request, "Inbound")]


def _events(mailbox: Mailbox, request: HttpRequest, kind: str) -> list[Any]:
    from anymail.exceptions import AnymailInsecureWebhookWarning, AnymailWebhookValidationFailure

    if mailbox.provider not in PROVIDERS:
        raise Forged("The mailbox sends through no provider.")
    # The secret in the address stands in for the basic authentication it would warn of.
    warnings.simplefilter("ignore", AnymailInsecureWebhookWarning)
    kept, name = mailbox.secrets(), PROVIDERS[mailbox.provider][0]
    keys = {"webhook_signing_key": kept.get("signing_key"), "api_key": kept.get("api_key")}
    view_class = getattr(import_module(f"anymail.webhooks.{mailbox.provider}"), f"{name}{kind}WebhookView")
    try:
        view = view_class(**{key: value for key, value in keys.items() if value and hasattr(view_class, key)})
        view.setup(request)
        view.run_validators(request)
        events: list[Any] = view.parse_events(request)
    except AnymailWebhookValidationFailure as error:
        raise Forged(str(error).splitlines()[0]) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:  # nothing that the provider would say
        raise Forged(f"It can't be understood: {error}") from error
    return events


def take_report(mailbox: Mailbox, report: Report, now: datetime) -> bool:
    """Do what a report asks for; False when it was known, or is none of our business."""
    message = Message.objects.filter(mailbox=mailbox, message_id=report.message_id).first()
    dead = report.what in ("bounced", "rejected") and report.reason in _DEAD
    if message is None or not (dead or report.what in ("complained", "unsubscribed")):
        return False
    try:
        with transaction.atomic():
            kept = _keep(mailbox, message, report, now)
            if dead:
                _dead(message, kept, report, now)
            else:
                stopping.stop_by_token(message.stop_token, now)
    except IntegrityError:  # said before
        return False
    return True


def _keep(mailbox: Mailbox, message: Message, report: Report, now: datetime) -> Received:
    return Received.objects.create(
        workspace_id=mailbox.workspace_id,
        mailbox=mailbox,
        digest=sha256(f"report:{report.key}".encode()).hexdigest(),
        raw=b"",
        came_at=now,
        fetched_at=now,
        state=Received.State.READ,
        verdict=Sort.BOUNCED.value if report.what in ("bounced", "rejected") else Sort.PERSON.value,
        evidence=[f"The mail provider reports: {report.what}. {report.words}".strip()],
        subject=message.subject,
        from_name=PROVIDERS[mailbox.provider][0],
        text=report.words,
        opportunity=message.opportunity,
        person=message.person,
        answers=message,
    )


def _dead(message: Message, kept: Received, report: Report, now: datetime) -> None:
    kept.touch = record(message.opportunity_id, "bounced", now, now, Channel.EMAIL, note=report.words)
    kept.save(update_fields=["touch"])
    for point in ContactPoint.objects.filter(
        person=message.person, kind="email", normal=message.to_address.lower(), wrong_since=None
    ):
        mark_wrong(point, now)
    cancel_automatic(message.opportunity, "The address is dead.")


def keep_answer(mailbox: Mailbox, raw: bytes, now: datetime) -> bool:
    """Keep a mail that the provider passed on, to be taken in as any other; False when it was there already."""
    _, new = Received.objects.get_or_create(
        mailbox=mailbox,
        digest=sha256(raw).hexdigest(),
        defaults={"workspace_id": mailbox.workspace_id, "raw": raw, "came_at": now, "fetched_at": now},
    )
    return new
