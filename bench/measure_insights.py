"""insights: each figure of the pages of numbers over very many touches, against half as many, each asked alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from bench.filling import Model, model_row
from bench.measuring import Measurement, Sizes, compared, in_turns
from bench.office import NOW, salesperson, second_database, settle_down, using, workspace
from fifthcall import clock
from fifthcall.insights.budget import keep_weeks
from fifthcall.insights.habits import HABITS, asked_of
from fifthcall.insights.histories import given_up, histories, paths
from fifthcall.insights.kept import keep_up
from fifthcall.insights.next_touch import attempts_by_kind
from fifthcall.insights.proposals import proposals
from fifthcall.insights.reaching import by_hour
from fifthcall.insights.splits import split
from fifthcall.insights.trails import SPLITS
from fifthcall.insights.weighing import Scope, heaps
from fifthcall.insights.wording_results import results
from fifthcall.people.models import Person
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.teams.models import Membership, Role
from fifthcall.touches.models import Touch

EACH = 10  # touches of an opportunity, on the mean
SELLERS, ROUNDS = 100, 3
#: n log n at a million against half of it (2.1), and a little for what the machine does besides.
LIMIT = round(2 * math.log(1_000_000) / math.log(500_000) * 1.15, 2)
#: What comes of the touches, by turns (outcome, channel, reason): mostly silence, some conversations, few meetings, a
#: few mails and answers. A call-back is promised for the day after.
_SILENCE = (
    ("no_answer", "call", ""),
    ("voicemail", "call", ""),
    ("no_answer", "call", ""),
    ("sent", "email", ""),
    ("no_answer", "call", ""),
    ("sent", "email", ""),
)
USED = (
    *_SILENCE,
    ("connected", "call", "unknown"),
    *_SILENCE,
    ("replied", "email", ""),
    *_SILENCE,
    ("call_back", "call", ""),
    *_SILENCE,
    ("meeting_set", "call", ""),
    ("connected", "call", "budget"),
    ("why_not", "desk", "budget"),
    ("meeting_held", "meeting", "priority"),
    ("posted", "post", ""),
    ("proposal_sent", "email", ""),
    ("voicemail", "call", ""),
)


def _split(by: str, member: Membership) -> object:
    return split(member, by)


def _habit(key: str, days: int, member: Membership) -> object:
    return HABITS[key](asked_of(member.workspace, None, NOW, days))


FIGURES: dict[str, Callable[[Membership], object]] = {
    "wins": histories,
    "connects": lambda member: histories(member, "connects"),
    "meetings": lambda member: histories(member, "meetings"),
    "given_up": given_up,
    "hours": lambda member: by_hour(member, NOW),
    "proposals": proposals,
    "words": lambda member: results(member.workspace_id, NOW),
    "pipeline": lambda member: heaps(Scope(member, NOW)),
    "next_touch": lambda member: attempts_by_kind(paths(member)),
    **{f"split_{by}": partial(_split, by) for by in SPLITS},
    **{f"{key}_{days}": partial(_habit, key, days) for key in HABITS for days in (30, 365)},
}


def past(count: int) -> Membership:
    """A workspace with so many touches of a tenth as many opportunities, over a year; who leads it."""
    space = workspace(f"{count} touches")
    boss = salesperson(space, "Boss", Role.OWNER)
    sellers = [salesperson(space, f"Seller {number}") for number in range(SELLERS)]
    model = model_row(sellers[0])
    first = _opportunities(sellers, max(1, count // EACH), model)
    _touches(sellers, count, first, max(1, count // EACH))
    keep_up(NOW)
    keep_weeks(NOW)
    settle_down()
    return boss


def _opportunities(sellers: list[Membership], count: int, model: Model) -> int:
    """Half of them open, a tenth won, the others lost; the id of the first."""
    row = Opportunity.objects.get(pk=model.row_id)
    before = row.pk
    rows, people = [], _people(row, count)
    for number in range(count):
        status = ("open", "won", "open", "lost", "open", "lost", "open", "lost", "open", "lost")[number % 10]
        one = Opportunity(**{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields[1:]})
        one.external_id, one.owner_id, one.status = f"N{number}", sellers[number % len(sellers)].pk, status
        one.person_id = people + number
        one.source = ("fair", "web", "", "partner")[number % 4]
        if status != "open":
            one.next_kind, one.next_due_at, one.next_until = "", None, None
        rows.append(one)
    Opportunity.objects.bulk_create(rows, 2000)
    return Opportunity.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True)[0]


def _people(row: Opportunity, count: int) -> int:
    """Somebody for each; the id of the first."""
    before = Person.objects.latest("pk").pk
    people = (Person(workspace=row.workspace, name=f"P{number}", key=f"p{number}") for number in range(count))
    Person.objects.bulk_create(people, 2000)
    return Person.objects.filter(pk__gt=before).order_by("pk").values_list("pk", flat=True)[0]


def _touches(sellers: list[Membership], count: int, first: int, opportunities: int) -> None:
    """Opportunity by opportunity in turn, so that their touches lie apart, as they do where people work."""
    model = Touch.objects.filter(opportunity__workspace=sellers[0].workspace).latest("id")
    names = [str(field.column) for field in Touch._meta.concrete_fields if not field.primary_key]
    outcome, channel, reason = (" ".join(f"WHEN {n} THEN '{said}'" for n, said in enumerate(by_turn))
                                for by_turn in zip(*USED, strict=True))  # fmt: skip
    turn = f"(n.i * 7 + n.i / {opportunities}) % {len(USED)}"
    promised = f"CASE WHEN {turn} = {[code for code, *_ in USED].index('call_back')} THEN"
    minutes = (
        f"n.i * {max(1, 60 * 24 * 360 // count)}" if count < 60 * 24 * 360 else f"n.i / {-(-count // (60 * 24 * 360))}"
    )
    # A few are called far too often: twenty times in some hours.
    place = f"CASE WHEN n.i % 50 = 0 THEN n.i / 1000 ELSE n.i * 31 + n.i % 3 * (n.i % 7) END % {opportunities}"
    changed = {
        "opportunity_id": f"{first} + {place}",
        "person_id": f"{Opportunity.objects.get(pk=first).person_id} + {place}",
        "member_id": f"{sellers[0].pk} + n.i % {len(sellers)}",
        "at": _minutes_after(minutes),
        "outcome": f"CASE {turn} {outcome} END",
        "channel": f"CASE {turn} {channel} END",
        "reason": f"CASE {turn} {reason} END",
        "agreed_basis": f"{promised} 'promise' ELSE '' END",
        "agreed_kind": f"{promised} 'call' ELSE '' END",
        "agreed_zone": f"{promised} 'UTC' ELSE '' END",
        "agreed_from": f"{promised} {_minutes_after(f'{minutes} + 1440')} END",
        "agreed_until": f"{promised} {_minutes_after(f'{minutes} + 1560')} END",
        "prospect_zone": "CASE n.i % 3 WHEN 0 THEN 'Europe/Berlin' WHEN 1 THEN 'Asia/Kathmandu' ELSE 'UTC' END",
        "purpose": "'S' || (1 + n.i % 9) || '.' || (1 + n.i % 5)",
        "template": "CASE n.i % 3 WHEN 0 THEN '' WHEN 1 THEN 'opener' ELSE 'voicemail' END",
        "template_version": "n.i % 4",
    }
    table = Touch._meta.db_table
    selected = ", ".join(changed.get(name, f"model.{name}") for name in names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) "
            f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) "
            f"SELECT {selected} FROM n JOIN {table} model ON model.id = {model.pk}"
        )


def _minutes_after(minutes: str) -> str:
    start = NOW - timedelta(days=362)
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%S', '{start:%Y-%m-%d %H:%M:%S}', ({minutes}) || ' minutes')"
    return f"timestamptz '{start.isoformat()}' + ({minutes}) * interval '1 minute'"


def measure(sizes: Sizes) -> list[Measurement]:
    many = sizes.of(1_000_000, 400)
    half = many // 2
    small = second_database()
    found: list[Measurement] = []
    with clock.at(NOW):
        boss = past(many)
        with using(small):
            calm = past(half)
        assert all(OUTCOMES[code] for code, *_ in USED)
        for name, figure in FIGURES.items():

            def there(figure: Callable[[Membership], object] = figure) -> None:
                with using(small):
                    figure(calm)

            def here(figure: Callable[[Membership], object] = figure) -> Any:
                return figure(boss)

            here()
            there()
            found.append(
                compared(
                    f"insights.{name}", f"{name} over {many:,} touches, against {half:,}",
                    in_turns(here, there, ROUNDS), LIMIT, 1,
                )
            )  # fmt: skip
    return found
