"""Reading several times as of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

_inside = ContextVar("_inside", default=False)
_BEGIN = {
    "postgresql": ("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",),
    "sqlite": ("BEGIN DEFERRED", "PRAGMA query_only = ON"),
}
_END = {"postgresql": ("ROLLBACK",), "sqlite": ("PRAGMA query_only = OFF", "ROLLBACK")}


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read inside was all so at one moment, whatever others write meanwhile. Writing inside is refused.

    Within a transaction, what is read is as that one has it. (`transaction.atomic` would keep SQLite's writers out,
    and on PostgreSQL read each time anew.) Raises RuntimeError where one begins inside another.
    """
    if connection.in_atomic_block:
        yield
        return
    if _inside.get():
        raise RuntimeError("one moment inside another")
    with connection.cursor() as cursor:
        for statement in _BEGIN[connection.vendor]:
            cursor.execute(statement)
        before = _inside.set(True)
        try:
            yield
        finally:
            _inside.reset(before)
            for statement in _END[connection.vendor]:
                cursor.execute(statement)
