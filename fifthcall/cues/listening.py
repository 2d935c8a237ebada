"""Listening: every mail that came in is kept once, whatever happens on the way, and nothing changes on the server.

A batch of mails and how far the folder has been read are written in one transaction. A line that breaks, or a worker
that dies, costs at most the batch, which is fetched again; the digest makes what comes twice one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from fifthcall import clock
from fifthcall.channels.email.imap import Declined, Line, Listed, Opened, Waiting, connected
from fifthcall.channels.email.sending import pause
from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import NotLetIn, Trouble
from fifthcall.cues.digests import digest_of, digest_of_place
from fifthcall.cues.folders import INBOX, worth_reading
from fifthcall.cues.models import Folder, Received
from fifthcall.cues.sent_mail import keep_copies, look_for_uncertain
from fifthcall.cues.taking_turns import Turn, take_turn

log = logging.getLogger(__name__)
#: Mail that had come before is looked at this far back, when a mailbox is new or its folder was renumbered.
BACK = timedelta(days=14)
AT_A_TIME, BYTES_AT_A_TIME = 50, 4_000_000
#: Of a mail larger than this only the first part is read.
LARGEST, FIRST_PART = 25_000_000, 1_000_000
#: So often a mail is tried alone, then its headers once; then it is put aside without.
MOST_TRIES = 5
State = Received.State


@dataclass(frozen=True, slots=True)
class Found:
    """A mail as it was fetched; `why` what is missing of it."""

    waiting: Waiting
    digest: str
    raw: bytes
    why: str = ""
    state: str = State.NEW


def fetch(mailbox_id: int, now: datetime) -> int:
    """Keep what is new in the mailbox; how many mails. 0 also when it can't be read now, or somebody else reads it.

    On the same line, what we have sent is looked for among the sent mail, or put there.
    """
    mailbox = Mailbox.objects.filter(pk=mailbox_id, removed_at=None).exclude(imap_host="").first()
    turn = take_turn(mailbox, now) if mailbox else None
    if mailbox is None or turn is None:
        return 0
    try:
        with connected(mailbox) as line:
            folders = line.folders()
            _read_all(line, folders, turn, now)
            Mailbox.objects.filter(pk=mailbox.pk).update(read_at=now, read_problem="")
            look_for_uncertain(line, folders, mailbox, now)
            keep_copies(line, folders, turn, now)
    except NotLetIn as error:
        _note_trouble(mailbox, error)
        pause(mailbox.pk, str(error), now)
        turn.end(not_let_in_at=now)
    except Trouble as error:
        _note_trouble(mailbox, error)
        turn.end()
    else:
        turn.end(not_let_in_at=None)
    return turn.kept


def _note_trouble(mailbox: Mailbox, error: Trouble) -> None:
    log.warning("%s could not be read: %s", mailbox.address, error)
    Mailbox.objects.filter(pk=mailbox.pk).update(read_problem=str(error)[:300])


def _read_all(line: Line, folders: list[Listed], turn: Turn, now: datetime) -> None:
    mailbox = turn.mailbox
    since = min(mailbox.read_at or now, now) - BACK
    for name in worth_reading(folders):
        try:
            opened = line.open(name)
        except Declined:
            if name == INBOX:
                raise
            log.warning("%s: the folder %s can't be opened.", mailbox.address, name)
            continue
        _read_folder(line, turn, _folder(mailbox, name, opened), opened, since)


def _folder(mailbox: Mailbox, name: str, opened: Opened) -> Folder:
    """Where we are in the folder: at its beginning, when its numbers mean something else than they did."""
    folder, _ = Folder.objects.get_or_create(mailbox=mailbox, name=name[:255])
    if folder.uidvalidity != opened.uidvalidity:
        folder.uidvalidity, folder.last_uid, folder.tries = opened.uidvalidity, 0, 0
    return folder


def _read_folder(line: Line, turn: Turn, folder: Folder, opened: Opened, since: datetime) -> None:
    if opened.uidnext and opened.uidnext <= folder.last_uid + 1:
        return
    uids = line.newer(folder.last_uid, (since - timedelta(days=1)).date())  # a day: the server's date has its own zone
    waiting = [mail for mail in line.waiting(uids) if mail.came_at is None or mail.came_at >= since]
    for batch in _batches(waiting, alone=folder.tries > 0):
        try:
            found = _bring(line, turn, folder, batch)
        except Trouble:
            _move_on(turn, folder, folder.last_uid, folder.tries + 1, [])
            raise
        _move_on(turn, folder, batch[-1].uid, 0, found)
    if opened.uidnext > folder.last_uid + 1:
        _move_on(turn, folder, opened.uidnext - 1, 0, [])


def _batches(waiting: list[Waiting], alone: bool) -> Iterator[list[Waiting]]:
    """Runs of mails to fetch together, `AT_A_TIME` or `BYTES_AT_A_TIME` at most; one by one when there was trouble."""
    batch: list[Waiting] = []
    for mail in waiting:
        if batch and (
            alone or len(batch) == AT_A_TIME or sum(other.size for other in batch) + mail.size > BYTES_AT_A_TIME
        ):
            yield batch
            batch = []
        batch.append(mail)
    if batch:
        yield batch


def _bring(line: Line, turn: Turn, folder: Folder, batch: list[Waiting]) -> list[Found]:
    if folder.tries >= MOST_TRIES:
        return [_put_aside(line, folder, batch[0])]
    if len(batch) == 1 and batch[0].size > BYTES_AT_A_TIME:
        return [_in_parts(line, turn, batch[0])]
    raws = line.bring([mail.uid for mail in batch])
    return [Found(mail, digest_of(raws[mail.uid]), raws[mail.uid]) for mail in batch if mail.uid in raws]


def _in_parts(line: Line, turn: Turn, mail: Waiting) -> Found:
    """A large mail, part by part, so that our turn doesn't end meanwhile; of a huge one the first part only."""
    raw = b""
    while len(raw) <= LARGEST:
        part = line.bring([mail.uid], f"[]<{len(raw)}.{FIRST_PART}>").get(mail.uid, b"")
        raw += part
        if len(part) < FIRST_PART:
            return Found(mail, digest_of(raw), raw)
        if mail.size > LARGEST:
            break
        turn.hold(clock.now())
    raw = raw[:FIRST_PART]
    return Found(mail, digest_of(raw), raw, why=f"Only its beginning was read: it has {mail.size / 1e6:.0f} MB.")


