from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, refused_by, step, touch

CALL = frozenset({Channel.CALL})


def test_c4_the_third_silent_call_leaves_a_voicemail() -> None:
    assert step(case(touch("no_answer", 50), touch("no_answer", 26), ways=CALL)).leave_message is True


def test_c4_no_third_voicemail_in_a_week() -> None:
    past = (touch("call_back", 300), touch("voicemail", 100), touch("voicemail", 60), touch("no_answer", 26))
    found = step(case(*past, ways=CALL))
    assert found.leave_message is False


def test_c4_where_both_hold_the_call_waits() -> None:
    spoken = (touch("call_back", 300), touch("voicemail", 100), touch("voicemail", 80))
    past = (*spoken, touch("no_answer", 50), touch("no_answer", 26))
    decision = decide(case(*past, ways=CALL), NOW)
    assert ("C4", "quota") in refused_by(decision)
    assert decision.step and decision.step.window.starts_at >= NOW - timedelta(hours=100) + timedelta(days=7)
    assert decision.step.leave_message is True


def test_c4_five_touches_a_week() -> None:
    past = [touch("gatekeeper_blocked", hours) for hours in (120, 96, 72, 48, 24)]
    decision = decide(case(*past, ways=CALL), NOW)
    assert ("C4", "week") in refused_by(decision)
    assert decision.step and decision.step.window.starts_at >= NOW - timedelta(hours=120) + timedelta(days=7)


def test_c4_a_floor_between_calls() -> None:
    decision = decide(case(touch("gatekeeper_message", 30), touch("found", 1, Channel.DESK)), NOW)
    assert decision.step
    assert decision.step.window.starts_at >= NOW - timedelta(hours=26)


def test_c4_three_failures_on_a_channel_change_the_way() -> None:
    past = [touch("no_answer", hours) for hours in (80, 54, 30)]
    decision = decide(case(*past), NOW)
    assert decision.step and decision.step.kind is Kind.TEXT
    assert ("C4", "change") in refused_by(decision)
