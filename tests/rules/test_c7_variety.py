from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from fifthcall.rules.case import Case, Channel, Kind, Touch
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
    assert {Kind.NOTE, Kind.PARCEL, Kind.INVITE, Kind.LEAD} <= set(kinds)


def quiet_until(*last: Touch) -> Case:
    """Gone dark, with the playbook taken up to S7.4."""
    return case(*QUIET, touch("no_answer", 650), touch("no_answer", 600, purpose="S7.4"), *last, ways=ALL)


def test_c7_business_for_them_is_a_kind_of_its_own() -> None:
    """By mail after a mail it is something else; given once, by whatever channel, it is the same."""
    after_mail = decide(quiet_until(touch("sent", 400, Channel.EMAIL)), NOW)
    assert after_mail.step and after_mail.step.kind is Kind.LEAD and after_mail.step.purpose == "S7.5"
    for outcome in ("lead_given", "introduction_made"):
        for channel in (Channel.EMAIL, Channel.CALL):
            again = decide(quiet_until(touch(outcome, 400, channel)), NOW)
            assert ("C7", "same_gift") in refused_by(again)
            assert again.step and again.step.kind is not Kind.LEAD


def test_c7_an_invitation_may_follow_business_for_them_but_not_another_one() -> None:
    given = touch("lead_given", 400, Channel.EMAIL, purpose="S7.5")
    then = decide(quiet_until(given), NOW).step
    assert then and (then.kind, then.purpose) == (Kind.INVITE, "S7.6")
    invited = decide(quiet_until(touch("invited", 400, Channel.EMAIL, purpose="S7.5")), NOW)
    assert ("C7", "same_gift") in refused_by(invited) and invited.step and invited.step.kind is not Kind.INVITE


def test_c7_without_a_mail_address_no_business_is_planned() -> None:
    of = replace(quiet_until(), ways=ALL - {Channel.EMAIL})
    found = decide(of, NOW).step
    assert found and found.kind.channel is not Channel.EMAIL
