"""The own curve and the groups of a split as pictures: shares with their intervals, to scale, as numbers for an SVG."""

from __future__ import annotations

from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Bar:
    """A group of the picture: its row, its share and the interval's ends, in the picture's units."""

    name: str
    y: float
    x: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Spread:
    bars: tuple[Bar, ...]
    mean: float
    height: int
    lines: tuple[tuple[float, int], ...]  # x of a level, and its percent


#: How far from the left the shares begin, so that the names have room; and how high a row is.
NAMES, ROW = 210, 30


def spread(groups: Sequence[tuple[str, float, float, float]], mean: float) -> Spread | None:
    """Groups (name, share, low, high; 0 to 1) as points with their interval, beside the mean of all; None for none."""
    if not groups:
        return None
    percent = _round_percent(max(high for *_, high in groups))

    def across(share: float) -> float:
        return round(NAMES + (WIDTH - NAMES - 20) * min(1.0, share / (percent / 100)), 1)

    bars = tuple(
        Bar(name if len(name) <= 30 else f"{name[:29]}…", 20.0 + ROW * place, across(share), across(low), across(high))
        for place, (name, share, low, high) in enumerate(groups)
    )
    levels = tuple((across(percent * part / 400), round(percent * part / 4)) for part in range(5))
    return Spread(bars, across(mean), 20 + ROW * len(groups) + 10, levels)


def _round_percent(share: float) -> int:
    """The round percent at or above a share, to draw up to."""
    return next(step for step in (5, 10, 20, 40, 60, 100) if step >= 100 * share or step == 100)
