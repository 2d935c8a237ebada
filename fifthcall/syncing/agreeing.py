"""Bringing both calendars in line: what was moved on one side moves on the other; what was moved on both is asked.

Each entry is compared three ways: as it is here, as it is there, and as it was when both last agreed. An entry is
written before we note that it was: after a crash in between it is found there under its own name and taken on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import quote, urlsplit

from django.db import transaction
from django.db.models import F, Q

from fifthcall import clock
from fifthcall.calendars.models import Appointment, Busy
from fifthcall.channels.trouble import Refused, Trouble, Unknown
from fifthcall.failpoints import failpoint
from fifthcall.journal.models import note_event
from fifthcall.pipeline.moving_blocks import CannotMove, move_one
from fifthcall.pipeline.settle import NotVisible
from fifthcall.rules.case import Meeting
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment
from fifthcall.sealing import Unsealable
from fifthcall.syncing.caldav import Changed, Client, Entry
from fifthcall.syncing.entries import Ours, Theirs, moved_text, ours_of, read, text_for
from fifthcall.syncing.models import Account, Item
from fifthcall.teams.models import Membership
from fifthcall.touches import booking
from fifthcall.touches.draft import Incomplete

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=5)
AFTER_TROUBLE = timedelta(minutes=15)
LEASE = timedelta(minutes=5)
#: Theirs that recur are worked out anew so often.
ANEW = timedelta(days=7)
Asks = Item.Asks


def sync_due(now: datetime) -> int:
    """Bring the calendars in line whose turn it is; how many."""
    due = Account.objects.filter(removed_at=None, due_at__lte=now).order_by("due_at", "id")
    return sum(sync(pk, now) for pk in due.values_list("pk", flat=True)[:50])


def sync(pk: int, now: datetime) -> bool:
    """Bring one calendar in line, unless another worker does; whether it was. What went wrong stands on the account."""
    free = Account.objects.filter(Q(claimed_until=None) | Q(claimed_until__lte=now), pk=pk, removed_at=None)
    if not free.update(claimed_until=now + LEASE, fence=F("fence") + 1):
        return False
    account = Account.objects.select_related("member__workspace").get(pk=pk)
    problem, done = "", False
    try:
        with Client(account.url, account.username, account.password()) as client:
            problem = "; ".join(_agree(client, account, now))
        done = True
    except (Trouble, Unknown) as error:
        problem = str(error)
    except Unsealable:
        problem = "Its password can’t be read any more: enter it again."
    except Changed:
        problem = "It was changed while we looked."
    except Exception:
        log.exception("Calendar %s could not be synced.", pk)
        problem = "Something is wrong with it; it is tried again."
    later = {"due_at": now + (EVERY if done else AFTER_TROUBLE), "problem": problem[:300], "claimed_until": None}
    if done:
        later["synced_at"] = now
    Account.objects.filter(pk=pk, fence=account.fence).update(**later)
    return done


def _agree(client: Client, account: Account, now: datetime) -> list[str]:
    """Both ways, theirs first; what could not be done, in words."""
    versions = client.versions()
    items = {item.href: item for item in Item.objects.filter(account=account)}
    stale = [path for path, etag in versions.items() if path not in items or _stale(items[path], etag, now)]
    notes: list[str] = []
    ours = ours_of(account.member, now)
    for entry in client.read(stale):
        notes += _take(account, items.get(entry.href), entry, ours, now)
    for path, item in items.items():
        if path not in versions:
            _gone(account, item, ours, now)
    return notes + _give(client, account, now)


def _stale(item: Item, etag: str, now: datetime) -> bool:
    return item.etag != etag or (item.read_again_at is not None and item.read_again_at <= now)


def _take(account: Account, item: Item | None, entry: Entry, ours: dict[str, Ours], now: datetime) -> list[str]:
    """What is new or changed there."""
    theirs = read(entry.text, account.member.zone, now)
    if item is None:
        mine = next((one for one in ours.values() if theirs and one.uid == theirs.uid), None)
        if mine and Item.objects.filter(account=account, mark=mine.mark).exists():
            mine = None  # a copy of it, under another name
        item = Item(account=account, href=entry.href, mark=mine.mark if mine else "")
        if mine and theirs:  # written before we could note it
            item.starts_at, item.until = theirs.times
    if not item.mark or theirs is None:
        _keep_theirs(account, item, entry, theirs, now)
        return []
    own = ours.get(item.mark)
    if own is None:  # called off here, and changed there: it is theirs from now on
        item.mark = ""
        _keep_theirs(account, item, entry, theirs, now)
        return []
    return _both(account, item, entry, own, theirs, now)


def _keep_theirs(account: Account, item: Item, entry: Entry, theirs: Theirs | None, now: datetime) -> None:
    """Somebody else's entry: it keeps its time free, and is never changed."""
    nowhere = datetime(2000, 1, 1, tzinfo=UTC)
    with transaction.atomic():
        item.uid, item.title, item.etag = (theirs.uid if theirs else ""), (theirs.title if theirs else ""), entry.etag
        item.starts_at, item.until = theirs.times if theirs else (nowhere, nowhere)
        item.read_again_at = now + ANEW if theirs and theirs.recurs else None
        item.asks = Asks.NOTHING
        item.save()
        source = f"{account.pk}:{item.href}"
        Busy.objects.filter(source=source).delete()
        takes = theirs.takes if theirs else ()
        Busy.objects.bulk_create(
            Busy(member=account.member, source=source, starts_at=start, until=until) for start, until in takes
        )


