from __future__ import annotations

from datetime import timedelta

import pytest

from fifthcall.rules.case import Agreed, Basis, Channel, Kind, Window
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, ZONE, case, refused_by, rules, step, touch

MAILED = touch("sent", 30, Channel.EMAIL)


@pytest.mark.parametrize("outcome", ["opened", "clicked"])
def test_e2_the_call_moves_to_now_outside_the_blocks_too(outcome: str) -> None:
    decision = decide(case(MAILED, touch(outcome, 0, Channel.EMAIL)), NOW + timedelta(hours=2))
    assert decision.step and decision.step.kind is Kind.CALL and decision.step.firm
    assert decision.step.window.starts_at == NOW + timedelta(hours=2)
    assert "E2" in rules(decision)


def test_e2_never_outside_the_laws_hours() -> None:
    at_night = NOW.replace(hour=21)  # 22:00 in Berlin
    found = decide(case(MAILED, touch("opened", -13, Channel.EMAIL)), at_night)
    assert found.step and found.step.window.starts_at > at_night
    assert ("B4", "law") in refused_by(found)


def test_e2_never_beyond_the_weeks_budget() -> None:
    spent = [touch("voicemail" if n % 2 else "no_answer", 24 * (5 - n) + 10) for n in range(5)]
    found = decide(case(*spent, touch("opened", 0, Channel.EMAIL)), NOW)
    assert found.step and found.step.window.starts_at > NOW
    assert any(rule == "C4" for rule, _ in refused_by(found))


def test_e2_lasts_a_day_and_ends_with_the_next_touch() -> None:
    opened = touch("opened", 0, Channel.EMAIL)
    assert step(case(MAILED, opened), NOW + timedelta(hours=23)).purpose == "signal"
    assert step(case(MAILED, opened), NOW + timedelta(hours=25)).purpose != "signal"
    assert step(case(MAILED, opened, touch("no_answer", 0)), NOW).purpose != "signal"


def test_e2_without_a_number_there_is_nothing_to_call() -> None:
    found = step(case(MAILED, touch("opened", 0, Channel.EMAIL), ways=frozenset({Channel.EMAIL})))
    assert found.purpose != "signal"


def test_e2_a_promised_time_is_kept() -> None:
    window = Window(NOW + timedelta(hours=24), NOW + timedelta(hours=26), ZONE)
    promised = touch("sent", 30, Channel.EMAIL, agreed=Agreed(Basis.PROMISE, window))
    assert step(case(promised, touch("opened", 0, Channel.EMAIL))).window == window
