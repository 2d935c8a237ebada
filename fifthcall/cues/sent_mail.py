"""What lies among the sent mail: the proof that an uncertain message has gone out, and copies of what we have sent."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from fifthcall import clock
from fifthcall.channels.email.composing import compose
from fifthcall.channels.email.imap import Declined, Line, Listed, connected
from fifthcall.channels.email.sending import confirm
from fifthcall.channels.models import Mailbox, Message
from fifthcall.channels.trouble import Trouble
from fifthcall.cues.folders import INBOX, sent_folder
from fifthcall.cues.taking_turns import Turn

log = logging.getLogger(__name__)
#: So long an uncertain message is looked for, and a copy tried.
A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)
AT_A_TIME = 50
#: They put a copy of what is sent through them among the sent mail by themselves.
_COPYING = ("gmail.com", "googlemail.com", "office365.com", "outlook.com", "hotmail.com", "live.com")


def find_in_sent(message: Message) -> bool | None:
    """Whether its copy lies among the mailbox's sent mail; None when nobody can look. False proves nothing: not every
    server keeps a copy.
    """
    if not message.mailbox.imap_host:
        return None
    try:
        with connected(message.mailbox) as line:
            return _found(line, line.folders(), message)
    except Trouble as error:
        log.warning("%s could not be looked for: %s", message.message_id, error)
        return None


def look_for_uncertain(line: Line, folders: Sequence[Listed], mailbox: Mailbox, now: datetime) -> int:
    """Confirm the uncertain messages whose copy is found; how many. The others stay as they are and are looked for
    again, less and less often, for a day. Nothing is ever sent from here. Raises Trouble.
    """
    wanted = mailbox.messages.filter(state=Message.State.UNCERTAIN, begun_at__gt=now - A_DAY)
    found = 0
    for message in wanted.filter(Q(look_at=None) | Q(look_at__lte=now)).order_by("id")[:AT_A_TIME]:
        if _found(line, folders, message):
            confirm(message.pk, now)
            found += 1
        else:
            since = now - (message.begun_at or now)
            Message.objects.filter(pk=message.pk).update(look_at=now + max(since, A_MINUTE))
    return found


def keep_copies(line: Line, folders: Sequence[Listed], turn: Turn, now: datetime) -> int:
    """Put what we have sent among the sent mail, where the server doesn't; how many copies. One that lies there is not
    doubled. Raises Trouble when the line breaks: it is tried again for a day.
    """
    mailbox, sent = turn.mailbox, sent_folder(folders)
    if not sent or not we_keep_copies(mailbox):
        return 0
    wanted = mailbox.messages.filter(state=Message.State.SENT, copied_at=None, sent_at__gt=now - A_DAY)
    kept = 0
    for message in wanted.select_related("workspace").order_by("sent_at")[:AT_A_TIME]:
        turn.hold(clock.now())
        try:
            if not _found(line, folders, message):
                line.append(sent, _copy_of(message, mailbox), message.sent_at or now)
                kept += 1
        except Declined as error:  # the folder is full, say: the next one may be smaller
            log.warning("No copy of %s among the sent mail: %s", message.message_id, error)
            continue
        Message.objects.filter(pk=message.pk).update(copied_at=now)
    return kept


def we_keep_copies(mailbox: Mailbox) -> bool:
    """Whether copies are ours to make; by default where we know of no provider that makes them."""
    if mailbox.copies != Mailbox.Copies.AUTO:
        return mailbox.copies == Mailbox.Copies.OURS
    hosts = "" if mailbox.provider else mailbox.smtp_host.lower()
    return not any(hosts == host or hosts.endswith(f".{host}") for host in _COPYING)


def _copy_of(message: Message, mailbox: Mailbox) -> bytes:
    """As it went out, but untracked: looking at one's own sent mail is nobody's interest."""
    message.tracked = False
    mail = compose(message, mailbox, message.workspace.postal_address, message.sent_at or message.wanted_at)
    return mail.as_bytes()


def _found(line: Line, folders: Sequence[Listed], message: Message) -> bool:
    sent = sent_folder(folders)
    everything = next((folder.name for folder in folders if "\\all" in folder.flags), None)
    for name in dict.fromkeys([sent, INBOX, everything]):
        if not name:
            continue
        try:
            line.open(name)
            if line.holds(message.message_id):
                return True
        except Declined:
            continue
    return False
