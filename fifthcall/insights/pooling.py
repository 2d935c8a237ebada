"""Rates of groups that differ in size, drawn towards their common mean: few cases stay near it (partial pooling).

Each group's rate comes from one Beta with mean m, as if m had been seen in w cases; given both, a group's rate is
Beta(m·w + good, (1 − m)·w + bad). How likely each m and w are, the groups say together (beta-binomial), m being
anything at first and p(w) ∝ w^(−3/2), as Gelman et al. have it (Bayesian Data Analysis, 2013, §5.3). What is not known
of m and w widens the intervals: with few groups, by much.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fifthcall.wording.odds import Interval, Score

#: The grid that is summed over: weights, in cases, and means, around that of all cases.
WEIGHTS = tuple(2.0 * 2**step for step in range(15))
MEANS = 21
#: Of what is less likely than this, nothing is seen.
LEAST_LIKELY = 1e-4

Point = tuple[float, float, float]  # a mean, a weight, and how likely both are


@dataclass(frozen=True, slots=True)
class Prior:
    """What is expected of a group before anything is known of it: each of `points`, as likely as it says.

    `mean` is the share of all cases together, which is what people take for the mean.
    """

    mean: float
    points: tuple[Point, ...]

    @classmethod
    def of(cls, mean: float, weight: float) -> Prior:
        """One that is known for certain."""
        return cls(mean, ((mean, weight, 1.0),))

    @property
    def weight(self) -> float:
        """So many cases the mean counts: the geometric mean."""
        return math.exp(sum(likely * math.log(weight) for _, weight, likely in self.points))

    def rate(self, score: Score) -> float:
        """The group's rate, drawn towards the mean."""
        a, b = self.beta(score)
        return a / (a + b)

    def shown(self, score: Score) -> Interval:
        """The 90 % interval of that rate."""
        a, b = self.beta(score)
        return Interval(beta_point(0.05, a, b), beta_point(0.95, a, b))

    def beta(self, score: Score) -> tuple[float, float]:
        """The Beta(a, b) with the mean and the variance that the group's rate has over all points."""
        first = second = 0.0
        for mean, weight, likely in self.points:
            whole = score.of + weight
            rate = (score.good + mean * weight) / whole
            first += likely * rate
            second += likely * (rate * (1 - rate) / (whole + 1) + rate * rate)
        whole = first * (1 - first) / max(second - first * first, 1e-15) - 1
        return first * whole, (1 - first) * whole


def prior_of(groups: Collection[Score]) -> Prior:
    """What is expected of any of these groups, or of another like them."""
    seen = [(score, 0.0) for score in groups if score.of]
    if not seen:
        return Prior.of(0.5, WEIGHTS[0])
    return Prior(_share(seen), _likely(list(_grid(seen, MEANS, WEIGHTS))))


@dataclass(frozen=True, slots=True)
class Leaning:
    """A way in which groups may differ from one another: by so much in log-odds; `log`: how likely it is at first."""

    shifts: tuple[float, ...]
    log: float


