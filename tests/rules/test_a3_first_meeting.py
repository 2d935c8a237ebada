from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, rules, step, touch

MET = touch("meeting_held", 2, Channel.MEETING, reason="budget")


def test_a3_a_word_after_the_first_meeting_then_the_call() -> None:
    first = decide(case(MET), NOW)
    assert first.step and first.step.kind is Kind.TEXT and rules(first) >= {"A3"}
    then = step(case(MET, touch("sent", 1, Channel.TEXT, purpose="great_to_meet")))
    assert then.kind is Kind.CALL and then.window.starts_at > NOW


def test_a3_only_once_and_only_in_time() -> None:
    again = case(touch("meeting_held", 400, Channel.MEETING), MET)
    assert step(again).purpose != "great_to_meet"
    assert step(case(MET), NOW + timedelta(hours=30)).purpose != "great_to_meet"
    assert step(case(MET, ways=frozenset({Channel.CALL}))).kind is Kind.CALL
