"""What is open, weighed by the database: the signs of how real each is (F3), counted, summed and listed.

The signs of an opportunity are one number, a bit a sign; which numbers mean "real" is asked of the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from fifthcall.insights.kept import kept_signs_sql
from fifthcall.insights.moment import one_moment
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
    def weighed(self) -> list[Weighed]:
        """What is open, the largest value first; read once for a page."""
        with one_moment(), connection.cursor() as cursor:
            cursor.execute(*_weighed_sql(self))
            return [Weighed._make(row) for row in cursor]  # one after the other: very many are counted in half the time


class Weighed(NamedTuple):
    """An open opportunity. `contacts` are those S10 counts, `code` holds its signs.

    `created` is the instant (UTC) as the database writes it, which sorts: to read very many of them takes longer than
    all the rest.
    """

    pk: int
    stage: str
    value: float | None
    created: str
    contacts: int
    code: int


@dataclass(frozen=True, slots=True)
class Heap:
    """Opportunities of one stage with the same signs: how many, how many with a value, its sum, and that of squares."""

    stage: str
    code: int
    count: int
    valued: int
    value: float
    squares: float


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


def _weighed_sql(scope: Scope) -> tuple[str, tuple[Any, ...]]:
    """SQL of the columns of Weighed, of what is not closed."""
    policy = scope.member.workspace.policy()
    touched, ours = kept_signs_sql(scope.member.workspace_id)
    seen = scope.opportunities().unfinished().filter(next_due_at__isnull=False, merged_into=None).order_by()
    base = (
        bit_where(Q(created_at__lte=scope.now - timedelta(days=policy.long_days)), OLD)
        + bit_where(Q(has_appointment=True), AHEAD)
        + bit_where(Q(status=Status.RESTING.value), RESTING)
    )
    plain = seen.values("id", "stage", "value", "created_at").annotate(base=base)
    visible, other = plain.query.sql_with_params()
    sql = (
        "SELECT seen.id, seen.stage, CAST(seen.value AS DOUBLE PRECISION), CAST(seen.created_at AS TEXT),"  # noqa: S608  # composed by the ORM; numbers of ours
        " COALESCE(path.contacts, 0), seen.base + COALESCE(path.signs, 0)"
        f" + CASE WHEN COALESCE(path.contacts, 0) >= %s THEN {MANY} ELSE 0 END"
        f" + CASE WHEN EXISTS (SELECT 1 FROM {Fact._meta.db_table} fact WHERE fact.opportunity_id = seen.id)"
        f" THEN {YES} ELSE 0 END"
        f" FROM ({visible}) AS seen LEFT JOIN ({touched}) AS path ON path.whose = seen.id"
        " ORDER BY COALESCE(seen.value, -1) DESC, seen.id"
    )
    return sql, (policy.long_contacts, *other, *ours)


def heaps(scope: Scope) -> list[Heap]:
    """All that is open, by stage and signs. Only values above zero are summed."""
    values: dict[tuple[str, int], list[float | None]] = defaultdict(list)
    for one in scope.weighed:
        values[one.stage, one.code].append(one.value)
    return [_heap(stage, code, some) for (stage, code), some in values.items()]


def _heap(stage: str, code: int, values: list[float | None]) -> Heap:
    above = [value for value in values if value and value > 0]
    valued = len(values) - values.count(None)
    return Heap(stage, code, len(values), valued, sum(above), sum(value * value for value in above))


def of_stages(scope: Scope) -> dict[str, list[Weighed]]:
    """What is open by stage, the largest value first."""
    found: dict[str, list[Weighed]] = defaultdict(list)
    for one in scope.weighed:
        found[one.stage].append(one)
    return found


def listed(scope: Scope, wanted: Mapping[str, Any]) -> list[Weighed]:
    """Those that match, the largest value first.

    `wanted`: stage (exactly), how (a How), valued (bool); what is missing does not narrow.
    """
    return [
        one
        for one in scope.weighed
        if ("stage" not in wanted or one.stage == wanted["stage"])
        and ("valued" not in wanted or (one.value is not None) == wanted["valued"])
        and ("how" not in wanted or how_of(one.code) is wanted["how"])
    ]
