"""Sending: claim, ask once more, hand over, write down. A crash anywhere loses nothing and sends nothing twice.

The claim is a conditional change of the message's row with a rising fence, committed before anything goes over the
line. `begun_at` is committed right before the content: a message found claimed without it is simply sent, one with it
is uncertain, shown to a person and looked for among the sent mail, never handed over again by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from fifthcall import clock
from fifthcall.channels.email.composing import compose
from fifthcall.channels.email.may_send import No, may_begin, may_send
from fifthcall.channels.email.pace import jitter, next_try
from fifthcall.channels.email.reminding import REMINDER
from fifthcall.channels.email.transport import deliver
from fifthcall.channels.models import Mailbox, Message, by_hand
from fifthcall.channels.trouble import NotLetIn, Refused, TryLater, Unknown
from fifthcall.failpoints import failpoint
from fifthcall.journal.models import note_event
from fifthcall.people.models import ContactPoint
from fifthcall.people.reach import mark_wrong, normal_form
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Agreed, Basis, Channel, Kind, Window
from fifthcall.touches.log import record
from fifthcall.wording import library

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=45)
#: A message whose sending let the process die so often is held.
MOST_CRASHES = 3
AT_A_TIME = 50
State = Message.State


@dataclass(frozen=True, slots=True)
class Claim:
    """A message that is ours to send until the lease ends; `fence` proves it."""

    message: Message
    mailbox: Mailbox
    fence: int


def send_due(now: datetime, alive: Callable[[], bool] = lambda: True) -> int:
    """Send what is due, the longest wanted first, as long as `alive`; how many were handed over."""
    sent = 0
    for pk in due(now):
        if not alive():
            break
        try:
            sent += send(pk, now)
        except Exception as error:  # one that can't be sent never stops the others
            log.exception("Message %s could not be sent.", pk)
            _hold(pk, now, error)
    return sent


def due(now: datetime) -> list[int]:
    """Messages to send now, and those whose sender was lost on the way."""
    waiting = Q(state=State.WAITING, due_at__lte=now)
    lost = Q(state=State.SENDING, claimed_until__lte=now)
    return list(
        Message.objects.filter(waiting | lost).order_by("wanted_at", "id").values_list("pk", flat=True)[:AT_A_TIME]
    )


def send(pk: int, now: datetime) -> bool:
    """Send one message, if it may be sent and nobody else does; whether it was handed over."""
    claimed = claim(pk, now)
    if claimed is None:
        return False
    failpoint("after_claim")
    message, mailbox = claimed.message, claimed.mailbox
    mail = compose(message, mailbox, mailbox.workspace.postal_address, now)
    try:
        handed_over = deliver(mailbox, mail, message.to_address, lambda: begin(claimed, clock.now()))
    except Unknown as error:
        return _uncertain(claimed, f"The line broke before the server answered ({error}).")
    except NotLetIn as error:
        pause(mailbox.pk, str(error), clock.now())
        return _wait(claimed, str(error), now, tries=0)
    except TryLater as error:
        return _try_again(claimed, str(error), clock.now())
    except Refused as error:
        return _failed(claimed, error, clock.now())
    if handed_over:
        _sent(claimed, clock.now())
        failpoint("after_commit")
    return handed_over


def claim(pk: int, now: datetime) -> Claim | None:
    """Make the message ours, after every check; None when it isn't to be sent, now or at all."""
    with transaction.atomic():
        row = Message.objects.filter(pk=pk).values_list("opportunity_id", "person_id", "mailbox_id").first()
        if row is None:
            return None
        opportunity = Opportunity.objects.select_for_update(of=("self",)).get(pk=row[0])
        message = Message.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=pk)
        if message.state == State.SENDING and message.claimed_until and message.claimed_until <= now:
            if message.begun_at:
                _save(message, State.UNCERTAIN, "Sending it was interrupted after it had begun.")
                return None
            message.crashes += 1
            if message.crashes >= MOST_CRASHES:
                _save(message, State.FAILED, "Sending it failed three times without a word.", "crashes")
                return None
        elif message.state != State.WAITING or message.due_at > now:
            return None
        mailbox = Mailbox.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=row[2])
        no = may_send(message, opportunity, mailbox, now)
        if no:
            _refuse(message, no)
            return None
        message.state, message.why = State.SENDING, ""
        message.fence += 1
        message.claimed_until = now + LEASE
        message.save(update_fields=["state", "why", "fence", "claimed_until", "crashes"])
        apart = timedelta(seconds=mailbox.apart_seconds)
        mailbox.next_send_at = now + apart + jitter(message.message_id, apart / 4)
        mailbox.save(update_fields=["next_send_at"])
    return Claim(message, mailbox, message.fence)


