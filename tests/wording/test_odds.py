"""Intervals, how many more are needed, and the draw between two versions."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.wording.odds import Score, difference, drawn, needed, verdict, wilson

_SCORES = st.integers(0, 400).flatmap(lambda of: st.builds(Score, st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (15, 148, 0.0624, 0.1605), (0, 0, 0.0, 1.0)],
)
def test_wilson_as_in_the_literature(good: int, of: int, low: float, high: float) -> None:
    found = wilson(good, of)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_ninety_per_cent_is_narrower_than_ninety_five() -> None:
    score = Score(8, 40)
    assert score.interval.low < score.shown.low < score.rate < score.shown.high < score.interval.high


def test_the_difference_as_newcombe_has_it() -> None:
    found = difference(Score(48, 80), Score(56, 70))  # his example (a), the other way round
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)


@pytest.mark.parametrize(("base", "each"), [(0.5, 388), (0.1, 199), (0.05, 141)])
def test_how_many_are_needed(base: float, each: int) -> None:
    assert abs(needed(base) - each) <= 1


def test_nothing_is_said_before_there_are_enough() -> None:
    assert verdict(Score(3, 4), Score(0, 4)).winner == "" and verdict(Score(3, 4), Score(0, 4)).more > 300
    assert verdict(Score(200, 500), Score(260, 500)).winner == "other"
    assert verdict(Score(260, 500), Score(200, 500)).winner == "one"
    assert verdict(Score(200, 500), Score(205, 500)) == verdict(Score(205, 500), Score(200, 500))


@given(_SCORES, _SCORES)
def test_the_verdict_does_not_depend_on_the_order(one: Score, other: Score) -> None:
    mirrored = {"one": "other", "other": "one", "": ""}
    assert verdict(other, one).winner == mirrored[verdict(one, other).winner]
    assert verdict(other, one).more == verdict(one, other).more
    assert difference(one, other).low <= other.rate - one.rate <= difference(one, other).high


def test_the_draw_is_the_same_for_the_same_key_and_follows_what_is_known() -> None:
    scores = {1: Score(5, 100), 2: Score(30, 100)}
    first = [drawn("t", f"k{n}", scores) for n in range(400)]
    assert first == [drawn("t", f"k{n}", scores) for n in range(400)]
    share = Counter(first)[2] / 400
    assert 0.82 <= share <= 0.97  # nearly always the better one; a tenth stays with the other
    even = Counter(drawn("t", f"k{n}", {1: Score(), 2: Score()}) for n in range(400))
    assert 150 <= even[1] <= 250
    assert first != [drawn("u", f"k{n}", scores) for n in range(400)]
