"""Shrunken rates against scipy's beta distribution, and whether their intervals hold what they say."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from fifthcall.insights.pooling import WEIGHTS, Prior, beta_below, beta_point, prior_of
from fifthcall.wording.odds import Score

SHAPES = st.floats(0.3, 3_000)


@given(st.floats(0.001, 0.999), SHAPES, SHAPES)
def test_the_beta_function_is_scipys(x: float, a: float, b: float) -> None:
    assert beta_below(x, a, b) == pytest.approx(float(beta.cdf(x, a, b)), abs=1e-8)


@given(st.sampled_from([0.05, 0.5, 0.95]), SHAPES, SHAPES)
def test_its_points_are_scipys(share: float, a: float, b: float) -> None:
    assert beta_point(share, a, b) == pytest.approx(float(beta.ppf(share, a, b)), abs=1e-6)


def test_few_cases_stay_near_the_mean_and_many_speak_for_themselves() -> None:
    groups = [Score(30, 100), Score(10, 100), Score(20, 100), Score(25, 100), Score(1, 1), Score(600, 1000)]
    prior = prior_of(groups)
    assert abs(prior.rate(Score(1, 1)) - prior.mean) < 0.2
    assert abs(prior.rate(Score(600, 1000)) - 0.6) < 0.02


def test_groups_that_do_not_differ_are_one() -> None:
    prior = prior_of([Score(20, 100)] * 8)
    assert prior.rate(Score(3, 5)) == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("groups", [[], [Score()], [Score(), Score(0, 0)]])
def test_nothing_is_known_of_nothing(groups: list[Score]) -> None:
    assert prior_of(groups) == Prior.of(0.5, WEIGHTS[0])


@pytest.mark.parametrize("score", [Score(0, 3), Score(3, 3)])
def test_one_group_is_never_certain(score: Score) -> None:
    prior = prior_of([score])
    shown = prior.shown(score)
    assert 0 < shown.low < prior.rate(score) < shown.high < 1


@pytest.mark.parametrize(
    ("groups", "cases", "true"),
    [(60, (5, 120), (3, 12)), (8, (20, 300), (30, 120)), (4, (20, 300), (3, 12)), (2, (5, 60), (3, 12))],
)
def test_nine_of_ten_intervals_hold_the_true_rate(
    groups: int, cases: tuple[int, int], true: tuple[float, float]
) -> None:
    """Weeks of 60 hours, a handful of playbooks, two versions: as many groups with true rates from a Beta."""
    chance, held, looked = random.Random(11), 0, 0
    while looked < 800:
        truths = [chance.betavariate(*true) for _ in range(groups)]
        scores = []
        for truth in truths:
            of = chance.randint(*cases)
            scores.append(Score(sum(chance.random() < truth for _ in range(of)), of))
        prior = prior_of(scores)
        for truth, score in zip(truths, scores, strict=True):
            shown = prior.shown(score)
            held, looked = held + (shown.low <= truth <= shown.high), looked + 1
    assert 0.87 <= held / looked <= 0.93, held / looked
