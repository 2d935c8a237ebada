"""Working days: weekends and public holidays where they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from fifthcall.rules.case import Hours
from fifthcall.rules.decide import decide
from fifthcall.rules.workweek import next_workday, workdays_later
from tests.rules.cases import NOW, case, refused_by, touch

WEEK = Hours(frozenset(range(5)), time(8), time(18))


@pytest.mark.parametrize(
    ("day", "n", "region", "expected"),
    [
        ("2026-12-24", 3, "US", "2026-12-30"),
        ("2027-07-02", 1, "US", "2027-07-06"),
        ("2027-12-30", 1, "US", "2028-01-03"),
        ("2027-12-24", 1, "GB-ENG", "2027-12-29"),
        ("2027-05-26", 1, "DE-BY", "2027-05-28"),
        ("2027-05-26", 1, "DE-BE", "2027-05-27"),
        ("2026-11-26", 1, "SA", "2026-11-29"),  # Thursday: Friday and Saturday are the weekend there
        ("2026-11-27", 1, "", "2026-11-30"),
        ("2026-11-27", 1, "XX-YY", "2026-11-30"),
    ],
)
def test_working_days(day: str, n: int, region: str, expected: str) -> None:
    assert next_workday(date.fromisoformat(day), WEEK, n, region) == date.fromisoformat(expected)


def test_working_days_later_keep_the_wall_time() -> None:
    friday = datetime(2027, 3, 12, 14, tzinfo=UTC)  # nine in New York, the weekend before the clocks go forward
    assert workdays_later(friday, 1, "America/New_York", WEEK) == datetime(2027, 3, 15, 13, tzinfo=UTC)


def test_a_holiday_is_a_refusal_with_its_name() -> None:
    christmas = datetime(2026, 12, 24, 22, tzinfo=UTC)
    late = case(touch("no_answer", hours_ago=1), regions=("DE-BE",))
    decision = decide(late, christmas)
    assert decision.step and decision.step.window.starts_at.date() == date(2026, 12, 28)
    assert ("B4", "holiday") not in refused_by(decide(late, NOW))


def test_the_refusal_names_the_holiday() -> None:
    on_the_day = datetime(2026, 12, 25, 9, tzinfo=UTC)
    decision = decide(case(regions=("DE-BE",), opened_at=on_the_day), on_the_day)
    assert ("B4", "holiday") in refused_by(decision)
    refusal = next(r for r in decision.refusals if r.code == "holiday")
    assert "Christmas" in str(refusal.facts["name"])
