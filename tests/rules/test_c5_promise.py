from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Agreed, Basis, Channel, Window
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, ZONE, case, rules, step, touch

WINDOW = Window(NOW + timedelta(hours=24), NOW + timedelta(hours=26), ZONE)
PROMISE = Agreed(Basis.PROMISE, WINDOW)


def test_c5_the_promise_is_the_next_step_in_exactly_that_window() -> None:
    decision = decide(case(touch("voicemail", 5, agreed=PROMISE)), NOW)
    assert decision.step and decision.step.window == WINDOW and decision.step.firm
    assert rules(decision) == {"C5"}


def test_c5_the_paired_text_comes_first_and_the_promise_stands() -> None:
    voicemail = touch("voicemail", 0.2, agreed=PROMISE)
    assert step(case(voicemail)).purpose == "paired_text"
    assert step(case(voicemail, touch("sent", 0.1, Channel.TEXT))).window == WINDOW


def test_c5_a_late_promise_is_due_at_once() -> None:
    after = WINDOW.until + timedelta(minutes=1)
    found = step(case(touch("voicemail", 5, agreed=PROMISE)), after)
    assert found.window.starts_at == after


def test_c5_a_kept_promise_is_over() -> None:
    kept = touch("no_answer", 0)
    assert step(case(touch("voicemail", 30, agreed=PROMISE), kept)).purpose != "promised"
