"""What an opportunity's touches come to, counted by the database: contacts and signs of how real it is (F3), attempts,
and when the last one was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Max, Q, Value, When

from fifthcall.insights.trails import ATTEMPTS
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.honesty import MUTUAL
from fifthcall.rules.outcomes import ASIDE
from fifthcall.touches.models import Touch

OLD, MANY, AGREED, YES, AHEAD, SERIOUS, CURIOUS, RESTING = (1 << bit for bit in range(8))


def bit_where(condition: Q, bit: int) -> Case:
    return Case(When(condition, then=Value(bit)), default=Value(0), output_field=IntegerField())


def signs_sql(
    workspace_id: int, only: Collection[int] | None = None, until: datetime | None = None
) -> tuple[str, tuple[Any, ...]]:
    """SQL of (whose, contacts, signs, attempts, last_at) of each opportunity, with what was merged into it.

    Of these alone if given, from touches up to `until`. `contacts` are those S10 counts; `signs` are AGREED and the
    latest answer, SERIOUS or CURIOUS; `last_at` is the instant of the last touch that is more than a remark.
    """
    said = Touch.standing().exclude(outcome__in=ASIDE)
    if only is None:
        said = said.filter(workspace=workspace_id)
    else:
        # By opportunity alone: the databases would rather go through the whole workspace.
        parts = Opportunity.objects.filter(Q(pk__in=only) | Q(merged_into__in=only))
        said = said.filter(opportunity__in=parts.values("pk"))
    if until is not None:
        said = said.filter(at__lte=until)
    each = said.values("opportunity_id").annotate(
        contacts=Count("pk", filter=~Q(outcome="why_not", reason_until=None)),
        agreed=Max(bit_where(Q(outcome__in=sorted(MUTUAL)), AGREED)),
        serious_at=Max(Case(When(outcome="serious", then=F("at")))),
        curious_at=Max(Case(When(outcome="curious", then=F("at")))),
        attempts=Count("pk", filter=Q(outcome__in=sorted(ATTEMPTS))),
        last_at=Max("at"),
    )
    counted, parameters = each.query.sql_with_params()
    sql = (
        "SELECT whose, contacts, agreed + CASE WHEN curious_at IS NOT NULL AND"  # noqa: S608  # composed by the ORM
        f" (serious_at IS NULL OR curious_at > serious_at) THEN {CURIOUS}"
        f" WHEN serious_at IS NOT NULL THEN {SERIOUS} ELSE 0 END AS signs, attempts, last_at FROM ("
        "SELECT COALESCE(whole.merged_into_id, whole.id) AS whose, CAST(SUM(counted.contacts) AS BIGINT) AS contacts,"
        " MAX(counted.agreed) AS agreed, MAX(counted.serious_at) AS serious_at, MAX(counted.curious_at) AS curious_at,"
        " CAST(SUM(counted.attempts) AS BIGINT) AS attempts, MAX(counted.last_at) AS last_at"
        f" FROM {Opportunity._meta.db_table} whole JOIN ({counted}) AS counted ON counted.opportunity_id = whole.id"
        " GROUP BY 1) AS wholes"
    )
    return sql, parameters


def fetched(sql: str, parameters: Collection[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(parameters))
        return list(cursor.fetchall())
