"""F1: additions a week with Garwood's interval, against Poisson sums by hand."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from scipy.stats import poisson

from fifthcall.insights.adding import adding, monday_of
from fifthcall.insights.poisson import gamma_below, garwood
from fifthcall.insights.weighing import Scope
from fifthcall.pipeline.models import Opportunity
from tests.cast import START, Cast
from tests.insights.test_page import history


def poisson_up_to(count: int, mean: float) -> float:
    return math.fsum(math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(count + 1))


@pytest.mark.parametrize("count", [0, 1, 2, 7, 30, 400])
def test_f1_both_tails_hold_what_they_should(count: int) -> None:
    shown = garwood(count)
    assert poisson_up_to(count, shown.high) == pytest.approx(0.05, abs=1e-7)
    if count:
        assert 1 - poisson_up_to(count - 1, shown.low) == pytest.approx(0.05, abs=1e-7)
    else:
        assert shown.low == 0 and shown.high == pytest.approx(-math.log(0.05))


def test_f1_the_published_points_and_large_counts() -> None:
    ten = garwood(10, 0.95)
    assert (round(ten.low, 3), round(ten.high, 3)) == (4.795, 18.390)
    many = garwood(1_000_000)
    assert many.low == pytest.approx(1_000_000 - 1.645 * 1000, rel=1e-5)
    assert gamma_below(1, 2) == pytest.approx(1 - math.exp(-2))


@pytest.mark.once
def test_f1_nine_of_ten_intervals_hold_the_true_mean() -> None:
    """Of twelve weeks with half an addition to ten a week, by the Poisson's own probabilities; never below."""
    held = []
    for mean in range(6, 121):
        counts = range(mean * 3 + 20)
        shown = [garwood(count) for count in counts]
        held.append(sum(poisson.pmf(n, mean) for n in counts if shown[n].low <= mean <= shown[n].high))
    assert min(held) >= 0.9 - 1e-9
    assert 0.87 <= sum(held) / len(held) <= 0.93


def test_f1_weeks_are_the_workspaces_and_none_lies_before_the_first(team: Cast) -> None:
    for days in (0, 1, 6, 7, 20, 21, 28):
        one = history(team.ben, 0, "open" if days % 2 else "lost")
        Opportunity.objects.filter(pk=one.pk).update(created_at=START - timedelta(days=days))
    found = adding(Scope(team.ada, START))  # a Monday, nine in the morning in Berlin
    mondays = [monday_of(START, "Europe/Berlin") - timedelta(days=7 * back) for back in (4, 3, 2, 1)]
    assert [(week.monday, week.added) for week in found.weeks] == [
        (mondays[0], 1), (mondays[1], 2), (mondays[2], 0), (mondays[3], 3)
    ]  # fmt: skip
    assert found.current.added == 1 and found.mean == 6 / 4
    assert found.shown.low == pytest.approx(garwood(6).low / 4)


def test_f1_the_first_week_has_no_mean_and_no_error(team: Cast) -> None:
    assert adding(Scope(team.ada, START)).weeks == ()
    history(team.ada, 0, "open")
    found = adding(Scope(team.ada, START))
    assert (found.weeks, found.current.added, found.mean) == ((), 1, 0.0)
