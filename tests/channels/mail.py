"""Mailboxes and letters for the tests that send."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from fifthcall.channels.email.wanting import addresses_of, message_id_of
from fifthcall.channels.models import Mailbox, Message
from fifthcall.people.models import Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import settle
from fifthcall.teams.models import Membership
from tests.smtp_sink import Sink


def mailbox_at(sink: Sink, member: Membership, now: datetime, **more: Any) -> Mailbox:
    """A mailbox of `member`'s that sends through the sink, without a pause between mails."""
    values = {
        "address": f"{member.name.lower()}@sales.example",
        "name": member.name,
        "smtp_host": sink.host,
        "smtp_port": sink.port,
        "smtp_security": Mailbox.Security.NONE,
        "auth": Mailbox.Auth.OPEN,
        "zone": member.zone,
        "most_a_day": 20_000,
        "apart_seconds": 0,
        "created_at": now,
    }
    mailbox = Mailbox(workspace=member.workspace, member=member, **(values | more))
    if mailbox.auth == Mailbox.Auth.PASSWORD:
        mailbox.keep_secrets(password=sink.password)
    mailbox.save()
    return mailbox


def opportunity_with(member: Membership, name: str, now: datetime, address: str = "") -> Opportunity:
    """An open opportunity whose person can be written to."""
    person = Person.objects.create(workspace=member.workspace, name=name, key=matching_key(name))
    add_point(person, "email", address or f"{name.lower()}@buyers.example")
    opportunity = editing.add(member, {"name": f"Roof for {name}", "owner_id": member.pk}, now)
    with transaction.atomic():
        opportunity.person = person
        settle(opportunity, now, "person_id")
    return opportunity


def by_itself(opportunity: Opportunity, mailbox: Mailbox, now: datetime, planned: bool = True, **more: Any) -> Message:
    """A message that goes out by itself, due now, as the playbook's step made it; `planned`: that is the step."""
    if planned:
        hours = {"next_due_at": now, "next_until": now + timedelta(days=10)}
        Opportunity.objects.filter(pk=opportunity.pk).update(**hours)
    opportunity.refresh_from_db()
    assert opportunity.person
    key = f"step:{opportunity.pk}:{more.get('purpose', '')}"
    values = {
        "key": key,
        "to_address": addresses_of(opportunity.person)[0],
        "to_name": opportunity.person.name,
        "subject": opportunity.name,
        "text": "Did the samples arrive?",
        "message_id": message_id_of(key, mailbox.address),
        "wanted_version": opportunity.version,
        "wanted_at": now,
        "due_at": now,
        "created_at": now,
        "automatic": True,
    }
    return Message.objects.create(
        workspace_id=opportunity.workspace_id,
        mailbox=mailbox,
        opportunity=opportunity,
        person=opportunity.person,
        member=mailbox.member,
        **(values | more),
    )
