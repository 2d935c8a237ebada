"""B4: three contacts in 24 hours where a state says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fifthcall.rules.case import Agreed, Basis, Case, Channel, Touch, Window
from fifthcall.rules.decide import decide
from tests.rules.cases import POLICY, refused_by

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)  # ten in the morning in Miami
FLORIDA = Case(
    prospect_zone="America/New_York",
    zone_known=True,
    regions=("US-FL",),
    ways=frozenset({Channel.CALL}),
    touches=tuple(Touch(NOW - timedelta(hours=h), Channel.CALL, "busy") for h in (3, 2, 1)),
)


def test_the_fourth_waits_until_a_day_after_the_first() -> None:
    decision = decide(FLORIDA, NOW, POLICY)
    assert ("B4", "a_day") in refused_by(decision)
    assert decision.step and decision.step.window.starts_at >= NOW + timedelta(hours=21)


def test_an_agreed_time_waits_too() -> None:
    call_back = Agreed(Basis.CALL_BACK, Window(NOW, NOW + timedelta(hours=1), "America/New_York"))
    asked = Touch(NOW - timedelta(minutes=30), Channel.CALL, "call_back", call_back)
    decision = decide(replace(FLORIDA, touches=(*FLORIDA.touches, asked)), NOW, POLICY)
    assert decision.step and decision.step.window.starts_at > NOW + timedelta(hours=12)


def test_elsewhere_a_busy_line_is_tried_again_at_once() -> None:
    decision = decide(replace(FLORIDA, regions=("US-NY",)), NOW, POLICY)
    assert ("B4", "a_day") not in refused_by(decision)
    assert decision.step and decision.step.window.starts_at.date() == NOW.date()
