"""Prospects with a postal address, and notes to them, for the tests of post."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from fifthcall.people.models import Organization, Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import settle
from fifthcall.posting.models import Idea
from fifthcall.posting.steps import Wish
from fifthcall.rules.case import Channel
from fifthcall.teams.models import Membership
from fifthcall.touches.log import record

#: A Tuesday, 16:00 in Berlin.
NOON = datetime(2026, 11, 24, 15, tzinfo=UTC)
ABOUT = "your new warehouse in Gdańsk"
NOTE = f"Dear Anna, thank you for {ABOUT}. Ada"
STREET = "Lindenweg 4, 10115 Berlin"


def prospect(member: Membership, name: str = "Anna Vogel", address: str = STREET, company: str = "") -> Opportunity:
    """An open opportunity whose person has a phone and, where it is given, a postal address."""
    organization = None
    if company:
        organization, _ = Organization.objects.get_or_create(
            workspace=member.workspace, key=matching_key(company), defaults={"name": company}
        )
    person = Person.objects.create(
        workspace=member.workspace, name=name, key=matching_key(name), organization=organization
    )
    add_point(person, "phone", "+493012345678")
    if address:
        add_point(person, "address", address)
    opportunity = editing.add(member, {"name": f"Roof for {name}", "owner_id": member.pk}, NOON)
    with transaction.atomic():
        opportunity.person, opportunity.organization = person, organization
        settle(opportunity, NOON, "person_id", "organization_id")
    return opportunity


def met(opportunity: Opportunity, hours: float = 2) -> Opportunity:
    """They met so many hours before NOON."""
    then = NOON - timedelta(hours=hours)
    assert opportunity.owner
    record(opportunity.pk, "meeting_held", then, NOON, Channel.MEETING, "Saw the hall.", member_id=opportunity.owner.pk)
    opportunity.refresh_from_db()
    return opportunity


def wish(**more: Any) -> Wish:
    values: dict[str, Any] = {
        "kind": "note", "text": NOTE, "to": "Anna Vogel\nLindenweg 4\n10115 Berlin", "about": ABOUT,
        "words": ("handwritten", 0),
    }  # fmt: skip
    return Wish(**(values | more))


def idea(member: Membership, name: str = "Sailing alone", **more: Any) -> Idea:
    values = {"kind": "book", "tags": "sailing", "created_at": NOON}
    return Idea.objects.create(workspace=member.workspace, name=name, **(values | more))
