"""What an opportunity's touches say of how real it is (F3), counted by the database: contacts, and signs as bits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Max, Q, Value, When

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.honesty import MUTUAL
from fifthcall.rules.outcomes import ASIDE
from fifthcall.touches.models import Touch

OLD, MANY, AGREED, YES, AHEAD, SERIOUS, CURIOUS, RESTING = (1 << bit for bit in range(8))


def bit_where(condition: Q, bit: int) -> Case:
    return Case(When(condition, then=Value(bit)), default=Value(0), output_field=IntegerField())


def signs_sql(workspace_id: int, only: Collection[int] | None = None) -> tuple[str, tuple[Any, ...]]:
    """SQL of (whose, contacts, signs) of each opportunity, of these alone if given, with what was merged into it.

    `contacts` are those S10 counts; `signs` are AGREED and the latest answer, SERIOUS or CURIOUS.
    """
    said = Touch.standing().filter(workspace=workspace_id).exclude(outcome__in=ASIDE)
    said = said.exclude(outcome="why_not", reason_until=None)
    if only is not None:
        said = said.filter(Q(opportunity__in=only) | Q(opportunity__merged_into__in=only))
    each = said.values("opportunity_id").annotate(
        contacts=Count("pk"),
        agreed=Max(bit_where(Q(outcome__in=sorted(MUTUAL)), AGREED)),
        serious_at=Max(Case(When(outcome="serious", then=F("at")))),
        curious_at=Max(Case(When(outcome="curious", then=F("at")))),
    )
    counted, parameters = each.query.sql_with_params()
    sql = (
        "SELECT whose, contacts, agreed + CASE WHEN curious_at IS NOT NULL AND"  # noqa: S608  # composed by the ORM
        f" (serious_at IS NULL OR curious_at > serious_at) THEN {CURIOUS}"
        f" WHEN serious_at IS NOT NULL THEN {SERIOUS} ELSE 0 END AS signs FROM ("
        "SELECT COALESCE(whole.merged_into_id, whole.id) AS whose, SUM(counted.contacts) AS contacts,"
        " MAX(counted.agreed) AS agreed, MAX(counted.serious_at) AS serious_at, MAX(counted.curious_at) AS curious_at"
        f" FROM {Opportunity._meta.db_table} whole JOIN ({counted}) AS counted ON counted.opportunity_id = whole.id"
        " GROUP BY 1) AS wholes"
    )
    return sql, parameters


def signs_of(workspace_id: int, only: Collection[int]) -> dict[int, tuple[int, int]]:
    """Opportunity → (contacts, signs), of these as far as they have any."""
    with connection.cursor() as cursor:
        cursor.execute(*signs_sql(workspace_id, only))
        return {whose: (int(contacts), int(signs)) for whose, contacts, signs in cursor.fetchall()}
