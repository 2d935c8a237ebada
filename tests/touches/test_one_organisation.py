"""C4: an organisation's week counts everybody's touches to everybody there, whatever they are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from fifthcall.people.models import ContactPoint, Organization, Person
from fifthcall.people.reach import add_point
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Policy
from fifthcall.teams.models import Membership
from fifthcall.touches import card
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log, retract
from fifthcall.touches.models import _AROUND
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
MOST = Policy().organization_touches_a_week
pytestmark = pytest.mark.django_db


def deal(owner: Membership, name: str, company: str = "Alder") -> Opportunity:
    row = editing.add(owner, {"name": name, "organization": company, "owner_id": owner.pk}, NOW)
    person = Person.objects.create(workspace=owner.workspace, organization=row.organization, name=name, key=name)
    add_point(person, ContactPoint.Kind.PHONE, "+49 30 5550123")
    Opportunity.objects.filter(pk=row.pk).update(person=person)
    return row


def due(row: Opportunity) -> datetime:
    row.refresh_from_db()
    assert row.next_due_at
    return row.next_due_at


def refusals(row: Opportunity) -> str:
    row.refresh_from_db()
    return " ".join(one["words"] for one in card.refused(row))


def test_c4_a_used_up_week_moves_the_others_at_that_organisation(team: Cast) -> None:
    rows = [deal(team.ben if n % 2 else team.ada, f"Deal {n}") for n in range(6)]
    waiting, elsewhere = deal(team.ada, "Waiting"), deal(team.ada, "Elsewhere", "Birch")
    before = due(waiting), due(elsewhere)
    last = None
    for n in range(MOST):
        assert (due(waiting), due(elsewhere)) == before, n
        row = rows[n % 6]
        owner = team.ben if (n % 6) % 2 else team.ada
        last = log(row.pk, owner, Draft("no_answer"), NOW + timedelta(minutes=n))
    assert last and due(waiting) >= NOW + timedelta(days=7)
    assert f"Their organisation has had {MOST} touches in a week" in refusals(waiting)
    assert due(elsewhere) == before[1]
    retract(last.pk, last.member or team.ada, last.at)
    assert due(waiting) < NOW + timedelta(days=2) and "organisation" not in refusals(waiting)


def test_c4_the_organisations_ledger_is_found_by_its_index(team: Cast) -> None:
    row = deal(team.ada, "Roof")
    log(row.pk, team.ada, Draft("no_answer"), NOW)
    organization = Organization.objects.get(key="alder")
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL plans by what is in the tables")
    _AROUND.rows(organization=organization.pk, opportunity=0, since=NOW)
    sql = _AROUND._compiled["sqlite"][0]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", [organization.pk, NOW, 0])
        plan = " | ".join(row[3] for row in cursor.fetchall())
    assert "SCAN" not in plan and "touch_history" in plan, plan
