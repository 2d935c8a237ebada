from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from fifthcall.rules.case import Agreed, Basis, Kind, Window
from fifthcall.rules.decide import decide, look_ahead
from tests.rules.cases import NOW, POLICY, ZONE, case, rules, step, touch


def test_a2_check_in_is_due_48_hours_after_the_last_contact() -> None:
    contact = NOW - timedelta(hours=20)
    outlook = look_ahead(case(last_contact_at=contact), NOW, POLICY)
    assert outlook.owed_at == contact + timedelta(hours=48)
    assert "A2" in rules(outlook.decision)


def test_a2_48_hours_is_a_duration_across_a_clock_change() -> None:
    contact = datetime(2027, 3, 27, 12, tzinfo=UTC)  # Berlin springs forward on the 28th
    outlook = look_ahead(case(last_contact_at=contact), contact, POLICY)
    assert outlook.owed_at == datetime(2027, 3, 29, 12, tzinfo=UTC)


def test_a2_years_overdue_is_due_in_the_next_block() -> None:
    found = step(case(last_contact_at=datetime(2016, 11, 3, 12, tzinfo=UTC)))
    assert found.window.starts_at - NOW < timedelta(hours=12)


def test_a2_unless_noted_otherwise_a_call_back_stands_at_its_time() -> None:
    window = Window(NOW + timedelta(hours=3), NOW + timedelta(hours=4), ZONE)
    found = step(case(touch("call_back", agreed=Agreed(Basis.CALL_BACK, window))))
    assert found.window == window and found.firm and found.purpose == "call_back"


def test_a2_a_step_set_by_hand_keeps_its_kind() -> None:
    window = Window(NOW + timedelta(hours=3), NOW + timedelta(hours=4), ZONE)
    found = step(case(touch("no_answer", agreed=Agreed(Basis.CHOSEN, window, Kind.EMAIL))))
    assert found.kind is Kind.EMAIL and found.window == window


def test_a2_another_systems_date_is_kept() -> None:
    decision = decide(case(planned_on=date(2026, 12, 7)), NOW)
    assert decision.step and decision.step.window.starts_at == datetime(2026, 12, 7, 7, tzinfo=UTC)
