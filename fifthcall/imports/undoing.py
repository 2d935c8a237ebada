"""Undoing a whole import."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from fifthcall.calendars.models import Block
from fifthcall.imports.landing import COLUMNS
from fifthcall.imports.models import Before, Import, PastHistories
from fifthcall.journal.models import Door, note_event
from fifthcall.people.models import Organization, Person
from fifthcall.people.reach import set_address
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import RELATED
from fifthcall.pipeline.settle import settle
from fifthcall.teams.models import Membership


def undo(batch: Import, member: Membership | None, now: datetime) -> list[str]:
    """Take back what the import made and changed, in one transaction; what was worked on since stays.

    Gives what has to be said about what stayed.
    """
    over = (Import.State.DONE, Import.State.FAILED)
    with transaction.atomic():
        if not Import.objects.filter(pk=batch.pk, state__in=over).update(state=Import.State.UNDONE):
            return ["There is nothing to undo here."]
        batch.refresh_from_db()
        changed = sum(not _restored(b.row, b.values, batch, now) for b in batch.befores.filter(model="opportunity"))
        for filled in batch.befores.exclude(model="opportunity"):
            _emptied(filled)
        made = Opportunity.objects.filter(batch=batch)
        made.filter(touches=None, appointments=None, facts=None, merged=None, merged_into=None).delete()
        worked = made.count()
        removed = batch.created_rows - worked
        PastHistories.objects.filter(file__batch=batch).delete()
        Person.objects.filter(batch=batch, opportunity=None, touches=None, merged=None, merged_into=None).delete()
        while Organization.objects.filter(batch=batch, opportunity=None, people=None, subsidiaries=None).delete()[0]:
            pass  # the companies they belonged to come next
        Product.objects.filter(batch=batch, opportunity=None).delete()
        _let_go(batch, now)
        note_event(batch.workspace_id, member.pk if member else None, "import_undone", batch, now, removed=removed)
    said = [(worked, "worked on since and stay"), (changed, "changed here since and stay as they are")]
    return [f"{n:,} opportunit{'y was' if n == 1 else 'ies were'} {words}." for n, words in said if n]


def _emptied(filled: Before) -> None:
    """Give a company, product or member back what it held before the import filled it in."""
    model = {model._meta.model_name: model for model in (Organization, Product, Membership)}[filled.model]
    model.objects.filter(pk=filled.row).update(**filled.values)
    company = Organization.objects.filter(pk=filled.row).first() if "address" in filled.values else None
    if company:
        set_address(company, company.address)


def _restored(pk: int, old: dict[str, Any], batch: Import, now: datetime) -> bool:
    """Give the row back what it held before; False where somebody has changed it since."""
    row = Opportunity.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None:
        return True
    if batch.finished_at and row.changed_at > batch.finished_at:
        return False
    for column in COLUMNS:
        field: Any = row._meta.get_field(column.removesuffix("_id"))
        setattr(row, column, old[column] if column.endswith("_id") else field.to_python(old[column]))
    row.imported = old["imported"]
    settle(row, now, *COLUMNS, "imported")
    return True


def _let_go(batch: Import, now: datetime) -> None:
    """Remove the inactive members that came with the import, where nobody was invited and nothing is theirs.

    Blocks are never deleted (B2) but together with the one whose they are; hence the audited door.
    """
    came = Membership.objects.filter(
        workspace=batch.workspace_id, active=False, user=None, invitation="", created_at__gte=batch.created_at,
        opportunities=None, touches=None,
    )  # fmt: skip
    if batch.finished_at:
        came = came.filter(created_at__lte=batch.finished_at)
    door = Door.objects.create(opened_at=now, why=f"import {batch.pk} undone")
    while gone := list(came.filter(reports=None).values_list("pk", flat=True)):
        Block.objects.filter(member__in=gone).delete()
        Membership.objects.filter(pk__in=gone).delete()
    door.delete()