def _both(account: Account, item: Item, entry: Entry, own: Ours, theirs: Theirs, now: datetime) -> list[str]:
    """An entry of ours that was changed there."""
    agreed = item.starts_at, item.until
    item.uid, item.title, item.etag = theirs.uid, theirs.title, entry.etag
    if item.asks == Asks.MOVED_BOTH:
        item.there_from, item.there_until = theirs.times
    elif theirs.times == agreed:
        pass
    elif own.times == agreed:
        return _move_here(account, item, own, theirs, now)
    elif own.times == theirs.times:
        item.starts_at, item.until = theirs.times
    else:
        item.asks, item.there_from, item.there_until = Asks.MOVED_BOTH, *theirs.times
    item.save()
    return []


def _move_here(account: Account, item: Item, own: Ours, theirs: Theirs, now: datetime) -> list[str]:
    """It was moved there alone: move it here by its own verb, or say why not and put it back."""
    item.starts_at, item.until = theirs.times
    try:
        with transaction.atomic():
            move(account.member, own, theirs.times, now)
            item.save()
    except (Incomplete, CannotMove, NotVisible) as error:
        item.save()  # as it stands there: since ours differs, it is put back
        why = str(error) or "it isn't yours to move"
        return [f"“{own.title}” of {moment(wall(own.starts_at, account.member.zone))} stays: {why}"]
    return []


def move(member: Membership, own: Ours, to: tuple[datetime, datetime], now: datetime) -> None:
    """Move one of ours to other times. Raises Incomplete, CannotMove or NotVisible when it can't be."""
    start, until = to
    if own.kind == "meeting":
        row = Appointment.objects.get(pk=int(own.mark.partition(":")[2]))
        booking.book(row.opportunity_id, member, Meeting(start, until, row.zone), now)
    elif own.kind == "block":
        _, pk, on = own.mark.split(":")
        here = wall(start, member.zone), wall(until, member.zone)
        move_one(int(pk), member, datetime.fromisoformat(on).date(), *here, now)
    else:
        raise Incomplete("day", "they were told that time; call and agree on another.")


