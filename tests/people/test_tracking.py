"""E1: whether we may look, and what that stands on."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from fifthcall.people.consent import latest, note_consent
from fifthcall.people.models import Consent, Organization, Person
from fifthcall.people.reach import add_point
from fifthcall.people.tracking import Clue, clues_of, may_track, tracking_of
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
US, DE, BR = Clue("US", "us."), Clue("DE", "de."), Clue("BR", "br.")


@pytest.mark.parametrize(
    ("chosen", "own", "clues", "consent", "yes"),
    [
        (False, "US", (US,), True, False),  # not chosen: not even with consent
        (True, "US", (), None, True),
        (True, "DE", (), None, False),
        (True, "", (), None, False),
        (True, "BR", (), None, False),  # not in the table
        (True, "DE", (US,), None, True),
        (True, "US", (DE,), None, False),
        (True, "US", (US, DE), None, False),  # one doubt is enough
        (True, "US", (BR,), None, False),
        (True, "US", (Clue("?", "somewhere."),), None, False),
        (True, "US", (Clue("EU", ".eu."),), None, False),
        (True, "DE", (DE,), True, True),
        (True, "US", (US,), False, False),
    ],
)
def test_e1_every_doubt_means_no(chosen: bool, own: str, clues: Any, consent: bool | None, yes: bool) -> None:
    found = may_track(chosen, own, clues, consent)
    assert found.yes is yes
    assert found.why and all(sentence.endswith(".") for sentence in found.why)


def test_e1_where_nobody_could_reach_us_nothing_is_tracked() -> None:
    assert not may_track(True, "US", (US,), True, reachable=False).yes


def test_the_table_names_each_country_once_and_covers_europe() -> None:
    table = tomllib.loads(files("fifthcall.people").joinpath("tracking.toml").read_text(encoding="utf-8"))
    asking = [code for codes in table["consent"].values() for code in codes.split()]
    assert len(table["consent"]["EU"].split()) == 27 and len(set(asking)) == len(asking)
    assert {"NO", "IS", "LI", "GB", "CH"} <= set(asking)
    assert not set(asking) & {code for codes in table["none"].values() for code in codes.split()}


@pytest.fixture
def ida(team: Cast, settings: Any) -> Person:
    settings.URL = "https://follow.example"
    team.space.tracking, team.space.country = True, "US"
    team.space.save()
    return Person.objects.create(workspace=team.space, name="Ida", key="ida")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "value", "country"),
    [
        ("phone", "+49 30 901820", "DE"),
        ("mobile", "+1 212 555 0123", "US"),
        ("email", "ida@buyers.fr", "FR"),
        ("email", "ida@buyers.co.uk", "GB"),
        ("email", "ida@buyers.eu", "EU"),
        ("email", "ida@buyers.io", ""),  # sold for what it spells
        ("email", "ida@buyers.com", ""),
    ],
)
def test_what_we_know_of_them_says_where_they_are(ida: Person, kind: str, value: str, country: str) -> None:
    add_point(ida, kind, value)
    assert {clue.country for clue in clues_of(ida, None)} == ({country} if country else set())
    assert tracking_of(ida.workspace, ida, None).yes is (country in ("", "US"))


@pytest.mark.django_db
@pytest.mark.parametrize(("country", "yes"), [("Germany", False), ("USA", True), ("England", False), ("Utopia", False)])
def test_their_company_says_where_they_are(ida: Person, country: str, yes: bool) -> None:
    company = Organization.objects.create(workspace=ida.workspace, name="Buyers", key="buyers", country=country)
    assert tracking_of(ida.workspace, ida, company).yes is yes


@pytest.mark.django_db
def test_their_latest_word_holds(ida: Person, team: Cast) -> None:
    add_point(ida, "email", "ida@buyers.fr")
    for days, given in ((3, True), (2, False), (1, True)):
        note_consent(ida, Consent.Kind.TRACKING, given, "in our call", team.ada, NOW - timedelta(days=days), NOW)
        assert tracking_of(ida.workspace, ida, None).yes is given
    note_consent(ida, Consent.Kind.RECORDING, False, "in our call", team.ada, NOW, NOW)
    last = latest(ida, Consent.Kind.TRACKING)
    assert last and last.given


@pytest.mark.django_db
def test_the_ledger_only_grows(ida: Person, team: Cast) -> None:
    entry = note_consent(ida, Consent.Kind.TRACKING, True, "in our call", team.ada, NOW, NOW)
    for act in (lambda: Consent.objects.update(given=False), entry.delete):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()


@pytest.mark.django_db
def test_a_merged_persons_word_still_holds(ida: Person, team: Cast) -> None:
    twin = Person.objects.create(workspace=ida.workspace, name="Ida", key="ida", merged_into=ida)
    note_consent(twin, Consent.Kind.TRACKING, False, "by mail", team.ada, NOW, NOW)
    assert not tracking_of(ida.workspace, ida, None).yes
