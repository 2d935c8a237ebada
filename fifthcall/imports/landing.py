"""Rows of opportunities into the workspace: created, updated three ways, or left as they are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fifthcall.imports.inserting import BLANK, insert
from fifthcall.imports.lookups import Lookups
from fifthcall.imports.models import Before, Import
from fifthcall.imports.records import Record, Unusable
from fifthcall.imports.stages import status_of_stage
from fifthcall.people.models import ContactPoint, Organization, Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point
from fifthcall.pipeline.models import UNFINISHED, Opportunity
from fifthcall.pipeline.next_step import NEXT_COLUMNS, RELATED, case_of, place
from fifthcall.pipeline.room import Room
from fifthcall.rules.case import Status
from fifthcall.rules.windows import wall

#: The row's own columns that an import may change.
COLUMNS = (
    "name", "owner_id", "organization_id", "person_id", "product_id", "stage", "status", "value", "source",
    "engaged_on", "planned_on", "closed_on", "note",
)  # fmt: skip
_POINTS = {
    "contact_phone": ContactPoint.Kind.PHONE,
    "contact_mobile": ContactPoint.Kind.MOBILE,
    "contact_email": ContactPoint.Kind.EMAIL,
    "contact_address": ContactPoint.Kind.ADDRESS,
}
_CONTACT = frozenset({"contact_name", "contact_interests", *_POINTS})
_RELATIONS = {name: f"{name}_id" for name in ("owner", "organization", "person", "product")}
_STATUSES = frozenset(status.value for status in Status)
_UNSAVED = frozenset({"external_id", "next_step_kind", "next_step_until", "next_step_why"})
_NAMES = frozenset({"owner", "organisation", "product"})


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a row; `words` say why, or what changes."""

    record: Record
    action: str  # created, updated, unchanged, skipped, failed
    words: str = ""
    name: str = ""
    organisation: str = ""


def external_id(values: dict[str, Any]) -> str:
    """The row's id; without one, one made of what tells it from others."""
    if values.get("external_id"):
        return str(values["external_id"])
    parts = ("name", "organisation", "product", "engaged_on", "owner", "contact_email", "contact_name")
    told = "|".join(str(values.get(part) or "") for part in parts)
    if not told.strip("|"):
        raise Unusable("Nothing tells this row from others: it needs an id, a name, a company or a person.")
    return "row:" + hashlib.sha256(told.encode()).hexdigest()[:24]


def land(
    piece: Iterable[Record], batch: Import, lookups: Lookups, seen: dict[str, int], now: datetime, room: Room
) -> list[Landed]:
    """Bring one piece of rows in, in the caller's transaction. `seen`: external id → its line in this file."""
    landed: list[Landed] = []
    fresh: dict[str, Record] = {}
    for record in piece:
        if record.problem:
            landed.append(Landed(record, "failed", record.problem))
            continue
        try:
            known = external_id(record.values)
        except Unusable as problem:
            landed.append(Landed(record, "failed", str(problem)))
            continue
        if known in seen:
            landed.append(Landed(record, "skipped", f"The same opportunity stands on line {seen[known]} already."))
            continue
        seen[known] = record.line
        fresh[known] = record
    existing = _existing(batch, list(fresh))
    created: list[dict[str, Any]] = []
    plan = Opportunity(workspace=batch.workspace, created_at=now)
    blank = {**BLANK, "workspace_id": batch.workspace_id, "batch_id": batch.pk, "created_at": now, "changed_at": now}
    for known, record in fresh.items():
        row = existing.get(known)
        if row is None:
            made = _new(known, record.values, blank.copy(), plan, lookups, room)
            created.append(made)
            landed.append(Landed(record, "created", "", made["name"], record.values.get("organisation") or ""))
        elif row.merged_into_id:
            landed.append(Landed(record, "skipped", f"It was merged into opportunity {row.merged_into_id}.", row.name))
        else:
            changes = _update(row, record.values, batch, lookups, now, room)
            action = "updated" if changes else "unchanged"
            organisation = row.organization.name if row.organization else ""
            landed.append(Landed(record, action, ", ".join(changes), row.name, organisation))
    insert(created)
    return landed


def _existing(batch: Import, ids: list[str]) -> dict[str, Opportunity]:
    rows = Opportunity.objects.filter(workspace=batch.workspace, external_id__in=ids).select_related(*RELATED)
    return {row.external_id: row for row in rows}


def status_of(values: dict[str, Any]) -> str:
    """The status a row says it has, by its own column or by its stage."""
    return _status(values.get("status") or "", values.get("stage") or "")


@lru_cache(maxsize=1024)
def _status(said: str, stage: str) -> str:
    said = said.casefold()
    if said in _STATUSES:
        return said
    return status_of_stage(said or stage)


def _wanted(values: dict[str, Any], lookups: Lookups) -> dict[str, Any]:
    """The mapped fields as the row's columns; only those that the file has."""
    wanted: dict[str, Any] = {}
    if "owner" in values or "owner_email" in values:
        wanted["owner"] = lookups.member(values.get("owner"), values.get("owner_email"))
    if "organisation" in values:
        wanted["organization"] = lookups.organization(values["organisation"])
    if "product" in values:
        wanted["product"] = lookups.product(values["product"])
    for field, column in (("stage", "stage"), ("source", "source"), ("note", "note")):
        if field in values:
            wanted[column] = values[field] or ""
    for field, column in (("value", "value"), ("engaged_on", "engaged_on"), ("next_step_on", "planned_on")):
        if field in values:
            wanted[column] = values[field]
    if "stage" in values or "status" in values:
        wanted["status"] = status_of(values)
        closed = wanted["status"] not in UNFINISHED
        wanted["closed_on"] = values.get("closed_on") if closed else None
    return wanted


