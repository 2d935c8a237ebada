"""How many attempts each opportunity got until something happened, counted by the database, for the own curve (G2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce, RowNumber

from fifthcall.insights.own_curve import Histories
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import CONNECTS, OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch

ATTEMPTS = sorted(code for code, outcome in OUTCOMES.items() if outcome.attempt)
#: What a curve may be of, besides wins: the first attempt with one of these outcomes.
FIRST = {
    "connects": sorted(CONNECTS),
    "meetings": ["meeting_set"],
}
WHATS = ("wins", *FIRST)


def not_taken_back() -> QuerySet[Touch]:
    """Touches that stand. Those taken back are few: looked up once, not for each of very many."""
    gone = Touch.objects.filter(retracts__isnull=False).values("retracts_id")
    return Touch.objects.filter(retracts=None).exclude(pk__in=gone).order_by()


def standing() -> QuerySet[Touch]:
    """Attempts that were not taken back."""
    return not_taken_back().filter(outcome__in=ATTEMPTS)


def _paths(member: Membership) -> tuple[str, tuple[Any, ...]]:
    """SQL of (id, status, attempts) of each opportunity that `member` may see; a merged one's count where it went.

    Counted in one pass over the touches, and joined: counting for each opportunity by itself would never end.
    """
    rows = standing().filter(workspace=member.workspace_id).values("opportunity_id").annotate(number=Count("pk"))
    counted, one = rows.query.sql_with_params()
    seen = Opportunity.objects.visible_to(member).filter(merged_into=None).order_by().values("id", "status")
    visible, other = seen.query.sql_with_params()
    table = Opportunity._meta.db_table
    sql = (
        "SELECT seen.id AS id, seen.status AS status, path.attempts AS attempts FROM ("  # noqa: S608  # both composed by the ORM
        f" SELECT COALESCE(whole.merged_into_id, whole.id) AS whose, SUM(COALESCE(counted.number, 0)) AS attempts"
        f" FROM {table} whole LEFT JOIN ({counted}) AS counted ON counted.opportunity_id = whole.id"
        f" WHERE whole.workspace_id = %s GROUP BY 1) AS path"
        f" JOIN ({visible}) AS seen ON seen.id = path.whose"
    )
    return sql, (*one, member.workspace_id, *other)


def _rows(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def paths(member: Membership) -> list[tuple[int, str, int]]:
    """(attempts, status, how many opportunities) of all that `member` may see."""
    sql, parameters = _paths(member)
    grouped = f"SELECT attempts, status, COUNT(*) FROM ({sql}) AS each_one GROUP BY 1, 2"  # noqa: S608  # as above
    return [(int(attempts), status, count) for attempts, status, count in _rows(grouped, parameters)]


def won_with(member: Membership, attempts: int) -> QuerySet[Opportunity]:
    """The opportunities that were won with exactly so many attempts."""
    sql, parameters = _paths(member)
    same = f"SELECT id FROM ({sql}) AS each_one WHERE attempts = %s AND status = %s"  # noqa: S608  # as above
    return Opportunity.objects.visible_to(member).filter(
        pk__in=RawSQL(same, (*parameters, attempts, Status.WON.value))  # noqa: S611  # as above
    )


def histories(member: Membership, what: str = "wins") -> list[Histories]:
    """By number of attempts, and whether it (a win, the first connect or meeting) came with the last of them."""
    if what in FIRST:
        return _until_first(member, FIRST[what])
    return [Histories(attempts, status == Status.WON.value, count) for attempts, status, count in paths(member)]


def _until_first(member: Membership, outcomes: list[str]) -> list[Histories]:
    """Attempts are numbered as they came; the first with one of the outcomes ends the history, else the last does."""
    visible = Opportunity.objects.visible_to(member).values("pk")
    numbered = (
        standing()
        .filter(workspace=member.workspace_id, **({} if member.leads else {"opportunity__in": visible}))
        .annotate(whose=Coalesce("opportunity__merged_into_id", "opportunity_id"))
        .annotate(
            number=Window(RowNumber(), partition_by=[F("whose")], order_by=[F("at").asc(), F("id").asc()]),
        )
        .order_by()
        .values_list("whose", "outcome", "number")
    )
    inner, parameters = numbered.query.sql_with_params()
    marks = ", ".join(["%s"] * len(outcomes))
    sql = (
        "SELECT COALESCE(first, tried), first IS NOT NULL, COUNT(*) FROM ("  # noqa: S608  # marks only; what they stand for goes beside
        f" SELECT whose, MIN(CASE WHEN outcome IN ({marks}) THEN number END) AS first, MAX(number) AS tried"
        f" FROM ({inner}) AS numbered GROUP BY whose) AS ended GROUP BY 1, 2"
    )
    rows = _rows(sql, [*outcomes, *parameters])
    return [Histories(number, bool(came), count) for number, came, count in rows]


def given_up(member: Membership) -> dict[int, int]:
    """Number of attempts → opportunities that were lost or set aside after so many, and not won (G1, C1)."""
    found: Counter[int] = Counter()
    for attempts, status, count in paths(member):
        if status in (Status.LOST.value, Status.RESTING.value):
            found[attempts] += count
    return dict(found)
