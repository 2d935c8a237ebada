"""Rates of groups that differ in size, drawn towards their common mean: few cases stay near it (empirical Bayes).

Each group's rate is taken to come from one Beta(a, b), which is found from all groups together by the method of
moments (Kleinman 1973); a group's rate is then Beta(a + good, b + bad).
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from fifthcall.wording.odds import Interval, Score

#: So much the mean counts at least, in cases, and at most, however alike the groups are.
LEAST, MOST = 2.0, 2_000.0


@dataclass(frozen=True, slots=True)
class Prior:
    """What is expected of a group before anything is known of it: `mean`, as if seen in `weight` cases."""

    mean: float
    weight: float

    def rate(self, score: Score) -> float:
        """The group's rate, drawn towards the mean."""
        return (score.good + self.mean * self.weight) / (score.of + self.weight)

    def shown(self, score: Score) -> Interval:
        """The 90 % interval of that rate: the 5 % and 95 % points of its Beta."""
        a = score.good + self.mean * self.weight
        b = score.of - score.good + (1 - self.mean) * self.weight
        return Interval(beta_point(0.05, a, b), beta_point(0.95, a, b))


def prior_of(groups: Collection[Score]) -> Prior:
    """The Beta that the groups' rates seem to come from; without cases, anything is possible."""
    seen = [score for score in groups if score.of]
    cases = sum(score.of for score in seen)
    if not cases:
        return Prior(0.5, LEAST)
    # Never 0 or 1 (Jeffreys): of what has not happened yet nobody knows that it never will.
    mean = (sum(score.good for score in seen) + 0.5) / (cases + 1)
    spread = mean * (1 - mean)
    if len(seen) < 2:
        return Prior(mean, LEAST)
    around = sum(score.of * (score.rate - mean) ** 2 for score in seen)
    room = cases - sum(score.of**2 for score in seen) / cases
    between = (around - (len(seen) - 1) * spread) / room if room else 0.0
    weight = spread / between - 1 if between > 0 else MOST
    return Prior(mean, min(MOST, max(LEAST, weight)))


def beta_point(share: float, a: float, b: float) -> float:
    """The point below which `share` of Beta(a, b) lies, to nine digits, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if beta_below(middle, a, b) < share:
            low = middle
        else:
            high = middle
        if high - low < 1e-9:
            break
    return (low + high) / 2


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
