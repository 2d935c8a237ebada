"""A step that goes out by itself says the workspace's words, keeps which, and doesn't go out with anything missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fifthcall.channels.email.composing import compose
from fifthcall.channels.email.wanting import Letter, Unfit, want_automatic, write
from fifthcall.channels.models import Mailbox, Message
from fifthcall.people.models import Fact
from fifthcall.pipeline.models import Opportunity
from fifthcall.wording import saving
from fifthcall.wording.models import Template
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def box(team: Cast) -> Mailbox:
    return Mailbox.objects.create(
        workspace=team.space, member=team.ada, address="ada@sales.example", zone="Europe/Berlin", created_at=NOW
    )


def due(team: Cast, name: str = "Ida") -> Opportunity:
    """An opportunity whose next step is an email that goes out by itself, now."""
    row = opportunity_with(team.ada, name, NOW - timedelta(days=9))
    until = NOW + timedelta(hours=1)
    Opportunity.objects.filter(pk=row.pk).update(
        next_kind="email", next_purpose="S7.9", next_automatic=True, next_due_at=NOW, next_until=until
    )
    row.refresh_from_db()
    return row


def test_it_says_the_workspaces_words_and_keeps_the_version(team: Cast, box: Mailbox) -> None:
    due(team)
    saving.new_version(team.ada, "value_email", "For {first_name}", "Hello {first_name}, {signature}", NOW)
    assert want_automatic(NOW) == 1
    mail = Message.objects.get()
    assert (mail.subject, mail.text, mail.state) == ("For Ida", "Hello Ida, Ada\nBerg", "waiting")
    assert (mail.template, mail.template_version) == ("value_email", 1)
    assert compose(mail, box, "", NOW)["Subject"] == "For Ida"


def test_what_is_missing_is_named_and_nothing_goes_out(team: Cast, box: Mailbox) -> None:
    row = due(team)
    saving.new_version(team.ada, "value_email", "Your {topic}", "Hello {first_name}", NOW)
    want_automatic(NOW)
    mail = Message.objects.get()
    assert (mail.state, mail.why) == ("failed", "“topic” is missing for Ida.")
    Fact.objects.create(workspace=team.space, opportunity=row, text="The roof leaks", confirmed_on=date(2026, 11, 1))
    other = due(team, "Jo")
    Fact.objects.create(workspace=team.space, opportunity=other, text="It rains", confirmed_on=date(2026, 11, 1))
    want_automatic(NOW)
    assert Message.objects.get(opportunity=other).subject == "Your It rains"


def test_a_gap_is_for_a_person(team: Cast, box: Mailbox) -> None:
    due(team)
    want_automatic(NOW)
    mail = Message.objects.get()
    assert mail.state == "failed" and "“what it is, in a line” for your own words" in mail.why
    assert mail.template_version == 0


def test_each_message_draws_its_version_once(team: Cast, box: Mailbox) -> None:
    for text in ("One", "Two"):
        saving.new_version(team.ada, "value_email", "Hi", text, NOW)
    saving.begin_trial(team.ada, "value_email", (1, 2), "reply", NOW)
    for number in range(12):
        due(team, f"P{number}")
    assert want_automatic(NOW) == 12
    drawn = {mail.pk: (mail.template_version, mail.text) for mail in Message.objects.all()}
    assert set(drawn.values()) == {(1, "One"), (2, "Two")}
    Template.objects.update(trial_scores={"1": [90, 100], "2": [1, 100]})
    want_automatic(NOW + timedelta(minutes=1))
    assert {mail.pk: (mail.template_version, mail.text) for mail in Message.objects.all()} == drawn


def test_what_somebody_writes_keeps_the_words_it_began_with(team: Cast, box: Mailbox) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    letter = Letter("ida@buyers.example", "Hi", "Mine", "k1", template="value_email", template_version=3)
    mail = write(row.pk, team.ada, letter, NOW)
    assert (mail.template, mail.template_version) == ("value_email", 3)


@pytest.mark.parametrize("left", ["Hi [what it is, in a line]", "Dear [first name]"])
def test_a_gap_left_open_is_not_sent_by_hand_either(team: Cast, box: Mailbox, left: str) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    letter = Letter("ida@buyers.example", "Hi", left, "k1", template="value_email", template_version=0)
    with pytest.raises(Unfit, match="still stands in it"):
        write(row.pk, team.ada, letter, NOW)
    write(row.pk, team.ada, replace(letter, text="Hi [sic]"), NOW)
    assert Message.objects.get().text == "Hi [sic]"
