"""How well words work, told honestly: intervals, how many more are needed, and a draw between two versions (D3, G2)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from statistics import NormalDist

#: The smallest difference between two versions that is worth waiting for: ten in a hundred.
WORTH = 0.10
#: A version on trial gets at least this share, so that it goes on being measured.
FLOOR = 0.10
_Z = NormalDist().inv_cdf(0.975)  # for telling two apart
_Z_SHOWN = NormalDist().inv_cdf(0.95)  # for what is shown: 90 %
_Z_POWER = NormalDist().inv_cdf(0.80)


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Score:
    """`good` of `of` tries came to something."""

    good: int = 0
    of: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.good + other.good, self.of + other.of)

    @property
    def rate(self) -> float:
        return self.good / self.of if self.of else 0.0

    @property
    def interval(self) -> Interval:
        return wilson(self.good, self.of)

    @property
    def shown(self) -> Interval:
        """Wilson's 90 % interval."""
        return wilson(self.good, self.of, _Z_SHOWN)


def wilson(good: int, of: int, z: float = _Z) -> Interval:
    """Wilson's score interval (1927) for a share, 95 % unless `z` says otherwise; 0 to 1 where there is nothing yet."""
    if of == 0:
        return Interval(0.0, 1.0)
    share, square = good / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z / (1 + square / of) * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    return Interval(0.0 if good == 0 else max(0.0, middle - half), 1.0 if good == of else min(1.0, middle + half))


def difference(one: Score, other: Score, looks: int = 1) -> Interval:
    """Newcombe's (1998, method 10) 95 % interval for `other`'s rate minus `one`'s, from their Wilson intervals.

    `looks`: how many such differences are looked at together, so that none of them is taken for one by chance
    (Bonferroni).
    """
    z = NormalDist().inv_cdf(1 - 0.025 / looks)
    a, b = wilson(one.good, one.of, z), wilson(other.good, other.of, z)
    gap = other.rate - one.rate
    low = gap - math.hypot(other.rate - b.low, a.high - one.rate)
    high = gap + math.hypot(b.high - other.rate, one.rate - a.low)
    return Interval(low, high)


def needed(base: float, worth: float = WORTH) -> int:
    """How many tries each of two versions needs to tell `base` from `base + worth`: 5 % two-sided, power 80 %.

    n = (z₁ √(2 p̄ q̄) + z₂ √(p₁q₁ + p₂q₂))² / (p₁ − p₂)² (Fleiss, Levin and Paik 2003, without continuity
    correction). Where `base + worth` would pass 1, the lower rate is meant.
    """
    one, two = (base, base + worth) if base + worth <= 1 else (base, base - worth)
    mean = (one + two) / 2
    spread = _Z * math.sqrt(2 * mean * (1 - mean)) + _Z_POWER * math.sqrt(one * (1 - one) + two * (1 - two))
    return math.ceil((spread / worth) ** 2)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`winner` is "" (none may be named yet, or there is no difference worth it), "one" or "other"."""

    winner: str
    more: int  # tries still needed, both versions together; 0 when there are enough

    @property
    def enough(self) -> bool:
        return self.more == 0


def verdict(one: Score, other: Score) -> Verdict:
    """Whether one of two may be called better.

    The number needed is fixed by the rate of both together, not by the difference seen: looking often does not make a
    winner. Only then does the interval of the difference decide.
    """
    pooled = (one.good + other.good + 1) / (one.of + other.of + 2)  # never 0 or 1 (Laplace)
    goal = needed(pooled)
    more = max(0, goal - one.of) + max(0, goal - other.of)
    if more:
        return Verdict("", more)
    gap = difference(one, other)
    return Verdict("other" if gap.low > 0 else "one" if gap.high < 0 else "", 0)


def drawn(trial: str, key: str, scores: Mapping[int, Score]) -> int:
    """The version that is used for a message: Thompson sampling (1933) with a Beta(1, 1) start.

    A rate is drawn for each version from what is known of it, the higher one is used. The draw depends on nothing but
    `trial`, the message's `key` and the scores, so that a second try takes the same. One in ten goes to each version
    whatever the scores say.
    """
    random = Random(f"{trial}:{key}")  # noqa: S311  # a draw that anybody may repeat
    versions = sorted(scores)
    share = random.random()
    if share < FLOOR * len(versions):
        return versions[int(share / FLOOR)]
    rates = {n: random.betavariate(1 + scores[n].good, 1 + scores[n].of - scores[n].good) for n in versions}
    return max(versions, key=lambda number: rates[number])
