from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, rules, step, touch

WAYS = frozenset({Channel.CALL, Channel.POST})
MET = touch("meeting_held", 2, Channel.MEETING, reason="budget")


def test_c8_a_note_goes_out_within_a_day() -> None:
    decision = decide(case(MET, ways=WAYS), NOW)
    assert decision.step and decision.step.kind is Kind.NOTE and rules(decision) >= {"C8"}
    assert decision.step.window.until <= MET.at + timedelta(hours=24)


def test_c8_once_written_it_is_done() -> None:
    assert step(case(MET, touch("sent", 1, Channel.POST, purpose="meeting_note"), ways=WAYS)).kind is Kind.CALL


def test_c8_without_an_address_there_is_no_note() -> None:
    assert step(case(MET, ways=frozenset({Channel.CALL}))).kind is Kind.CALL
