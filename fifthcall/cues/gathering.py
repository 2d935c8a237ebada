"""Hits from the spool into the database, each once; then who it was, and what follows from a person's (E2)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q

from fifthcall.channels.models import Link, Message
from fifthcall.cues import hits, spool
from fifthcall.cues.arrivals import announce
from fifthcall.cues.models import Hit, Presence, Spool
from fifthcall.rules.case import Channel
from fifthcall.touches.log import record

log = logging.getLogger(__name__)
OUTCOMES = {hits.What.OPEN: "opened", hits.What.CLICK: "clicked"}
#: The same again within this time is the same interest.
ONCE_AN = timedelta(hours=1)
#: Where one of us worked counts as ours for so long.
PRESENT = timedelta(days=30)
#: A browser in which they were seen is known again for so long.
KNOWN = timedelta(days=60)
AT_A_TIME = 2000
#: Files read to their end, with their size: looked at again when they have grown. Only spares the database a question.
_finished: dict[str, int] = {}


def gather(now: datetime) -> int:
    """Keep what came in since, and judge what can be judged; how many hits were kept."""
    kept = sum(_read(path, now) for path in spool.pending())
    judge(now)
    return kept


def _read(path: Path, now: datetime) -> int:
    """Keep the file's new lines and how far it was read, in one transaction. A file that is done is removed."""
    try:
        stat = path.stat()
        size, idle = stat.st_size, now.timestamp() - stat.st_mtime
    except FileNotFoundError:  # another worker was faster
        return 0
    if _finished.get(path.name) == size and idle <= spool.DONE_AFTER:
        return 0
    if Spool.objects.filter(name=path.name, offset=size).exists():
        _finished[path.name] = size
        if idle > spool.DONE_AFTER:
            path.unlink(missing_ok=True)
            Spool.objects.filter(name=path.name).delete()
            _finished.pop(path.name, None)
        return 0
    with transaction.atomic():
        Spool.objects.get_or_create(name=path.name, defaults={"read_at": now})
        place = Spool.objects.select_for_update().get(name=path.name)
        lines, offset = spool.read_from(path, place.offset)
        if offset == place.offset and idle > spool.DONE_AFTER:
            offset = size  # a torn end that nobody will complete
        made = _keep(lines, now)
        place.offset, place.read_at = offset, now
        place.save(update_fields=["offset", "read_at"])
    return made


def _keep(lines: list[dict[str, Any]], now: datetime) -> int:
    _keep_presences([line for line in lines if "here" in line], now)
    found = [line for line in lines if "h" in line]
    links = {
        link.handle: link
        for link in Link.objects.filter(handle__in={line["h"] for line in found}).select_related("message")
    }
    rows = [_row(line, links[line["h"]]) for line in found if line["h"] in links]
    ours = _presences({row.link.message.workspace_id for row in rows}, now)
    for row, line in rows_with(rows, found, links):
        space = row.link.message.workspace_id
        if (space, line.get("session", "")) in ours:
            row.own = "session"
        elif (space, row.address) in ours:
            row.own = "address"
    Hit.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def rows_with(rows: list[Hit], lines: list[dict[str, Any]], links: dict[str, Link]) -> list[tuple[Hit, dict[str, Any]]]:
    return list(zip(rows, [line for line in lines if line["h"] in links], strict=True))


def _row(line: dict[str, Any], link: Link) -> Hit:
    return Hit(
        link=link,
        message_id=link.message_id,
        at=datetime.fromisoformat(line["t"]),
        method=str(line.get("m", ""))[:8],
        agent=str(line.get("ua", ""))[:300],
        address=str(line.get("a", ""))[:32],
        network=str(line.get("n", ""))[:60],
        said={str(name): str(value)[:40] for name, value in line.get("said", {}).items()},
    )


def _keep_presences(lines: list[dict[str, Any]], now: datetime) -> None:
    if not lines:
        return
    Presence.objects.filter(seen_at__lt=now - PRESENT).delete()
    places = {(line["here"], digest): kind for line in lines for kind, digest in line["at"].items() if digest}
    Presence.objects.bulk_create(
        [
            Presence(workspace_id=space, digest=digest, kind=kind, seen_at=now)
            for (space, digest), kind in places.items()
        ],
        update_conflicts=True,
        unique_fields=["workspace", "digest"],
        update_fields=["seen_at"],
    )


