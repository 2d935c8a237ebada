"""What becomes of post when a person is erased, and addresses that come in with a file."""

from __future__ import annotations

import pytest

from fifthcall.erasing import erase
from fifthcall.imports.fields import KINDS
from fifthcall.imports.filling import TAKE
from fifthcall.imports.landing import land
from fifthcall.imports.lookups import Lookups
from fifthcall.imports.models import Import
from fifthcall.imports.records import Record
from fifthcall.people.models import Organization, Person
from fifthcall.pipeline.room import Room
from fifthcall.posting import desk
from fifthcall.posting.models import Given, Piece
from fifthcall.posting.steps import post, write
from tests.cast import Cast
from tests.posting.letters import NOON, STREET, idea, prospect, wish

pytestmark = pytest.mark.django_db


def test_an_erased_person_leaves_no_words_and_gets_no_post(team: Cast) -> None:
    opportunity = prospect(team.ada)
    posted = write(opportunity.pk, team.ada, wish(idea=idea(team.ada).pk, tracking="JD 1"), NOON)
    post(posted.pk, team.ada, NOON)
    waiting = write(opportunity.pk, team.ada, wish(), NOON)
    assert opportunity.person_id
    erase(opportunity.person_id, team.ada, "They asked for it.", NOON)
    assert not desk.written(team.ada).exists() and not Given.objects.exists()
    for piece in Piece.objects.all():
        assert (piece.text, piece.about, piece.to, piece.tracking) == ("", "", "", "")
    waiting.refresh_from_db()
    assert waiting.state == "dropped"


def test_addresses_and_interests_come_in_with_a_file(team: Cast) -> None:
    batch = Import.objects.create(workspace=team.space, created_at=NOON)
    lookups = Lookups(batch, NOON)
    row = {"name": "Roof", "organisation": "Alder", "contact_name": "Anna", "contact_address": STREET}
    row["contact_interests"] = "sailing, jazz"
    assert row.keys() <= KINDS["opportunities"].keys()
    with_address = Record(2, [], row)
    assert [one.action for one in land([with_address], batch, lookups, {}, NOON, Room())] == ["created"]
    person = Person.objects.get(name="Anna")
    assert (person.ways, person.interests) == ("post", "sailing, jazz")


def test_a_companys_address_in_a_file_reaches_its_people(team: Cast) -> None:
    opportunity = prospect(team.ada, address="", company="Alder Freight")
    batch = Import.objects.create(workspace=team.space, created_at=NOON)
    lookups = Lookups(batch, NOON)
    assert TAKE["organisations"]({"name": "Alder Freight", "address": STREET}, batch, lookups) == "updated"
    assert Organization.objects.get().address == STREET
    assert opportunity.person
    opportunity.person.refresh_from_db()
    assert "post" in opportunity.person.ways
