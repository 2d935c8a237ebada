"""A changed cadence beside today's, over several runs with the same luck for both: load, collisions, who is reached."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from random import Random
from statistics import fmean, stdev

from fifthcall.insights.pooling import beta_point
from fifthcall.insights.what_if.answers import Rates
from fifthcall.insights.what_if.market import WORKDAYS, Market
from fifthcall.insights.what_if.playing import Cadence, Run
from fifthcall.pipeline.room import capacity
from fifthcall.rules.c1_playbook import books
from fifthcall.rules.case import Playbook, Policy
from fifthcall.rules.playbook import complete
from fifthcall.rules.windows import held, wall

#: What may be asked for at once, so that it answers while somebody waits.
MOST_OPPORTUNITIES, MOST_DAYS, LEAST_RUNS, MOST_RUNS = 500, 366, 2, 100
#: Work after which no further run begins: a step that is taken counts one, a decision that was not known yet four.
MOST_WORK = 200_000


class TooMuch(ValueError):
    """More than may be asked for at once; the text gives the limit."""


def check(opportunities: int, days: int, runs: int) -> None:
    """Raises TooMuch."""
    asked = (
        ("opportunities", opportunities, 1, MOST_OPPORTUNITIES),
        ("days", days, 7, MOST_DAYS),
        ("runs", runs, LEAST_RUNS, MOST_RUNS),
    )
    for name, number, least, most in asked:
        if not least <= number <= most:
            raise TooMuch(f"{number:,} {name}: it can be from {least} to {most}.")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is expected, `mean`, with its 90 % interval `low` to `high` (Student 1908); nine of ten single runs lie
    between `least` and `most`.
    """

    mean: float
    low: float
    high: float
    least: float
    most: float


def estimate(values: Sequence[float], least: float = 0.0) -> Estimate:
    """From the results of two runs or more: mean ± t · s / √n, and ± t · s · √(1 + 1/n) for one more run."""
    mean, n = fmean(values), len(values)
    half = student(n - 1) * stdev(values)
    of_mean, of_one = half / math.sqrt(n), half * math.sqrt(1 + 1 / n)
    return Estimate(mean, max(least, mean - of_mean), mean + of_mean, max(least, mean - of_one), mean + of_one)


@lru_cache(maxsize=200)
def student(freedom: int) -> float:
    """The 95 % point of Student's t: t² / (t² + ν) is Beta(1/2, ν/2) (Abramowitz & Stegun 26.7.1)."""
    x = beta_point(0.90, 0.5, freedom / 2)
    return math.sqrt(freedom * x / (1 - x))


@dataclass(frozen=True, slots=True)
class Load:
    """Touches by hand a rep has on a working day: on average, on all but one day in ten, on the busiest of a run."""

    mean: float
    ninth: int
    busiest: float
    by_channel: dict[str, float]  # of the mean
    by_day: tuple[float, ...]  # all reps together, for each of the market's days


@dataclass(frozen=True, slots=True)
class Figures:
    """What a cadence comes to; the collisions are per run."""

    touches: Estimate  # by hand
    connects: Estimate  # opportunities with a conversation
    talks: Estimate
    meetings: Estimate
    load: Load
    held: float
    same_day: float
    full: float
    open: float  # not finished at the end, each with a next step
    to_decide: float


@dataclass(frozen=True, slots=True)
class Difference:
    """The changed cadence minus today's, run by run with the same luck; `ahead` runs of `runs` had more connects."""

    touches: Estimate
    connects: Estimate
    meetings: Estimate
    ahead: int
    behind: int


@dataclass(frozen=True, slots=True)
class Trial:
    market: Market
    rates: Rates
    seed: int
    asked: int
    runs: int
    capacity: float  # touches that fit into the blocks of a rep's working day, on average
    today: Figures
    changed: Figures | None = None
    difference: Difference | None = None

    @property
    def bounded(self) -> bool:
        """Whether fewer runs were made than asked for, as they would have taken too long."""
        return self.runs < self.asked


def with_book(policy: Policy, book: Playbook) -> Policy:
    """The policy with `book` in force for its situation. Raises BadPlaybook where it leads in a circle."""
    complete(books(policy) | {book.id: book})
    return replace(policy, playbooks=(*(one for one in policy.playbooks if one.id != book.id), book))