def _gone(account: Account, item: Item, ours: dict[str, Ours], now: datetime) -> None:
    """It isn't there any more: a meeting is asked about, a block or a promise is put back."""
    own = ours.get(item.mark)
    if own and own.kind == "meeting":
        item.asks, item.etag = Asks.DELETED, ""
        item.save(update_fields=["asks", "etag"])
        return
    with transaction.atomic():
        Busy.objects.filter(source=f"{account.pk}:{item.href}").delete()
        item.delete()
        if own:
            note_event(account.member.workspace_id, None, "put_back", account, now, what=own.mark)


def _give(client: Client, account: Account, now: datetime) -> list[str]:
    """What is new, moved or gone here; what the server would not take, in words."""
    notes: list[str] = []
    ours = ours_of(account.member, now)
    items = {item.mark: item for item in Item.objects.filter(account=account).exclude(mark="")}
    for mark, own in ours.items():
        item = items.get(mark)
        if item is None:
            notes += _one(own.title, partial(_write_new, client, account, own, now))
        elif not item.asks and own.times != (item.starts_at, item.until):
            notes += _one(own.title, partial(_write_moved, client, item, own, now))
    for mark, item in items.items():
        if mark in ours:
            continue
        if item.asks or item.until > now:
            notes += _one(item.title, partial(_take_away, client, item))
        else:  # over: it stays there, as what has been
            Item.objects.filter(pk=item.pk).update(mark="")
    return notes


def _one(title: str, what: Callable[[], object]) -> list[str]:
    """One entry; whoever was faster is heard the next time, and an entry that is refused holds up no other."""
    try:
        what()
    except Changed:
        log.info("An entry was changed while we wrote it.")
    except Refused as refused:
        return [f"“{title}” could not be written there: {refused}"]
    return []


def _take_away(client: Client, item: Item) -> None:
    client.delete(item.href, item.etag)
    item.delete()


def _write_new(client: Client, account: Account, own: Ours, now: datetime) -> None:
    path = f"{urlsplit(account.url).path.rstrip('/')}/{quote(own.uid)}.ics"
    etag = client.write(path, text_for(own, now), "")
    failpoint("calendar_written")
    Item.objects.create(
        account=account,
        mark=own.mark,
        uid=own.uid,
        href=path,
        etag=etag,
        title=own.title,
        starts_at=own.starts_at,
        until=own.until,
    )


def _write_moved(client: Client, item: Item, own: Ours, now: datetime) -> None:
    found = client.read([item.href])
    if not found or (item.etag and found[0].etag != item.etag):
        raise Changed
    there = found[0]
    item.etag = client.write(item.href, moved_text(there.text, own, now), there.etag)
    failpoint("calendar_moved")
    item.starts_at, item.until = own.times
    item.save(update_fields=["etag", "starts_at", "until"])


def asked(member: Membership) -> list[Item]:
    """What the member has to decide, the nearest first."""
    rows = Item.objects.filter(account__member=member, account__removed_at=None).exclude(asks=Asks.NOTHING)
    return list(rows.select_related("account").order_by("starts_at", "id"))


def decide(item: Item, member: Membership, there: bool, now: datetime) -> None:
    """`there`: what the other calendar says holds, else what stands here. Raises Incomplete, CannotMove, NotVisible."""
    own = ours_of(member, now).get(item.mark)
    with transaction.atomic():
        if item.asks == Asks.DELETED:
            if there and own:
                row = Appointment.objects.get(pk=int(item.mark.partition(":")[2]))
                booking.call_off(row.opportunity_id, member, now)
            item.delete()  # not there: it is written anew
        elif item.asks == Asks.MOVED_BOTH and item.there_from and item.there_until:
            item.starts_at, item.until = item.there_from, item.there_until
            if there and own:
                move(member, own, (item.there_from, item.there_until), now)
            item.asks, item.there_from, item.there_until = Asks.NOTHING, None, None
            item.save()
        Account.objects.filter(pk=item.account_id).update(due_at=clock.now())
