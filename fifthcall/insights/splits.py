"""G2: what attempts came to, split by how, with what words, in which cadence, for whom and by whom they were made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Sum, Value, When, Window
from django.db.models.expressions import RowRange
from django.db.models.functions import Coalesce, Lead

from fifthcall.imports.models import PastHistories
from fifthcall.insights.brought import brought
from fifthcall.insights.histories import ATTEMPTS, not_taken_back, standing
from fifthcall.insights.own_curve import Histories
from fifthcall.insights.pooling import Prior, prior_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import CONNECTS
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score

#: What attempts can be split by → the columns of a touch that tell the groups apart.
SPLITS: Mapping[str, tuple[str, ...]] = {
    "channel": ("channel",),
    "playbook": ("purpose",),
    "step": ("purpose",),
    "template": ("template", "template_version"),
    "source": ("opportunity__source",),
    "rep": ("member_id",),
}
#: Attempts beyond this number are shown together.
NUMBERS_SHOWN = 6

Group = tuple[Any, ...]  # the values that tell the group, as `SPLITS` names them; of a playbook, its id


@dataclass(frozen=True, slots=True)
class Came:
    """What the attempts of a group came to.

    `reached`: they were a conversation, or the next thing that happened was an answer. `met`: a meeting was set.
    `won`: the last attempt of one that was won; `by_number` the same by the attempt's number, NUMBERS_SHOWN and more
    together.
    """

    reached: Score = field(default_factory=Score)
    met: Score = field(default_factory=Score)
    won: Score = field(default_factory=Score)
    by_number: tuple[Score, ...] = (Score(),) * NUMBERS_SHOWN


def split(member: Membership, by: str) -> dict[Group, Came]:
    """Each group with what its attempts came to, of the opportunities that `member` may see. `by`: a key of SPLITS."""
    found: dict[Group, Came] = defaultdict(Came)
    for *columns, number, tried, reached, met, won in _counted(member, SPLITS[by]):
        key = _group(by, tuple(columns))
        found[key] = _more(found[key], int(number), Score(int(won), tried), Score(int(reached), tried), int(met))
    for name, some in _brought(member.workspace_id, by):
        for number in range(1, some.attempts + 1):
            won = Score(some.count if some.won and number == some.attempts else 0, some.count)
            found[name,] = _more(found[name,], min(number, NUMBERS_SHOWN), won)
    return dict(found)


def _brought(workspace_id: int, by: str) -> list[tuple[str, Histories]]:
    """What came as counts has a channel and a source; of these, no conversation is known, only wins."""
    if by not in ("channel", "source"):
        return []
    names = PastHistories.objects.filter(workspace=workspace_id).values_list(by, flat=True).distinct().order_by(by)
    return [(name, some) for name in names for some in brought(workspace_id, **{by: name})]


def _group(by: str, columns: Group) -> Group:
    if by not in ("playbook", "step"):
        return columns
    book, _, step = str(columns[0]).partition(".")
    return ("",) if not step else (book,) if by == "playbook" else columns


def _more(one: Came, number: int, won: Score, reached: Score = Score(), met: int = 0) -> Came:  # noqa: B008  # frozen
    parts = list(one.by_number)
    parts[number - 1] = _sum(parts[number - 1], won)
    return Came(_sum(one.reached, reached), _sum(one.met, Score(met, reached.of)), _sum(one.won, won), tuple(parts))


def _sum(one: Score, other: Score) -> Score:
    return Score(one.good + other.good, one.of + other.of)


def _seen(member: Membership) -> QuerySet[Touch]:
    """Attempts and answers of the opportunities that `member` may see, in their order for each."""
    whose, order = [F("whose")], [F("at").asc(), F("id").asc()]
    attempt = Case(When(outcome__in=ATTEMPTS, then=Value(1)), default=Value(0), output_field=IntegerField())
    visible = Opportunity.objects.visible_to(member).values("pk")
    return (
        not_taken_back()
        .filter(workspace=member.workspace_id, outcome__in=[*ATTEMPTS, "replied"])
        .filter(**({} if member.leads else {"opportunity__in": visible}))
        .annotate(whose=Coalesce("opportunity__merged_into_id", "opportunity_id"))
        .annotate(
            attempt=attempt,
            number=Window(Sum(attempt), whose, order, RowRange(start=None, end=0)),
            later=Window(Sum(attempt), whose, order, RowRange(start=1, end=None)),
            onward=Window(Lead("outcome"), whose, order),
        )
    )


def _counted(member: Membership, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Rows of (…columns, number, tried, reached, met, won), counted by the database in one pass."""
    names = [f"group{place}" for place in range(len(columns))]
    rows = _seen(member).annotate(**{name: F(column) for name, column in zip(names, columns, strict=True)})
    inner, parameters = rows.values(
        *names, "whose", "outcome", "attempt", "number", "later", "onward"
    ).query.sql_with_params()
    marks, connects = ", ".join(["%s"] * len(CONNECTS)), sorted(CONNECTS)
    places = ", ".join(str(place) for place in range(1, len(names) + 2))
    sql = (
        f"SELECT {', '.join(names)}, CASE WHEN number > %s THEN %s ELSE number END, COUNT(*),"  # noqa: S608  # by the ORM
        f" SUM(CASE WHEN outcome IN ({marks}) OR onward = 'replied' THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN outcome = 'meeting_set' THEN 1 ELSE 0 END),"
        " SUM(CASE WHEN COALESCE(later, 0) = 0 AND its.status = %s THEN 1 ELSE 0 END)"
        f" FROM ({inner}) AS path JOIN {Opportunity._meta.db_table} its ON its.id = path.whose"
        f" WHERE attempt = 1 GROUP BY {places}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [NUMBERS_SHOWN, NUMBERS_SHOWN, *connects, Status.WON.value, *parameters])
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Rated:
    """A group's share of one thing, drawn towards the mean of all groups (0 to 1), with its 90 % interval."""

    score: Score
    rate: float
    low: float
    high: float


def rated(scores: Mapping[Group, Score]) -> tuple[Prior, dict[Group, Rated]]:
    """Each group's share as `pooling` estimates it, and the mean; groups without a case are left out."""
    prior, found = prior_of(scores.values()), {}
    for key, score in scores.items():
        if score.of:
            shown = prior.shown(score)
            found[key] = Rated(score, prior.rate(score), shown.low, shown.high)
    return prior, found


def attempts_of(member: Membership, by: str, group: Group, most: int = 200) -> list[Touch]:
    """The latest attempts of a group, for the list behind its number."""
    wanted = Q(**dict(zip(SPLITS[by], group, strict=True)))
    if by in ("playbook", "step") and not group[0]:
        wanted = ~Q(purpose__contains=".")
    elif by == "playbook":
        wanted = Q(purpose__startswith=f"{group[0]}.")
    rows = standing().filter(wanted, workspace=member.workspace_id)
    if not member.leads:
        rows = rows.filter(opportunity__in=Opportunity.objects.visible_to(member).values("pk"))
    return list(rows.select_related("opportunity", "person", "member").order_by("-at", "-id")[:most])
