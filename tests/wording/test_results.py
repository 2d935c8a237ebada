"""D3, G2: what came of each version: attributed once, the young and the open not counted as failures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.insights.kept import Sums, keep_up
from fifthcall.insights.trails import WORDS, WORDS_END, State, Step, add, added
from fifthcall.insights.wording_results import Key, Result, refresh_trials, results, tally
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log, record, retract
from fifthcall.wording import saving
from fifthcall.wording.models import Template
from fifthcall.wording.odds import Score
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DAY = timedelta(days=1)
A, B = ("value_email", 1), ("value_email", 2)


class Said(NamedTuple):
    opportunity: int
    at: datetime
    key: tuple[str, int] | None
    status: str


class Sign(NamedTuple):
    opportunity: int
    at: datetime
    outcome: str


def said(days_ago: float, key: tuple[str, int] | None = A, opportunity: int = 1, status: str = "open") -> Said:
    """A mail, with a template's words or with one's own (None)."""
    return Said(opportunity, NOW - days_ago * DAY, key, status)


def sign(days_ago: float, outcome: str = "replied", opportunity: int = 1) -> Sign:
    return Sign(opportunity, NOW - days_ago * DAY, outcome)


def tallied(sent: list[Said], signs: list[Sign]) -> Mapping[Key, Result]:
    """What the sums of these opportunities come to."""
    found: dict[str, Sums] = {WORDS: {}, WORDS_END: {}}
    for opportunity in {one.opportunity for one in sent}:
        mine = [one for one in sent if one.opportunity == opportunity]
        steps = [_step(one.at, "sent", *(one.key or ("", 0))) for one in mine]
        steps += [_step(one.at, one.outcome) for one in signs if one.opportunity == opportunity]
        steps = [step._replace(id=number) for number, step in enumerate(steps, 1)]
        for place, amounts in added(steps, State(min(one.status for one in mine), 0, "")).items():
            if place.what in found:
                add(found[place.what], (place.key, place.number), amounts)
    return tally(found[WORDS], found[WORDS_END], NOW)


def _step(at: datetime, outcome: str, template: str = "", version: int = 0) -> Step:
    return Step(0, at, outcome, None, "email", "", template, version, None, "UTC")


def test_a_reply_belongs_to_the_last_message_before_it() -> None:
    found = tallied([said(40), said(38, B), said(36, None)], [sign(37)])
    assert (found[A].replied, found[B].replied) == (Score(0, 1), Score(1, 1))
    found = tallied([said(40), said(38, None)], [sign(37)])  # a letter of one's own came in between
    assert found[A].replied == Score(0, 1)


def test_a_reply_long_after_is_no_result_of_it() -> None:
    assert tallied([said(40)], [sign(32)])[A].replied == Score(0, 1)
    assert tallied([said(40)], [sign(33.1)])[A].replied == Score(1, 1)


def test_what_is_young_is_not_a_failure_yet() -> None:
    young = tallied([said(3)], [])[A]
    assert (young.sent, young.replied, young.met, young.young) == (1, Score(), Score(), 1)
    assert tallied([said(8)], [])[A].met == Score()
    assert tallied([said(15)], [])[A].met == Score(0, 1)


def test_what_bounced_was_not_read() -> None:
    found = tallied([said(20), said(20, A, 2)], [sign(20, "bounced")])[A]
    assert (found.sent, found.delivered, found.replied) == (2, Score(1, 2), Score(0, 1))


def test_an_open_one_is_not_lost() -> None:
    rows = [said(30), said(30, A, 2, "won"), said(30, A, 3, "lost"), said(30, A, 4, "resting")]
    assert tallied(rows, [])[A].won == Score(1, 2)


def test_a_meeting_has_more_time_and_two_signs_count_once() -> None:
    found = tallied([said(30)], [sign(20, "meeting_set"), sign(19, "meeting_held"), sign(29)])[A]
    assert (found.met, found.replied) == (Score(1, 1), Score(1, 1))


def test_a_sign_of_another_opportunity_is_none() -> None:
    assert tallied([said(30)], [sign(29, opportunity=2)])[A].replied == Score(0, 1)


_SAID = st.builds(
    said, st.floats(0, 60), st.sampled_from([A, B, None]), st.integers(1, 3), st.sampled_from(["open", "won"])
)
_SIGNS = st.builds(sign, st.floats(0, 60), st.sampled_from(["replied", "meeting_set", "bounced"]), st.integers(1, 3))


@given(st.lists(_SAID, max_size=12), st.lists(_SIGNS, max_size=8))
def test_the_counts_agree_with_one_another(sent: list[Said], signs: list[Sign]) -> None:
    found = tallied(sent, signs)
    assert sum(result.sent for result in found.values()) == sum(1 for one in sent if one.key)
    replies = sum(sign.outcome == "replied" for sign in signs)
    assert sum(result.replied.good for result in found.values()) <= replies
    for result in found.values():
        assert result.delivered.of == result.sent and result.met.of <= result.replied.of <= result.delivered.good
        for score in (result.delivered, result.replied, result.met, result.won):
            assert 0 <= score.good <= score.of and 0 <= score.shown.low <= score.rate <= score.shown.high <= 1
    assert tallied(sent[::-1], signs[::-1]) == found or len({(s.opportunity, s.at) for s in sent}) < len(sent)


def mail(row: Opportunity, at: datetime, number: int) -> None:
    record(row.pk, "sent", at, at, Channel.EMAIL, words=("value_email", number))


@pytest.mark.django_db
def test_d3_it_is_counted_from_what_was_said(team: Cast) -> None:
    at = NOW - 20 * DAY
    first, second = opportunity_with(team.ada, "Ida", at), opportunity_with(team.ada, "Jo", at)
    mail(first, at, 1)
    mail(second, at, 1)
    record(first.pk, "replied", at + DAY, at + DAY, Channel.EMAIL)
    expected = {A: Result(2, Score(2, 2), Score(1, 2), Score(0, 2), Score(), 0)}
    assert results(team.space.pk, NOW) == expected
    keep_up(NOW)
    assert results(team.space.pk, NOW) == expected
    other = type(team.space).objects.create(name="Theirs", zone="UTC", created_at=NOW)
    assert results(other.pk, NOW) == {}
    assert results(team.space.pk, NOW + 3 * 365 * DAY) == {}


@pytest.mark.django_db
def test_calls_are_measured_by_the_words_that_were_shown(team: Cast) -> None:
    at = NOW - 20 * DAY
    row = opportunity_with(team.ada, "Ida", at)
    log(row.pk, team.ada, Draft("no_answer", template="check_in"), at)
    log(row.pk, team.ada, Draft("connected", reason="budget", template="check_in"), at + DAY)
    undone = log(row.pk, team.ada, Draft("connected", reason="budget", template="check_in"), at + 2 * DAY)
    retract(undone.pk, team.ada, at + 2 * DAY)
    found = results(team.space.pk, NOW)[("check_in", 0)]
    assert (found.sent, found.delivered) == (2, Score(1, 2))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("goal", "expected"), [("reply", {"0": [0, 0], "1": [1, 2]}), ("meeting", {"0": [0, 0], "1": [0, 2]})]
)
def test_a_trial_learns_from_replies_or_meetings(team: Cast, goal: str, expected: dict[str, list[int]]) -> None:
    at = NOW - 20 * DAY
    saving.new_version(team.ada, "value_email", "Hi", "One", at)
    saving.begin_trial(team.ada, "value_email", (0, 1), goal, at)
    first, second = opportunity_with(team.ada, "Ida", at), opportunity_with(team.ada, "Jo", at)
    mail(first, at, 1)
    mail(second, at, 1)
    record(first.pk, "replied", at + DAY, at + DAY, Channel.EMAIL)
    record(second.pk, "opened", at + DAY, at + DAY, Channel.EMAIL)  # opens never decide
    assert refresh_trials(NOW) == 1
    assert Template.objects.get().trial_scores == expected
    saving.end_trial(team.ada, "value_email", NOW)
    assert refresh_trials(NOW) == 0
