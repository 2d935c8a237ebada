"""A measurement: ours against a baseline, taken in turns so that whatever else the machine does hits both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from gc import collect
from statistics import median
from time import perf_counter
from typing import Any, Literal

Verdict = Literal["pass", "miss", "info"]
Act = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much of everything: `scale` 1 is the full size."""

    scale: float

    def of(self, full: int, least: int) -> int:
        return max(least, round(full * self.scale))


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured. The limit is on the ratio, or on `ours` where there is no baseline."""

    name: str
    compares: str
    unit: str
    ours: float
    baseline: float | None = None
    limit: float | None = None
    limit_is: Literal["most", "least"] = "most"
    n: int = 0  # rows or calls behind each time
    repeats: int = 1
    spread: float = 0.0  # (largest - smallest) / median of what the limit is on, over the repeats

    @property
    def ratio(self) -> float | None:
        return None if self.baseline is None else self.ours / self.baseline

    @property
    def verdict(self) -> Verdict:
        if self.limit is None:
            return "info"
        held = self.ours if self.ratio is None else self.ratio
        return "pass" if (held <= self.limit if self.limit_is == "most" else held >= self.limit) else "miss"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio, "verdict": self.verdict}


def seconds(act: Act) -> float:
    """How long `act` takes; the collector is asked to tidy up before it, so that it pays for its own garbage only."""
    collect()
    began = perf_counter()
    act()
    return perf_counter() - began


def in_turns(ours: Act, baseline: Act, repeats: int, calls: int = 1) -> tuple[list[float], list[float]]:
    """Times of `repeats` rounds, each the mean of `calls` calls of one and then of the other, singly in turns."""
    mine: list[float] = []
    bare: list[float] = []
    for number in range(repeats):
        sums = {"ours": 0.0, "baseline": 0.0}
        for call in range(calls):
            pair = [("ours", ours), ("baseline", baseline)]
            for name, act in pair if (number + call) % 2 == 0 else reversed(pair):
                began = perf_counter()
                act()
                sums[name] += perf_counter() - began
        mine.append(sums["ours"] / calls)
        bare.append(sums["baseline"] / calls)
    return mine, bare


def spread_of(values: list[float]) -> float:
    return (max(values) - min(values)) / median(values)


def compared(
    name: str, compares: str, times: tuple[list[float], list[float]], limit: float | None, n: int
) -> Measurement:
    """Both times in milliseconds, medians over the rounds."""
    mine, bare = times
    return Measurement(
        name, compares, "ms", median(mine) * 1000, median(bare) * 1000, limit, "most", n, len(mine),
        spread_of([a / b for a, b in zip(mine, bare, strict=True)]),
    )  # fmt: skip
