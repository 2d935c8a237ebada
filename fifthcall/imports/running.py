"""Performing an import: pieces that each commit whole, with the place to go on from; a killed one resumes."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q

from fifthcall import clock
from fifthcall.imports.filling import TAKE, one
from fifthcall.imports.histories import land_histories
from fifthcall.imports.landing import Landed, external_id, land
from fifthcall.imports.lookups import Lookups
from fifthcall.imports.models import Import, ImportFile, Reject
from fifthcall.imports.ordering import by_worth
from fifthcall.imports.records import Record, Unusable, records
from fifthcall.imports.unreadable import UnreadableFile
from fifthcall.imports.uploads import ORDER, Sheet, sheets
from fifthcall.journal.models import note_event
from fifthcall.pipeline.room import NoLimit, Room

log = logging.getLogger(__name__)
PIECE = 1000
LEASE = timedelta(seconds=60)
Progress = Callable[[int, int], None]


class Lost(Exception):
    """Another process has taken the import over; this one's piece was rolled back."""


@dataclass(slots=True)
class Run:
    """One go at an import."""

    batch: Import
    lookups: Lookups
    seen: dict[str, int]
    now: datetime
    room: Room = field(default_factory=NoLimit)


def ordered(batch: Import) -> list[Sheet]:
    """The files that hold something, those that others refer to first."""
    return sorted((s for s in sheets(batch) if s.kind), key=lambda s: (ORDER.index(s.kind), s.position))


def claim(batch_id: int, now: datetime) -> Import | None:
    """Take a running import whose lease has lapsed; None when somebody else has it."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    taken = Import.objects.filter(free, pk=batch_id, state=Import.State.RUNNING).update(
        claimed_until=now + LEASE, fence=F("fence") + 1
    )
    return Import.objects.select_related("workspace", "member").get(pk=batch_id) if taken else None


def perform(batch_id: int, now: datetime, progress: Progress | None = None) -> Import | None:
    """Work an import through to its end, from wherever it stands. None when another process has it."""
    batch = claim(batch_id, now)
    if batch is None:
        return None
    try:
        _through(batch, now, progress or (lambda done, total: None))
    except UnreadableFile as problem:
        Import.objects.filter(pk=batch.pk, fence=batch.fence).update(
            state=Import.State.FAILED, problem=str(problem), claimed_until=None
        )
    batch.refresh_from_db()
    return batch


def resume_all(now: datetime) -> int:
    """Perform every import that was started and that nobody works on; how many went through.

    One that fails doesn't stop the others, and is tried again when its lease has lapsed.
    """
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    waiting = Import.objects.filter(free, state=Import.State.RUNNING).order_by("id").values_list("pk", flat=True)
    through = 0
    for pk in list(waiting):
        try:
            through += perform(pk, now) is not None
        except Exception:
            log.exception("Import %s stopped; it goes on from there later.", pk)
    return through


def _through(batch: Import, now: datetime, progress: Progress) -> None:
    run, passed = Run(batch, Lookups(batch, now), {}, now, Room()), 0
    for sheet in ordered(batch):
        run.seen = {}
        rows = by_worth(records(sheet), batch) if sheet.kind == "opportunities" else records(sheet)
        if passed < batch.done_rows:  # accounted for before we were killed
            for record in islice(rows, batch.done_rows - passed):
                passed += 1
                _remember(run.seen, sheet, record)
        file = ImportFile.objects.get(batch=batch, position=sheet.position)
        while piece := list(islice(rows, PIECE)):
            with transaction.atomic():
                _account(run, file, land_safely(sheet, piece, run))
            passed += len(piece)
            progress(passed, batch.total)
    with transaction.atomic():
        _finish(run)


#: What a database or its driver says of a single value it can't hold.
REFUSALS = (DataError, IntegrityError, ArithmeticError, OverflowError)


def land_safely(sheet: Sheet, piece: list[Record], run: Run) -> list[Landed]:
    """Land a piece; where the database refuses a row of it, row by row, so that only that one fails."""
    try:
        with transaction.atomic():
            return land_sheet(sheet, piece, run)
    except REFUSALS:
        log.warning("Import %s: a row of a piece was refused; going on row by row.", run.batch.pk)
    return [one for record in piece for one in _land_alone(sheet, record, run)]


def _land_alone(sheet: Sheet, record: Record, run: Run) -> list[Landed]:
    # What the piece before this row has found or made was rolled back with it: look again.
    for known in [known for known, line in run.seen.items() if line == record.line]:
        del run.seen[known]
    run.lookups.look_again()
    try:
        with transaction.atomic():
            return land_sheet(sheet, [record], run)
    except REFUSALS as refusal:
        return [Landed(record, "failed", f"The database can't hold this row ({refusal}). Shorten or correct it.")]


def _remember(seen: dict[str, int], sheet: Sheet, record: Record) -> None:
    if sheet.kind == "opportunities" and not record.problem:
        try:
            seen.setdefault(external_id(record.values), record.line)
        except Unusable:
            return


def land_sheet(sheet: Sheet, piece: list[Record], run: Run) -> list[Landed]:
    """Bring one piece of a sheet in, by its kind."""
    if sheet.kind == "opportunities":
        return land(piece, run.batch, run.lookups, run.seen, run.now, run.room)
    if sheet.kind == "histories":
        file = ImportFile.objects.get(batch=run.batch, position=sheet.position)
        return land_histories(piece, file, run.batch.workspace_id)
    take = TAKE[sheet.kind]
    return [one(record, take, run.batch, run.lookups) for record in piece]


def _account(run: Run, file: ImportFile, landed: Iterable[Landed]) -> None:
    """Count a piece and keep its rejects, only while the import is still ours."""
    landed, batch = list(landed), run.batch
    Reject.objects.bulk_create(
        Reject(
            batch=batch,
            file=file,
            line=one.record.line,
            failed=one.action == "failed",
            reason=one.words[:500],
            values=one.record.cells,
        )
        for one in landed
        if one.action in ("skipped", "failed")
    )
    counts = {
        f"{action}_rows": F(f"{action}_rows") + sum(one.action == action for one in landed)
        for action in ("created", "updated", "unchanged", "skipped", "failed")
    }
    kept = Import.objects.filter(pk=batch.pk, fence=batch.fence, state=Import.State.RUNNING).update(
        done_rows=F("done_rows") + len(landed), claimed_until=clock.now() + LEASE, **counts
    )
    if not kept:
        raise Lost


def _finish(run: Run) -> None:
    """Close the import, with what there is to say about it."""
    batch = run.batch
    batch.refresh_from_db()
    notes = respellings(run.lookups.respelled)
    Import.objects.filter(pk=batch.pk, fence=batch.fence).update(
        state=Import.State.DONE, finished_at=clock.now(), claimed_until=None, notes=[*batch.notes, *sorted(notes)]
    )
    counts = {"created": batch.created_rows, "updated": batch.updated_rows, "rows": batch.total}
    note_event(batch.workspace_id, batch.member_id, "imported", batch, run.now, **counts)


def respellings(counted: Counter[tuple[str, str]]) -> list[str]:
    """What was read as something spelled otherwise, and how often."""
    return [
        f"“{name}” is read as “{known}” ({times:,} row{'s' if times != 1 else ''})."
        for (name, known), times in counted.items()
    ]


def pieces(rows: Iterator[Record]) -> Iterator[list[Record]]:
    while piece := list(islice(rows, PIECE)):
        yield piece
