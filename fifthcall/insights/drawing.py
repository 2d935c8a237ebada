"""The own curve as a picture: steps with their interval as a band, to scale, as numbers for an SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fifthcall.insights.own_curve import Point

WIDTH, HEIGHT = 720, 240
LEFT, BOTTOM = 44, 28


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of the picture: its place, its interval's ends, in the picture's units; and what it says."""

    attempt: int
    x: float
    y: float
    high: float
    low: float
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    marks: tuple[Mark, ...]
    line: str  # an SVG polyline's points
    band: str  # a polygon's
    lines: tuple[tuple[float, int], ...]  # y of a level, and its percent


def picture(points: Sequence[Point]) -> Picture:
    """The curve's shares (h(k) with their 90 % interval) from zero up to a round percent above the highest."""
    top = max((min(1.0, point.shown.high if point.score.of >= 10 else point.score.rate) for point in points), default=0)
    percent = _round_percent(top)
    step = (WIDTH - LEFT - 20) / max(1, len(points) - 1 or 1)

    def across(number: int) -> float:
        return round(LEFT + 10 + number * step, 1)

    def up(share: float) -> float:
        return round((HEIGHT - BOTTOM) * (1 - min(1.0, share / (percent / 100))) + 8, 1)

    marks = tuple(
        Mark(
            point.attempt,
            across(number),
            up(point.score.rate),
            up(point.shown.high),
            up(point.shown.low),
            f"Attempt {point.attempt}: {100 * point.score.rate:.1f} % of {point.score.of}, likely "
            f"{100 * point.shown.low:.1f} to {100 * point.shown.high:.1f} %",
        )
        for number, point in enumerate(points)
    )
    over = [f"{mark.x},{mark.high}" for mark in marks]
    under = [f"{mark.x},{mark.low}" for mark in reversed(marks)]
    levels = tuple((up(percent * part / 400), round(percent * part / 4)) for part in range(5))
    return Picture(marks, " ".join(f"{mark.x},{mark.y}" for mark in marks), " ".join([*over, *under]), levels)


def scale(shares: Iterable[float]) -> int:
    """The percent that pictures of these shares (0 to 1) are drawn up to, the same for all of them."""
    return _round_percent(max(shares, default=0.0))


def _round_percent(share: float) -> int:
    """The round percent at or above a share, to draw up to."""
    return next(step for step in (5, 10, 20, 40, 60, 100) if step >= 100 * share or step == 100)
