"""What must be said before an outcome can be saved."""

from __future__ import annotations

import pytest

from fifthcall.rules.outcomes import OUTCOMES, reasons_of
from fifthcall.touches.draft import Draft, Incomplete


@pytest.mark.parametrize("code", sorted(set(OUTCOMES)))
def test_a_reason_that_does_not_belong_to_the_outcome_names_those_that_do(code: str) -> None:
    given = Draft(code, reason="because")
    with pytest.raises(Incomplete) as raised:
        given.check()
    if raised.value.field == "reason" and code != "closed":
        assert all(reason in str(raised.value) for reason in reasons_of(code))


def test_not_interested_is_a_no_and_budget_is_not() -> None:
    Draft("not_interested").check()
    Draft("not_interested", reason="said_no").check()
    with pytest.raises(Incomplete, match="“budget” is no reason here"):
        Draft("not_interested", reason="budget").check()


def test_silence_closes_nothing() -> None:
    with pytest.raises(Incomplete, match="Silence is not a no"):
        Draft("closed", reason="silence").check()
