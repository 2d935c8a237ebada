"""G2: what each attempt was worth, from finished and open histories; an open one is cut off (censored), not lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from fifthcall.wording.odds import Interval, Score


@dataclass(frozen=True, slots=True)
class Histories:
    """`count` opportunities with `attempts` attempts each, all of them `won` or none."""

    attempts: int
    won: bool
    count: int


@dataclass(frozen=True, slots=True)
class Point:
    """One attempt number: how many got it, how many were won after it, and both shares (0 to 1)."""

    attempt: int
    score: Score
    won_by: float
    of_wins: float

    @property
    def shown(self) -> Interval:
        """Wilson's 90 % interval of what the attempt was worth."""
        return self.score.shown


def curve(histories: Iterable[Histories]) -> list[Point]:
    """A point for each attempt number from 1 to the highest; empty without attempts.

    Discrete hazard h(k) = d(k) / n(k), and 1 − S(k) with S(k) = Π (1 − h(j)) for j ≤ k (Kaplan and Meier, 1958).
    Who is still open, was lost, or was left after k attempts is counted up to the k-th and no further. The product
    assumes that they would have gone on like those who stayed. Won without an attempt says nothing of attempts.
    """
    ended: Counter[int] = Counter()
    wins: Counter[int] = Counter()
    for some in histories:
        if some.attempts > 0:
            ended[some.attempts] += some.count
            wins[some.attempts] += some.count * some.won
    at_risk, all_wins, left = ended.total(), wins.total(), 1.0
    points = []
    for attempt in range(1, max(ended, default=0) + 1):
        score = Score(wins[attempt], at_risk)
        left *= 1 - score.rate
        points.append(Point(attempt, score, 1 - left, wins[attempt] / all_wins if all_wins else 0.0))
        at_risk -= ended[attempt]
    return points
