from __future__ import annotations

from datetime import timedelta

import pytest

from fifthcall.rules.case import Kind, Meeting
from fifthcall.rules.decide import decide, look_ahead
from fifthcall.touches.draft import Draft, Incomplete
from tests.rules.cases import NOW, POLICY, ZONE, case, rules, step, touch


def test_a7_an_appointment_ahead_is_the_next_step() -> None:
    meeting = Meeting(NOW + timedelta(days=2), NOW + timedelta(days=2, minutes=30), ZONE)
    found = step(case(touch("meeting_set"), meeting=meeting))
    assert found.kind is Kind.MEETING and found.window.starts_at == meeting.starts_at


def test_a7_a_meeting_that_is_over_asks_how_it_went() -> None:
    meeting = Meeting(NOW - timedelta(hours=2), NOW - timedelta(hours=1), ZONE)
    assert step(case(touch("meeting_set", 50), meeting=meeting)).purpose == "after_meeting"


def test_a7_a_conversation_without_a_meeting_is_followed_by_a_call_for_one() -> None:
    outlook = look_ahead(case(touch("connected", reason="thinking")), NOW, POLICY)
    assert rules(outlook.decision) >= {"A7"}
    assert outlook.owed_at == NOW + timedelta(hours=47)


def test_a7_logging_a_conversation_asks_for_the_meeting_or_the_reason() -> None:
    with pytest.raises(Incomplete, match="why they could not act"):
        Draft("connected").check()
    Draft("connected", reason="budget").check()
    Draft("connected", meeting=Meeting(NOW, NOW + timedelta(hours=1), ZONE)).check()


def test_a7_never_mistakes_an_attempt_for_a_conversation() -> None:
    assert "A7" not in rules(decide(case(touch("no_answer")), NOW))
