"""today: the page and its queue, with very many open opportunities against few, and against the bare SELECT."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connection
from django.test import Client

from bench.filling import fill, model_row
from bench.measuring import Measurement, Sizes, compared, in_turns
from bench.office import NOW, salesperson, second_database, settle_down, using, workspace
from fifthcall import clock
from fifthcall.teams.models import Membership
from fifthcall.touches.queue import AHEAD, LINE, queue, steps_of

OWNERS = 100
ROUNDS, PAGE_LIMIT, QUEUE_LIMIT = 7, 1.5, 3.0
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def office(count: int, owners: int) -> Membership:
    """A workspace with so many open opportunities; the first of the salespeople who share them."""
    space = workspace(f"{count} of {owners}")
    members = [salesperson(space, f"Seller {number}") for number in range(owners)]
    model = model_row(members[0])
    fill(members, count - 1, model)
    settle_down()
    return members[0]


def page(member: Membership) -> Callable[[], object]:
    """Fetches the member's Today page, signed in."""
    client = Client(headers={"host": "localhost"})
    assert member.user
    client.force_login(member.user, backend=BACKEND)

    def act() -> None:
        response = client.get("/today/")
        assert response.status_code == 200 and b"Firm" in response.content

    return act


def within(database: Any, act: Callable[[], object]) -> Callable[[], None]:
    def there() -> None:
        with using(database):
            act()

    return there


def bare(member: Membership) -> Callable[[], object]:
    """The queue's rows and columns in one statement on the index, neither composed anew nor made objects."""
    rows = steps_of(member).order_by("next_due_at", "next_rank").values_list(*LINE)[:AHEAD]
    statement, values = rows.query.sql_with_params()

    def act() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            cursor.fetchall()

    return act


def measure(sizes: Sizes) -> list[Measurement]:
    many, few = sizes.of(1_000_000, 8_000), sizes.of(10_000, 4_000)  # the least: enough for everybody's full page
    calls = sizes.of(20, 2)
    small = second_database()
    found: list[Measurement] = []
    with clock.at(NOW):
        for owners, name, whose in (
            (OWNERS, "today", f"one of {OWNERS} salespeople"),
            (1, "today.alone", "one salesperson has them all"),
        ):
            crowded = office(many, owners)
            with using(small):
                quiet = page(office(few, owners))
            full, calm = page(crowded), within(small, quiet)
            full(), calm()
            found.append(
                compared(
                    name, f"Today with {many:,} open, against {few:,} ({whose})",
                    in_turns(full, calm, ROUNDS, calls), PAGE_LIMIT, calls,
                )
            )  # fmt: skip
            asked, plain = partial(queue, crowded, NOW), bare(crowded)
            asked(), plain()
            found.append(
                compared(
                    f"{name}.queue", f"the queue of {many:,} open, against the bare SELECT of {AHEAD} rows ({whose})",
                    in_turns(asked, plain, ROUNDS, calls), QUEUE_LIMIT, calls,
                )
            )  # fmt: skip
    return found
