"""Steps whose window has passed flow to later blocks, the worthiest first; nothing piles up, nothing is lost."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import QuerySet

from fifthcall.journal.models import note_event
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import NEXT_COLUMNS, RELATED, place
from fifthcall.pipeline.room import Room
from fifthcall.teams.models import Membership, Workspace

log = logging.getLogger(__name__)
PIECE = 200
#: Times of which a single count tells; after a long standstill the latest.
MOST_TIMES = 500
#: A row that can't be decided must not stop the line: it comes up again later.
PUSHED_FORWARD = timedelta(hours=1)


def flow_on(now: datetime, owner_id: int | None = None) -> int:
    """Decide again for every step whose window ended by `now` (of one owner, or of all); how many flowed on."""
    slipped = Opportunity.objects.filter(next_until__lte=now, next_due_at__lte=now)
    if owner_id is not None:
        slipped = slipped.filter(owner_id=owner_id)
    _count(slipped, now)
    return _in_pieces(slipped, now)


def _count(slipped: QuerySet[Opportunity], now: datetime) -> None:
    """What its owner did not get to is counted, by when it had been due; the week shows it at the block (B2).

    The latest are named too (`steps`: opportunity ids, the latest due last), for whoever asks which they were.
    """
    due = slipped.exclude(owner=None).values_list("workspace_id", "owner_id", "next_due_at")
    counts: dict[tuple[int, int | None], dict[str, int]] = {}
    for workspace_id, owner, at, times in due.annotate(times=models.Count("id")).order_by("next_due_at"):
        if at:
            counts.setdefault((workspace_id, owner), {})[at.isoformat()] = times
    for (workspace_id, owner), mine in counts.items():
        latest = dict(list(mine.items())[-MOST_TIMES:])
        late = slipped.filter(workspace_id=workspace_id, owner_id=owner).order_by("-next_due_at", "-id")
        steps = list(late.values_list("id", flat=True)[:MOST_TIMES])[::-1]
        said = {"due": latest, "count": sum(mine.values()), "steps": steps}
        note_event(workspace_id, None, "slipped", Membership(pk=owner), now, **said)


def plan_again(owner_id: int | None, now: datetime, workspace_id: int) -> int:
    """Pour all of an owner's steps that are bound to no agreed time into their blocks anew, the worthiest first."""
    soft = Opportunity.objects.filter(
        workspace_id=workspace_id, owner_id=owner_id, next_due_at__isnull=False, next_firm=False
    )
    return _in_pieces(soft, now)


def decide_again(rows: QuerySet[Opportunity], now: datetime) -> int:
    """Decide these again after a change of the rules, agreed times too, the worthiest first; how many changed."""
    return _in_pieces(rows, now)


def go_on_deciding(now: datetime) -> int:
    """Whole workspaces whose rules have changed, a piece at a time; a stopped worker goes on where it was."""
    changed = 0
    for pk, start in Workspace.objects.filter(decide_again_from__isnull=False).values_list("pk", "decide_again_from"):
        with transaction.atomic():
            rows = Opportunity.objects.filter(workspace_id=pk, next_due_at__isnull=False, pk__gte=start)
            ids = list(rows.order_by("id").values_list("id", flat=True)[:PIECE])
            changed += _piece(ids, now, Room(but=ids))
            onward = ids[-1] + 1 if len(ids) == PIECE else None
            Workspace.objects.filter(pk=pk, decide_again_from=start).update(decide_again_from=onward)
    return changed


def _in_pieces(rows: QuerySet[Opportunity], now: datetime) -> int:
    ids = list(rows.order_by("next_rank", "id").values_list("id", flat=True))
    room = Room(but=ids)
    return sum(_piece(ids[at : at + PIECE], now, room) for at in range(0, len(ids), PIECE))


def _piece(ids: list[int], now: datetime, room: Room) -> int:
    flowed = 0
    with transaction.atomic():
        rows = Opportunity.objects.filter(pk__in=ids).select_related(*RELATED)
        for opportunity in sorted(rows, key=lambda row: (row.next_rank, row.pk)):
            try:
                place(opportunity, now, room=room)
            except Exception as error:
                log.exception("Opportunity %s could not be decided; it is pushed forward.", opportunity.pk)
                opportunity.next_due_at, opportunity.next_until = now + PUSHED_FORWARD, now + 2 * PUSHED_FORWARD
                note_event(opportunity.workspace_id, None, "not_decided", opportunity, now, problem=str(error)[:200])
            values = {column: getattr(opportunity, column) for column in NEXT_COLUMNS}
            flowed += Opportunity.objects.filter(pk=opportunity.pk, version=opportunity.version).update(
                **values, version=opportunity.version + 1
            )
    return flowed
