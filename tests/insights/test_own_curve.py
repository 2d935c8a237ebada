"""G2: the curve against a count by hand, one history after another, and the real campaign's known counts."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.own_curve import Histories, curve
from fifthcall.wording.odds import Score

ROOT = Path(__file__).parents[2]
CAMPAIGN = ROOT.parent / "shared/data/phone-campaign/phone_campaign.csv"


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=40))
def test_the_curve_is_what_counting_by_hand_gives(all_of_them: list[tuple[int, bool]]) -> None:
    points = curve(Histories(attempts, won, 1) for attempts, won in all_of_them)
    assert len(points) == max((attempts for attempts, _ in all_of_them), default=0)
    unwon = 1.0
    for k, point in enumerate(points, 1):
        got_it = [row for row in all_of_them if row[0] >= k]
        wins = [row for row in got_it if row == (k, True)]
        assert (point.attempt, point.score) == (k, Score(len(wins), len(got_it)))
        unwon *= (len(got_it) - len(wins)) / len(got_it)
        assert point.won_by == pytest.approx(1 - unwon)


def test_an_open_one_is_not_a_loss() -> None:
    points = curve([Histories(1, False, 2), Histories(2, True, 1), Histories(2, False, 1)])
    assert [point.score for point in points] == [Score(0, 4), Score(1, 2)]
    assert points[1].won_by == pytest.approx(0.5)  # a plain share would say one in four


def test_nothing_yet_is_no_curve() -> None:
    assert curve([]) == []
    assert curve([Histories(0, True, 3)]) == []


def test_a_bank_campaign_of_41188_contacts_gives_its_known_counts() -> None:
    if not CAMPAIGN.exists():
        pytest.skip("the campaign's file is not here")
    with CAMPAIGN.open(newline="") as file:
        counted = Counter((int(row["campaign"]), row["output"] == "yes") for row in csv.DictReader(file))
    points = curve(Histories(*key, count) for key, count in counted.items())
    assert points[0].score.of == 41_188
    assert sum(point.score.good for point in points) == 4_640
    assert [point.score.good for point in points[:5]] == [2_300, 1_211, 574, 249, 120]
    assert sum(point.of_wins for point in points) == pytest.approx(1)


def test_every_number_is_documented_as_it_is_defined() -> None:
    page = (ROOT / "docs/reference/numbers.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    expected = [
        f"| `{key}` | {one.name} | {one.words} | {one.formula} | {one.source} |" for key, one in NUMBERS.items()
    ]
    assert rows == expected
