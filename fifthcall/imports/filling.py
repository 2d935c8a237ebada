"""Products, companies and members of a file into the workspace: made, or filled in with what the file knows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from fifthcall.imports.landing import Landed, plain
from fifthcall.imports.lookups import Lookups
from fifthcall.imports.models import Before, Import
from fifthcall.imports.records import Record
from fifthcall.people.reach import set_address
from fifthcall.teams.models import Role
from fifthcall.teams.zones import zone_of_country

#: Takes a row's values; gives what became of it: created, updated or unchanged.
Take = Callable[[dict[str, Any], Import, Lookups], str]


def one(record: Record, take: Take, batch: Import, lookups: Lookups) -> Landed:
    """Bring in one row of a file that others refer to."""
    name = str(record.values.get("name") or record.values.get("email") or "")
    if record.problem or not name:
        return Landed(record, "failed", record.problem or "This row has no name.")
    return Landed(record, take(record.values, batch, lookups), name=name)


def _changed(row: Any, wanted: dict[str, Any], batch: Import, known: bool) -> bool:
    """Fill in what the file knows, noting what was there before; what the file doesn't know stays."""
    changed = {
        column: value for column, value in wanted.items() if value not in (None, "") and getattr(row, column) != value
    }
    if changed and known:
        columns = [row._meta.get_field(column).attname for column in changed]
        before = {column: plain(getattr(row, column)) for column in columns}
        Before.objects.get_or_create(batch=batch, model=row._meta.model_name, row=row.pk, defaults={"values": before})
    for column, value in changed.items():
        setattr(row, column, value)
    if changed:
        row.save(update_fields=list(changed))
    return bool(changed)


def _product(values: dict[str, Any], batch: Import, lookups: Lookups) -> str:
    known = lookups.known_product(values["name"])
    product = known or lookups.product(values["name"])
    price = values.get("list_price")
    changed = _changed(
        product, {"series": values.get("series"), "list_price": price and Decimal(price)}, batch, bool(known)
    )
    return "created" if known is None else "updated" if changed else "unchanged"


def _organisation(values: dict[str, Any], batch: Import, lookups: Lookups) -> str:
    known = lookups.known_organization(values["name"])
    row = known or lookups.organization(values["name"])
    country, people, parent = values.get("country"), values.get("employees"), values.get("parent")
    wanted = {
        "sector": values.get("sector"),
        "website": values.get("website"),
        "address": (values.get("address") or "").strip()[:300],
        "country": country,
        "zone": zone_of_country(country) if country else "",
        "employees": int(people) if people is not None else None,
        "revenue": values.get("revenue"),
        "parent": lookups.organization(parent) if parent else None,
    }
    before = row.address if row else ""
    changed = _changed(row, wanted, batch, bool(known))
    if row and row.address != before:
        set_address(row, row.address)  # its people can be written to now
    return "created" if known is None else "updated" if changed else "unchanged"


def _member(values: dict[str, Any], batch: Import, lookups: Lookups) -> str:
    before = lookups.known_member(values.get("name"), values.get("email"))
    manager = lookups.member(values.get("manager"), role=Role.MANAGER) if values.get("manager") else None
    row = before or lookups.member(values.get("name"), values.get("email"))
    changed = _changed(row, {"team": values.get("team"), "manager": manager}, batch, bool(before))
    return "created" if before is None else "updated" if changed else "unchanged"


TAKE: dict[str, Take] = {"products": _product, "members": _member, "organisations": _organisation}
