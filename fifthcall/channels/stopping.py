"""The way out that every mail of ours carries: no more, on any channel, for ever (D5, RFC 8058)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fifthcall.channels.models import Message
from fifthcall.people.models import Suppression
from fifthcall.people.reach import normal_form, suppress
from fifthcall.rules.case import Channel
from fifthcall.touches.log import record


def message_of(token: str) -> Message | None:
    """The mail whose way out it is; tokens never expire."""
    return Message.objects.select_related("workspace", "opportunity", "person").filter(stop_token=token).first()


def stopped_already(message: Message) -> bool:
    """Whether the reader of the mail has said it before."""
    target = normal_form("email", message.to_address)
    stops = Suppression.objects.filter(workspace=message.workspace, target=target, channel="all", lifted_at=None)
    return stops.exists()


def stop_by_token(token: str, now: datetime) -> bool:
    """The reader says: no more. False when no mail of ours has that token; saying it twice is saying it once."""
    message = message_of(token)
    if message is None:
        return False
    with transaction.atomic():
        if stopped_already(message):
            return True
        touch = record(message.opportunity_id, "unsubscribed", now, now, Channel.EMAIL, stop="all")
        if message.person and message.person_id != touch.person_id:  # the opportunity is about somebody else by now
            suppress(message.person, "all", now, "unsubscribed")
        if not stopped_already(message):  # nor is the address anybody's any more
            Suppression.objects.create(
                workspace=message.workspace,
                person=message.person,
                target=normal_form("email", message.to_address),
                channel="all",
                reason="unsubscribed",
                at=now,
            )
    return True
