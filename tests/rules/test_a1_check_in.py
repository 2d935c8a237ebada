from __future__ import annotations

from fifthcall.rules.case import Kind, Status
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, rules, step


def test_a1_with_nothing_known_the_step_is_a_dated_check_in_call() -> None:
    decision = decide(case(), NOW)
    assert decision.step and decision.step.kind is Kind.CALL and decision.step.purpose == "check_in"
    assert rules(decision) == {"A1"}
    assert NOW <= decision.step.window.starts_at < decision.step.window.until


def test_a1_holds_without_blocks_or_numbers() -> None:
    assert step(case(blocks=(), ways=frozenset())).kind is Kind.CALL


def test_a1_closed_ones_have_none() -> None:
    assert decide(case(status=Status.WON), NOW).step is None
    assert decide(case(status=Status.LOST), NOW).step is None
