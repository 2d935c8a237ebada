"""F3: who is real, doubtful, or a tire-kicker, and the evidence that is told with it."""

from __future__ import annotations

from itertools import product

import pytest

from fifthcall.rules.case import Policy
from fifthcall.rules.honesty import Evidence, How, Signs, judge, signs_of, weigh

POLICY = Policy()


@pytest.mark.parametrize(
    ("evidence", "how", "said"),
    [
        (Evidence(0, 0), How.REAL, {"young"}),
        (Evidence(90, 8), How.TIRE_KICKER, {"old", "many", "nothing_agreed", "no_yes"}),
        (Evidence(89, 8), How.DOUBTFUL, {"many", "nothing_agreed", "no_yes"}),
        (Evidence(90, 7), How.DOUBTFUL, {"old", "nothing_agreed", "no_yes"}),
        (Evidence(89, 7), How.REAL, {"young"}),
        (Evidence(200, 20, agreed=True), How.DOUBTFUL, {"old", "many", "agreed", "no_yes"}),
        (Evidence(200, 20, yes=True), How.DOUBTFUL, {"old", "many", "nothing_agreed", "yes"}),
        (Evidence(200, 3, yes=True), How.REAL, {"old", "nothing_agreed", "yes"}),
        (Evidence(200, 20, ahead=True), How.REAL, {"old", "many", "ahead", "no_yes"}),
        (Evidence(200, 20, answer="serious"), How.REAL, {"old", "many", "serious", "nothing_agreed"}),
        (Evidence(1, 1, answer="curious"), How.TIRE_KICKER, {"curious"}),
        (Evidence(1, 1, answer="curious", ahead=True), How.DOUBTFUL, {"curious", "ahead"}),
        (Evidence(1, 1, resting=True), How.DOUBTFUL, {"resting"}),
        (Evidence(200, 20, resting=True), How.TIRE_KICKER, {"resting", "old", "many", "nothing_agreed", "no_yes"}),
    ],
)
def test_f3_the_evidence_decides_and_is_told(evidence: Evidence, how: How, said: set[str]) -> None:
    verdict = judge(evidence, POLICY)
    assert verdict.how is how
    assert {reason.code for reason in verdict.reasons} == said
    assert {reason.rule for reason in verdict.reasons} == {"F3"}


def test_f3_the_workspace_bounds_count() -> None:
    assert judge(Evidence(30, 3), Policy(long_days=30, long_contacts=3)).how is How.TIRE_KICKER
    old = next(
        one for one in judge(Evidence(30, 3), Policy(long_days=30, long_contacts=3)).reasons if one.code == "old"
    )
    assert old.facts == {"days": 30}


def test_f3_a_sign_for_them_never_makes_it_less_real() -> None:
    order = [How.TIRE_KICKER, How.DOUBTFUL, How.REAL]
    for old, many, answer, resting in product((False, True), (False, True), ("", "serious", "curious"), (False, True)):
        plain = order.index(weigh(Signs(old, many, answer=answer, resting=resting)))
        for agreed, yes, ahead in product((False, True), repeat=3):
            better = Signs(old, many, agreed, yes, ahead, answer, resting)
            assert order.index(weigh(better)) >= plain, better


def test_f3_signs_are_the_bounds_of_the_tenth_situation() -> None:
    assert signs_of(Evidence(POLICY.long_days, POLICY.long_contacts), POLICY) == Signs(old=True, many=True)
    assert signs_of(Evidence(POLICY.long_days - 1, POLICY.long_contacts - 1), POLICY) == Signs()
