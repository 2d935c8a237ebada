from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fifthcall.rules.case import Agreed, Basis, Channel, Kind, Window
from fifthcall.rules.decide import decide
from fifthcall.rules.windows import wall
from tests.rules.cases import NOW, POLICY, ZONE, case, rules, step, touch

POSTED = touch("posted", 1, Channel.POST)
DESK = Channel.DESK


def test_c7_the_call_comes_the_day_after_it_should_have_landed() -> None:
    decision = decide(case(POSTED), NOW)
    assert decision.step and decision.step.kind is Kind.CALL and "C7" in rules(decision)
    # Posted on Monday: it lands on Thursday, so the call is on Friday.
    assert wall(decision.step.window.starts_at, ZONE).date() == date(2026, 11, 27)


def test_c7_once_it_has_arrived_the_call_is_on_the_next_working_day() -> None:
    found = step(case(touch("posted", 30, Channel.POST), touch("arrived", 1, DESK)))
    assert wall(found.window.starts_at, ZONE).date() == date(2026, 11, 24)


def test_c7_what_came_back_is_asked_about() -> None:
    found = decide(case(POSTED, touch("came_back", 0.5, DESK)), NOW)
    assert found.reasons[0].code == "came_back"


def test_c7_an_arrival_changes_nothing_after_we_have_spoken() -> None:
    spoken = case(POSTED, touch("call_back", 0.5, agreed=_agreed(Basis.CALL_BACK)))
    landed = replace(spoken, touches=(*spoken.touches, touch("arrived", 0.1, DESK)))
    assert decide(landed, NOW) == decide(spoken, NOW)


def test_c7_a_promise_made_before_still_stands() -> None:
    promised = touch("connected", 3, reason="budget", agreed=_agreed(Basis.PROMISE))
    assert step(case(promised, POSTED)).purpose == "promised"


@given(st.integers(0, 730 * 24), st.integers(0, 9))
def test_c7_the_call_is_never_before_the_day_after_and_never_weeks_later(hours: int, days: int) -> None:
    posted = NOW + timedelta(hours=hours)
    policy = replace(POLICY, lands_after=days)
    of = case(replace(POSTED, at=posted))
    found = decide(of, posted, policy).step
    assert found and found.purpose == "after_it_lands"
    waited = wall(found.window.starts_at, ZONE).date() - wall(posted, ZONE).date()
    assert timedelta(days=days) < waited <= timedelta(days=2 * days + 12)


def _agreed(basis: Basis) -> Agreed:
    start = NOW + timedelta(days=8)
    return Agreed(basis, Window(start, start + timedelta(hours=1), ZONE))
