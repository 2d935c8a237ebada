"""The load as a picture: a pair of bars for each day, or each week of a longer time, as numbers for an SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fifthcall.insights.what_if.market import WORKDAYS
from fifthcall.insights.what_if.trying import Trial

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 720, 240, 44, 10, 28
#: More days than this are drawn as weeks.
MOST_BARS = 45


@dataclass(frozen=True, slots=True)
class Bars:
    """One day or week: `x` of the pair, height and top of each bar, and what they say."""

    x: float
    x_changed: float
    today: float
    today_top: float
    changed: float
    changed_top: float
    name: str
    label: str  # under the axis; "" where there is no room
    on_a_phone: bool  # whether there is room for it there too
    words: str
    loads: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    bars: tuple[Bars, ...]
    wide: float  # of one bar
    lines: tuple[tuple[float, int], ...]  # y of a level, and its touches
    full: float | None  # y of what fits into the blocks
    weeks: bool
    unit: str


def picture(trial: Trial) -> Picture:
    """Touches a day of all reps together; in weeks the mean of Monday to Friday."""
    series = [figures.load.by_day for figures in (trial.today, trial.changed) if figures]
    weeks = len(trial.market.days) > MOST_BARS
    groups = _weeks(trial.market.days) if weeks else [[n] for n in range(len(trial.market.days))]
    loads = [tuple(_mean(one, group, trial.market.days, weeks) for one in series) for group in groups]
    fits = trial.capacity * len(trial.market.reps)
    top = _round(max(1.0, fits, *(load for pair in loads for load in pair)))
    across = (WIDTH - LEFT - 10) / len(groups)
    wide = round(across * 0.84 / len(series), 2)

    def tall(load: float) -> float:
        return round((HEIGHT - TOP - BOTTOM) * load / top, 2)

    floor, every = HEIGHT - BOTTOM, max(1, math.ceil(len(groups) / 9))
    bars = []
    for number, (group, pair) in enumerate(zip(groups, loads, strict=True)):
        x, day = round(LEFT + number * across, 2), trial.market.days[group[0]]
        heights = [tall(load) for load in pair] + [0.0] * (2 - len(pair))
        name = _name(trial, day, group[0], weeks)
        said = ", ".join(f"{load:.1f} {which}" for load, which in zip(pair, ("as it is", "changed"), strict=False))
        bars.append(
            Bars(
                x, round(x + wide, 2), heights[0], round(floor - heights[0], 2), heights[1],
                round(floor - heights[1], 2), name, name if number % every == 0 else "",
                number % (3 * every) == 0, f"{name}: {said}", pair,
            )
        )  # fmt: skip
    levels = tuple((round(floor - tall(top * part / 4), 2), round(top * part / 4)) for part in range(5))
    full = round(floor - tall(fits), 2) if fits else None
    return Picture(tuple(bars), wide, levels, full, weeks, "week" if weeks else "day")


def _name(trial: Trial, day: date, number: int, weeks: bool) -> str:
    if trial.market.made:
        return f"Week {number // 7 + 1}" if weeks else f"Day {number + 1}"
    return f"{day.day} {day:%b}"


def _weeks(days: Sequence[date]) -> list[list[int]]:
    found: dict[date, list[int]] = {}
    for number, day in enumerate(days):
        found.setdefault(day - timedelta(days=day.weekday()), []).append(number)
    return list(found.values())


def _mean(loads: Sequence[float], group: list[int], days: Sequence[date], weeks: bool) -> float:
    working = sum(days[n].weekday() in WORKDAYS for n in group) if weeks else 1
    return sum(loads[n] for n in group) / max(1, working)


def _round(top: float) -> int:
    """A round number above, that four levels divide."""
    ten = 10 ** max(0, math.floor(math.log10(top / 4)))
    return next(int(4 * ten * n) for n in (1, 2, 3, 5, 10) if 4 * ten * n >= top)
