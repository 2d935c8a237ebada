"""The one place that says whether a message may go out, asked when it is claimed and again right before it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from fifthcall.channels.email.pace import day_of, most_on
from fifthcall.channels.email.reminding import REMINDER, still_ahead
from fifthcall.channels.models import Mailbox, Message
from fifthcall.people.models import Suppression
from fifthcall.people.reach import hidden, normal_form
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.outcomes import OUTCOMES, SIGNALS
from fifthcall.rules.windows import wall
from fifthcall.touches.models import Touch

#: Older than this, somebody is asked whether it should still go out.
TOO_LATE = timedelta(days=7)
#: Without having read the answers for so long, nothing is sent.
UNREAD_FOR = timedelta(minutes=30)
#: When what holds the mailbox is looked at again.
A_MOMENT = timedelta(minutes=1)
#: To one person, of what goes out by itself.
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class No:
    """Why not, in words; `until` when it may be asked again, None when it is over. `late`: somebody has to say."""

    why: str
    until: datetime | None = None
    late: bool = False


def may_send(message: Message, opportunity: Opportunity, mailbox: Mailbox, now: datetime) -> No | None:
    """None: it may. The rows are locked by the caller."""
    return (
        _stopped(message, opportunity)
        or _overtaken(message, now)
        or _late(message, now)
        or _out_of_hours(message, opportunity, now)
        or _held(mailbox, now)
        or _too_often(message, now)
    )


def may_begin(message: Message, opportunity: Opportunity, mailbox: Mailbox, now: datetime) -> No | None:
    """Asked again right before the content goes over: has anything come in between?"""
    if mailbox.paused_at:
        return No(f"The mailbox is paused: {mailbox.paused_why}", until=now + A_MOMENT)
    return _stopped(message, opportunity)


def _stopped(message: Message, opportunity: Opportunity) -> No | None:
    address = normal_form("email", message.to_address)
    targets = [address, hidden(address)]
    if message.person_id:
        targets.append(f"person:{message.person_id}")
    stops = Suppression.objects.filter(workspace_id=message.workspace_id, target__in=targets, lifted_at=None)
    if stops.filter(Q(channel="email") | Q(channel="all")).exists():
        return No("They asked not to be written to.")
    if message.person_id is None and message.automatic:
        return No("The person was erased or merged.")
    if not message.automatic:
        return None
    if opportunity.finished:
        return No("The opportunity is closed.")
    if opportunity.version != message.wanted_version:
        return No(_what_came(opportunity, message.created_at))
    return None


def _what_came(opportunity: Opportunity, since: datetime) -> str:
    last = Touch.of(opportunity).filter(at__gte=since - timedelta(minutes=1)).exclude(outcome__in=SIGNALS).last()
    return f"{OUTCOMES[last.outcome].label}: the plan changed." if last else "The plan changed."


def _overtaken(message: Message, now: datetime) -> No | None:
    """A reminder of a meeting that was moved or called off, or has begun."""
    if message.purpose == REMINDER and not still_ahead(message.key, now):
        return No("The meeting was moved, called off, or has begun.")
    return None


def _late(message: Message, now: datetime) -> No | None:
    if now - message.wanted_at <= TOO_LATE:
        return None
    return No("It was to go out more than a week ago.", late=True)


def _out_of_hours(message: Message, opportunity: Opportunity, now: datetime) -> No | None:
    """What goes out by itself keeps the step's window: the mailbox's pace or a busy server may have brought it past."""
    start, until = opportunity.next_due_at, opportunity.next_until
    if not message.automatic or start is None or until is None:
        return None
    if now < start:
        return No("Its hours are still to come.", until=start)
    return No("Its hours are over: it goes out in the next.", until=now + A_MOMENT) if now > until else None


def _held(mailbox: Mailbox, now: datetime) -> No | None:
    soon = now + A_MOMENT
    if mailbox.removed_at:
        return No("The mailbox was taken away.")
    if mailbox.paused_at:
        return No(f"The mailbox is paused: {mailbox.paused_why}", until=soon)
    if unread(mailbox, now):
        return No("Answers could not be read for half an hour: it waits until they can.", until=soon)
    if mailbox.next_send_at and mailbox.next_send_at > now:
        return No("The mailbox keeps its pace.", until=mailbox.next_send_at)
    start, end = day_of(now, mailbox.zone)
    gone = mailbox.messages.filter(begun_at__gte=start, begun_at__lt=end).count()
    if gone >= most_on(wall(now, mailbox.zone).date(), mailbox.most_a_day, mailbox.ramps_from):
        return No("The mailbox has sent its most for today.", until=end)
    return None


def unread(mailbox: Mailbox, now: datetime) -> bool:
    """Whether the mailbox's answers could not be read for too long; one without IMAP is never read."""
    return bool(mailbox.imap_host) and (mailbox.read_at is None or now - mailbox.read_at > UNREAD_FOR)


def _too_often(message: Message, now: datetime) -> No | None:
    if not message.automatic:
        return None
    theirs = Q(person=message.person_id) | Q(workspace=message.workspace_id, to_address=message.to_address)
    last = Message.objects.filter(theirs, begun_at__gt=now - A_DAY).exclude(pk=message.pk).order_by("begun_at").last()
    return No("They had a mail today already.", until=last.begun_at + A_DAY) if last and last.begun_at else None
