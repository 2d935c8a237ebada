from __future__ import annotations

from fifthcall.rules.case import Channel, Kind
from tests.rules.cases import NOW, case, step, touch


def test_c2_a_voicemail_is_followed_at_once_by_its_text() -> None:
    found = step(case(touch("voicemail", 0.1)))
    assert found.kind is Kind.TEXT and found.purpose == "paired_text" and found.window.starts_at == NOW


def test_c2_not_to_a_landline_not_after_stop_and_not_hours_later() -> None:
    assert step(case(touch("voicemail"), ways=frozenset({Channel.CALL}))).kind is Kind.CALL
    assert step(case(touch("voicemail"), stopped=frozenset({Channel.TEXT}))).kind is Kind.CALL
    assert step(case(touch("voicemail", 5))).kind is Kind.CALL
