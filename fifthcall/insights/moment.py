"""Reading several times as of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_BEGIN = {"postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "sqlite": "BEGIN DEFERRED"}


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside was all so at one moment, whatever others write meanwhile. Nothing is written inside.

    It can't be nested. Within a transaction, what is read is as that one has it. (`transaction.atomic` would keep
    SQLite's writers out, and on PostgreSQL read each time anew.)
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
