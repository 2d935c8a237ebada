from __future__ import annotations

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, rules, touch


def email(*ways: Channel) -> set[str]:
    past = (touch("proposal_sent", 200, Channel.EMAIL), touch("no_answer", 100, purpose="S2.1"))
    decision = decide(case(*past, touch("no_answer", 72, purpose="S2.2"), ways=frozenset(ways)), NOW)
    assert decision.step and decision.step.kind is Kind.EMAIL
    return {f"{reason.rule} {reason.code}" for reason in decision.reasons}


def test_c6_an_email_says_why_it_is_no_call() -> None:
    assert "C6 something_else" in email(Channel.CALL, Channel.EMAIL)
    assert "C6 no_other_way" in email(Channel.EMAIL)


def test_c6_a_call_needs_no_excuse() -> None:
    assert "C6" not in rules(decide(case(touch("no_answer", 30)), NOW))
