"""Invitations by mail (iMIP, RFC 6047): each change of an appointment that they have to know of becomes one message."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from fifthcall.calendars.invitations import CANCEL, REQUEST, Party, invitation
from fifthcall.calendars.models import Appointment
from fifthcall.channels.email.mailboxes import mailbox_of
from fifthcall.channels.email.wanting import about
from fifthcall.channels.models import Mailbox, Message
from fifthcall.pipeline.settle import to_change_by_itself
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment

log = logging.getLogger(__name__)
AT_A_TIME = 100
State = Message.State
_ASK = "Does that suit you? Accept it, or propose another time."


def want_invitations(now: datetime) -> int:
    """Make the messages of the appointments that were booked, moved or called off; how many."""
    made = 0
    due = Appointment.objects.filter(tell_at__lte=now).order_by("tell_at", "id")
    for pk, opportunity_id in due.values_list("pk", "opportunity_id")[:AT_A_TIME]:
        try:
            made += _want(pk, opportunity_id, now)
        except Exception:  # one that can't be told never stops the others
            log.exception("The invitation of appointment %s could not be made.", pk)
    return made


def _want(pk: int, opportunity_id: int, now: datetime) -> bool:
    with transaction.atomic():
        opportunity = to_change_by_itself(opportunity_id)
        meeting = Appointment.objects.select_for_update(of=("self",)).select_related("member").get(pk=pk)
        if meeting.tell_at is None or meeting.tell_at > now:
            return False
        meeting.tell_at = None
        method = CANCEL if meeting.state == Appointment.State.CANCELLED else REQUEST
        mailbox = mailbox_of(meeting.member) if meeting.member else None
        worth = method == CANCEL or (meeting.state == Appointment.State.BOOKED and meeting.until > now)
        if mailbox and meeting.member and meeting.email and worth and not _overtaken(meeting, method):
            key = f"invitation:{meeting.uid}:{meeting.sequence}"[:80]
            # What they are told must not depend on what else goes on: no purpose, and no touch when it is sent.
            values = about(opportunity, meeting.member, mailbox, key, now) | {"purpose": "", "tracked": False}
            Message.objects.get_or_create(
                key=key, defaults=values | _letter(meeting, mailbox, method, now) | {"due_at": now}
            )
            meeting.told = meeting.sequence
        meeting.save(update_fields=["tell_at", "told"])
        return meeting.told == meeting.sequence


def _overtaken(meeting: Appointment, method: str) -> bool:
    """Take back what has not gone out yet; True when they never heard of it, so that there is nothing to cancel."""
    sent = Message.objects.filter(key__startswith=f"invitation:{meeting.uid}:")
    sent.filter(state=State.WAITING).update(state=State.CANCELLED, why="The meeting was changed before it went out.")
    return method == CANCEL and not sent.exclude(state__in=(State.CANCELLED, State.FAILED)).exists()


def _letter(meeting: Appointment, mailbox: Mailbox, method: str, now: datetime) -> dict[str, str]:
    begin, end = wall(meeting.starts_at, meeting.zone), wall(meeting.until, meeting.zone)
    when = f"{moment(begin)}–{end:%H:%M} ({meeting.zone.replace('_', ' ')})"
    place = f"\nWhere: {meeting.place}" if meeting.place else ""
    if method == CANCEL:
        head, text = "Called off", f"Our meeting of {when} does not take place."
    elif meeting.told >= 0:
        head, text = (
            "Moved",
            f"We now meet on {when}.{place}\n\nDoes that suit you? Accept it, or propose another time.",
        )
    else:
        head, text = (
            "Invitation",
            f"We meet on {when}.{place}\n\nDoes that suit you? Accept it, or propose another time.",
        )
    return {
        "to_address": meeting.email,
        "subject": f"{head}: {meeting.title or 'our meeting'}, {moment(begin)}"[:300],
        "text": text,
        "calendar": invitation(
            meeting, method, Party(mailbox.address, mailbox.name), Party(meeting.email, _name(meeting)), now
        ),
        "calendar_method": method,
    }


def _name(meeting: Appointment) -> str:
    person = meeting.opportunity.person
    return person.name if person else ""
