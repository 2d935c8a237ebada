"""The new steps of an import into their owners' blocks, the worthiest first, with few queries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from fifthcall.imports.models import Import
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import NEXT_COLUMNS, RELATED, blocks_of, case_of, place
from fifthcall.pipeline.room import Room
from fifthcall.rules.case import Block

PIECE = 500


def spread(batch: Import, now: datetime) -> None:
    """Pour the steps that the import made, and that are bound to no agreed time, into their owners' blocks.

    Can be done again after a crash: the same rows are poured anew.
    """
    made = Opportunity.objects.filter(batch=batch, next_due_at__isnull=False, next_firm=False, touches=None)
    for owner_id in list(made.order_by("owner_id").values_list("owner_id", flat=True).distinct()):
        ids = list(made.filter(owner_id=owner_id).order_by("next_rank", "id").values_list("id", flat=True))
        room, rest, blocks = Room(but=ids), iter(ids), None
        while piece := list(islice(rest, PIECE)):
            with transaction.atomic():
                found = Opportunity.objects.select_related(*RELATED).in_bulk(piece)
                rows = [found[pk] for pk in piece if pk in found]
                if blocks is None:
                    blocks = _blocks(rows)
                _write(_placed(rows, blocks, room, now))


def _blocks(rows: list[Opportunity]) -> tuple[Block, ...]:
    owner = rows[0].owner if rows else None
    return blocks_of(owner.pk, owner.zone) if owner else ()


def _placed(rows: list[Opportunity], blocks: tuple[Block, ...], room: Room, now: datetime) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        place(row, now, case_of(row, touches=(), blocks=blocks), room)
        yield (*(getattr(row, column) for column in NEXT_COLUMNS), row.pk, row.version)


def _write(changes: Iterator[tuple[Any, ...]]) -> None:
    """Update the rows that are still of the version that was read; their version rises."""
    table, ops = Opportunity._meta.db_table, connection.ops
    columns = ", ".join(f"{column} = %s" for column in NEXT_COLUMNS)
    values = [
        tuple(
            json.dumps(value) if isinstance(value, dict)
            else ops.adapt_datetimefield_value(value) if isinstance(value, datetime)
            else value
            for value in change
        )
        for change in changes
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {columns}, version = version + 1 WHERE id = %s AND version = %s",  # noqa: S608
            values,
        )
