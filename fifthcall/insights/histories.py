"""How many attempts each opportunity got until something happened, counted by the database, for the own curve (G2)."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber

from fifthcall.insights.own_curve import Histories
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import OUTCOMES, THEIRS
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch

_ATTEMPTS = sorted(code for code, outcome in OUTCOMES.items() if outcome.attempt)
#: What a curve may be of, besides wins: the first attempt with one of these outcomes.
FIRST = {
    "connects": sorted(code for code, outcome in OUTCOMES.items() if outcome.connect and code not in THEIRS),
    "meetings": ["meeting_set"],
}
WHATS = ("wins", *FIRST)


def _counted(of: str) -> Coalesce:
    rows = Touch.objects.filter(**{of: OuterRef("pk")}, outcome__in=_ATTEMPTS, retracts=None, retraction=None)
    # Grouped by what is the same for all of them, so that one row comes back and not one for each touch.
    number = rows.order_by().values("workspace_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def with_attempts(member: Membership) -> QuerySet[Any]:
    """What `member` may see, each with its `attempts`; a merged one's count where it went."""
    rows = Opportunity.objects.visible_to(member).filter(merged_into=None)
    return rows.annotate(attempts=_counted("opportunity") + _counted("opportunity__merged_into"))


def histories(member: Membership, what: str = "wins") -> list[Histories]:
    """By number of attempts, and whether it (a win, the first connect or meeting) came with the last of them."""
    if what in FIRST:
        return _until_first(member, FIRST[what])
    rows = (
        with_attempts(member)
        .order_by()
        .values("attempts")
        .annotate(count=Count("pk"), wins=Count("pk", filter=Q(status=Status.WON.value)))
    )
    found = []
    for row in rows:
        found.append(Histories(row["attempts"], True, row["wins"]))
        found.append(Histories(row["attempts"], False, row["count"] - row["wins"]))
    return [one for one in found if one.count]


def _until_first(member: Membership, outcomes: list[str]) -> list[Histories]:
    """Attempts are numbered as they came; the first with one of the outcomes ends the history, else the last does."""
    visible = Opportunity.objects.visible_to(member).values("pk")
    numbered = (
        Touch.objects.filter(opportunity__in=visible, outcome__in=_ATTEMPTS, retracts=None, retraction=None)
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
    with connection.cursor() as cursor:
        cursor.execute(sql, [*outcomes, *parameters])
        rows = cursor.fetchall()
    return [Histories(number, bool(came), count) for number, came, count in rows]


def given_up(member: Membership) -> dict[int, int]:
    """Number of attempts → opportunities that were lost or set aside after so many, and not won (G1, C1)."""
    ended = with_attempts(member).filter(status__in=(Status.LOST.value, Status.RESTING.value))
    rows = ended.order_by().values("attempts").annotate(count=Count("pk"))
    return {row["attempts"]: row["count"] for row in rows}
