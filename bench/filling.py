"""Very many open opportunities at once: one that the product has placed, copied within the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models, transaction

from bench.office import NOW
from fifthcall.people.models import ContactPoint, Organization, Person
from fifthcall.people.reach import add_point
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import place
from fifthcall.rules.windows import instant
from fifthcall.teams.models import Membership
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log

BLOCKS = ((time(8), time(9, 30)), (time(16, 30), time(18)))
IN_A_BLOCK = 18  # an hour and a half, twelve touches an hour
FIRM_EVERY, FIRM_DAYS = 20, 60
ORGANISATIONS, PRODUCTS = 85, 7
TABLE = Opportunity._meta.db_table


@dataclass(frozen=True, slots=True)
class Model:
    """The row to copy, and what its copies point to."""

    row_id: int
    names: tuple[str, ...]  # of the columns but the id
    organizations: int  # the first of ORGANISATIONS ids that follow each other
    persons: int
    products: int


def model_row(owner: Membership) -> Model:
    """A placed opportunity with its first voicemail, as the product writes it."""
    space = owner.workspace
    firms = [Organization.objects.create(workspace=space, name=f"Firm {n}", key=f"firm{n}")
             for n in range(ORGANISATIONS)]  # fmt: skip
    people = [Person.objects.create(workspace=space, organization=firm, name=f"Contact {n}", key=f"contact{n}")
              for n, firm in enumerate(firms)]  # fmt: skip
    goods = [Product.objects.create(workspace=space, name=f"Product {n}", key=f"product{n}", list_price=900 + n)
             for n in range(PRODUCTS)]  # fmt: skip
    for n, person in enumerate(people):
        add_point(person, ContactPoint.Kind.MOBILE, f"+1212555{1000 + n}")
    row = Opportunity(
        workspace=space, owner=owner, organization=firms[0], person=people[0], product=goods[0], status="open",
        name="Firm · Product", stage="Engaging", value=Decimal(4800), created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    then = NOW - timedelta(days=6)
    place(row, then)
    row.save()
    log(row.pk, owner, Draft("voicemail", "Left our number."), then)
    names = tuple(str(field.column) for field in Opportunity._meta.concrete_fields if not field.primary_key)
    return Model(row.pk, names, firms[0].pk, people[0].pk, goods[0].pk)


def slots(zone: str) -> Iterator[tuple[datetime, datetime]]:
    """The owner's blocks from the present one on, without end."""
    day = NOW.date()
    while True:
        if day.weekday() < 5:
            for start, end in BLOCKS:
                yield instant(datetime.combine(day, start), zone), instant(datetime.combine(day, end), zone)
        day += timedelta(days=1)


def fill(owners: list[Membership], count: int, model: Model) -> None:
    """`count` copies shared among the owners, each owner's in the order of worth through their blocks.

    Blocks hold what they can; every twentieth step is at an agreed time instead, within the next sixty days. Half of
    the steps were owed before today, as they are when a backlog has been brought in.
    """
    each = -(-count // len(owners))
    with transaction.atomic(), connection.cursor() as cursor:
        _write_slots(cursor, -(-each // IN_A_BLOCK), owners[0].zone)
        changed = _expressions(owners, model)
        selected = ", ".join(changed.get(name, f"model.{name}") for name in model.names)
        firm = f"(n.i / {len(owners)}) % {FIRM_EVERY} = 0"
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(model.names)}) "
            f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) "
            f"SELECT {selected} FROM n JOIN bench_slot slot ON slot.id = CASE WHEN {firm} "
            f"THEN 1 + (n.i / {len(owners) * FIRM_EVERY}) % {min(FIRM_DAYS * 2, -(-each // IN_A_BLOCK))} "
            f"ELSE n.i / {len(owners) * IN_A_BLOCK} END "
            f"JOIN {TABLE} model ON model.id = {model.row_id}"
        )
        cursor.execute("DROP TABLE bench_slot")


def _write_slots(cursor: Any, count: int, zone: str) -> None:
    kind = models.DateTimeField().db_type(connection)
    cursor.execute(f"CREATE TEMPORARY TABLE bench_slot (id integer PRIMARY KEY, due {kind}, until {kind})")
    adapt = connection.ops.adapt_datetimefield_value
    found = slots(zone)
    rows = [(number, *map(adapt, next(found))) for number in range(count + 1)]
    cursor.executemany("INSERT INTO bench_slot VALUES (%s, %s, %s)", rows)


def _expressions(owners: list[Membership], model: Model) -> dict[str, str]:
    """What differs from copy to copy, as SQL over n.i, the slot and the model."""
    first = owners[0].pk
    assert [owner.pk for owner in owners] == list(range(first, first + len(owners)))
    firm = f"(n.i / {len(owners)}) % {FIRM_EVERY} = 0"
    owed = connection.ops.adapt_datetimefield_value(NOW - timedelta(days=4))
    yes, no = ("1", "0") if connection.vendor == "sqlite" else ("TRUE", "FALSE")
    return {
        "external_id": "'N' || n.i",
        "owner_id": f"{first} + n.i % {len(owners)}",
        "workspace_id": str(owners[0].workspace_id),
        "organization_id": f"{model.organizations} + n.i % {ORGANISATIONS}",
        "person_id": f"{model.persons} + n.i % {ORGANISATIONS}",
        "product_id": f"{model.products} + n.i % {PRODUCTS}",
        "next_due_at": "slot.due",
        "next_until": "slot.until",
        "next_firm": f"CASE WHEN {firm} THEN {yes} ELSE {no} END",
        "next_owed_at": f"CASE WHEN n.i / {len(owners)} % 2 = 0 THEN slot.due ELSE {_instant(owed)} END",
        "next_rank": "-2000000000000000 + n.i",
    }


def _instant(value: Any) -> str:
    return f"'{value}'" if connection.vendor == "sqlite" else f"timestamptz '{value}'"