def _put_aside(line: Line, folder: Folder, mail: Waiting) -> Found:
    """A mail that can't be fetched however often we try: its headers if they can be had, and on with the next."""
    raw = line.bring([mail.uid], "[HEADER]").get(mail.uid, b"") if folder.tries == MOST_TRIES else b""
    digest = digest_of(raw) if raw else digest_of_place(folder.name, folder.uidvalidity, mail.uid)
    return Found(mail, digest, raw, "The mail server would not hand this mail over.", State.QUARANTINED)


def _move_on(turn: Turn, folder: Folder, last_uid: int, tries: int, found: list[Found]) -> None:
    """One transaction: our turn still holds, the mails are kept, the folder is read so far."""
    now = clock.now()
    rows = {
        mail.digest: Received(
            workspace_id=turn.mailbox.workspace_id,
            mailbox_id=turn.mailbox.pk,
            digest=mail.digest,
            raw=mail.raw,
            folder=folder.name,
            came_at=mail.waiting.came_at or now,
            fetched_at=now,
            state=mail.state,
            why=mail.why,
        )
        for mail in reversed(found)
    }
    folder.last_uid, folder.tries = last_uid, tries
    with transaction.atomic():
        turn.hold(now)
        known = Received.objects.filter(mailbox_id=turn.mailbox.pk, digest__in=rows)
        for digest in known.values_list("digest", flat=True):
            del rows[digest]
        Received.objects.bulk_create(reversed(rows.values()), ignore_conflicts=True)
        folder.save(update_fields=["uidvalidity", "last_uid", "tries"])
    turn.kept += len(rows)
