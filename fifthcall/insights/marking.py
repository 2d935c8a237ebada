"""Marks on what changed: with each change that the sums must hear of, the database itself notes the opportunity.

The mark comes with the change's own transaction, whoever made it: a reader finds what the sums don't hold yet without
comparing everything, and nothing is missed.
"""

from __future__ import annotations

from fifthcall.journal.triggers import Triggers

_OPPORTUNITY = "pipeline_opportunity"
#: What an opportunity's place in the sums depends on besides its touches: `trails.State`, and what it was merged into.
_PLACED_BY = ("status", "owner_id", "source", "merged_into_id")
_MARKED = {
    ("touches_touch", "INSERT"): ("NEW.opportunity_id",),
    (_OPPORTUNITY, "INSERT"): ("NEW.id",),
    (_OPPORTUNITY, "UPDATE"): ("NEW.id", "OLD.merged_into_id"),
    (_OPPORTUNITY, "DELETE"): ("OLD.id", "OLD.merged_into_id"),
}
#: By table, the acts that leave a mark.
ACTS = {table: tuple(act for of, act in _MARKED if of == table) for table, _ in _MARKED}


class MarkChanges(Triggers):
    """Leave a mark of each change to `table` that the sums must hear of."""

    def __init__(self, table: str) -> None:
        super().__init__(table, ACTS[table])

    def describe(self) -> str:
        return f"Mark changes of {self.table}"

    def name(self, act: str) -> str:
        return f"{self.table}_mark_{act.lower()}"

    def create(self, vendor: str, act: str) -> list[str]:
        name, row = self.name(act), "OLD" if act == "DELETE" else "NEW"
        marked = " UNION ALL ".join(
            f"SELECT {row}.workspace_id, {whose} WHERE {whose} IS NOT NULL" for whose in _MARKED[self.table, act]
        )
        mark = f"INSERT INTO insights_changed (workspace_id, opportunity) {marked};"
        of, when = act, ""
        if act == "UPDATE":
            differs = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
            of = f"UPDATE OF {', '.join(_PLACED_BY)}"
            when = f"WHEN ({' OR '.join(f'OLD.{column} {differs} NEW.{column}' for column in _PLACED_BY)})"
        trigger = f"CREATE TRIGGER {name} AFTER {of} ON {self.table} FOR EACH ROW {when}"
        if vendor == "sqlite":
            return [f"{trigger} BEGIN {mark} END"]
        body = f"BEGIN {mark} RETURN NULL; END"
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
            f"{trigger} EXECUTE FUNCTION {name}()",
        ]
