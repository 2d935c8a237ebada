"""C1: opportunities that were left, and after how many of the attempts owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q

from fifthcall.insights.counting import NAMED, Asked, Found, Kind, Tally, latest
from fifthcall.insights.kept import kept_signs_sql
from fifthcall.insights.moment import one_moment
from fifthcall.insights.signs import fetched
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status

#: An open one without a touch for so long, and without a time agreed, counts as left.
QUIET = timedelta(days=30)
_OPEN, _QUIET = Status.OPEN.value, "quiet"


def left(asked: Asked, after: int | None = None) -> Tally:
    """Lost or resting with the last touch in the span, or open and 30 days without one within it; by their owner.

    With `after`, those alone that were left after so many attempts; those owed stand for more, too.
    What came in finished and was never touched here was not left here: it isn't counted.
    """
    owed = asked.policy.attempts_owed
    with one_moment():
        sql, parameters = _left_sql(asked)
        if after is not None:
            narrowed = "attempts >= %s" if after == owed else "attempts = %s"
            sql, parameters = f"SELECT * FROM ({sql}) AS every_one WHERE {narrowed}", (*parameters, after)  # noqa: S608  # composed below
        each = fetched(f"SELECT code, attempts, COUNT(*) FROM ({sql}) AS those_left GROUP BY 1, 2", parameters)  # noqa: S608  # as above
        named = latest(_named(sql, parameters, owed))
    counts = Counter({Kind(tried >= owed, code, tried): count for code, tried, count in each})
    return Tally(counts, named)


def _named(sql: str, parameters: tuple[Any, ...], owed: int) -> Iterator[Found]:
    """The latest of each code, good and bad apart."""
    rows = fetched(
        "SELECT id, code, attempts, last FROM (SELECT those_left.*, ROW_NUMBER() OVER"  # noqa: S608  # as above
        " (PARTITION BY code, CASE WHEN attempts >= %s THEN 1 ELSE 0 END ORDER BY last DESC, id DESC) AS place"
        f" FROM ({sql}) AS those_left) AS placed WHERE place <= {NAMED}",
        (owed, *parameters),
    )
    for pk, code, attempts, last in rows:
        at = _instant(last) + (QUIET if code == _QUIET else timedelta())
        yield Found(pk, at, Kind(attempts >= owed, code, attempts))


def by_attempts(counted: Tally, owed: int) -> list[tuple[int, int]]:
    """(attempts, how many were left after so many), from 0 to those owed; the last holds what got as many or more."""
    counts = Counter[int]()
    for kind, count in counted.counts.items():
        counts[min(kind.number, owed)] += count
    return [(number, counts[number]) for number in range(owed + 1)]


def _left_sql(asked: Asked) -> tuple[str, tuple[Any, ...]]:
    """SQL of (id, code, attempts, last) of those left in the span; `last`: the last touch, or when it was added."""
    rows = Opportunity.objects.filter(
        asked.whose("owner"), workspace=asked.workspace, merged_into=None, created_at__lte=asked.until
    )
    rows = rows.exclude(status=Status.WON.value).order_by()
    held = ExpressionWrapper(Q(has_appointment=True) | Q(next_firm=True), BooleanField())
    seen, theirs = rows.values("id", "status", "created_at", "batch_id").annotate(held=held).query.sql_with_params()
    touched, ours = kept_signs_sql(asked.workspace, asked.until)
    each = (
        f"SELECT seen.id AS id, CASE WHEN seen.status = '{_OPEN}' THEN '{_QUIET}' ELSE seen.status END AS code,"  # noqa: S608  # composed by the ORM; words of ours
        " COALESCE(path.attempts, 0) AS attempts, COALESCE(path.last_at, seen.created_at) AS last, seen.held AS held,"
        " path.last_at IS NULL AND seen.batch_id IS NOT NULL AS untouched"
        f" FROM ({seen}) AS seen LEFT JOIN ({touched}) AS path ON path.whose = seen.id"
    )
    sql = (
        f"SELECT id, code, attempts, last FROM ({each}) AS looked_at WHERE"  # noqa: S608  # as above
        f" (code <> '{_QUIET}' AND NOT untouched AND last > %s AND last <= %s)"
        f" OR (code = '{_QUIET}' AND NOT held AND last > %s AND last <= %s)"
    )
    bounds = (asked.since, asked.until, asked.since - QUIET, asked.until - QUIET)
    return sql, (*theirs, *ours, *map(connection.ops.adapt_datetimefield_value, bounds))


def _instant(kept: Any) -> datetime:
    """SQLite gives what was computed as it is written down: in UTC."""
    return kept if isinstance(kept, datetime) and kept.tzinfo else datetime.fromisoformat(str(kept)).replace(tzinfo=UTC)
