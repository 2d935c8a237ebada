"""How a message comes to be wanted: somebody writes it, or a step goes out by itself."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from fifthcall.channels.email.composing import BREAKS, one_line
from fifthcall.channels.email.mailboxes import mailbox_of
from fifthcall.channels.models import UNFINISHED, Mailbox, Message, by_hand
from fifthcall.people.models import ContactPoint, Person
from fifthcall.people.tracking import tracking_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import to_change, to_change_by_itself
from fifthcall.rules.case import Channel, Kind, Status, Window
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from fifthcall.wording.saying import Words, left_open, words_for

log = logging.getLogger(__name__)
#: Time to take a mail back that somebody has just sent.
UNDO = timedelta(seconds=10)
AT_A_TIME = 100
SUBJECT_MAX = 300
State = Message.State


class Unfit(ValueError):
    """The mail can't be sent as it is; `field` says where, the text how to mend it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


@dataclass(frozen=True, slots=True)
class Letter:
    """What somebody wrote. `key` makes the same form sent twice one mail; `promise`: when we will be in touch (C5)."""

    to_address: str
    subject: str
    text: str
    key: str
    in_reply_to: str = ""
    references: str = ""
    promise: Window | None = None
    template: str = ""  # whose words it began with (D3)
    template_version: int | None = None

    @property
    def whole(self) -> str:
        return f"{self.subject}\n{self.text}"

    def check(self) -> None:
        """Raise Unfit for the first thing that is missing or can't be sent."""
        if not self.subject.strip():
            raise Unfit("subject", "Give it a subject.")
        if BREAKS.search(self.subject.strip()):
            raise Unfit("subject", "The subject must be a single line.")
        if not self.text.strip():
            raise Unfit("text", "Write something.")
        if len(self.text) > 100_000:
            raise Unfit("text", "This is too long for a mail. Shorten it to 100,000 characters.")


def addresses_of(person: Person | None) -> list[str]:
    """The person's good addresses, the first the one to use."""
    if person is None:
        return []
    points = person.points.filter(kind=ContactPoint.Kind.EMAIL, wrong_since=None).order_by("id")
    return list(points.values_list("value", flat=True))


def write(opportunity_id: int, member: Membership, letter: Letter, now: datetime) -> Message:
    """Send what `member` wrote, ten seconds from now, until when it can be taken back.

    Raises Unfit, or NotVisible. The same `letter.key` again gives the same message.
    """
    letter.check()
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member)
        mailbox = mailbox_of(member)
        if mailbox is None:
            raise Unfit("mailbox", "Set up your mailbox first, or send it from your own mail program.")
        if letter.to_address not in addresses_of(opportunity.person):
            raise Unfit("to", "Choose one of their addresses.")
        if opportunity.person and {"email", "all"} & set(opportunity.person.stopped.split(",")):
            raise Unfit("to", "They asked not to be written to.")
        if open_ := left_open(member.workspace_id, letter.template, letter.template_version or 0, letter.whole):
            raise Unfit("text", f"“{open_}” still stands in it: write what belongs there, or take it out.")
        key = f"hand:{member.pk}:{letter.key}"[:80]
        made, _ = Message.objects.get_or_create(
            key=key,
            defaults={
                **about(opportunity, member, mailbox, key, now),
                "to_address": letter.to_address,
                "subject": one_line(letter.subject),
                "text": letter.text,
                "in_reply_to": letter.in_reply_to,
                "references": letter.references,
                "promise": _kept(letter.promise),
                "template": letter.template,
                "template_version": letter.template_version,
                "due_at": now + UNDO,
            },
        )
        # What was to go out by itself would come on top of this.
        cancel_automatic(opportunity, "Somebody wrote to them.")
    return made


def take_back(pk: int, member: Membership) -> bool:
    """Don't send it after all; False when it has gone out already."""
    mine = Message.objects.filter(pk=pk, member=member, automatic=False, state=State.WAITING, tries=0)
    return bool(mine.update(state=State.CANCELLED, why="Taken back."))


def send_still(pk: int, member: Membership, now: datetime) -> bool:
    """Somebody says that a late or uncertain message is to go out (again); False when that isn't asked any more.

    Raises NotVisible.
    """
    with transaction.atomic():
        opportunity = to_change(Message.objects.values_list("opportunity_id", flat=True).get(pk=pk), member)
        asked = Message.objects.filter(pk=pk, opportunity=opportunity, state__in=(State.ASKED, State.UNCERTAIN))
        changed = asked.update(
            state=State.WAITING,
            why="",
            wanted_at=now,
            due_at=now,
            begun_at=None,
            claimed_until=None,
            tries=0,
            wanted_version=opportunity.version,
        )
    return bool(changed)


def drop(pk: int) -> bool:
    """Somebody says that a late message isn't to go out."""
    return bool(Message.objects.filter(pk=pk, state=State.ASKED).update(state=State.CANCELLED, why="It was too late."))


