"""Who is followed up, by whom, and when they came in: the past year's opportunities, or a market made from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from fifthcall.rules.case import Block, Case, Channel, Hours
from fifthcall.rules.windows import instant, wall

#: A made market begins on this Monday, whenever it is asked for: the same seed gives the same days.
FIRST_DAY = date(2025, 1, 6)
WORKDAYS = frozenset(range(5))
BLOCKS = ((time(8), time(9, 30)), (time(16, 30), time(18)))  # B1's defaults
#: A made market has a rep for so many opportunities.
EACH = 100
_ELSEWHERE = ("Europe/London", "Europe/Berlin", "America/New_York")


@dataclass(frozen=True, slots=True)
class Rep:
    name: str
    zone: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Prospect:
    """An opportunity as it came in, at `case.opened_at`, without a touch. `person`, `organization`: 0 for unknown."""

    rep: int  # its place in `Market.reps`
    case: Case
    rank: int = 0  # lower goes first among steps due together
    person: int = 0
    organization: int = 0


@dataclass(frozen=True, slots=True)
class Market:
    """`since` and `until` (excluded) bound what is simulated, in UTC; `made`: from a seed, not from the past."""

    reps: tuple[Rep, ...]
    prospects: tuple[Prospect, ...]
    since: datetime
    until: datetime
    zone: str
    made: bool = True
    left_out: int = 0  # opportunities of the past that were too many

    @property
    def days(self) -> tuple[date, ...]:
        first, last = (wall(at, self.zone).date() for at in (self.since, self.until - timedelta(microseconds=1)))
        return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def default_blocks(zone: str, name: str = "") -> tuple[Block, ...]:
    """Early morning and late afternoon (B1)."""
    return tuple(
        Block(f"{name}{number}", Hours(WORKDAYS, start, end), zone) for number, (start, end) in enumerate(BLOCKS, 1)
    )


def made(
    seed: int, opportunities: int, days: int, *, situation: str = "", zone: str = "Europe/London", country: str = ""
) -> Market:
    """A market made from `seed`: a rep for each hundred opportunities, which come in evenly over the working hours.

    Assumed: 4 of 5 are in the reps' zone (and `country`, ISO 3166), 7 of 10 have a mobile, 8 of 10 an email, half an
    address, 2 of 10 an assistant; 1 of 20 is another opportunity of somebody already there, 1 of 10 a colleague's.
    All stand in `situation`; without one a third each is cold, met at a fair, or has a quote.
    """
    random = Random(f"market {seed}")  # noqa: S311  # a market that anybody may make again
    reps = tuple(
        Rep(f"Rep {n + 1}", zone, default_blocks(zone, f"{n}.")) for n in range(max(1, -(-opportunities // EACH)))
    )
    moments = sorted(_moment(random, days, zone) for _ in range(opportunities))
    prospects: list[Prospect] = []
    for number, at in enumerate(moments, 1):
        rep, person, organization = random.randrange(len(reps)), number, number
        case = _case(random, at, reps[rep], situation, zone, country)
        shared = random.random()
        if prospects and shared < 0.15:
            other = random.choice(prospects)
            organization = other.organization
            if shared < 0.05:
                person, rep = other.person, other.rep
                case = _case(random, at, reps[rep], situation, zone, country)
        prospects.append(Prospect(rep, case, 0, person, organization))
    since = instant(datetime.combine(FIRST_DAY, time()), zone)
    until = instant(datetime.combine(FIRST_DAY + timedelta(days=days), time()), zone)
    return Market(reps, tuple(prospects), since, until, zone)


def _moment(random: Random, days: int, zone: str) -> datetime:
    """Some minute between nine and five of a working day."""
    working = [n for n in range(days) if (FIRST_DAY.weekday() + n) % 7 in WORKDAYS]
    day = FIRST_DAY + timedelta(days=random.choice(working))
    return instant(datetime.combine(day, time(9)) + timedelta(minutes=random.randrange(8 * 60)), zone)


def _case(random: Random, at: datetime, rep: Rep, situation: str, zone: str, country: str) -> Case:
    near = random.random() < 0.8
    ways = {Channel.CALL}
    for channel, share in ((Channel.TEXT, 0.7), (Channel.EMAIL, 0.8), (Channel.POST, 0.5)):
        if random.random() < share:
            ways.add(channel)
    assistants = ("Their assistant",) if random.random() < 0.2 else ()
    kind = random.randrange(3)
    return Case(
        opened_at=at,
        last_contact_at=at - timedelta(hours=1) if kind and not situation else None,
        prospect_zone=zone if near else random.choice(_ELSEWHERE),
        zone_known=True,
        regions=(country,) if near and country else (),
        ways=frozenset(ways),
        stage="Quote sent" if kind == 2 and not situation else "",
        source="Trade fair" if kind == 1 and not situation else "",
        situation=situation,
        assistants=assistants,
        blocks=rep.blocks,
    )
