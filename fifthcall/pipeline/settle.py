"""Fetching an opportunity to change it, and closing the change: decide again and save, guarded by the version."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import NEXT_COLUMNS, RELATED, place
from fifthcall.teams.models import Membership


class Changed(Exception):
    """Somebody else changed it meanwhile; nothing was saved."""


class NotVisible(Exception):
    """There is no such opportunity for this member."""


def to_change(opportunity_id: int, member: Membership, version: int | None = None) -> Opportunity:
    """The opportunity, locked until the transaction ends. Raises NotVisible, or Changed if `version` is not its own."""
    rows = Opportunity.objects.visible_to(member).select_related(*RELATED).filter(pk=opportunity_id)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update(of=("self",))
    found = rows.first()
    if found is None:
        raise NotVisible
    if version is not None and found.version != version:
        raise Changed
    return found


def settle(opportunity: Opportunity, now: datetime, *columns: str) -> None:
    """Decide the next step again and save it with the named columns, in the caller's transaction.

    Raises Changed when the row was saved by somebody else since it was read.
    """
    place(opportunity, now)
    values = {name: getattr(opportunity, name) for name in (*NEXT_COLUMNS, *columns)}
    read_version = opportunity.version
    opportunity.version, opportunity.changed_at = read_version + 1, now
    saved = Opportunity.objects.filter(pk=opportunity.pk, version=read_version).update(
        **values, version=opportunity.version, changed_at=now
    )
    if not saved:
        raise Changed
