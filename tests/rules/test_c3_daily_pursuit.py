from __future__ import annotations

from fifthcall.rules.case import Channel
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, refused_by, rules, touch

CALL = frozenset({Channel.CALL})


def test_c3_a_voicemail_refers_to_the_one_before() -> None:
    past = (touch("call_back", 400), touch("voicemail", 200), touch("no_answer", 50), touch("no_answer", 26))
    decision = decide(case(*past, ways=CALL), NOW)
    assert decision.step and decision.step.leave_message
    assert rules(decision) >= {"C3"}


def test_c3_the_first_voicemail_refers_to_nothing() -> None:
    decision = decide(case(touch("no_answer", 50), touch("no_answer", 26), ways=CALL), NOW)
    assert decision.step and decision.step.leave_message and "C3" not in rules(decision)


def test_c3_a_call_a_day_is_fine() -> None:
    decision = decide(case(touch("gatekeeper_blocked", 48), touch("gatekeeper_blocked", 24), ways=CALL), NOW)
    assert decision.step and decision.step.window.starts_at.date() == NOW.date()
    assert ("C4", "week") not in refused_by(decision)