def _named(values: dict[str, Any], wanted: dict[str, Any]) -> str:
    parts = (wanted.get("organization"), wanted.get("product"))
    made = " · ".join(part.name for part in parts if part)
    return str(values.get("name") or made or values.get("contact_name") or values.get("external_id") or "Opportunity")[
        :200
    ]


def _new(
    known: str, values: dict[str, Any], row: dict[str, Any], plan: Opportunity, lookups: Lookups, room: Room
) -> dict[str, Any]:
    """Fill a new `row`, column by column. `plan` serves to place the steps of all of them, as most rows are history."""
    batch, now = lookups.batch, lookups.now
    wanted = _wanted(values, lookups)
    if wanted.setdefault("status", Status.OPEN.value) == Status.RESTING:
        wanted["status"] = Status.OPEN.value  # what it rests for is not in the file: it comes up again
    wanted["person"] = _person(values, batch, wanted.get("organization"))
    if wanted["status"] in UNFINISHED:
        for name, value in wanted.items():
            setattr(plan, name, value)
        place(plan, now, case_of(plan, now, touches=(), blocks=lookups.blocks(plan.owner)), room)
        row |= {column: getattr(plan, column) for column in NEXT_COLUMNS}
    for name, value in wanted.items():
        if name in _RELATIONS:
            row[_RELATIONS[name]] = value.pk if value else None
        else:
            row[name] = value
    row["external_id"], row["name"], row["imported"] = known, _named(values, wanted), _remembered(values)
    return row


def _update(
    row: Opportunity, values: dict[str, Any], batch: Import, lookups: Lookups, now: datetime, room: Room
) -> list[str]:
    """Take what the file has changed since it was last read; what people changed here stays otherwise."""
    before, remembered = row.imported or {}, _remembered(values)
    if before == remembered:
        return []
    moved = {field for field, text in remembered.items() if before.get(field, "") != text}
    wanted = _wanted({f: v for f, v in values.items() if f in moved or f in ("stage", "status", "closed_on")}, lookups)
    if not moved & {"stage", "status", "closed_on"}:
        for column in ("stage", "status", "closed_on"):
            wanted.pop(column, None)
    if wanted.get("status") == Status.OPEN and row.status == Status.RESTING:
        wanted.pop("status")
    if (
        "next_step_on" in moved
        and row.next_due_at
        and wanted.get("planned_on") == wall(row.next_due_at, row.next_zone).date()
    ):
        wanted.pop("planned_on")  # our own step, come back from an export
    if "name" in moved and values.get("name"):
        wanted["name"] = values["name"]
    old = {column: getattr(row, column) for column in (*COLUMNS, *NEXT_COLUMNS, "imported")}
    for column, value in wanted.items():
        setattr(row, column, value)
    if moved & _CONTACT:
        row.person = _person(values, batch, row.organization) or row.person
    changes = [column.removesuffix("_id") for column in COLUMNS if getattr(row, column) != old[column]]
    row.imported = before | remembered
    if not changes:
        Opportunity.objects.filter(pk=row.pk).update(imported=row.imported)
        return []
    Before.objects.get_or_create(
        batch=batch, model="opportunity", row=row.pk, defaults={"values": {k: plain(v) for k, v in old.items()}}
    )
    place(row, now, case_of(row, now, blocks=lookups.blocks(row.owner)), room)
    row.version, row.changed_at = row.version + 1, now
    row.save(update_fields=[*COLUMNS, *NEXT_COLUMNS, "imported", "version", "changed_at"])
    return changes


def plain(value: Any) -> Any:
    """A column's value as JSON can hold it."""
    return value.isoformat() if hasattr(value, "isoformat") else str(value) if hasattr(value, "as_tuple") else value


def _remembered(values: dict[str, Any]) -> dict[str, str]:
    """The file's values as they are compared next time; names by their key, as spelling is no change."""
    kept: dict[str, str] = {}
    for field, value in values.items():
        if field in _UNSAVED:
            continue
        if value is None:
            kept[field] = ""
        elif field in _NAMES:
            kept[field] = matching_key(value)
        else:
            kept[field] = format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
    return kept


def _person(values: dict[str, Any], batch: Import, organization: Organization | None) -> Person | None:
    """The contact a row names, found by name in the organisation or made, with the numbers given."""
    if values.keys().isdisjoint(_CONTACT):
        return None
    points = [(kind, values[field]) for field, kind in _POINTS.items() if values.get(field)]
    name = values.get("contact_name") or (points[0][1] if points else "")
    if not name:
        return None
    key = matching_key(name)
    person = Person.objects.filter(
        workspace=batch.workspace, key=key, organization=organization, merged_into=None
    ).first()
    if person is None:
        person = Person.objects.create(
            workspace=batch.workspace, organization=organization, name=name, key=key, batch=batch,
            zone=values.get("zone") or "",
        )  # fmt: skip
    if values.get("contact_interests"):
        person.interests = values["contact_interests"][:300]
        person.save(update_fields=["interests"])
    for kind, value in points:
        add_point(person, kind, value[:300])
    return person
