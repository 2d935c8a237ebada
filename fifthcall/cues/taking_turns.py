"""One worker reads a mailbox at a time; a worker that dies while it reads holds the others up for a moment only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import TryLater
from fifthcall.cues.models import Reading

LEASE = timedelta(seconds=60)
#: A mailbox that did not let us in, and that nobody has mended yet.
SELDOM = timedelta(hours=1)


@dataclass(slots=True)
class Turn:
    """Ours to read until the lease ends; `fence` proves it. `kept`: mails kept so far."""

    mailbox: Mailbox
    fence: int
    kept: int = 0

    def hold(self, now: datetime) -> None:
        """Prolong it. Raises TryLater when somebody else has it: what the caller would write is theirs to write."""
        if not self._ours().update(held_until=now + LEASE):
            raise TryLater("Another worker has taken over reading this mailbox.")

    def end(self, **values: datetime | None) -> None:
        """Let the next one read."""
        self._ours().update(held_until=None, **values)

    def _ours(self) -> QuerySet[Reading]:
        return Reading.objects.filter(mailbox=self.mailbox, fence=self.fence)


def take_turn(mailbox: Mailbox, now: datetime) -> Turn | None:
    """None: somebody else reads it, or it did not let us in lately and is still paused.

    How far its folders were read is forgotten when it names another account than the last time.
    """
    Reading.objects.get_or_create(mailbox=mailbox)
    free = Reading.objects.filter(mailbox=mailbox).filter(Q(held_until=None) | Q(held_until__lte=now))
    if mailbox.paused_at:
        free = free.filter(Q(not_let_in_at=None) | Q(not_let_in_at__lte=now - SELDOM))
    with transaction.atomic():
        if not free.update(fence=F("fence") + 1, held_until=now + LEASE):
            return None
        reading = Reading.objects.get(mailbox=mailbox)
        account = f"{mailbox.username or mailbox.address} {mailbox.imap_host}"
        if reading.account != account:  # another account may number its folders alike
            mailbox.folders.all().delete()
            Reading.objects.filter(pk=reading.pk).update(account=account)
    return Turn(mailbox, reading.fence)
