"""How far a count of rare things may lie from what is usual: the exact interval for a Poisson mean."""

from __future__ import annotations

import math

from fifthcall.wording.odds import Interval


def garwood(count: int, confidence: float = 0.9) -> Interval:
    """Garwood's (1936) interval for the mean of a Poisson of which `count` was seen: equal tails, to nine digits.

    Half the points α/2 of χ² with 2·count degrees of freedom, and 1 − α/2 with 2·count + 2.
    """
    tail = (1 - confidence) / 2
    return Interval(_gamma_point(tail, count) if count else 0.0, _gamma_point(1 - tail, count + 1))


def _gamma_point(share: float, a: int) -> float:
    """The point below which `share` of Gamma(a, 1) lies, by halving."""
    low, high = 0.0, a + 10 * math.sqrt(a) + 20
    for _ in range(200):
        middle = (low + high) / 2
        if gamma_below(a, middle) < share:
            low = middle
        else:
            high = middle
        if high - low < 1e-10 * max(1.0, high):
            break
    return (low + high) / 2


def gamma_below(a: float, x: float) -> float:
    """The regularised incomplete gamma P(a, x): its series or continued fraction (Abramowitz & Stegun 6.5.29, 31)."""
    if x <= 0:
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    return front * _series(a, x) if x < a + 1 else 1 - front * _fraction(a, x)


def _series(a: float, x: float) -> float:
    term = total = 1 / a
    step = a
    while term > total * 1e-16:
        step += 1
        term *= x / step
        total += term
    return total


def _fraction(a: float, x: float) -> float:
    """By Lentz's method."""
    b = x + 1 - a
    c, d = 1e300, 1 / b
    value = d
    for step in range(1, 100_000):
        part = -step * (step - a)
        b += 2
        d = 1 / (part * d + b or 1e-300)
        c = b + part / c or 1e-300
        value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return value
