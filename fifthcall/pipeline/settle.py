"""Fetching an opportunity to change it, and closing the change: decide again and save, guarded by the version."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

from django.db.models import BigIntegerField, QuerySet

from fifthcall.people.models import Organization, Person
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import NEXT_COLUMNS, RELATED, place
from fifthcall.prepared import Given, Prepared, columns, fetch, instance, save_guarded
from fifthcall.rules.case import Case
from fifthcall.teams.models import Membership


class Changed(Exception):
    """Somebody else changed it meanwhile; nothing was saved."""


class NotVisible(Exception):
    """There is no such opportunity for this member."""


def to_change(opportunity_id: int, member: Membership, version: int | None = None) -> Opportunity:
    """The opportunity, locked until the transaction ends. Raises NotVisible, or Changed if `version` is not its own."""
    rows = _VISIBLE[member.leads].rows(pk=opportunity_id, workspace=member.workspace_id, member=member.pk)
    if not rows:
        raise NotVisible
    found = instance(Opportunity, rows[0])
    found.workspace = member.workspace
    found.owner = member if found.owner_id == member.pk else fetch(Membership, found.owner_id)
    found.person = fetch(Person, found.person_id)
    found.organization = fetch(Organization, found.organization_id)
    found.product = fetch(Product, found.product_id)
    if version is not None and found.version != version:
        raise Changed
    return found


def to_change_by_itself(opportunity_id: int) -> Opportunity:
    """The opportunity for something that happened by itself, locked until the transaction ends.

    One that was merged into another is the other. Raises Opportunity.DoesNotExist.
    """
    rows = Opportunity.objects.select_for_update(of=("self",)).select_related(*RELATED)
    found = rows.get(pk=opportunity_id)
    return to_change_by_itself(found.merged_into_id) if found.merged_into_id else found


def _visible(leads: bool) -> Prepared:
    def build() -> QuerySet[Opportunity, Any]:
        key = BigIntegerField()
        member = SimpleNamespace(pk=Given("member", key), workspace_id=Given("workspace", key), leads=leads)
        seen = Opportunity.objects.visible_to(cast(Membership, member))
        return seen.filter(pk=Given("pk", key)).select_for_update().values_list(*columns(Opportunity))

    return Prepared(build)


_VISIBLE = {leads: _visible(leads) for leads in (True, False)}


def settle(opportunity: Opportunity, now: datetime, *columns: str, case: Case | None = None) -> None:
    """Decide the next step again and save it with the named columns, in the caller's transaction.

    `case`: what the rules are told, where it has been read already. Raises Changed when the row was saved by somebody
    else since it was read.
    """
    place(opportunity, now, case)
    read_version = opportunity.version
    opportunity.version, opportunity.changed_at = read_version + 1, now
    if not save_guarded(opportunity, read_version, (*NEXT_COLUMNS, *columns, "version", "changed_at")):
        raise Changed
