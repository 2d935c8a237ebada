"""Setting a mailbox up, stopping and going on, taking it away."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from fifthcall.channels.models import Mailbox
from fifthcall.journal.models import note_event
from fifthcall.rules.windows import wall
from fifthcall.teams.models import Membership


class Taken(ValueError):
    """Somebody of the workspace has this address already."""


def mailbox_of(member: Membership) -> Mailbox | None:
    """The mailbox a member sends from."""
    return Mailbox.objects.filter(member=member, removed_at=None).order_by("id").first()


def save(mailbox: Mailbox, now: datetime) -> None:
    """Keep a mailbox that was checked; a new one sends few at first. Raises Taken."""
    new = mailbox.pk is None
    if new:
        mailbox.created_at, mailbox.ramps_from = now, wall(now, mailbox.zone).date()
    mailbox.paused_at, mailbox.paused_why, mailbox.read_problem = None, "", ""
    mailbox.read_at = now  # its answers are read from now on
    try:
        with transaction.atomic():
            mailbox.save()
            note_event(mailbox.workspace_id, mailbox.member_id, "mailbox_set", mailbox, now)
    except IntegrityError as error:
        raise Taken("Somebody in your workspace sends from this address already.") from error


def resume(mailbox: Mailbox, now: datetime) -> None:
    """Let it send again."""
    with transaction.atomic():
        mailbox.paused_at, mailbox.paused_why = None, ""
        mailbox.save(update_fields=["paused_at", "paused_why"])
        note_event(mailbox.workspace_id, mailbox.member_id, "resumed", mailbox, now)


def remove(mailbox: Mailbox, now: datetime) -> None:
    """Forget its secrets; what has been sent from it stays on record, what waits is not sent."""
    with transaction.atomic():
        mailbox.removed_at, mailbox.sealed = now, ""
        mailbox.save(update_fields=["removed_at", "sealed"])
        note_event(mailbox.workspace_id, mailbox.member_id, "removed", mailbox, now)
