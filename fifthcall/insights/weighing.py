"""What is open, weighed by the database: the signs of how real each is (F3), counted, summed and listed.

The signs of an opportunity are one number, a bit a sign; which numbers mean "real" is asked of the rules.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any

from django.db import connection
from django.db.models import Q

from fifthcall.insights.kept import kept_signs_sql
from fifthcall.insights.signs import AGREED, AHEAD, CURIOUS, MANY, OLD, RESTING, SERIOUS, YES, bit_where
from fifthcall.people.models import Fact
from fifthcall.pipeline.models import Opportunity, OpportunityQuerySet
from fifthcall.rules.case import Status
from fifthcall.rules.honesty import Evidence, How, Signs, weigh
from fifthcall.teams.models import Membership


@dataclass(frozen=True)
class Scope:
    """Whose pipeline: what `member` may see at `now`, and of that only `rep`'s where one is named."""

    member: Membership
    now: datetime
    rep: int | None = None

    def opportunities(self) -> OpportunityQuerySet:
        seen = Opportunity.objects.visible_to(self.member)
        return seen.filter(owner_id=self.rep) if self.rep else seen

    @cached_property
    def touched(self) -> tuple[str, tuple[Any, ...]]:
        """SQL of (whose, contacts, signs): found once for a page."""
        return kept_signs_sql(self.member.workspace_id)


@dataclass(frozen=True, slots=True)
class Heap:
    """Opportunities of one stage with the same signs: how many, how many with a value, its sum, and that of squares."""

    stage: str
    code: int
    count: int
    valued: int
    value: float
    squares: float


@dataclass(frozen=True, slots=True)
class Weighed:
    """One opportunity; its places count from 1, the largest value first (`by_age`: the oldest first)."""

    pk: int
    stage: str
    code: int
    contacts: int
    in_stage: int = 0
    overall: int = 0
    by_age: int = 0
    of_stage: int = 0


@cache
def how_of(code: int) -> How:
    """What the rules say of such signs."""
    answer = "curious" if code & CURIOUS else "serious" if code & SERIOUS else ""
    old, many, agreed, yes, ahead, resting = (bool(code & bit) for bit in (OLD, MANY, AGREED, YES, AHEAD, RESTING))
    return weigh(Signs(old, many, agreed, yes, ahead, answer, resting))


def evidence(code: int, contacts: int, days: int) -> Evidence:
    """The same signs with their numbers, for the rules to judge."""
    answer = "curious" if code & CURIOUS else "serious" if code & SERIOUS else ""
    agreed, yes, ahead, resting = (bool(code & bit) for bit in (AGREED, YES, AHEAD, RESTING))
    return Evidence(days, contacts, agreed, yes, ahead, answer, resting)


def _weighed(scope: Scope) -> tuple[str, tuple[Any, ...]]:
    """SQL of (id, stage, value, created_at, contacts, code) of what is not closed."""
    policy = scope.member.workspace.policy()
    touched, ours = scope.touched
    seen = scope.opportunities().unfinished().filter(next_due_at__isnull=False, merged_into=None).order_by()
    base = (
        bit_where(Q(created_at__lte=scope.now - timedelta(days=policy.long_days)), OLD)
        + bit_where(Q(has_appointment=True), AHEAD)
        + bit_where(Q(status=Status.RESTING.value), RESTING)
    )
    plain = seen.values("id", "stage", "value", "created_at").annotate(base=base)
    visible, other = plain.query.sql_with_params()
    sql = (
        "SELECT seen.id AS id, seen.stage AS stage, seen.value AS value, seen.created_at AS created_at,"  # noqa: S608  # composed by the ORM; numbers of ours
        " COALESCE(path.contacts, 0) AS contacts, seen.base + COALESCE(path.signs, 0)"
        f" + CASE WHEN COALESCE(path.contacts, 0) >= %s THEN {MANY} ELSE 0 END"
        f" + CASE WHEN EXISTS (SELECT 1 FROM {Fact._meta.db_table} fact WHERE fact.opportunity_id = seen.id)"
        f" THEN {YES} ELSE 0 END AS code"
        f" FROM ({visible}) AS seen LEFT JOIN ({touched}) AS path ON path.whose = seen.id"
    )
    return sql, (policy.long_contacts, *other, *ours)


