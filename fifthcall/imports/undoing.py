"""Undoing a whole import."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fifthcall.imports.landing import COLUMNS
from fifthcall.imports.models import Import
from fifthcall.journal.models import note_event
from fifthcall.people.models import Organization, Person
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import RELATED
from fifthcall.pipeline.settle import settle
from fifthcall.teams.models import Membership


def undo(batch: Import, member: Membership | None, now: datetime) -> list[str]:
    """Take back what the import made and changed, in one transaction; what was worked on since stays.

    Gives what has to be said about what stayed.
    """
    with transaction.atomic():
        if not Import.objects.filter(pk=batch.pk, state=Import.State.DONE).update(state=Import.State.UNDONE):
            return ["It was undone already."]
        for before in batch.befores.filter(model="opportunity"):
            _restore(before.row, before.values, now)
        made = Opportunity.objects.filter(batch=batch)
        worked = made.filter(touches__isnull=False).distinct().count()
        gone, _ = made.filter(touches__isnull=True, appointments__isnull=True, facts__isnull=True).delete()
        Person.objects.filter(batch=batch, opportunity=None, touches=None).delete()
        Organization.objects.filter(batch=batch, opportunity=None, people=None, subsidiaries=None).delete()
        Product.objects.filter(batch=batch, opportunity=None).delete()
        note_event(batch.workspace_id, member.pk if member else None, "import_undone", batch, now, removed=gone)
    return [f"{worked:,} opportunities were worked on since and stay."] if worked else []


def _restore(pk: int, old: dict[str, object], now: datetime) -> None:
    row = Opportunity.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None:
        return
    row = Opportunity.objects.select_related(*RELATED).get(pk=pk)
    fields = {column: row._meta.get_field(column.removesuffix("_id")) for column in COLUMNS}
    for column, field in fields.items():
        value = old[column]
        setattr(row, column, value if column.endswith("_id") else field.to_python(value))  # type: ignore[union-attr]
    row.imported = old["imported"]  # type: ignore[assignment]
    settle(row, now, *COLUMNS, "imported")
