"""Every mail of the corpus is told for what it is: no machine taken for a person, no plain "stop" missed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from fifthcall.cues.judging import Sort, Verdict, judge
from fifthcall.cues.parsing import parse
from fifthcall.cues.stop_words import Stop
from tests.cues.corpus import MAILS, OURS, TODAY, Labelled


@cache
def _verdicts() -> list[Verdict]:
    return [judge(parse(one.raw), OURS, TODAY) for one in MAILS]


def _judged() -> Iterable[tuple[Labelled, Verdict]]:
    return zip(MAILS, _verdicts(), strict=True)


def test_the_corpus_is_large_and_no_mail_stands_twice() -> None:
    assert len({one.raw for one in MAILS}) == len({one.name for one in MAILS}) == len(MAILS) >= 200


def test_no_machine_is_taken_for_a_person() -> None:
    assert [one.name for one, verdict in _judged() if one.sort != Sort.PERSON and verdict.sort == Sort.PERSON] == []


def test_people_are_people() -> None:
    people = [(one, verdict) for one, verdict in _judged() if one.sort == Sort.PERSON]
    wrong = [(one.name, verdict.sort, verdict.evidence) for one, verdict in people if verdict.sort != Sort.PERSON]
    assert len(wrong) <= len(people) * 0.02, wrong


def test_machines_are_told_apart() -> None:
    machines = [(one, verdict) for one, verdict in _judged() if one.sort != Sort.PERSON]
    wrong = [(one.name, verdict.sort, verdict.evidence) for one, verdict in machines if verdict.sort != one.sort]
    assert len(wrong) <= len(machines) * 0.02, wrong


def test_a_plain_stop_is_always_heard() -> None:
    assert [one.name for one, verdict in _judged() if one.stop == Stop.YES and verdict.stop != Stop.YES] == []


def test_what_only_looks_like_a_stop_is_never_taken_for_one() -> None:
    assert [one.name for one, verdict in _judged() if one.stop == Stop.NO and verdict.stop == Stop.YES] == []


def test_the_last_day_away_is_right() -> None:
    dated = [(one, verdict) for one, verdict in _judged() if one.dated]
    wrong = [(one.name, one.until, verdict.until) for one, verdict in dated if one.until != verdict.until]
    assert len(dated) >= 50
    assert len(wrong) <= len(dated) * 0.05, wrong


def test_the_failed_address_is_found() -> None:
    assert [one.name for one, verdict in _judged() if one.failed != verdict.failed_address] == []


def test_what_is_quoted_is_not_what_they_wrote() -> None:
    for one, verdict in _judged():
        if one.sort == Sort.PERSON and one.name.startswith("person"):
            assert "> " not in verdict.text and "rep@ours.example" not in verdict.text, one.name


def test_every_verdict_says_why() -> None:
    assert all(verdict.evidence and all(verdict.evidence) for verdict in _verdicts())
