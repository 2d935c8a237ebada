"""The office that everything is measured in: a workspace with salespeople, on a Monday morning."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.core.management import call_command
from django.db import connection, connections

from bench.surroundings import second
from fifthcall.calendars.joining import add_member
from fifthcall.people.names import matching_key
from fifthcall.teams.models import Membership, Role, User, Workspace

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # half past eight in New York: in the first block of the day
ZONE = "America/New_York"


def open_office() -> None:
    """Tables and static files."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def workspace(name: str = "Acme") -> Workspace:
    return Workspace.objects.create(name=name, zone=ZONE, created_at=NOW)


def salesperson(space: Workspace, name: str, role: Role = Role.MEMBER) -> Membership:
    """An active member who can sign in."""
    email = f"{matching_key(name)}@{space.pk}.example.com"
    user = User.objects.create(email=email)
    return add_member(space, name, matching_key(name), NOW, user=user, email=email, role=role, active=True)


def database_words() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('synchronous_commit'), "
                       "current_setting('fsync')")  # fmt: skip
        version, commit, fsync = cursor.fetchone()
    return f"PostgreSQL {version}, synchronous_commit={commit}, fsync={fsync}"


def second_database() -> Any:
    """Another connection like the default one, to a database of its own beside it, with its tables."""
    other = connection.copy()
    name = second(str(connection.settings_dict["NAME"]))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    other.settings_dict["NAME"] = name
    with using(other):
        call_command("migrate", interactive=False, verbosity=0)
    return other


@contextmanager
def using(other: Any) -> Iterator[None]:
    """Let `other` be the product's database inside the block; both stay connected, and warm."""
    usual = connections["default"]
    connections["default"] = other
    try:
        yield
    finally:
        connections["default"] = usual


def tidy(table: str) -> None:
    """Leave a table as if it had never held a row: no dead rows, no free pages, nothing waiting in the log."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
        cursor.execute("VACUUM" if connection.vendor == "sqlite" else f"VACUUM FULL {table}")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def settle_down() -> None:
    """What a database does by itself after much was written: statistics, and the log into the file.

    And what the server does when it has started: the rubbish is out, and what stays is not looked at again.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ANALYZE")
    gc.collect()
    gc.freeze()
