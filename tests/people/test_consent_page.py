"""What they agreed to is noted on the opportunity's page; tracking is chosen in plain words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fifthcall import clock
from fifthcall.people.models import Consent, Person
from fifthcall.people.tracking import tracking_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams import set_up
from fifthcall.teams.models import Workspace
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast, settings: Any) -> Opportunity:
    settings.URL = "https://follow.example"
    team.space.tracking, team.space.country = True, "US"
    team.space.save()
    return opportunity_with(team.ada, "Ida", NOW)


def person_of(row: Opportunity) -> Person:
    assert row.person
    return Person.objects.select_related("workspace").get(pk=row.person.pk)


def test_it_is_switched_off_and_on_again_for_one_person(team: Cast, row: Opportunity) -> None:
    client, person = team.sign_in(team.ada), person_of(row)
    page = client.get(f"/opportunities/{row.pk}/").content.decode()
    assert "Opens and clicks are seen" in page and "Switch it off for Ida" in page
    client.post(f"/people/{person.pk}/consents/", {"off": "1", "back": row.pk})
    assert not tracking_of(person.workspace, person, None).yes
    page = client.get(f"/opportunities/{row.pk}/").content.decode()
    assert "Opens and clicks are not seen" in page and "Don’t switch it off for Ida" in page
    client.post(f"/people/{person.pk}/consents/", {"on": "1", "back": row.pk})
    assert tracking_of(person.workspace, person, None).yes
    assert [entry.given for entry in Consent.objects.order_by("id")] == [False, None]


def test_switching_it_on_again_is_no_consent_and_does_not_undo_theirs(team: Cast, row: Opportunity) -> None:
    client, person = team.sign_in(team.ada), person_of(row)
    url, prefix = f"/people/{person.pk}/consents/", f"consent{person.pk}-"
    said = {"kind": "tracking", "given": "no", "on": "2026-11-20", "how": "by mail"}
    client.post(url, {prefix + name: value for name, value in said.items()})
    client.post(url, {"on": "1"})
    assert not tracking_of(person.workspace, person, None).yes and Consent.objects.count() == 1
    person.workspace.country = "DE"
    client.post(url, {"off": "1"})
    client.post(url, {"on": "1"})
    assert not tracking_of(person.workspace, person, None).yes


def test_what_they_said_is_noted_with_day_and_way(team: Cast, row: Opportunity) -> None:
    client, person = team.sign_in(team.ada), person_of(row)
    said = {"kind": "recording", "given": "yes", "on": "2026-11-20", "how": "at the start of our call"}
    with clock.at(NOW):
        answer = client.post(
            f"/people/{person.pk}/consents/", {f"consent{person.pk}-{name}": value for name, value in said.items()}
        )
    assert answer["Location"] == f"/opportunities/{row.pk}/"
    entry = Consent.objects.get()
    assert (entry.kind, entry.given, entry.how, entry.by) == ("recording", True, said["how"], team.ada)
    assert entry.at.date().isoformat() == "2026-11-20"
    page = client.get(f"/opportunities/{row.pk}/").content.decode()
    assert "Recording calls" in page and "at the start of our call" in page


def test_an_incomplete_note_says_what_is_missing(team: Cast, row: Opportunity) -> None:
    client, person = team.sign_in(team.ada), person_of(row)
    answer = client.post(f"/people/{person.pk}/consents/", {f"consent{person.pk}-kind": "tracking"}, follow=True)
    assert "How they said it: This field is required." in answer.content.decode()
    assert not Consent.objects.exists()


def test_the_choice_stands_in_the_settings_with_what_is_seen(team: Cast) -> None:
    client = team.sign_in(team.ada)
    page = client.get("/settings/").content.decode()
    assert "See when our mail is opened" in page and "You don’t see" in page
    form = {"name": "Berg", "zone": "Europe/Berlin", "currency": "EUR", "touches_an_hour": 12, "check_in_hours": 48}
    client.post("/settings/", form | {"country": "US", "tracking": "on"})
    space = Workspace.objects.get()
    assert space.tracking and space.country == "US"
    client.post("/settings/", form)
    assert not Workspace.objects.get().tracking


@pytest.mark.parametrize("chosen", [True, False])
def test_the_choice_is_made_at_set_up(db: None, settings: Any, chosen: bool) -> None:
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    from django.test import Client

    link = set_up.new_link(NOW, "")
    form = {"name": "Ada", "email": "a@b.example", "password": "correct horse battery", "company": "Berg"}
    answer = Client().post(link, form | {"zone": "Europe/Berlin"} | ({"tracking": "on"} if chosen else {}))
    assert answer.status_code == 302
    space = Workspace.objects.get()
    assert space.tracking is chosen and space.country == "DE"
