"""Texts through a provider: sent once, whatever breaks; what became of them is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from fifthcall.cues import phone_hooks
from fifthcall.cues.phone_hooks import Forged
from fifthcall.people.models import Suppression
from fifthcall.phoning import sending, texts
from fifthcall.phoning.models import Line, Text
from fifthcall.phoning.texts import Note, Unfit, write
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.phone_provider import Provider
from tests.phoning.lines import NOON, THEIRS, came, line_for, prospect, report, sent, status, written

State = Text.State


def test_what_is_written_goes_out_and_becomes_a_touch(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    text = sent(opportunity, team.ada, "Shall we talk tomorrow?")
    assert (text.state, text.provider_id) == (State.SENT, provider.texts[0]["sid"])
    assert (provider.texts[0]["to"], provider.texts[0]["body"]) == (THEIRS, "Shall we talk tomorrow?")
    assert text.touch
    assert (text.touch.outcome, text.touch.channel, text.touch.note) == ("sent", "text", "Shall we talk tomorrow?")


def test_the_same_form_sent_twice_is_one_text(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    first = write(opportunity.pk, team.ada, Note(THEIRS, "Hello", "form"), NOON)
    assert write(opportunity.pk, team.ada, Note(THEIRS, "Hello", "form"), NOON) == first


def test_it_can_be_taken_back_for_ten_seconds(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    text = write(prospect(team.ada).pk, team.ada, Note(THEIRS, "Hello", "form"), NOON)
    assert sending.send_due(NOON + timedelta(seconds=9)) == 0
    assert texts.take_back(text.pk, team.ada)
    assert sending.send_due(NOON + timedelta(seconds=11)) == 0
    assert not provider.texts


def test_how_they_agreed_must_be_known(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada, agreed=False)
    with pytest.raises(Unfit, match="how they agreed"):
        write(opportunity.pk, team.ada, Note(THEIRS, "Hello", "form"), NOON)
    write(opportunity.pk, team.ada, Note(THEIRS, "Hello", "form", agreed="asked me on the phone"), NOON)
    write(opportunity.pk, team.ada, Note(THEIRS, "Again", "another"), NOON)


@pytest.mark.parametrize("fault", ["hang", "drop"])
def test_an_answer_that_never_came_is_asked_for_not_sent_again(team: Cast, provider: Provider, fault: str) -> None:
    line_for(team.ada)
    provider.faults = [fault]
    provider.hang = 0.1
    text = written(prospect(team.ada), team.ada)
    assert not sending.send(text.pk, NOON)
    text.refresh_from_db()
    assert text.state == State.UNCERTAIN
    Text.objects.filter(pk=text.pk).update(look_at=NOON)
    assert sending.look_for_lost(NOON) == 1
    text.refresh_from_db()
    assert (text.state, text.provider_id) == (State.SENT, provider.texts[0]["sid"])
    assert len(provider.texts) == 1
    assert Touch.objects.filter(outcome="sent").count() == 1


def test_a_report_settles_what_was_uncertain(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    provider.faults = ["drop"]
    text = written(prospect(team.ada), team.ada)
    sending.send(text.pk, NOON)
    text.refresh_from_db()
    status(text, "delivered", sid=provider.texts[0]["sid"])
    text.refresh_from_db()
    assert text.state == State.DELIVERED
    assert Touch.objects.filter(outcome="sent").count() == 1
    assert sending.send_due(NOON + timedelta(days=1)) == 0


def test_what_the_provider_never_had_stays_for_a_person_to_decide(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    provider.faults = ["refuse"]
    text = written(prospect(team.ada), team.ada)
    sending.send(text.pk, NOON)
    at = NOON
    for _ in range(8):
        at += timedelta(hours=1)
        sending.look_for_lost(at)
        sending.send_due(at)
    text.refresh_from_db()
    assert (text.state, provider.texts) == (State.UNCERTAIN, [])
    assert texts.send_still(text.pk, team.ada, NOON + timedelta(minutes=1))
    assert sending.send_due(NOON + timedelta(minutes=1)) == 1
    assert len(provider.texts) == 1


def test_a_busy_provider_is_tried_again(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    provider.faults = ["busy"]
    text = written(prospect(team.ada), team.ada)
    assert not sending.send(text.pk, NOON)
    text.refresh_from_db()
    assert text.state == State.WAITING
    assert sending.send(text.pk, max(text.due_at, NOON))


def test_a_wrong_token_pauses_the_line_and_loses_nothing(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    line.keep_secrets(token="wrong")
    line.save()
    text = written(prospect(team.ada), team.ada)
    assert not sending.send(text.pk, NOON)
    line.refresh_from_db()
    text.refresh_from_db()
    assert "Authenticate" in line.paused_why
    assert text.state == State.WAITING


def test_who_told_the_provider_to_stop_has_told_us(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    provider.faults = [(400, 21610, "Attempt to send to unsubscribed recipient")]
    text = written(opportunity, team.ada)
    sending.send(text.pk, NOON)
    text.refresh_from_db()
    assert text.state == State.FAILED
    assert Suppression.objects.filter(target=THEIRS, channel="all", lifted_at=None).exists()
    with pytest.raises(Unfit, match="asked not to be texted"):
        write(opportunity.pk, team.ada, Note(THEIRS, "Again", "another"), NOON)


def test_a_report_that_they_told_the_provider_to_stop_counts_as_much(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    text = sent(opportunity, team.ada)
    status(text, "undelivered", code="21610")
    assert Suppression.objects.filter(target=THEIRS, channel="all", lifted_at=None).exists()
    assert opportunity.person
    opportunity.person.refresh_from_db()
    assert "all" in opportunity.person.stopped


def test_d3_the_version_whose_words_were_sent_is_counted(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    note = Note(THEIRS, "Hello", "form", template="paired_text", template_version=0)
    text = write(prospect(team.ada).pk, team.ada, note, NOON)
    sending.send_due(NOON + timedelta(seconds=10))
    text.refresh_from_db()
    assert text.touch and (text.touch.template, text.touch.template_version) == ("paired_text", 0)


def test_a_landline_is_texted_no_more_and_still_called(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    text = sent(opportunity, team.ada)
    status(text, "undelivered", code="30006")
    text.refresh_from_db()
    assert (text.state, text.why) == (State.UNDELIVERED, "It is a landline: texts don’t arrive there.")
    with pytest.raises(Unfit, match="mobile"):
        write(opportunity.pk, team.ada, Note(THEIRS, "Again", "another"), NOON)


def test_reports_may_come_twice_and_in_any_order(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    text = sent(prospect(team.ada), team.ada)
    for what in ("delivered", "sent", "delivered", "queued", "sending", "sent"):
        status(text, what)
    text.refresh_from_db()
    assert text.state == State.DELIVERED


def test_a_late_failure_does_not_undo_a_delivery(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    text = sent(prospect(team.ada), team.ada)
    status(text, "delivered")
    status(text, "undelivered", code="30003")
    text.refresh_from_db()
    assert text.state == State.DELIVERED
    assert not Touch.objects.filter(outcome="bounced").exists()


def _forgeries(line: Line, text: Text) -> list[phone_hooks.Report]:
    said = {"MessageSid": text.provider_id, "MessageStatus": "failed"}
    good = report(line, "state", text.pk, said)
    return [
        report(line, "state", text.pk, said, signature=""),
        report(line, "state", text.pk, said, signature="A" * 28),
        report(line, "state", text.pk + 1, said, signature=good.signature),
        report(line, "texts", text.pk, said, signature=good.signature),
        phone_hooks.Report(line.pk, "guessed", "state", text.pk, said, good.signature),
        phone_hooks.Report(line.pk + 1, line.hook_secret, "state", text.pk, said, good.signature),
        phone_hooks.Report(line.pk, line.hook_secret, "state", text.pk, said | {"ErrorCode": "21610"}, good.signature),
        phone_hooks.Report(line.pk, line.hook_secret, "state", text.pk, {}, good.signature),
    ]


def test_whatever_is_forged_is_refused(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    text = sent(prospect(team.ada), team.ada)
    for forged in _forgeries(line, text):
        with pytest.raises(Forged):
            phone_hooks.take(forged, NOON)
    text.refresh_from_db()
    assert text.state == State.SENT


def test_outside_the_hours_it_waits_for_them(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    night = datetime.fromisoformat("2026-11-24T22:30+01:00")
    text = write(opportunity.pk, team.ada, Note(THEIRS, "Hello", "form"), night)
    assert sending.send_due(night + timedelta(minutes=1)) == 0
    morning = datetime.fromisoformat("2026-11-25T08:00+01:00")
    assert text.due_at == morning
    assert sending.send_due(morning - timedelta(seconds=1)) == 0
    assert sending.send_due(morning) == 1


def test_what_waits_is_cancelled_when_they_answer(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    opportunity = prospect(team.ada)
    night = datetime.fromisoformat("2026-11-24T22:30+01:00")
    text = write(opportunity.pk, team.ada, Note(THEIRS, "Hello", "form"), night)
    came(line, "Call me on Friday", now=night + timedelta(minutes=5))
    text.refresh_from_db()
    assert (text.state, text.why) == (State.CANCELLED, "They answered.")


def test_the_fourth_in_a_day_waits(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    for number in range(3):
        sent(opportunity, team.ada, f"Hello {number}", NOON + timedelta(minutes=number))
    text = written(opportunity, team.ada, "One more", NOON + timedelta(minutes=5))
    assert not sending.send(text.pk, NOON + timedelta(minutes=5))
    text.refresh_from_db()
    assert text.state == State.WAITING
    assert "3 is the most" in text.why
    assert text.due_at == NOON + timedelta(days=1)
    early = NOON + timedelta(days=1, seconds=-1)
    assert not sending.send(text.pk, early)
    assert sending.send(text.pk, NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("problem", "change"),
    [("Write something", {"text": " "}), ("1,601 characters", {"text": "a" * 1601}), ("mobile", {"number": "+1555"})],
)
def test_what_cannot_be_sent_is_said(team: Cast, provider: Provider, problem: str, change: dict[str, Any]) -> None:
    line_for(team.ada)
    values = {"number": THEIRS, "text": "Hello", "key": "form"} | change
    with pytest.raises(Unfit, match=problem):
        write(prospect(team.ada).pk, team.ada, Note(**values), NOON)
