"""F4: what the next touch is worth a minute, from the workspace's own results, for the order of the queue.

It orders what is due and says when time may be better spent on a new lead. It never closes anything, and never sets a
step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from fifthcall.rules.case import Kind, Policy, Touch, Worth
from fifthcall.rules.outcomes import CONNECTS, OUTCOMES

#: Attempts beyond this one are taken together.
MOST = 12
#: How long a touch takes, in calls; how long a call takes is said by the workspace's touches an hour.
_IN_CALLS = {
    Kind.TEXT: 0.5,
    Kind.EMAIL: 1.0,
    Kind.NOTE: 2.0,
    Kind.PARCEL: 3.0,
    Kind.MEETING: 6.0,
    Kind.RESEARCH: 2.0,
}
_THOUSANDTHS = 1000


@dataclass(frozen=True, slots=True)
class Expected:
    """What a touch is expected to bring, in the workspace's currency a minute, with its 90 % interval.

    `of`: how many attempts like it are behind the estimate; 0 where nothing is known but the mean of all.
    """

    a_minute: float
    low: float
    high: float
    of: int


def tried(touches: Iterable[Touch]) -> tuple[int, bool]:
    """How many attempts there have been, and whether one of them was a conversation."""
    outcomes = [touch.outcome for touch in touches]
    return sum(OUTCOMES[code].attempt for code in outcomes), not CONNECTS.isdisjoint(outcomes)


def minutes(kind: Kind, touches_an_hour: int) -> float:
    """How long a touch of this kind takes, by rule of thumb: its length in calls times a call's minutes."""
    return 60 / touches_an_hour * _IN_CALLS.get(kind, 1.0)


def expected(worth: Worth, attempts: int, reached: bool, value: Decimal | None, length: float) -> Expected:
    """Value × chance that the next attempt ends in a win ÷ `length` (minutes), after `attempts` of them.

    An unknown value is taken to be the mean of those known.
    """
    amount = float(worth.typical if value is None else value)
    number = min(attempts + 1, MOST)
    chance = worth.chance(reached, number)
    rate = amount / length
    return Expected(rate * chance.rate, rate * chance.low, rate * chance.high, chance.of)


def new_lead(policy: Policy, worth: Worth) -> Expected:
    """The first call to a new lead of mean value; what it costs to find one is not counted."""
    return expected(worth, 0, False, None, minutes(Kind.CALL, policy.touches_an_hour))


def rank(what: Expected) -> int:
    """An integer to sort by, lowest first: the worthiest a minute leads."""
    return -min(int(what.a_minute * 100 * _THOUSANDTHS), 10**18)
