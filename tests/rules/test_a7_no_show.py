"""They did not come to the meeting."""

from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, step, touch

BOTH = frozenset({Channel.CALL, Channel.TEXT, Channel.EMAIL})


def test_a7_who_did_not_come_is_called_at_once() -> None:
    found = step(case(touch("meeting_missed", 0), ways=BOTH))
    assert (found.kind, found.purpose) == (Kind.CALL, "no_show.call")
    assert found.window.until == NOW + timedelta(minutes=30)


def test_a7_then_two_other_times_are_offered_the_same_day() -> None:
    missed = touch("meeting_missed", 1)
    found = step(case(missed, touch("no_answer", 0.5), ways=BOTH))
    assert (found.kind, found.purpose) == (Kind.TEXT, "no_show.times")
    by_mail = step(case(missed, touch("no_answer", 0.5), ways=BOTH - {Channel.TEXT}))
    assert by_mail.kind is Kind.EMAIL


def test_a7_a_voicemail_takes_its_text_and_no_second_message() -> None:
    found = step(case(touch("meeting_missed", 1), touch("voicemail", 0.5), ways=BOTH))
    assert found.purpose == "paired_text"


def test_a7_then_a_call_at_the_same_hour_of_the_next_day_and_the_playbook_goes_on() -> None:
    missed, called = touch("meeting_missed", 3), touch("no_answer", 2.5)
    texted = touch("sent", 2, channel=Channel.TEXT)
    again = step(case(missed, called, texted, ways=BOTH))
    assert again.purpose == "no_show.again"
    assert again.window.starts_at >= missed.at + timedelta(days=1)
    after = step(case(missed, called, texted, touch("no_answer", 0.1), ways=BOTH))
    assert not after.purpose.startswith("no_show")


def test_a7_the_second_time_they_are_asked_what_they_would_do() -> None:
    found = step(case(touch("meeting_missed", 50), touch("no_answer", 49), touch("meeting_missed", 0), ways=BOTH))
    assert found.purpose == "no_show.serious"


def test_a7_a_conversation_in_between_starts_anew() -> None:
    talked = touch("connected", 20, reason="thinking")
    found = step(case(touch("meeting_missed", 50), talked, touch("meeting_missed", 0), ways=BOTH))
    assert found.purpose == "no_show.call"


def test_a7_what_was_not_done_at_once_is_no_duty_for_ever() -> None:
    outlook = decide(case(touch("meeting_missed", 24), ways=BOTH), NOW)
    assert "no_show.call" not in str(outlook)
