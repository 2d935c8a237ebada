from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Agreed, Basis, Channel, Kind, Window
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, ZONE, case, refused_by, step, touch


def test_d5_a_stopped_channel_is_never_used_again() -> None:
    decision = decide(case(stopped=frozenset({Channel.CALL})), NOW)
    assert decision.step and decision.step.kind is Kind.TEXT
    assert ("D5", "stopped") in refused_by(decision)


def test_d5_stop_beats_a_promise() -> None:
    window = Window(NOW + timedelta(hours=1), NOW + timedelta(hours=2), ZONE)
    told = touch("voicemail", 5, agreed=Agreed(Basis.PROMISE, window))
    assert step(case(told, stopped=frozenset(Channel))).kind is Kind.REVIEW


def test_d5_who_wants_no_contact_at_all_leaves_a_decision_to_us() -> None:
    found = step(case(stopped=frozenset(Channel)))
    assert found.kind is Kind.REVIEW and found.kind.channel is Channel.DESK