def _presences(spaces: set[int], now: datetime) -> set[tuple[int, str]]:
    rows = Presence.objects.filter(workspace_id__in=spaces, seen_at__gt=now - PRESENT)
    return set(rows.values_list("workspace_id", "digest"))


def judge(now: datetime) -> int:
    """Say of the hits that are not judged yet who it was, where it can be said; how many."""
    waiting = Hit.objects.filter(sort="")
    fresh = waiting.filter(Q(judged_at=None) | Q(at__lte=now - hits.SETTLED)).order_by("id")
    judged = 0
    for message in Message.objects.filter(pk__in=set(fresh.values_list("message_id", flat=True)[:AT_A_TIME])):
        try:
            judged += _judge_mail(message, list(waiting.filter(message=message).select_related("link")), now)
        except Exception:  # one mail's hits never stop the others'
            log.exception("The hits of message %s could not be judged.", message.pk)
    return judged


def _judge_mail(message: Message, waiting: list[Hit], now: datetime) -> int:
    first, last = min(hit.at for hit in waiting), max(hit.at for hit in waiting)
    around = (first - hits.SAME_TIME, last + hits.SAME_TIME)
    facts = {hit.pk: _fact(hit) for hit in message.hits.filter(at__range=around).select_related("link")}
    mail = hits.Mail(
        sent_at=message.sent_at or message.begun_at or message.created_at,
        links=message.links.filter(kind=Link.Kind.LINK).count(),
        hits=tuple(facts.values()),
        now=now,
        known=_known(message, now),
    )
    judged = 0
    for row in waiting:
        found = hits.verdict(facts[row.pk], mail) if row.pk in facts else None
        if found:
            judged += _say(row, message, found, now)
    # Looked at, and left for what may still come with them.
    Hit.objects.filter(pk__in=[row.pk for row in waiting], judged_at=None).update(judged_at=now)
    return judged


def _known(message: Message, now: datetime) -> frozenset[tuple[str, str]]:
    if message.person_id is None:
        return frozenset()
    seen = Hit.objects.filter(message__person=message.person_id, sort=hits.Sort.PERSON, at__gt=now - KNOWN)
    return frozenset(seen.exclude(address="").values_list("address", "agent").distinct()[:200])


def _fact(row: Hit) -> hits.Hit:
    said = row.said
    return hits.Hit(
        what=hits.What(row.link.kind),
        link=row.link_id,
        at=row.at,
        method=row.method,
        agent=row.agent,
        address=row.address,
        network=row.network,
        own=row.own,
        language="language" in said,
        mode=said.get("mode", ""),
        dest=said.get("dest", ""),
        site=said.get("site", ""),
        user="user" in said,
        purpose=said.get("purpose", ""),
        encrypted="encrypted" in said,
        sort=row.sort,
    )


def _say(row: Hit, message: Message, found: hits.Verdict, now: datetime) -> bool:
    """Write the verdict down, once. A person's signal becomes a touch: the call moves to now."""
    with transaction.atomic():
        said = {"sort": found.sort.value, "evidence": list(found.evidence), "judged_at": now}
        if not Hit.objects.filter(pk=row.pk, sort="").update(**said):
            return False
        if found.sort is hits.Sort.PERSON and not _said_already(row, message):
            outcome = OUTCOMES[hits.What(row.link.kind)]
            note = " ".join(filter(None, (row.link.target, *found.evidence)))
            touch = record(message.opportunity_id, outcome, row.at, now, Channel.EMAIL, note=note)
            Hit.objects.filter(pk=row.pk).update(touch=touch)
            announce(touch, now)
    return True


def _said_already(row: Hit, message: Message) -> bool:
    """Whether the same interest was noted within the hour: the same link, or for an open anything of this mail."""
    lately = message.hits.filter(at__gt=row.at - ONCE_AN, at__lte=row.at, touch__isnull=False)
    return (lately.filter(link=row.link_id) if row.link.kind == Link.Kind.LINK else lately).exists()
