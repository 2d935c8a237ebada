"""What is said about attempts everywhere, without a study that can be found, each beside one's own number (G1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fifthcall.insights.own_curve import Point
from fifthcall.wording.odds import Score


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim in its words, what is counted here in words, and the count."""

    said: str
    here: str
    score: Score


def claims(wins: Iterable[Point], given_up: Mapping[int, int]) -> list[Claim]:
    """`wins`: the own curve of wins; `given_up`: attempts → opportunities lost or set aside after so many."""
    at = {point.attempt: point.score.good for point in wins}
    won, left = sum(at.values()), sum(given_up.values())

    def won_on(first: int, last: int) -> Score:
        return Score(sum(count for number, count in at.items() if first <= number <= last), won)

    def left_after(*numbers: int) -> Score:
        return Score(sum(given_up.get(number, 0) for number in numbers), left)

    kept_on = Score(sum(count for number, count in given_up.items() if number >= 5), left)
    return [
        Claim("80 % of sales come on contacts 5 to 12.", "of the wins came on attempts 5 to 12", won_on(5, 12)),
        Claim(
            "80 % of sales come after the fifth call.", "of the wins came after the fifth attempt", won_on(6, 10_000)
        ),
        Claim("48 % of salespeople stop after one contact.", "of those given up got one attempt", left_after(0, 1)),
        Claim("25 % stop after two.", "of those given up got two", left_after(2)),
        Claim("10 % keep on.", "of those given up had the five they are owed", kept_on),
        Claim("Most stop after two; three more are needed.", "of those given up got at most two", left_after(0, 1, 2)),
    ]
