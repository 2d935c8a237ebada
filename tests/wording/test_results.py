"""D3, G2: what came of each version: attributed once, the young and the open not counted as failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.channels.models import Mailbox, Message
from fifthcall.insights.wording_results import Result, Sent, Sign, refresh_trials, results, tally
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


def said(days_ago: float, key: tuple[str, int] | None = A, opportunity: int = 1, status: str = "open") -> Sent:
    return Sent(opportunity, NOW - days_ago * DAY, key, status)


def sign(days_ago: float, outcome: str = "replied", opportunity: int = 1) -> Sign:
    return Sign(opportunity, NOW - days_ago * DAY, outcome)


def test_a_reply_belongs_to_the_last_message_before_it() -> None:
    found = tally([said(40), said(38, B), said(36, None)], [sign(37)], NOW)
    assert (found[A].replied, found[B].replied) == (Score(0, 1), Score(1, 1))
    found = tally([said(40), said(38, None)], [sign(37)], NOW)  # a letter of one's own came in between
    assert found[A].replied == Score(0, 1)


def test_a_reply_long_after_is_no_result_of_it() -> None:
    assert tally([said(40)], [sign(32)], NOW)[A].replied == Score(0, 1)
    assert tally([said(40)], [sign(33.1)], NOW)[A].replied == Score(1, 1)


def test_what_is_young_is_not_a_failure_yet() -> None:
    young = tally([said(3)], [], NOW)[A]
    assert (young.sent, young.replied, young.met, young.young) == (1, Score(), Score(), 1)
    assert tally([said(8)], [], NOW)[A].met == Score()
    assert tally([said(15)], [], NOW)[A].met == Score(0, 1)


def test_what_bounced_was_not_read() -> None:
    found = tally([said(20), said(20, A, 2)], [sign(20, "bounced")], NOW)[A]
    assert (found.sent, found.delivered, found.replied) == (2, Score(1, 2), Score(0, 1))


def test_an_open_one_is_not_lost() -> None:
    rows = [said(30), said(30, A, 2, "won"), said(30, A, 3, "lost"), said(30, A, 4, "resting")]
    assert tally(rows, [], NOW)[A].won == Score(1, 2)


def test_a_meeting_has_more_time_and_two_signs_count_once() -> None:
    found = tally([said(30)], [sign(20, "meeting_set"), sign(19, "meeting_held"), sign(29)], NOW)[A]
    assert (found.met, found.replied) == (Score(1, 1), Score(1, 1))


def test_a_sign_of_another_opportunity_is_none() -> None:
    assert tally([said(30)], [sign(29, opportunity=2)], NOW)[A].replied == Score(0, 1)


_SENT = st.builds(
    said, st.floats(0, 60), st.sampled_from([A, B, None]), st.integers(1, 3), st.sampled_from(["open", "won"])
)
_SIGNS = st.builds(sign, st.floats(0, 60), st.sampled_from(["replied", "meeting_set", "bounced"]), st.integers(1, 3))


@given(st.lists(_SENT, max_size=12), st.lists(_SIGNS, max_size=8))
def test_the_counts_agree_with_one_another(sent: list[Sent], signs: list[Sign]) -> None:
    found = tally(sent, signs, NOW)
    assert sum(result.sent for result in found.values()) == sum(1 for one in sent if one.key)
    replies = sum(sign.outcome == "replied" for sign in signs)
    assert sum(result.replied.good for result in found.values()) <= replies
    for result in found.values():
        assert result.delivered.of == result.sent and result.met.of <= result.replied.of <= result.delivered.good
        for score in (result.delivered, result.replied, result.met, result.won):
            assert 0 <= score.good <= score.of and 0 <= score.shown.low <= score.rate <= score.shown.high <= 1
    assert tally(sent[::-1], signs[::-1], NOW) == found or len({(s.opportunity, s.at) for s in sent}) < len(sent)


def mail(team: Cast, row: Opportunity, at: datetime, number: int | None, **more: str) -> Message:
    box, _ = Mailbox.objects.get_or_create(
        workspace=team.space, member=team.ada, defaults={"address": "a@b.example", "zone": "UTC", "created_at": NOW}
    )
    count = Message.objects.count()
    values = {"template": "value_email" if number is not None else "", "state": "sent", "key": f"k{count}"}
    return Message.objects.create(
        workspace=team.space, mailbox=box, opportunity=row, member=team.ada, to_address="i@d.example", subject="Hi",
        text="x", template_version=number, message_id=f"<{count}@b>", wanted_at=at, due_at=at, sent_at=at,
        created_at=at, **(values | more),
    )  # fmt: skip


@pytest.mark.django_db
def test_d3_it_is_read_from_the_mails_and_touches(team: Cast) -> None:
    at = NOW - 20 * DAY
    first, second = opportunity_with(team.ada, "Ida", at), opportunity_with(team.ada, "Jo", at)
    mail(team, first, at, 1)
    mail(team, second, at, 1)
    mail(team, second, at, 2, state="waiting")
    record(first.pk, "replied", at + DAY, at + DAY, Channel.EMAIL)
    found = results(team.space.pk, NOW)
    assert found == {A: Result(2, Score(2, 2), Score(1, 2), Score(0, 2), Score(), 0)}
    other = type(team.space).objects.create(name="Theirs", zone="UTC", created_at=NOW)
    assert results(other.pk, NOW) == {}


@pytest.mark.django_db
def test_calls_are_measured_by_the_words_that_were_shown(team: Cast) -> None:
    at = NOW - 20 * DAY
    row = opportunity_with(team.ada, "Ida", at)
    log(row.pk, team.ada, Draft("no_answer", template="check_in"), at)
    log(row.pk, team.ada, Draft("connected", reason="budget", template="check_in"), at + DAY)
    undone = log(row.pk, team.ada, Draft("connected", reason="budget", template="check_in"), at + 2 * DAY)
    retract(undone.pk, team.ada, at + 2 * DAY)
    found = results(team.space.pk, NOW, "check_in")[("check_in", 0)]
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
    mail(team, first, at, 1)
    mail(team, second, at, 1)
    record(first.pk, "replied", at + DAY, at + DAY, Channel.EMAIL)
    record(second.pk, "opened", at + DAY, at + DAY, Channel.EMAIL)  # opens never decide
    assert refresh_trials(NOW) == 1
    assert Template.objects.get().trial_scores == expected
    saving.end_trial(team.ada, "value_email", NOW)
    assert refresh_trials(NOW) == 0
