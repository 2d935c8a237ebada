from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Agreed, Basis, Channel, Kind, Meeting, Policy, Window
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, ZONE, case, rules, step, touch


def test_e3_their_answer_is_the_next_step_at_once() -> None:
    decision = decide(case(touch("sent", 30, Channel.EMAIL), touch("replied", 0, Channel.EMAIL)), NOW)
    assert decision.step and decision.step.kind is Kind.EMAIL and decision.step.purpose == "answer"
    assert decision.step.window.starts_at == NOW and decision.step.firm and not decision.step.automatic
    assert "E3" in rules(decision)


def test_e3_stands_before_promises_and_meetings() -> None:
    window = Window(NOW + timedelta(hours=24), NOW + timedelta(hours=26), ZONE)
    promised = touch("sent", 30, Channel.EMAIL, agreed=Agreed(Basis.PROMISE, window))
    replied = touch("replied", 0, Channel.TEXT)
    of = case(promised, replied, meeting=Meeting(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=1), ZONE))
    assert step(of).purpose == "answer" and step(of).kind is Kind.TEXT


def test_e3_nothing_is_automatic_after_an_answer() -> None:
    mailed = [touch("sent", 24 * days, Channel.EMAIL) for days in (9, 6, 3)]
    policy = Policy(automatic=frozenset({Channel.EMAIL}))
    found = decide(case(*mailed, touch("replied", 0, Channel.EMAIL)), NOW, policy).step
    assert found and not found.automatic


def test_e3_is_over_when_we_have_answered() -> None:
    of = case(touch("replied", 5, Channel.EMAIL), touch("sent", 1, Channel.EMAIL))
    assert step(of, NOW + timedelta(hours=1)).purpose != "answer"
