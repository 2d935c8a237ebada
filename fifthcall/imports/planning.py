"""The dry run: the import itself, each piece rolled back."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db import transaction

from fifthcall import clock
from fifthcall.imports.lookups import Lookups
from fifthcall.imports.models import Import
from fifthcall.imports.records import records
from fifthcall.imports.running import Run, land_safely, ordered, pieces, respellings

#: Rows shown of each kind of outcome; the counts are of all.
SHOWN = 500


@dataclass(frozen=True, slots=True)
class Row:
    file: str
    line: int
    action: str
    name: str
    organisation: str
    words: str


@dataclass(slots=True)
class Plan:
    """What would happen: exact counts, and the rows of each kind up to `SHOWN`."""

    counts: dict[str, int]
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def check(batch: Import) -> Plan:
    """What the import would do to each row. Nothing is written."""
    counted: Counter[str] = Counter()
    plan, now, respelled = Plan({}), clock.now(), Counter[tuple[str, str]]()
    seen: dict[str, int] = {}
    for sheet in ordered(batch):
        seen = {}
        for piece in pieces(records(sheet)):
            with transaction.atomic():
                run = Run(batch, Lookups(batch, now), seen, now)
                for one in land_safely(sheet, piece, run):
                    counted[one.action] += 1
                    if counted[one.action] <= SHOWN:
                        plan.rows.append(
                            Row(sheet.name, one.record.line, one.action, one.name, one.organisation, one.words)
                        )
                respelled += run.lookups.respelled
                transaction.set_rollback(True)
    plan.counts = {action: counted[action] for action in ("created", "updated", "unchanged", "skipped", "failed")}
    plan.notes = [*batch.notes, *sorted(respellings(respelled))]
    return plan
