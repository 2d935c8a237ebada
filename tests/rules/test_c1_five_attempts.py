from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.c1_five_attempts import still_owed
from fifthcall.rules.case import Channel
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, POLICY, case, rules, step, touch


def test_c1_attempts_are_counted_since_the_last_conversation() -> None:
    found = step(case(touch("no_answer", 200), touch("connected", 150, reason="x"), touch("no_answer", 30)))
    assert found.attempt == 2


def test_c1_the_next_attempt_is_at_another_hour_of_the_day() -> None:
    decision = decide(case(touch("no_answer", 0)), NOW)
    assert rules(decision) == {"C1"}
    assert decision.step and decision.step.window.starts_at >= NOW + timedelta(hours=4)


def test_c1_busy_means_soon() -> None:
    assert step(case(touch("busy", 0))).purpose == "next_attempt"


def test_c1_owed_attempts() -> None:
    assert [still_owed(done, POLICY) for done in (0, 2, 5, 9)] == [5, 3, 0, 0]


def test_c1_a_voicemail_and_its_text_are_one_attempt() -> None:
    found = step(case(touch("voicemail", 30), touch("sent", 29.9, Channel.TEXT)))
    assert found.attempt == 2
