"""F4: what the next touch is worth a minute, and that it orders and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.rules import next_touch
from fifthcall.rules.case import Chance, Channel, Kind, Policy, Touch, Worth
from tests.rules.cases import NOW

MEAN = Chance(False, 0, 0, 0.05, 0.01, 0.10)
FIRST, SECOND = Chance(False, 1, 400, 0.02, 0.01, 0.03), Chance(True, 2, 50, 0.20, 0.12, 0.30)
WORTH = Worth((FIRST, SECOND), MEAN, Decimal(5000), 40)


def touches(*outcomes: str) -> tuple[Touch, ...]:
    return tuple(Touch(NOW, Channel.CALL, outcome) for outcome in outcomes)


def test_f4_it_is_the_value_times_the_chance_by_the_minute() -> None:
    found = next_touch.expected(WORTH, 1, True, Decimal(1000), 5)
    assert (found.a_minute, found.low, found.high, found.of) == pytest.approx((40, 24, 60, 50))


def test_f4_what_is_not_known_is_the_mean() -> None:
    assert next_touch.expected(WORTH, 7, False, Decimal(1000), 5).a_minute == pytest.approx(1000 * 0.05 / 5)
    assert next_touch.expected(WORTH, 0, False, None, 5).a_minute == pytest.approx(5000 * 0.02 / 5)


def test_f4_a_new_lead_is_called_for_the_first_time() -> None:
    assert next_touch.new_lead(Policy(touches_an_hour=12), WORTH).a_minute == pytest.approx(5000 * 0.02 / 5)


def test_f4_attempts_and_conversations_are_counted_as_the_curve_counts_them() -> None:
    assert next_touch.tried(touches()) == (0, False)
    assert next_touch.tried(touches("no_answer", "note", "voicemail")) == (2, False)
    assert next_touch.tried(touches("no_answer", "connected", "voicemail")) == (3, True)
    assert next_touch.tried(touches("voicemail", "replied")) == (1, False), "their mail is no conversation of ours"


@given(st.integers(0, 40), st.booleans(), st.decimals(0, 10**9, places=2), st.sampled_from(Kind), st.integers(1, 60))
def test_f4_more_value_never_comes_later(attempts: int, reached: bool, value: Decimal, kind: Kind, pace: int) -> None:
    length = next_touch.minutes(kind, pace)
    small = next_touch.expected(WORTH, attempts, reached, value, length)
    large = next_touch.expected(WORTH, attempts, reached, value + 1000, length)
    assert 0 <= small.low <= small.a_minute <= small.high
    assert next_touch.rank(large) <= next_touch.rank(small)
    assert -(2**63) < next_touch.rank(large) <= 0


def test_f4_what_takes_longer_is_worth_less_a_minute() -> None:
    assert next_touch.minutes(Kind.CALL, 12) == 5
    assert next_touch.minutes(Kind.PARCEL, 12) > next_touch.minutes(Kind.CALL, 12)
