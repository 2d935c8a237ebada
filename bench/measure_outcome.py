"""outcome: saving how a touch went, against the two statements that nobody can do without, in one transaction."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from django.db import connection, transaction

from bench.measuring import Measurement, Sizes, compared, in_turns
from bench.office import NOW, salesperson, settle_down, workspace
from fifthcall import clock
from fifthcall.people.models import ContactPoint, Organization, Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import NEXT_COLUMNS, place
from fifthcall.rules.case import Agreed, Basis, Kind, Status, Window
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.touches.models import Touch

ROUNDS, LIMIT = 5, 5.0
MEMBERS = 10
HISTORY = ((14, "no_answer"), (11, "voicemail"), (9, "connected"), (6, "no_answer"), (4, "voicemail"))
TODAY = (
    Draft("no_answer"),
    Draft("voicemail", "Left our number."),
    Draft("connected", "Waits for the new budget.", reason="budget"),
    Draft("voicemail", agreed=Agreed(Basis.PROMISE, Window(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=2),
                                                           "America/New_York"), Kind.CALL)),
)  # fmt: skip


def told(space: Workspace, owner: Membership, number: int, chance: random.Random) -> int:
    """An opportunity with somebody to call and five touches behind it; its id."""
    organization = Organization.objects.create(workspace=space, name=f"Firm {number}", key=f"firm{number}")
    name = f"Contact {number}"
    person = Person.objects.create(workspace=space, organization=organization, name=name, key=matching_key(name))
    add_point(person, ContactPoint.Kind.MOBILE, f"+1212555{1000 + number % 9000}")
    row = Opportunity(
        workspace=space, owner=owner, organization=organization, person=person, name=f"Deal {number}",
        status=Status.OPEN.value, value=Decimal(chance.randrange(100, 30_000)), created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    place(row, NOW - timedelta(days=20))
    row.save()
    for days, outcome in HISTORY:
        then = NOW - timedelta(days=days)
        with clock.at(then):
            log(row.pk, owner, Draft(outcome, reason="thinking" if outcome == "connected" else ""), then)
    return row.pk


def by_hand(ids: Sequence[int]) -> Callable[[], None]:
    """The bare transaction: one more touch like the last, and the next step's columns, on one row after the other."""
    touch, after = Touch.objects.latest("id"), Opportunity.objects.get(pk=ids[0])
    touch_columns = [f.attname for f in Touch._meta.concrete_fields if f.attname not in ("id", "opportunity_id")]
    row_columns = [*NEXT_COLUMNS, "status", "person_id", "has_appointment", "closed_on", "close_reason", "changed_at"]
    insert = (
        f"INSERT INTO {Touch._meta.db_table} ({', '.join(touch_columns)}, opportunity_id) "
        f"VALUES ({', '.join(['%s'] * (len(touch_columns) + 1))})"
    )
    settings = ", ".join(f"{name} = %s" for name in row_columns)
    update = f"UPDATE {Opportunity._meta.db_table} SET {settings}, version = version + 1 WHERE id = %s AND version = %s"
    added = [_plain(touch, name) for name in touch_columns]
    changed = [_plain(after, name) for name in row_columns]
    versions = dict(Opportunity.objects.filter(pk__in=ids).values_list("id", "version"))
    turn = cycle(ids)

    def act() -> None:
        pk = next(turn)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [*added, pk])
            cursor.execute(update, [*changed, pk, versions[pk]])
            assert cursor.rowcount == 1
        versions[pk] += 1

    return act


def _plain(row: Any, name: str) -> Any:
    field = next(f for f in row._meta.concrete_fields if f.attname == name)
    return field.get_db_prep_save(getattr(row, name), connection)


def measure(sizes: Sizes) -> list[Measurement]:
    calls = sizes.of(40, 4)
    space, chance = workspace(), random.Random(5)
    owners = [salesperson(space, f"Seller {number}") for number in range(MEMBERS)]
    rows = [(told(space, owners[n % MEMBERS], n, chance), owners[n % MEMBERS]) for n in range(2 * calls * ROUNDS)]
    settle_down()
    half = len(rows) // 2
    drafts, waiting = cycle(TODAY), cycle(rows[:half])

    def ours() -> None:
        pk, owner = next(waiting)
        log(pk, owner, next(drafts), NOW)

    with clock.at(NOW):
        bare = by_hand([pk for pk, _ in rows[half:]])
        return [
            compared(
                "outcome", "saving an outcome, against INSERT and UPDATE in one transaction",
                in_turns(ours, bare, ROUNDS, calls), LIMIT, calls,
            )
        ]  # fmt: skip