def begin(claimed: Claim, now: datetime) -> bool:
    """Mark, for good, that the content goes over now; False when something has come in between."""
    with transaction.atomic():
        opportunity = Opportunity.objects.select_for_update(of=("self",)).get(pk=claimed.message.opportunity_id)
        held = _held_by(claimed).filter(begun_at=None).select_for_update(of=("self",)).first()
        if held is None:
            return False
        mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=claimed.mailbox.pk)
        no = may_begin(held, opportunity, mailbox, now)
        if no:
            _refuse(held, no)
            return False
        held.begun_at = now
        held.save(update_fields=["begun_at"])
    return True


def pause(mailbox_id: int, why: str, now: datetime) -> None:
    """Stop a mailbox until somebody has mended it; said once."""
    with transaction.atomic():
        mailbox = Mailbox.objects.select_for_update(of=("self",)).get(pk=mailbox_id)
        if mailbox.paused_at is None:
            mailbox.paused_at, mailbox.paused_why = now, why[:300]
            mailbox.save(update_fields=["paused_at", "paused_why"])
            note_event(mailbox.workspace_id, None, "paused", mailbox, now, why=why[:300])


def _held_by(claimed: Claim) -> QuerySet[Message]:
    """The message, if it is still ours."""
    return Message.objects.filter(pk=claimed.message.pk, state=State.SENDING, fence=claimed.fence)


def confirm(pk: int, now: datetime) -> None:
    """An uncertain message has gone out, as its copy among the sent mail or a person says."""
    with transaction.atomic():
        opportunity_id = Message.objects.values_list("opportunity_id", flat=True).get(pk=pk)
        Opportunity.objects.select_for_update(of=("self",)).get(pk=opportunity_id)
        message = Message.objects.select_for_update(of=("self",)).get(pk=pk)
        if message.state == State.UNCERTAIN:
            _record_sent(message, message.begun_at or now, now)


def _sent(claimed: Claim, now: datetime) -> None:
    with transaction.atomic():
        Opportunity.objects.select_for_update(of=("self",)).get(pk=claimed.message.opportunity_id)
        held = _held_by(claimed).select_for_update(of=("self",)).first()
        if held is None:  # the lease ended and it was called uncertain meanwhile: the server has it, that is certain
            held = (
                Message.objects.select_for_update(of=("self",))
                .filter(pk=claimed.message.pk, state=State.UNCERTAIN, fence=claimed.fence)
                .first()
            )
        if held:
            _record_sent(held, now, now)


def _record_sent(message: Message, at: datetime, now: datetime) -> None:
    """In the caller's transaction: the touch, the next step, and the message's end."""
    if message.calendar or message.purpose == REMINDER:
        # News of an appointment, which is a fact of the case already: no attempt to reach them (C1).
        verb = "invited" if message.calendar else "reminded"
        note_event(message.workspace_id, message.member_id, verb, message, at, method=message.calendar_method)
    else:
        message.touch = record(
            message.opportunity_id,
            _outcome(message),
            at,
            now,
            Channel.EMAIL,
            note=message.subject,
            member_id=message.member_id,
            agreed=_promised(message),
            purpose=message.purpose,
            words=(message.template, message.template_version) if message.template_version is not None else ("", 0),
        )
    message.state, message.why, message.sent_at = State.SENT, "", at
    message.save(update_fields=["state", "why", "sent_at", "touch"])