def cancel_automatic(opportunity: Opportunity, why: str) -> int:
    """Cancel what would go out by itself; call it where the opportunity is locked."""
    waiting = Message.objects.filter(opportunity=opportunity, automatic=True, state__in=(State.WAITING, State.ASKED))
    return waiting.update(state=State.CANCELLED, why=why)


def want_automatic(now: datetime) -> int:
    """Make the messages of the steps that go out by themselves and are due; how many."""
    done = Message.objects.filter(opportunity=OuterRef("pk"), automatic=True, wanted_version=OuterRef("version"))
    steps = Opportunity.objects.filter(
        ~Exists(done),
        next_automatic=True,
        next_kind=Kind.EMAIL.value,
        next_due_at__lte=now,
        status=Status.OPEN.value,
    )
    made = 0
    for pk in steps.order_by("next_due_at", "id").values_list("pk", flat=True)[:AT_A_TIME]:
        try:
            made += _want(pk, now)
        except Exception:
            log.exception("The mail of opportunity %s could not be made.", pk)
    return made


def _want(opportunity_id: int, now: datetime) -> bool:
    with transaction.atomic():
        opportunity = to_change_by_itself(opportunity_id)
        owner = opportunity.owner
        mailbox = mailbox_of(owner) if owner else None
        addresses = addresses_of(opportunity.person)
        due = opportunity.next_due_at and opportunity.next_due_at <= now
        if not (opportunity.next_automatic and due):
            return False
        if not (owner and mailbox and addresses):
            by_hand(opportunity.pk, opportunity.version)
            return False
        last = Touch.of(opportunity).order_by("id").values_list("pk", flat=True).last() or 0
        key = f"step:{opportunity.pk}:{last}:{opportunity.next_purpose}"
        others = Message.objects.filter(opportunity=opportunity, state__in=UNFINISHED).exclude(key=key)
        if others.exists():  # what became of the one before must be known first
            return False
        known = Message.objects.filter(key=key).first()
        if known is None:
            return _make(opportunity, owner, mailbox, addresses[0], key, now).state == State.WAITING
        if known.state not in (State.CANCELLED, State.FAILED) or known.wanted_version == opportunity.version:
            return False
        known.wanted_version = opportunity.version
        if known.state == State.FAILED:
            by_hand(opportunity.pk, opportunity.version)
        else:  # stopped by a change that left the step as it was
            known.state, known.why, known.due_at, known.wanted_at = State.WAITING, "", now, now
        known.save(update_fields=["state", "why", "due_at", "wanted_at", "wanted_version"])
        return known.state == State.WAITING


def _make(
    opportunity: Opportunity, owner: Membership, mailbox: Mailbox, address: str, key: str, now: datetime
) -> Message:
    words = words_for(opportunity, owner, opportunity.next_purpose, Kind.EMAIL.value, now, key)
    if words.problem:
        by_hand(opportunity.pk, opportunity.version)
    before = Message.objects.filter(opportunity=opportunity, to_address=address, state=State.SENT).last()
    return Message.objects.create(
        **about(opportunity, owner, mailbox, key, now),
        automatic=True,
        wanted_version=opportunity.version,
        to_address=address,
        subject=_subject(words, before, opportunity),
        text=words.text,
        template=words.template_key,
        template_version=words.version if words.template_key else None,
        in_reply_to=before.message_id if before else "",
        references=f"{before.references} {before.message_id}".strip() if before else "",
        due_at=now,
        state=State.FAILED if words.problem else State.WAITING,
        why=words.problem,
    )


def _subject(words: Words, before: Message | None, opportunity: Opportunity) -> str:
    said = words.subject or (again(before.subject) if before else opportunity.name)
    return one_line(said)[:SUBJECT_MAX]


def about(opportunity: Opportunity, member: Membership, mailbox: Mailbox, key: str, now: datetime) -> dict[str, Any]:
    """What every message says of whose it is and what it is about."""
    by_mail = bool(opportunity.next_kind) and Kind(opportunity.next_kind).channel is Channel.EMAIL
    return {
        "workspace_id": opportunity.workspace_id,
        "mailbox": mailbox,
        "opportunity": opportunity,
        "person": opportunity.person,
        "member": member,
        "key": key,
        "to_name": opportunity.person.name if opportunity.person else "",
        "purpose": opportunity.next_purpose if by_mail else "",
        "message_id": message_id_of(key, mailbox.address),
        "tracked": tracking_of(opportunity.workspace, opportunity.person, opportunity.organization).yes,
        "wanted_at": now,
        "created_at": now,
    }


def message_id_of(key: str, address: str) -> str:
    """The Message-ID of a step: always the same for its key, and telling nothing about it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"message:{key}".encode(), sha256).hexdigest()
    return f"<{digest[:40]}@{address.rpartition('@')[2]}>"


def again(subject: str) -> str:
    """The subject of an answer."""
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _kept(promise: Window | None) -> dict[str, str] | None:
    if promise is None:
        return None
    starts, until = promise.starts_at.isoformat(), promise.until.isoformat()
    return {"from": starts, "until": until, "zone": promise.zone, "kind": Kind.CALL.value}
