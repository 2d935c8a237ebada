from __future__ import annotations

from datetime import UTC, date, datetime

from fifthcall.rules.a5_silence import may_close_as_lost
from fifthcall.rules.case import Channel, Status
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, rules, touch


def test_a5_silence_is_no_reason_to_close() -> None:
    assert not may_close_as_lost("no_answer")
    assert may_close_as_lost("said_no")


def test_a5_used_up_attempts_rest_with_a_date() -> None:
    silent = [touch("no_answer", 24 * day) for day in range(24, 0, -2)]
    decision = decide(case(*silent), NOW)
    assert rules(decision) >= {"A5"}
    assert decision.step and decision.step.purpose == "come_back"
    assert (decision.step.window.starts_at - NOW).days >= 55


def test_a5_resting_comes_back_on_its_day() -> None:
    rested = touch("rested", channel=Channel.DESK, reason="waiting", reason_until=date(2026, 12, 14))
    decision = decide(case(rested, status=Status.RESTING), NOW)
    assert decision.step and decision.step.window.starts_at == datetime(2026, 12, 14, 7, tzinfo=UTC)
