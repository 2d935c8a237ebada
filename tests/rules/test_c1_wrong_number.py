from __future__ import annotations

from fifthcall.rules.case import Channel, Kind
from tests.rules.cases import case, step, touch


def test_c1_after_a_wrong_number_the_other_one_is_called() -> None:
    assert step(case(touch("wrong_number"))).kind is Kind.CALL


def test_c1_without_another_number_one_has_to_be_found() -> None:
    assert step(case(touch("wrong_number"), ways=frozenset({Channel.EMAIL}))).kind is Kind.RESEARCH
