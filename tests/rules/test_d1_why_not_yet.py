from __future__ import annotations

from datetime import UTC, date, datetime

from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, rules, touch


def test_d1_the_next_call_comes_when_the_reason_ends_and_opens_there() -> None:
    told = touch("not_now", reason="budget", reason_until=date(2027, 1, 11))
    decision = decide(case(told), NOW)
    assert decision.step and decision.step.window.starts_at == datetime(2027, 1, 11, 7, tzinfo=UTC)
    assert rules(decision) == {"D1"}
    assert decision.reasons[0].facts["why"] == "No budget yet"


def test_d1_a_reason_that_ends_on_a_sunday_means_monday() -> None:
    told = touch("not_now", reason="away", reason_until=date(2026, 12, 6))
    decision = decide(case(told), NOW)
    assert decision.step and decision.step.window.starts_at == datetime(2026, 12, 7, 7, tzinfo=UTC)
