"""The digest goes out on Monday morning, once: from the member's own mailbox, to its own address.

As with every mail of ours, `begun_at` is committed right before the content goes over. A crash before it loses nothing,
a crash after it sends nothing twice: a digest that may have arrived is left at that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from fifthcall import clock
from fifthcall.channels.email.composing import one_line
from fifthcall.channels.email.mailboxes import mailbox_of
from fifthcall.channels.email.sending import pause
from fifthcall.channels.email.transport import deliver
from fifthcall.channels.email.wanting import message_id_of
from fifthcall.channels.models import Digest, Mailbox
from fifthcall.channels.trouble import NotLetIn, Refused, TryLater, Unknown
from fifthcall.failpoints import failpoint
from fifthcall.insights.digest import write
from fifthcall.journal.models import note_event
from fifthcall.rules.windows import instant, wall
from fifthcall.sealing import Unsealable, seal_for_address, unseal_from_address
from fifthcall.teams.models import Membership

log = logging.getLogger(__name__)
#: The member's wall time from which it goes out, until midnight; what could not go out then is left out.
FROM = time(7)
LEASE = timedelta(minutes=5)
AGAIN = timedelta(minutes=20)
_PURPOSE = "digest"


def send_digests(now: datetime, alive: Callable[[], bool] = lambda: True) -> int:
    """Send each member's digest that is due, as long as `alive`; how many were handed over."""
    sent = 0
    for member in _wanting():
        monday = due_on(member, now)
        if monday is None or not alive():
            continue
        try:
            sent += send(member, monday, now)
        except Exception:  # one that can't be sent never stops the others; its lease ends, and it comes up again
            log.exception("The digest of member %s could not be sent.", member.pk)
    return sent


def _wanting() -> list[Membership]:
    boxes = Mailbox.objects.filter(removed_at=None, paused_at=None).values("member")
    found = Membership.objects.filter(active=True, weekly_digest=True, pk__in=boxes)
    return list(found.select_related("workspace").order_by("id"))


def due_on(member: Membership, now: datetime) -> date | None:
    """The Monday whose digest is due at `now`, by the member's own clock; None on other days and before seven."""
    today = wall(now, member.zone).date()
    if today.weekday() != 0 or now < instant(datetime.combine(today, FROM), member.zone):
        return None
    return today


def send(member: Membership, monday: date, now: datetime) -> bool:
    """Send it, unless it was begun before or somebody else is at it; whether it was handed over."""
    mailbox = mailbox_of(member)
    held = claim(member, mailbox, monday, now) if mailbox else None
    if held is None or mailbox is None:
        return False
    failpoint("digest_claimed")
    mail = compose(member, mailbox, held.message_id, now)
    try:
        handed_over = deliver(mailbox, mail, mailbox.address, lambda: _begin(held, mailbox, clock.now()))
    except Unknown as error:
        _ours(held).update(why=str(error)[:300])
        return False
    except Refused as error:
        _ours(held).update(why=str(error)[:300], begun_at=held.begun_at or now)
        return False
    except (NotLetIn, TryLater) as error:
        if isinstance(error, NotLetIn):
            pause(mailbox.pk, str(error), clock.now())
        _ours(held).update(why=str(error)[:300], begun_at=None, claimed_until=None, due_at=now + AGAIN)
        return False
    if handed_over:
        _ours(held).update(sent_at=clock.now(), why="")
    return handed_over


def claim(member: Membership, mailbox: Mailbox, monday: date, now: datetime) -> Digest | None:
    """Make the week's digest ours until the lease ends; None when it was begun, isn't due yet, or is another's."""
    with transaction.atomic():
        message_id = message_id_of(f"digest:{member.pk}:{monday}", mailbox.address)
        new = {"message_id": message_id, "due_at": now, "created_at": now}
        row, _ = Digest.objects.get_or_create(member=member, monday=monday, defaults=new)
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        mine = Digest.objects.filter(free, pk=row.pk, begun_at=None, due_at__lte=now)
        if not mine.update(fence=F("fence") + 1, claimed_until=now + LEASE):
            return None
        return Digest.objects.get(pk=row.pk)


def _ours(held: Digest) -> QuerySet[Digest]:
    return Digest.objects.filter(pk=held.pk, fence=held.fence)


def _begin(held: Digest, mailbox: Mailbox, now: datetime) -> bool:
    """Mark, for good, that the content goes over now; False when they have said no meanwhile, or it is another's."""
    if not Mailbox.objects.filter(pk=mailbox.pk, removed_at=None, paused_at=None).exists():
        return False
    wanted = Membership.objects.filter(active=True, weekly_digest=True)
    return bool(_ours(held).filter(begun_at=None, member__in=wanted).update(begun_at=now))


def compose(member: Membership, mailbox: Mailbox, message_id: str, now: datetime) -> EmailMessage:
    """The mail (RFC 5322), said to be made by a machine (RFC 3834), with its way out (RFC 2369, RFC 8058)."""
    letter, way_out = write(member, now), stop_url(member)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Fifthcall", addr_spec=mailbox.address)
    mail["To"] = Address(one_line(member.name), addr_spec=mailbox.address)
    mail["Subject"] = one_line(letter.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-Unsubscribe"] = f"<{way_out}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    foot = "No more of these"
    mail.set_content(letter.as_text(f"{foot}: {way_out}"), charset="utf-8", cte="quoted-printable")
    mail.add_alternative(letter.as_html(foot, way_out), subtype="html", charset="utf-8", cte="quoted-printable")
    return mail


def stop_url(member: Membership) -> str:
    """Where the member says: no more of these. It never expires."""
    return f"{settings.URL}/digest/stop/{seal_for_address(str(member.pk).encode(), _PURPOSE)}/"


def member_of(token: str) -> Membership | None:
    """Whose way out it is."""
    try:
        pk = int(unseal_from_address(token, _PURPOSE))
    except (Unsealable, ValueError):
        return None
    return Membership.objects.filter(pk=pk).select_related("workspace").first()


def want(member: Membership, yes: bool, now: datetime) -> None:
    """Switch a member's digests on or off; saying the same twice is saying it once."""
    with transaction.atomic():
        if Membership.objects.filter(pk=member.pk, weekly_digest=not yes).update(weekly_digest=yes):
            note_event(member.workspace_id, member.pk, "digest_on" if yes else "digest_off", member, now)
