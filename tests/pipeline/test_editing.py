"""Adding by hand and editing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from fifthcall.journal.models import Event
from fifthcall.people.models import Organization
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import Changed, NotVisible
from fifthcall.teams.models import Membership
from fifthcall.touches.doctor import examine
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def test_one_added_by_hand_has_its_next_step_at_once(team: Cast) -> None:
    row = editing.add(team.ada, {"name": "Roof", "organization": "Alder GmbH", "owner_id": team.ada.pk}, NOW)
    assert row.next_due_at and row.organization and row.organization.name == "Alder GmbH"
    assert examine() == []


def test_the_same_company_spelled_otherwise_is_the_same_company(team: Cast) -> None:
    for name in ("Alder GmbH", "alder  gmbh", "ALDER GMBH"):
        editing.add(team.ada, {"name": "Roof", "organization": name, "owner_id": team.ada.pk}, NOW)
    assert Organization.objects.count() == 1


def test_an_edit_is_noted_and_decides_again(team: Cast) -> None:
    row = editing.add(team.ada, {"name": "Roof", "owner_id": team.ada.pk}, NOW)
    edited = editing.edit(row.pk, team.ada, {"value": Decimal(1200), "engaged_on": date(2026, 11, 20)}, NOW)
    assert edited.version == row.version + 1 and edited.next_rank != row.next_rank
    assert Event.objects.get(verb="edited").data == {"before": {"value": "", "engaged_on": ""}}
    assert examine() == []


def test_an_edit_that_changes_nothing_leaves_no_trace(team: Cast) -> None:
    row = editing.add(team.ada, {"name": "Roof", "owner_id": team.ada.pk}, NOW)
    editing.edit(row.pk, team.ada, {"name": "Roof"}, NOW)
    assert Opportunity.objects.get(pk=row.pk).version == row.version
    assert not Event.objects.filter(verb="edited").exists()


def test_who_was_slower_is_told(team: Cast) -> None:
    row = editing.add(team.ada, {"name": "Roof", "owner_id": team.ada.pk}, NOW)
    editing.edit(row.pk, team.ada, {"name": "Roof and wall"}, NOW, row.version)
    with pytest.raises(Changed):
        editing.edit(row.pk, team.ada, {"name": "Wall"}, NOW, row.version)


def test_a_member_edits_nothing_of_others(team: Cast) -> None:
    row = editing.add(team.ada, {"name": "Roof", "owner_id": team.ada.pk}, NOW)
    with pytest.raises(NotVisible):
        editing.edit(row.pk, team.ben, {"name": "Mine"}, NOW)


def test_the_pages(team: Cast) -> None:
    client: Client = team.sign_in(team.ada)
    answer = client.post(reverse("opportunity_new"), {"name": "Roof", "value": "1200.50", "owner": team.ben.pk})
    row = Opportunity.objects.get()
    assert answer.status_code == 302 and row.value == Decimal("1200.50") and row.owner_id == team.ben.pk
    page = client.get(reverse("opportunity_edit", args=[row.pk]))
    assert page.status_code == 200 and b"1200.50" in page.content
    data = {"name": "Wall", "version": row.version, "owner": team.ada.pk}
    assert client.post(reverse("opportunity_edit", args=[row.pk]), data).status_code == 302
    assert client.post(reverse("opportunity_edit", args=[row.pk]), data | {"name": "Door"}).status_code == 409
    assert client.post(reverse("opportunity_new"), {"name": ""}).status_code == 422
    assert Opportunity.objects.get().name == "Wall"


def test_a_member_adds_for_themselves(team: Cast) -> None:
    client = team.sign_in(team.ben)
    client.post(reverse("opportunity_new"), {"name": "Roof", "owner": team.ada.pk})
    assert Opportunity.objects.get().owner_id == team.ben.pk
    assert Membership.objects.count() == 2
