"""Texts of theirs: an answer stops what is planned, a stop stops everything, what may be one is shown (D5, E3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from fifthcall.channels.email import wanting
from fifthcall.channels.models import Mailbox, Message
from fifthcall.cues.texts_in import Asked, asks
from fifthcall.people.models import ContactPoint, Person, Suppression
from fifthcall.people.reach import add_point
from fifthcall.phoning import sending
from fifthcall.phoning.models import Text
from fifthcall.phoning.texts import Note, write
from tests.cast import Cast
from tests.phone_provider import Provider
from tests.phoning.lines import NOON, THEIRS, came, line_for, prospect, sent

State = Text.State
SOON = NOON + timedelta(minutes=5)
STOPS = [
    *("STOP", "stop.", "Stop!!", "please stop", "StopAll", "unsubscribe", "Cancel", "END", "quit", "opt out", "revoke"),
    *("Remove me", "Stop texting me", "no more texts", "Please take me off your list."),
    *("Stopp", "Abmelden", "keine SMS mehr"),
    *("Arrêt", "arret", "Désinscription"),
    *("Baja", "parar", "no más mensajes"),
    *("Disiscrivimi", "basta"),
    *("Afmelden", "geen sms meer"),
    *("Sair", "pare"),
]
NO_STOPS = [
    "I stop by tomorrow at nine",
    "Can we stop over at your office?",
    "The work must not stop the shop",
    "End of the month suits me",
    "Yes, cancel the Tuesday slot and take Wednesday",
]


@pytest.mark.parametrize("words", STOPS)
def test_it_asks_to_stop(words: str) -> None:
    assert asks(words) is Asked.STOP


@pytest.mark.parametrize("words", NO_STOPS)
def test_it_does_not_ask_to_stop(words: str) -> None:
    assert asks(words) is not Asked.STOP


@pytest.mark.parametrize(
    ("words", "asked"), [("START", "start"), ("Unstop", "start"), ("HELP", "help"), ("Hilfe!", "help")]
)
def test_the_usual_words(words: str, asked: str) -> None:
    assert asks(words) == asked


def test_an_answer_becomes_the_next_step(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    opportunity = prospect(team.ada)
    sent(opportunity, team.ada)
    text = came(line, "Call me on Friday", now=SOON)
    opportunity.refresh_from_db()
    assert text and text.touch
    assert (text.touch.outcome, text.touch.channel) == ("replied", "text")
    assert opportunity.next_purpose == "answer"


@pytest.mark.parametrize("words", ["STOP", "Stopp", "please stop", "Désinscription"])
def test_a_stop_ends_everything_at_once(team: Cast, provider: Provider, words: str) -> None:
    line = line_for(team.ada)
    opportunity = prospect(team.ada)
    sent(opportunity, team.ada)
    night = datetime.fromisoformat("2026-11-24T22:30+01:00")
    waiting = write(opportunity.pk, team.ada, Note(THEIRS, "Hello", "form"), night)
    came(line, words, now=night + timedelta(minutes=1))
    waiting.refresh_from_db()
    opportunity.refresh_from_db()
    assert (waiting.state, waiting.why) == (State.CANCELLED, "They asked us to stop.")
    assert opportunity.person
    person = Person.objects.get(opportunity=opportunity)
    assert "all" in person.stopped
    assert opportunity.next_kind in ("review", "")


def test_a_stop_by_text_takes_back_the_mail_that_was_to_go_out_by_itself(team: Cast, provider: Provider) -> None:
    line, opportunity = line_for(team.ada), prospect(team.ada)
    sent(opportunity, team.ada)
    box = Mailbox.objects.create(
        workspace=team.space, member=team.ada, address="ada@sales.example", zone="Europe/Berlin", created_at=NOON
    )
    assert opportunity.person
    add_point(opportunity.person, ContactPoint.Kind.EMAIL, "ida@example.com")
    opportunity.person.refresh_from_db()
    letter = wanting.Letter("ida@example.com", "Hello", "A word", "form")
    mail = wanting.write(opportunity.pk, team.ada, letter, NOON + timedelta(minutes=3))
    assert (mail.state, mail.mailbox_id) == ("waiting", box.pk)
    Message.objects.filter(pk=mail.pk).update(automatic=True)
    came(line, "STOP", now=SOON)
    mail.refresh_from_db()
    assert (mail.state, mail.why) == ("cancelled", "They asked us to stop.")


def test_one_confirmation_unless_the_provider_gave_it(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    sent(prospect(team.ada), team.ada)
    came(line, "please stop", now=SOON)
    came(line, "please stop", sid="SM2", now=SOON)
    assert sending.send_due(SOON) == 1
    assert "no more messages" in provider.texts[-1]["body"]
    other = "+4915199999999"
    sent(prospect(team.ada, "Ben", other), team.ada)
    came(line, "STOP", other, sid="SM3", now=SOON)  # a word that the provider answers itself
    came(line, "Abmelden", other, sid="SM4", now=SOON, OptOutType="STOP")
    assert sending.send_due(SOON) == 0


def test_help_is_answered_and_changes_nothing(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    opportunity = prospect(team.ada)
    sent(opportunity, team.ada)
    came(line, "Hilfe", now=SOON)
    assert sending.send_due(SOON) == 1
    assert "Berg: this is Ada's number" in provider.texts[-1]["body"]
    assert not Suppression.objects.exists()


def test_start_lifts_what_stop_has_set_and_nothing_else(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    opportunity = prospect(team.ada)
    sent(opportunity, team.ada)
    came(line, "STOP", now=SOON)
    came(line, "START", sid="SM2", now=SOON + timedelta(minutes=1))
    assert not Suppression.objects.filter(lifted_at=None).exists()
    person = Person.objects.get(opportunity=opportunity)
    assert person.stopped == ""
    Suppression.objects.create(
        workspace=team.space, person=person, target=THEIRS, channel="all", reason="not_interested", at=NOON
    )
    came(line, "START", sid="SM3", now=SOON + timedelta(minutes=2))
    assert Suppression.objects.filter(lifted_at=None).count() == 1


@pytest.mark.parametrize("words", ["stop by tomorrow?", "Can you stop it?"])
def test_what_may_be_a_stop_is_shown_to_a_person(team: Cast, provider: Provider, words: str) -> None:
    line = line_for(team.ada)
    sent(prospect(team.ada), team.ada)
    text = came(line, words, now=SOON)
    assert text
    assert text.state == State.FLAGGED
    assert not Suppression.objects.exists()


def test_the_same_text_reported_twice_is_one(team: Cast, provider: Provider) -> None:
    line = line_for(team.ada)
    sent(prospect(team.ada), team.ada)
    for _ in range(3):
        came(line, "Call me", sid="SM9", now=SOON)
    assert Text.objects.filter(state=State.CAME).count() == 1


def test_a_stranger_is_kept_and_shown(team: Cast, provider: Provider) -> None:
    text = came(line_for(team.ada), "Is that the roofer?", "+4915100000000")
    assert text
    assert (text.state, text.person, text.why) == (State.FLAGGED, None, "Nobody we know has this number.")


def test_a_strangers_stop_holds_when_their_number_becomes_somebodys(team: Cast, provider: Provider) -> None:
    number = "+4915100000001"
    came(line_for(team.ada), "STOP", number)
    opportunity = prospect(team.ada, "Carla", "+4915100000002")
    assert opportunity.person
    add_point(opportunity.person, "mobile", number)
    assert "all" in Person.objects.get(opportunity=opportunity).stopped
