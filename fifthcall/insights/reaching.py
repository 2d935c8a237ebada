"""B3: when calls reach people: by follow-up block, and by hour and weekday on the prospect's clock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from fifthcall.calendars.models import Block
from fifthcall.insights.kept import sums
from fifthcall.insights.pooling import Prior, prior_of
from fifthcall.insights.trails import CALLS, HOURS, TEAM_HOURS
from fifthcall.journal.models import Event, note_event
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.moving_blocks import Shape, move_following
from fifthcall.pipeline.week import occurrences
from fifthcall.rules.case import Channel
from fifthcall.rules.outcomes import CONNECTS
from fifthcall.rules.windows import wall
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score, difference

#: What is older says little of how people can be reached now.
BACK = timedelta(days=365)
#: Calls that a block and the hours proposed instead must have had, each.
ENOUGH = 60
#: Hours of the day (the rep's) that a block may be proposed for.
FIRST, LAST = 7, 20
#: A proposal that was turned down isn't made again for so long.
REST = timedelta(days=60)
#: The latest calls of one member that are looked at.
MOST = 20_000


def calls_of(workspace_id: int, now: datetime) -> QuerySet[Touch]:
    """Calls of the last year that tried to reach somebody, without those taken back."""
    return Touch.standing().filter(
        workspace=workspace_id,
        channel=Channel.CALL.value,
        outcome__in=CALLS,
        at__gt=now - BACK,
        at__lte=now,
    )


def seen_by(member: Membership, now: datetime) -> QuerySet[Touch]:
    """Those that `member` may see: their own, for who leads everybody's."""
    calls = calls_of(member.workspace_id, now)
    return calls if member.leads else calls.filter(member=member)


def _months(now: datetime) -> set[str]:
    """This month and the eleven before it, as "2026-11"."""
    last = now.year * 12 + now.month - 1
    return {f"{month // 12}-{month % 12 + 1:02}" for month in range(last - 11, last + 1)}


def by_hour(member: Membership, now: datetime) -> dict[tuple[int, int], Score]:
    """(weekday, hour) on the prospect's clock → calls of twelve months, and those that reached somebody."""
    months, found = _months(now), defaultdict[tuple[int, int], Score](Score)
    for (month, place), (tried, reached, _, _) in sums(member, TEAM_HOURS if member.leads else HOURS).items():
        if month in months:
            found[divmod(place, 24)] += Score(reached, tried)
    return dict(found)


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of the week: how often it was tried, and the rate drawn towards the mean of all hours, 0 to 1."""

    weekday: int
    hour: int
    score: Score
    rate: float
    low: float
    high: float


def week_of_cells(scores: dict[tuple[int, int], Score]) -> tuple[Prior, list[Cell]]:
    """A cell for every hour that was ever tried, and the mean that they are drawn towards."""
    prior = prior_of(scores.values())
    found = []
    for (weekday, hour), score in sorted(scores.items()):
        shown = prior.shown(score)
        found.append(Cell(weekday, hour, score, prior.rate(score), shown.low, shown.high))
    return prior, found


def calls_at(member: Membership, weekday: int, hour: int, now: datetime, most: int = 200) -> list[Touch]:
    """The latest calls at an hour of the prospect's week."""
    months = _months(now)
    rows = seen_by(member, now).exclude(prospect_zone="").select_related("opportunity", "person", "member")
    found: list[Touch] = []
    for touch in rows.order_by("-at", "-id")[:MOST].iterator(2000):
        local = wall(touch.at, touch.prospect_zone)
        if (local.weekday(), local.hour) == (weekday, hour) and f"{local:%Y-%m}" in months:
            found.append(touch)
            if len(found) == most:
                break
    return found


def _own_calls(member: Membership, now: datetime) -> list[tuple[datetime, bool]]:
    """The member's own latest calls on their own clock (naive), and whether they reached somebody."""
    rows = calls_of(member.workspace_id, now).filter(member=member).order_by("-at").values_list("at", "outcome")[:MOST]
    return [(wall(at, member.zone), outcome in CONNECTS) for at, outcome in rows]


def by_block(member: Membership, now: datetime) -> dict[int, Score]:
    """Block → the member's calls while it stood, wherever it stood then."""
    return _by_block(member, _own_calls(member, now))


