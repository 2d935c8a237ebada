"""Lines, prospects with a mobile number, and reports, for the tests that phone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from fifthcall.cues import phone_hooks
from fifthcall.cues.phone_hooks import Report
from fifthcall.people.consent import note_consent
from fifthcall.people.models import Consent, Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point
from fifthcall.phoning.models import Call, Line, Text
from fifthcall.phoning.sending import send
from fifthcall.phoning.texts import UNDO, Note, write
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import settle
from fifthcall.teams.models import Membership
from tests.phone_provider import ACCOUNT, OUR_NUMBER, OUR_PHONE, TOKEN, signature

#: A Tuesday, 16:00 in Berlin.
NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)
THEIRS = "+4915112345678"


def line_for(member: Membership, now: datetime = NOON, **more: Any) -> Line:
    """A line of `member`'s through the provider."""
    values = {"provider": "twilio", "number": OUR_NUMBER, "rings": OUR_PHONE, "created_at": now}
    line = Line(workspace=member.workspace, member=member, **(values | more))
    line.keep_secrets(account=ACCOUNT, token=TOKEN)
    line.save()
    return line


def prospect(
    member: Membership, name: str = "Anna", number: str = THEIRS, now: datetime = NOON, agreed: bool = True
) -> Opportunity:
    """An open opportunity whose person can be called and texted."""
    person = Person.objects.create(workspace=member.workspace, name=name, key=matching_key(name))
    add_point(person, "mobile", number)
    if agreed:
        note_consent(person, Consent.Kind.TEXTS, True, "on the form", member, now, now)
    opportunity = editing.add(member, {"name": f"Roof for {name}", "owner_id": member.pk}, now)
    with transaction.atomic():
        opportunity.person = person
        settle(opportunity, now, "person_id")
    return opportunity


def written(opportunity: Opportunity, member: Membership, words: str = "Hello", now: datetime = NOON) -> Text:
    """A text that is due now; somebody wrote it ten seconds ago."""
    assert opportunity.person
    number = opportunity.person.points.get(kind="mobile").normal
    key = f"{words}{Text.objects.count()}"
    return write(opportunity.pk, member, Note(number, words, key), now - UNDO)


def sent(opportunity: Opportunity, member: Membership, words: str = "Hello", now: datetime = NOON) -> Text:
    """A text that the provider has taken on."""
    text = written(opportunity, member, words, now)
    assert send(text.pk, now)
    text.refresh_from_db()
    return text


def report(line: Line, act: str, key: int, said: dict[str, str], **more: Any) -> Report:
    """A report as the provider signs it."""
    bare = Report(line.pk, line.hook_secret, act, key, said, "")
    values = {"signature": signature(bare.url, said)} | more
    return Report(line.pk, line.hook_secret, act, key, said, **values)


def status(text: Text, what: str, now: datetime = NOON, code: str = "", sid: str = "") -> None:
    """The provider reports what became of a text."""
    said = {"MessageSid": sid or text.provider_id, "MessageStatus": what, "AccountSid": ACCOUNT, "ErrorCode": code}
    phone_hooks.take(report(text.line, "state", text.pk, said), now)


def leg(call: Call, which: str, what: str, now: datetime = NOON, **more: str) -> None:
    """The provider reports a leg of a call, "ours" or "theirs"."""
    said = {"CallSid": f"CA{which}{call.pk}", "CallStatus": what, "AccountSid": ACCOUNT} | more
    phone_hooks.take(report(call.line, which, call.pk, said), now)


def came(line: Line, words: str, number: str = THEIRS, sid: str = "", now: datetime = NOON, **more: str) -> Text | None:
    """They text us."""
    said = {"MessageSid": sid or f"SM-{words}-{now:%H%M%S}", "From": number, "To": line.number, "Body": words} | more
    phone_hooks.take(report(line, "texts", 0, said), now)
    return Text.objects.filter(line=line, provider_id=said["MessageSid"]).first()