def _outcome(message: Message) -> str:
    """What went out, as its template tells: an invitation and business for them are kinds of their own (C7)."""
    if not message.template:
        return "sent"
    try:
        kind = library.version(message.workspace_id, message.template, message.template_version or 0).kind
    except library.NoSuchTemplate:
        return "sent"
    return {Kind.INVITE.value: "invited", Kind.LEAD.value: "lead_given"}.get(kind, "sent")


def _promised(message: Message) -> Agreed | None:
    said = message.promise
    if not said:
        return None
    window = Window(datetime.fromisoformat(said["from"]), datetime.fromisoformat(said["until"]), said["zone"])
    return Agreed(Basis.PROMISE, window, Kind(said["kind"]))


def _wait(claimed: Claim, why: str, until: datetime, tries: int) -> bool:
    _held_by(claimed).update(
        state=State.WAITING, why=why[:300], due_at=until, begun_at=None, claimed_until=None, tries=F("tries") + tries
    )
    return False


def _try_again(claimed: Claim, why: str, now: datetime) -> bool:
    tries = claimed.message.tries + 1
    at = next_try(tries, now, claimed.message.message_id)
    if at is None:
        _give_up(
            claimed, State.FAILED, f"The server could not take it {tries} times: {why}", begun_at=None, tries=tries
        )
        return False
    return _wait(claimed, why, at, tries=1)


def _failed(claimed: Claim, error: Refused, now: datetime) -> bool:
    """The server won't ever take it. An address that does not exist is used no more."""
    with transaction.atomic():
        message = claimed.message
        Opportunity.objects.select_for_update(of=("self",)).get(pk=message.opportunity_id)
        if not _give_up(claimed, State.FAILED, str(error), begun_at=None):
            return False
        if error.dead:
            normal = normal_form("email", message.to_address)
            for point in ContactPoint.objects.filter(person=message.person, normal=normal, wrong_since=None):
                mark_wrong(point, now)
            record(message.opportunity_id, "bounced", now, now, Channel.EMAIL, note=str(error))
    return False


def _uncertain(claimed: Claim, why: str) -> bool:
    _give_up(claimed, State.UNCERTAIN, why)
    return False


def _give_up(claimed: Claim, state: str, why: str, **more: object) -> bool:
    """Leave it to a person, if it is still ours; whether it was."""
    if claimed.message.automatic:
        by_hand(claimed.message.opportunity_id, claimed.message.wanted_version)
    return bool(_held_by(claimed).update(state=state, why=why[:300], **more))


def _refuse(message: Message, no: No) -> None:
    if no.until:
        message.state, message.why, message.due_at, message.claimed_until = State.WAITING, no.why, no.until, None
        message.save(update_fields=["state", "why", "due_at", "claimed_until", "crashes"])
    else:
        _save(message, State.ASKED if no.late else State.CANCELLED, no.why, "crashes")


def _save(message: Message, state: str, why: str, *more: str) -> None:
    if message.automatic and state != State.CANCELLED:
        by_hand(message.opportunity_id, message.wanted_version)
    message.state, message.why, message.claimed_until = state, why, None
    message.save(update_fields=["state", "why", "claimed_until", *more])


def _hold(pk: int, now: datetime, error: Exception) -> None:
    """Something of ours is wrong with this message: it waits, and is held when that happens again and again."""
    row = Message.objects.filter(pk=pk, state__in=(State.WAITING, State.SENDING), begun_at=None)
    row.update(state=State.WAITING, due_at=now + timedelta(minutes=10), crashes=F("crashes") + 1, why=str(error)[:300])
    row.filter(crashes__gte=MOST_CRASHES).update(state=State.FAILED)
