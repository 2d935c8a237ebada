from __future__ import annotations

from itertools import pairwise

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.decide import decide
from fifthcall.rules.playbook import BUILTIN
from tests.rules.cases import NOW, case, refused_by, touch

QUIET = (touch("call_back", 900), touch("meeting_held", 800, Channel.MEETING), touch("no_answer", 700))
ALL = frozenset({Channel.CALL, Channel.EMAIL, Channel.POST, Channel.TEXT})


def test_c7_two_of_a_kind_never_follow_each_other() -> None:
    past = (*QUIET, touch("no_answer", 600), touch("no_answer", 500), touch("sent", 400, Channel.EMAIL, purpose="S7.2"))
    decision = decide(case(*past, ways=ALL), NOW)
    assert ("C7", "same") in refused_by(decision)
    assert decision.step and decision.step.kind.channel is not Channel.EMAIL


def test_c7_the_play_for_the_gone_dark_is_something_else_each_time() -> None:
    kinds = [step.kind for step in BUILTIN["S7"].steps]
    assert all(first is not second for first, second in pairwise(kinds))
    assert {Kind.NOTE, Kind.PARCEL, Kind.INVITE} <= set(kinds)
