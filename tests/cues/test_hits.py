"""E1: people and machines are told apart; a machine never counts as a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.cues.hits import SETTLED, Hit, Mail, Sort, What, verdict
from tests.cues.hit_patterns import (
    CHROME,
    CLICKED,
    GMAIL,
    MACHINES,
    OUTLOOK,
    OWN,
    PATTERNS,
    PERSONS,
    SENT,
    UNSURE,
    Pattern,
    verdicts,
)


def test_e1_there_are_enough_patterns_each_once() -> None:
    assert len(PATTERNS) >= 80 and len({case.name for case in PATTERNS}) == len(PATTERNS)
    assert len(PERSONS) >= 40 and len(MACHINES) >= 40


@pytest.mark.parametrize("case", [*MACHINES, *UNSURE, *OWN], ids=lambda case: case.name)
def test_e1_no_machine_counts_as_a_person(case: Pattern) -> None:
    found = verdicts(case)
    assert all(one and one.sort is not Sort.PERSON for one in found)
    wanted = found if case.every else found[-1:]
    assert {one and one.sort for one in wanted} == {Sort(case.who)}
    assert all(one and one.evidence and all(said.endswith(".") for said in one.evidence) for one in found)


def test_e1_people_are_found() -> None:
    missed = []
    for case in PERSONS:
        found = verdicts(case)
        wanted = found if case.every else found[-1:]
        missed += [(case.name, one and one.evidence) for one in wanted if one is None or one.sort is not Sort.PERSON]
    assert not missed
    assert len(missed) / len(PERSONS) <= 0.02


def test_a_click_on_a_page_is_a_person_at_once() -> None:
    hit = Hit(What.CLICK, 1, SENT + timedelta(minutes=9), agent=CHROME, address="a", site="cross-site", **CLICKED)
    found = verdict(hit, Mail(SENT, 3, (hit,), hit.at))
    assert found and found.sort is Sort.PERSON and found.evidence[0] == "9 minutes after it was sent."


def test_a_browser_known_from_an_earlier_mail_is_a_person_at_once() -> None:
    hit = Hit(What.CLICK, 1, SENT + timedelta(seconds=20), agent=CHROME, address="a", site="none", **CLICKED)
    assert verdict(hit, Mail(SENT, 3, (hit,), hit.at)) is None
    found = verdict(hit, Mail(SENT, 3, (hit,), hit.at, frozenset({("a", CHROME)})))
    assert found and found.sort is Sort.PERSON


def test_other_signals_wait_for_what_may_come_with_them() -> None:
    hit = Hit(What.OPEN, 1, SENT + timedelta(minutes=9), agent=CHROME, address="a", mode="no-cors", dest="image")
    assert verdict(hit, Mail(SENT, 3, (hit,), hit.at + SETTLED - timedelta(seconds=1))) is None
    assert verdict(hit, Mail(SENT, 3, (hit,), hit.at + SETTLED)) is not None


HITS = st.builds(
    Hit,
    what=st.sampled_from(What),
    link=st.integers(0, 4),
    at=st.integers(0, 3000).map(lambda tenths: SENT + timedelta(seconds=tenths / 10)),
    method=st.sampled_from(["GET", "GET", "GET", "HEAD"]),
    agent=st.sampled_from([CHROME, OUTLOOK, GMAIL, "curl/8", "", "Zorg"]),
    address=st.sampled_from(["a", "b", ""]),
    own=st.sampled_from(["", "", "", "session"]),
    language=st.booleans(),
    site=st.sampled_from(["", "none", "cross-site"]),
    mode=st.sampled_from(["", "navigate", "no-cors"]),
    dest=st.sampled_from(["", "document", "image"]),
    user=st.booleans(),
    encrypted=st.booleans(),
)


@given(st.lists(HITS, min_size=1, max_size=8), st.integers(1, 5))
def test_e1_whatever_else_comes_these_are_never_a_person(made: list[Hit], links: int) -> None:
    for wait in (timedelta(), SETTLED):
        mail = Mail(SENT, links, tuple(made), max(hit.at for hit in made) + wait)
        for hit in made:
            found = verdict(hit, mail)
            person = bool(found and found.sort is Sort.PERSON)
            trapped = any(o.what is What.TRAP and o.address == hit.address != "" for o in made)
            machine = hit.what is What.TRAP or hit.method != "GET" or hit.agent in ("", "curl/8", GMAIL) or trapped
            assert not (person and (hit.own or machine or hit.at < SENT + timedelta(seconds=5)))
            assert found or wait == timedelta()


@given(st.lists(HITS, min_size=1, max_size=6), st.permutations(range(6)))
def test_the_order_in_which_hits_are_known_does_not_matter(made: list[Hit], order: list[int]) -> None:
    moment = max(hit.at for hit in made) + SETTLED
    mixed = tuple(made[n] for n in order if n < len(made))
    for hit in made:
        assert verdict(hit, Mail(SENT, 3, tuple(made), moment)) == verdict(hit, Mail(SENT, 3, mixed, moment))