def attempt(market: Market, rates: Rates, today: Policy, changed: Policy | None, seed: int, runs: int) -> Trial:
    """Run both `runs` times. In run n both meet the same luck, and the same draw of what the rates may be.

    The same arguments give the same trial, to the last digit. Raises TooMuch, and ValueError for an unknown zone.
    """
    check(max(1, len(market.prospects)), len(market.days), runs)
    cadences = [Cadence(market, policy) for policy in (today, changed) if policy]
    found: list[list[Run]] = [[] for _ in cadences]
    for number in range(runs):
        random = Random(f"{seed}:{number}")  # noqa: S311  # a draw that anybody may repeat
        odds, luck = rates.drawn(random), random.getrandbits(64)
        for cadence, of in zip(cadences, found, strict=True):
            of.append(cadence.run(odds, luck))
        work = sum(4 * cadence.decided for cadence in cadences) + sum(len(run.taken) for of in found for run in of)
        if work >= MOST_WORK and number + 1 >= LEAST_RUNS:
            break
    working = _working_days(market)
    figures = [_figures(market, of, working) for of in found]
    room = fmean(_capacity(market, rep, day, today.touches_an_hour) for rep, day in working) if working else 0.0
    one = figures[0]
    if changed is None:
        return Trial(market, rates, seed, runs, len(found[0]), room, one)
    return Trial(market, rates, seed, runs, len(found[0]), room, one, figures[1], _difference(*found))


def _figures(market: Market, runs: list[Run], working: list[tuple[int, date]]) -> Figures:
    def of(value: Callable[[Run], float]) -> Estimate:
        return estimate([value(run) for run in runs])

    return Figures(
        of(_by_hand),
        of(lambda run: len(run.reached)),
        of(lambda run: run.talks),
        of(lambda run: run.meetings),
        _load(market, runs, working),
        fmean(run.held for run in runs),
        fmean(_same_day(market, run) for run in runs),
        fmean(run.full for run in runs),
        fmean(len(run.ahead) for run in runs),
        fmean(run.to_decide for run in runs),
    )


def _difference(today: list[Run], changed: list[Run]) -> Difference:
    pairs = list(zip(today, changed, strict=True))
    connects = [len(new.reached) - len(old.reached) for old, new in pairs]
    none = -math.inf
    return Difference(
        estimate([_by_hand(new) - _by_hand(old) for old, new in pairs], none),
        estimate(connects, none),
        estimate([new.meetings - old.meetings for old, new in pairs], none),
        sum(gap > 0 for gap in connects),
        sum(gap < 0 for gap in connects),
    )


def _by_hand(run: Run) -> int:
    return sum(one.by_hand for one in run.taken)


def _same_day(market: Market, run: Run) -> int:
    """How often a person had more than one touch on a day of theirs, a text with its voicemail being one."""
    days: Counter[tuple[int, date]] = Counter()
    for one in run.taken:
        who = market.prospects[one.prospect]
        if one.step.purpose != "paired_text" and one.channel.value != "desk":
            days[who.person or -one.prospect - 1, wall(one.at, who.case.prospect_zone).date()] += 1
    return sum(count > 1 for count in days.values())


def _working_days(market: Market) -> list[tuple[int, date]]:
    """Each rep with each day on which they have a block; without blocks Monday to Friday."""
    return [
        (number, day)
        for number, rep in enumerate(market.reps)
        for day in market.days
        if (any(held(block, day) for block in rep.blocks) if rep.blocks else day.weekday() in WORKDAYS)
    ]


def _capacity(market: Market, rep: int, day: date, touches_an_hour: int) -> int:
    return sum(capacity(window, touches_an_hour) for block in market.reps[rep].blocks for window in held(block, day))


def _load(market: Market, runs: list[Run], working: list[tuple[int, date]]) -> Load:
    channels: Counter[str] = Counter()
    by_day: Counter[date] = Counter()
    counts: Counter[int] = Counter()  # touches on a rep's day → how many such days
    busiest = []
    for run in runs:
        load: Counter[tuple[int, date]] = Counter()
        for one in run.taken:
            if one.by_hand:
                rep = market.prospects[one.prospect].rep
                day = wall(one.at, market.reps[rep].zone).date()
                load[rep, day] += 1
                by_day[day] += 1
                channels[one.step.kind.channel.value] += 1
        days = load.keys() | set(working)
        counts.update(load[day] for day in days)
        busiest.append(max(load.values(), default=0))
    of = counts.total() or 1
    return Load(
        channels.total() / of,
        _ninth(counts),
        fmean(busiest),
        {name: channels[name] / of for name in sorted(channels)},
        tuple(by_day[day] / len(runs) for day in market.days),
    )


def _ninth(counts: Counter[int]) -> int:
    """The least number that nine of ten days do not pass."""
    so_far, whole = 0, counts.total()
    for load in sorted(counts):
        so_far += counts[load]
        if so_far >= 0.9 * whole:
            return load
    return 0