def _rows(sql: str, parameters: Collection[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(parameters))
        return list(cursor.fetchall())


def heaps(scope: Scope) -> list[Heap]:
    """All that is open, by stage and signs. Only values above zero are summed."""
    sql, parameters = _weighed(scope)
    found = _rows(
        "SELECT stage, code, COUNT(*), COUNT(value), SUM(CASE WHEN value > 0 THEN value * 1.0 ELSE 0 END),"  # noqa: S608  # as above
        f" SUM(CASE WHEN value > 0 THEN value * 1.0 * value ELSE 0 END) FROM ({sql}) AS each_one GROUP BY 1, 2",
        parameters,
    )
    return [
        Heap(stage, int(code), count, valued, float(value), float(squares))
        for stage, code, count, valued, value, squares in found
    ]


def leading(scope: Scope, stages: Collection[str], each: int, largest: int) -> list[Weighed]:
    """The `largest` of all, the `each` largest of the named stages, and of these the one of middle age."""
    sql, parameters = _weighed(scope)
    marks = ", ".join(["%s"] * len(stages)) or "NULL"
    worth = "COALESCE(value, -1) DESC, id"
    found = _rows(
        "SELECT id, stage, code, contacts, in_stage, overall, by_age, of_stage FROM (SELECT id, stage, code, contacts,"  # noqa: S608  # as above
        f" ROW_NUMBER() OVER (PARTITION BY stage ORDER BY {worth}) AS in_stage,"
        f" ROW_NUMBER() OVER (ORDER BY {worth}) AS overall,"
        " ROW_NUMBER() OVER (PARTITION BY stage ORDER BY created_at, id) AS by_age,"
        f" COUNT(*) OVER (PARTITION BY stage) AS of_stage FROM ({sql}) AS each_one) AS placed WHERE overall <= %s"
        f" OR (stage IN ({marks}) AND (in_stage <= %s OR by_age = (of_stage + 1) / 2)) ORDER BY overall",
        (*parameters, largest, *stages, each),
    )
    return [
        Weighed(pk, stage, int(code), int(contacts), in_stage, overall, by_age, of_stage)
        for pk, stage, code, contacts, in_stage, overall, by_age, of_stage in found
    ]


def listed(scope: Scope, wanted: dict[str, Any], first: int, most: int) -> tuple[int, list[Weighed]]:
    """How many match, and of these `most` from place `first` (0 the largest value) on.

    `wanted`: stage (exactly), how (a How), valued (bool); what is missing does not narrow.
    """
    sql, parameters = _weighed(scope)
    where, said = ["1 = 1"], list(parameters)
    if "stage" in wanted:
        where.append("stage = %s")
        said.append(wanted["stage"])
    if "valued" in wanted:
        where.append("value IS NOT NULL" if wanted["valued"] else "value IS NULL")
    if "how" in wanted:
        codes = [str(code) for code in range(256) if how_of(code) is wanted["how"]]
        where.append(f"code IN ({', '.join(codes)})")
    narrowed = f"FROM ({sql}) AS each_one WHERE {' AND '.join(where)}"
    found = _rows(
        f"SELECT id, stage, code, contacts, COUNT(*) OVER () {narrowed}"  # as above
        " ORDER BY COALESCE(value, -1) DESC, id LIMIT %s OFFSET %s",
        (*said, most, first),
    )
    return (found[0][4] if found else 0), [Weighed(pk, stage, int(code), int(n)) for pk, stage, code, n, _ in found]
