"""Database triggers, in SQLite and in PostgreSQL, made by migrations; first of all those that refuse to change rows."""

from __future__ import annotations

from django.db import connection
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class Triggers(Operation):
    """One trigger for each act ("INSERT", "UPDATE", "DELETE") on `table`; a subclass says what it does."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, acts: tuple[str, ...]) -> None:
        self.table = table
        self.acts = acts

    def name(self, act: str) -> str:
        raise NotImplementedError

    def create(self, vendor: str, act: str) -> list[str]:
        """The statements that make it."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for act in self.acts:
            self._drop(schema_editor, act)  # it may stand already, from an earlier migration
            for statement in self.create(schema_editor.connection.vendor, act):
                schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for act in self.acts:
            self._drop(schema_editor, act)

    def _drop(self, schema_editor: BaseDatabaseSchemaEditor, act: str) -> None:
        on = f" ON {self.table}" if schema_editor.connection.vendor == "postgresql" else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name(act)}{on}", params=None)


class RefuseChanges(Triggers):
    """Refuse `acts` ("UPDATE", "DELETE") on `table`.

    Removal stays possible inside a transaction that has opened the one audited door: a row in `journal_door`
    (erasing a person's data). Nothing else writes to that table.
    """

    def __init__(self, table: str, acts: tuple[str, ...] = ("UPDATE", "DELETE")) -> None:
        super().__init__(table, acts)

    def describe(self) -> str:
        return f"Refuse {' and '.join(self.acts)} on {self.table}"

    def name(self, act: str) -> str:
        return f"{self.table}_refuse_{act.lower()}"

    def create(self, vendor: str, act: str) -> list[str]:
        name, said = self.name(act), f"{self.table} is append-only"
        door, refuse = "NOT EXISTS (SELECT 1 FROM journal_door)", f"SELECT RAISE(ABORT, '{said}')"
        if vendor == "sqlite":
            return [
                f"CREATE TRIGGER {name} BEFORE {act} ON {self.table} WHEN {door} BEGIN {refuse}; END",
            ]
        row = "NEW" if act == "UPDATE" else "OLD"
        raising = f"RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation'"
        checked = f"IF {door} THEN {raising}; END IF; RETURN {row};"
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {checked} END $$",
            f"CREATE TRIGGER {name} BEFORE {act} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]


def standing() -> set[str]:
    """The names of the triggers at work in the database."""
    catalogue = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
        if connection.vendor == "postgresql"
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        return {name for (name,) in cursor.fetchall()}
