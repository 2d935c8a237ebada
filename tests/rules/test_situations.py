"""S1 to S10 recognised by what has happened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fifthcall.rules.case import Case, Channel, Policy
from fifthcall.rules.facts import read
from fifthcall.rules.situations import NAMES, RULES, recognise
from fifthcall.rules.words import sentence
from tests.rules.cases import NOW, case, touch

EMAIL = Channel.EMAIL
LONG_AGO = NOW - timedelta(days=120)
SILENT = tuple(touch("no_answer", hours) for hours in (90, 66, 42))
CASES: dict[str, Case] = {
    "S1": case(touch("connected", 20, reason="budget")),
    "S2": case(touch("connected", 200), touch("proposal_sent", 100, EMAIL)),
    "S3": case(touch("voicemail", 100), touch("voicemail", 50)),
    "S4": case(touch("sent", 50, EMAIL)),
    "S5": case(touch("call_back", 900), *(touch("sent", hours, EMAIL) for hours in (300, 200, 100))),
    "S6": case(touch("sent", 50, Channel.TEXT), source="Trade fair Cologne 2026"),
    "S7": case(touch("connected", 500), touch("meeting_held", 300, Channel.MEETING), *SILENT),
    "S8": case(last_contact_at=NOW - timedelta(days=9), stage="Quote sent"),
    "S9": case(touch("call_back", 200), *SILENT),
    "S10": case(*(touch("connected", 2000 - 100 * n) for n in range(8)), opened_at=LONG_AGO),
}


@pytest.mark.parametrize("name", CASES)
def test_each_is_recognised_with_its_evidence(name: str) -> None:
    found = recognise(read(CASES[name], NOW, Policy()))
    assert found and found.id == name and not found.chosen
    assert sentence(found.evidence.rule, found.evidence.code, found.evidence.facts)


def test_what_somebody_says_goes_before_what_is_recognised() -> None:
    found = recognise(read(case(touch("voicemail", 100), touch("voicemail", 50), situation="S9"), NOW, Policy()))
    assert found and found.id == "S9" and found.chosen


def test_a_new_one_has_no_situation_yet() -> None:
    assert recognise(read(case(), NOW, Policy())) is None
    assert recognise(read(case(touch("no_answer")), NOW, Policy())) is None


def test_there_are_ten() -> None:
    assert [rule.id for rule in RULES] == [f"S{n}" for n in range(1, 11)] == list(NAMES)


def test_c12_whoever_has_answered_is_not_asked_again() -> None:
    asked = (*CASES["S10"].touches, touch("serious", 2, reason="budget"))
    found = recognise(read(case(*asked, opened_at=LONG_AGO), NOW, Policy()))
    assert found is None or found.id != "S10"
