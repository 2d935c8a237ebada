"""Marks on what changed: with each change that the sums must hear of, the database itself notes the opportunity.

The mark comes with the change's own transaction, whoever made it: a reader finds what the sums don't hold yet without
comparing everything, and nothing is missed.

A migration that makes one of the marked tables anew on SQLite takes the triggers with it: an insights migration after
it makes them again, and no data may change between. One that makes `insights_mark` anew needs them dropped before.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython

from fifthcall.journal.triggers import Triggers

#: What the migrations made, by name.
TRIGGERS = frozenset(
    {
        "touches_touch_mark_insert",
        "pipeline_opportunity_mark_insert",
        "pipeline_opportunity_mark_update",
        "pipeline_opportunity_mark_delete",
    }
)


class MarkChanges(Triggers):
    """With each `act` on `table` mark the opportunities of these columns ("NEW.id"), where they name one.

    An update counts if one of the columns `of` has another value after it.
    """

    def __init__(self, table: str, act: str, marked: tuple[str, ...], of: tuple[str, ...] = ()) -> None:
        super().__init__(table, (act,))
        self.marked = marked
        self.of = of

    def describe(self) -> str:
        return f"Mark each {self.acts[0]} on {self.table}"

    def name(self, act: str) -> str:
        return f"{self.table}_mark_{act.lower()}"

    def create(self, vendor: str, act: str) -> list[str]:
        name, row = self.name(act), "OLD" if act == "DELETE" else "NEW"
        each = (f"SELECT {row}.workspace_id, {whose} WHERE {whose} IS NOT NULL" for whose in self.marked)
        mark = f"INSERT INTO insights_mark (workspace_id, opportunity) {' UNION ALL '.join(each)};"
        event, when = act, ""
        if self.of:
            differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
            event = f"{act} OF {', '.join(self.of)}"
            when = f"WHEN ({' OR '.join(f'OLD.{column} {differs} NEW.{column}' for column in self.of)})"
        trigger = f"CREATE TRIGGER {name} AFTER {event} ON {self.table} FOR EACH ROW {when}"
        if vendor == "sqlite":
            return [f"{trigger} BEGIN {mark} END"]
        body = f"BEGIN {mark} RETURN NULL; END"
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"{trigger} EXECUTE FUNCTION {name}()",
        ]


class CountAnew(RunPython):
    """Empty the sums and mark every opportunity: the worker adds everything again, and readers count by themselves."""

    def __init__(self) -> None:
        super().__init__(_count_anew, RunPython.noop)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "CountAnew", [], {}


def _count_anew(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":  # whoever is adding ends before, and nobody begins meanwhile
        schema_editor.execute("LOCK TABLE insights_adding IN ACCESS EXCLUSIVE MODE")
    for name in ("Kept", "Counted"):
        apps.get_model("insights", name).objects.all().delete()
    schema_editor.execute(
        "INSERT INTO insights_mark (workspace_id, opportunity) SELECT workspace_id, id FROM pipeline_opportunity"
    )