def _by_block(member: Membership, calls: list[tuple[datetime, bool]]) -> dict[int, Score]:
    found: dict[int, Score] = {}
    days = {at.date() for at, _ in calls}
    for block in Block.objects.filter(member=member):
        spans: dict[date, list[tuple[datetime, datetime]]] = {}
        for day in days:
            spans[day] = [
                (wall(one.window.starts_at, member.zone), wall(one.window.until, member.zone))
                for one in occurrences(block, member.zone, day)
                if not one.away
            ]
        inside = [good for at, good in calls if any(a <= at < b for a, b in spans[at.date()])]
        found[block.pk] = Score(sum(inside), len(inside))
    return found


@dataclass(frozen=True, slots=True)
class Proposal:
    """A block would reach more people at another time: what both were worth, in calls and connects."""

    block: Block
    start: time
    end: time
    now: Score
    there: Score

    @property
    def words(self) -> str:
        here, there = _words(self.now), _words(self.there)
        return f"Calls at {self.start:%H:%M}–{self.end:%H:%M} reach {there}, in this block {here}."


def _words(score: Score) -> str:
    shown = score.shown
    share, low, high = (round(100 * part) for part in (score.rate, shown.low, shown.high))
    return f"{share} % ({low}–{high} %) of {score.of}"


def proposals(member: Membership, now: datetime) -> list[Proposal]:
    """For each of the member's blocks the time that reaches more people, where their own calls leave no doubt.

    Newcombe's 95 % interval of the difference lies above zero, over all the times looked at together, and both have
    ENOUGH calls. At most one for a block; none that would meet another block, and none lately turned down.
    """
    calls = _own_calls(member, now)
    scores, blocks = _by_block(member, calls), list(Block.objects.filter(member=member))
    found = []
    for block in blocks:
        if scores[block.pk].of < ENOUGH or block.rule or _turned_down(block, now):
            continue
        others = [(other.start, other.end) for other in blocks if other.pk != block.pk]
        tried = [one for one in _elsewhere(block, calls) if not any(one[0] < b and a < one[1] for a, b in others)]
        looks = len(tried) or 1
        better = [
            (difference(scores[block.pk], score, looks).low, start, end, score)
            for start, end, score in tried
            if score.of >= ENOUGH
        ]
        low, start, end, score = max(better, default=(0.0, block.start, block.end, Score()))
        if low > 0:
            found.append(Proposal(block, start, end, scores[block.pk], score))
    return found


def _elsewhere(block: Block, calls: list[tuple[datetime, bool]]) -> list[tuple[time, time, Score]]:
    """Times as long as the block, from every full hour on, on its weekdays, which have none of its own time."""
    day = date(2000, 1, 1)
    length = datetime.combine(day, block.end) - datetime.combine(day, block.start)
    weekdays, found = {int(one) for one in block.weekdays}, []
    for hour in range(FIRST, LAST):
        start = datetime.combine(day, time(hour))
        end = start + length
        if end.date() != day or end.hour > LAST or (start.time() < block.end and block.start < end.time()):
            continue
        there = [good for at, good in calls if at.weekday() in weekdays and start.time() <= at.time() < end.time()]
        found.append((start.time(), end.time(), Score(sum(there), len(there))))
    return found


def _turned_down(block: Block, now: datetime) -> bool:
    acts = Event.objects.filter(workspace=block.workspace_id, subject="block", subject_id=block.pk, at__gt=now - REST)
    return acts.filter(verb="proposal_turned_down").exists()


def accept(proposal: Proposal, member: Membership, now: datetime) -> Block:
    """Move the block there from tomorrow on. Raises CannotMove."""
    block = proposal.block
    shape = Shape(block.weekdays, proposal.start, proposal.end, block.rule)
    return move_following(block.pk, member, wall(now, member.zone).date() + timedelta(days=1), shape, now)


def turn_down(proposal: Proposal, member: Membership, now: datetime) -> None:
    """Leave the block where it stands, and don't ask again for a while."""
    note_event(member.workspace_id, member.pk, "proposal_turned_down", proposal.block, now, words=proposal.words)


def opportunities_of(touches: list[Touch], member: Membership) -> set[int]:
    """Of these calls, the opportunities that the member may open."""
    ids = [touch.opportunity_id for touch in touches]
    return set(Opportunity.objects.visible_to(member).filter(pk__in=ids).values_list("pk", flat=True))