def priors_leaning(groups: Sequence[Score], leanings: Iterable[Leaning]) -> list[Prior]:
    """What is expected of each group, where they may differ in known ways: every way counts as far as it is likely."""
    mean, found = _share([(score, 0.0) for score in groups]), []
    for leaning in leanings:
        seen = [(score, shift) for score, shift in zip(groups, leaning.shifts, strict=True) if score.of]
        for base, weight, log in _grid(seen, MEANS // 2, WEIGHTS[::2]):
            found.append(((leaning.shifts, base), weight, log + leaning.log))
    likely = _likely(found)
    return [
        Prior(mean, tuple((_shifted(base, shifts[place]), weight, share) for (shifts, base), weight, share in likely))
        for place in range(len(groups))
    ]


def _share(seen: Collection[tuple[Score, float]]) -> float:
    """Of all cases; never 0 or 1 (Jeffreys): of what has not happened yet nobody knows that it never will."""
    return (sum(score.good for score, _ in seen) + 0.5) / (sum(score.of for score, _ in seen) + 1)


_What = TypeVar("_What")


def _likely(found: Sequence[tuple[_What, float, float]]) -> tuple[tuple[_What, float, float], ...]:
    """With shares that sum to 1 in place of logs; what is far from likely is left out."""
    top = max(log for *_, log in found)
    likely = [(what, weight, math.exp(log - top)) for what, weight, log in found if log - top > math.log(LEAST_LIKELY)]
    whole = sum(share for *_, share in likely)
    return tuple((what, weight, share / whole) for what, weight, share in likely)


def _grid(
    seen: Collection[tuple[Score, float]], means: int, weights: Sequence[float]
) -> Iterator[tuple[float, float, float]]:
    """(mean, weight, log of how likely): `means` evenly spread log-odds around those of all cases, with each weight."""
    cases = sum(score.of for score, _ in seen)
    rate = _share(seen)
    level = _log_odds(rate) - sum(score.of * shift for score, shift in seen) / cases
    reach = 3 * min(1.5, 1 / math.sqrt(cases * rate * (1 - rate) + 1) + 1 / math.sqrt(len(seen)))
    for step in range(means):
        mean = _odds(level + reach * (2 * step / (means - 1) - 1))
        expected = [(score, _shifted(mean, shift) if shift else mean) for score, shift in seen]
        for weight in weights:
            log = _log_likely(expected, weight) + math.log(mean * (1 - mean)) - math.log(weight) / 2
            yield mean, weight, log


def _log_likely(expected: Collection[tuple[Score, float]], weight: float) -> float:
    """The beta-binomial's of groups with these means, but for what is the same everywhere."""
    whole = 0.0
    for score, mean in expected:
        a = mean * weight
        b = weight - a
        whole += math.lgamma(a + score.good) + math.lgamma(b + score.of - score.good) - math.lgamma(weight + score.of)
        whole -= math.lgamma(a) + math.lgamma(b) - math.lgamma(weight)
    return whole


def _shifted(mean: float, shift: float) -> float:
    return _odds(_log_odds(mean) + shift)


def _log_odds(share: float) -> float:
    return math.log(share / (1 - share))


def _odds(log_odds: float) -> float:
    """The share with these log-odds."""
    return 1 / (1 + math.exp(-log_odds))


def beta_point(share: float, a: float, b: float) -> float:
    """The point below which `share` of Beta(a, b) lies, to nine digits: false position with the Illinois rule."""
    low, high, under, over = 0.0, 1.0, -share, 1 - share
    last = 0
    mean = a / (a + b)
    spread = math.sqrt(mean * (1 - mean) / (a + b + 1))
    nearer = [edge for edge in (mean - 4 * spread, mean + 4 * spread) if 0 < edge < 1]
    for _ in range(100):
        middle = nearer.pop() if nearer else (low * over - high * under) / (over - under)
        if not low < middle < high:
            middle = (low + high) / 2
        at = beta_below(middle, a, b) - share
        if abs(at) < 1e-10 or high - low < 1e-10:
            break
        if at < 0:
            low, under, over = middle, at, over / 2 if last < 0 else over
        else:
            high, over, under = middle, at, under / 2 if last > 0 else under
        last = -1 if at < 0 else 1
    return middle


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (Abramowitz & Stegun 26.5.8)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # there the fraction converges fast
        return 1 - beta_below(1 - x, b, a)
    front = a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(front) / a * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """1 / (1 + d₁ / (1 + d₂ / (1 + …))), from a depth on that changes nothing any more."""
    value = 0.0
    for step in range(30 + int(6 * math.sqrt(max(a, b))), 0, -1):
        m = step // 2
        if step % 2:
            part = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            part = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        value = part / (1 + value)
    return 1 / (1 + value)
