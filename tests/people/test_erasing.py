"""A person is erased: nothing says who they were, what was done stays, and nobody can bring them back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from fifthcall.channels.email import sending
from fifthcall.channels.models import Message
from fifthcall.cues import incoming
from fifthcall.cues.models import Received
from fifthcall.erasing import erase
from fifthcall.journal.models import Door, Event
from fifthcall.people.models import Fact, Person
from fifthcall.people.reach import add_point
from fifthcall.pipeline.models import Opportunity
from fifthcall.touches.doctor import examine
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with
from tests.cues.came import answer, came
from tests.smtp_sink import Sink

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    row = opportunity_with(team.ada, "Xanthippe", NOW)
    assert row.person
    add_point(row.person, "phone", "+49 30 123456")
    mailbox = mailbox_at(Sink(), team.ada, NOW)
    sent = by_itself(row, mailbox, NOW, purpose="a", state="uncertain", begun_at=NOW, text="Dear Xanthippe")
    sending.confirm(sent.pk, NOW)
    came(mailbox, answer(sent, "Yours, Xanthippe"), NOW)
    incoming.take_in_all(NOW)
    by_itself(row, mailbox, NOW, purpose="b")
    log(
        row.pk,
        team.ada,
        Draft("call_back", note="Xanthippe is away", agreed=None) if False else Draft("no_answer"),
        NOW,
    )
    Fact.objects.create(workspace=team.space, opportunity=row, text="Xanthippe decides", confirmed_on=NOW.date())
    Opportunity.objects.filter(pk=row.pk).update(name="Roof", note="Ask for Xanthippe")
    return row


def words() -> str:
    """Everything that stands in the database as text."""
    found = []
    for model in apps.get_models():
        text = [f.attname for f in model._meta.concrete_fields if isinstance(f, models.TextField | models.CharField)]
        raw = [f.attname for f in model._meta.concrete_fields if isinstance(f, models.JSONField | models.BinaryField)]
        for values in model._default_manager.values_list(*text, *raw):
            found += [
                bytes(v).decode("utf-8", "replace") if isinstance(v, memoryview | bytes) else str(v) for v in values
            ]
    return "\n".join(found)


def test_nothing_says_who_it_was(team: Cast, row: Opportunity) -> None:
    person = row.person
    assert person and "xanthippe" in words().lower() and "+4930123456" in words()
    touches = Touch.of(row).count()
    erase(person.pk, team.ada, "asked", NOW)
    left = words().lower()
    assert "xanthippe" not in left and "+4930123456" not in left
    assert Touch.of(row).count() == touches and not Received.objects.exists() and not Door.objects.exists()
    assert set(Message.objects.values_list("state", flat=True)) == {"sent", "cancelled"}
    assert Event.objects.filter(verb="erased", subject_id=person.pk).count() == 1
    row.refresh_from_db()
    assert row.next_due_at and row.next_kind not in ("call", "email", "text")
    assert examine() == []


def test_whoever_imports_them_again_may_not_contact_them(team: Cast, row: Opportunity) -> None:
    assert row.person
    erase(row.person.pk, team.ada, "asked", NOW)
    again = Person.objects.create(workspace=team.space, name="Xanthippe", key="xanthippe")
    add_point(again, "email", "Xanthippe@buyers.example")
    assert again.stopped == "all"


def test_it_is_asked_for_in_words_and_by_those_who_may(team: Cast, row: Opportunity) -> None:
    assert row.person
    page, back = reverse("person_erase", args=[row.person.pk]), {"back": str(row.pk)}
    assert team.sign_in(team.ben).post(page, back | {"sure": "Xanthippe"}).status_code == 403
    ada = team.sign_in(team.ada)
    ada.post(page, back | {"sure": "yes"})
    assert Person.objects.get(pk=row.person.pk).name == "Xanthippe"
    ada.post(page, back | {"sure": "xanthippe"})
    assert Person.objects.get(pk=row.person.pk).name == "Erased person"
