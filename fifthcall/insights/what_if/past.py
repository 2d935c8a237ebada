"""The past year as a market: the opportunities as they came in, with today's reps and blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from fifthcall.insights.what_if.market import Market, Prospect, Rep
from fifthcall.insights.what_if.measured import came_in
from fifthcall.insights.what_if.trying import MOST_OPPORTUNITIES
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED, blocks_of, case_of, rank_of
from fifthcall.rules.case import Block, Case, Kind, Status
from fifthcall.rules.windows import instant, wall
from fifthcall.teams.models import Membership

#: So far back a block's series is taken to begin: a whole number of weeks, so that every second one stays that.
_EARLIER = timedelta(weeks=104)


def past(member: Membership, now: datetime, most: int = MOST_OPPORTUNITIES) -> Market | None:
    """What came in within the last year and has an owner, the latest `most`, from its first day until now; None where
    nothing did. Their owners' blocks are today's.
    """
    found = came_in(member, now).filter(owner__isnull=False)
    rows = list(found.select_related(*RELATED).order_by("-created_at", "-id")[:most])[::-1]
    if not rows:
        return None
    owners = {row.owner.pk: row.owner for row in rows if row.owner}
    places = {pk: number for number, pk in enumerate(sorted(owners))}
    reps = [Rep(owners[pk].name, owners[pk].zone, _todays(owners[pk], now)) for pk in places]
    zone = member.workspace.zone
    since = instant(datetime.combine(wall(rows[0].created_at, zone).date(), time()), zone)
    prospects = []
    for row in rows:
        assert row.owner_id
        place = places[row.owner_id]
        case = _as_it_came(row, now, reps[place].blocks)
        rank = rank_of(row, case, Kind.CALL, row.created_at)
        prospects.append(Prospect(place, case, rank, row.person_id or 0, row.organization_id or 0))
    return Market(tuple(reps), tuple(prospects), since, now, zone, made=False, left_out=found.count() - len(rows))


def _as_it_came(row: Opportunity, now: datetime, blocks: tuple[Block, ...]) -> Case:
    """Open and without a touch. Whoever has said stop since is left alone here too (D5)."""
    case = case_of(row, now, (), blocks)
    known = case.last_contact_at
    return replace(
        case,
        status=Status.OPEN,
        meeting=None,
        planned_on=None,
        last_contact_at=known if known and known <= row.created_at else None,
    )


def _todays(member: Membership, now: datetime) -> tuple[Block, ...]:
    """The blocks as they stand today, as if they had always stood there: single moves and absences left out."""
    today = wall(now, member.zone).date()
    return tuple(
        replace(block, since=block.since - _EARLIER if block.rule and block.since else None, moved=(), away=())
        for block in blocks_of(member.pk, member.zone)
        if block.until is None or block.until >= today
    )
