"""Adding an opportunity by hand and changing what is known of it; the next step follows in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from fifthcall.journal.models import note_event
from fifthcall.people.models import Organization
from fifthcall.people.names import matching_key
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import place
from fifthcall.pipeline.settle import settle, to_change
from fifthcall.rules.case import Status
from fifthcall.teams.models import Membership, Workspace

#: What may be changed by hand; `organization` and `product` by name.
COLUMNS = (
    "name",
    "owner_id",
    "organization_id",
    "product_id",
    "stage",
    "value",
    "source",
    "engaged_on",
    "note",
    "situation",
)


def add(member: Membership, values: Mapping[str, Any], now: datetime) -> Opportunity:
    """A new open opportunity of `values` (the keys of `COLUMNS`, with names instead of ids), with its next step."""
    with transaction.atomic():
        opportunity = Opportunity(workspace=member.workspace, status=Status.OPEN.value, created_at=now, changed_at=now)
        _take(opportunity, values)
        place(opportunity, now)
        opportunity.save()
        note_event(opportunity.workspace_id, member.pk, "added", opportunity, now)
    return opportunity


def edit(
    opportunity_id: int, member: Membership, values: Mapping[str, Any], now: datetime, version: int | None = None
) -> Opportunity:
    """Change what is known. Raises NotVisible, or Changed (when `version` is given and somebody was faster)."""
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member, version)
        before = {column: getattr(opportunity, column) for column in COLUMNS}
        _take(opportunity, values)
        changed = {column: str(old or "") for column, old in before.items() if old != getattr(opportunity, column)}
        if changed:
            note_event(opportunity.workspace_id, member.pk, "edited", opportunity, now, before=changed)
            settle(opportunity, now, *COLUMNS)
    return opportunity


def _take(opportunity: Opportunity, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name == "organization":
            value = organization_named(opportunity.workspace, value)
        elif name == "product":
            value = product_named(opportunity.workspace, value)
        setattr(opportunity, name, value)


def organization_named(workspace: Workspace, name: str) -> Organization | None:
    """The organisation of that name however it is spelled, made if there is none; None for an empty name."""
    key = matching_key(name)
    if not key:
        return None
    return Organization.objects.get_or_create(workspace=workspace, key=key, defaults={"name": name.strip()})[0]


def product_named(workspace: Workspace, name: str) -> Product | None:
    """The product of that name however it is spelled, made if there is none; None for an empty name."""
    key = matching_key(name)
    if not key:
        return None
    return Product.objects.get_or_create(workspace=workspace, key=key, defaults={"name": name.strip()})[0]
