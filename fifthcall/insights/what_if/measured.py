"""The answers of one's own prospects, counted by the database: what a simulation draws from."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, Lead

from fifthcall.insights.reaching import BACK
from fifthcall.insights.signs import bit_where
from fifthcall.insights.what_if.answers import ASSUMED, NUMBERS, Rates, pooled
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel
from fifthcall.rules.outcomes import OUTCOMES, THEIRS
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score

_ATTEMPTS = sorted(code for code, outcome in OUTCOMES.items() if outcome.attempt and code not in THEIRS)
_CONNECTS = sorted(code for code in _ATTEMPTS if OUTCOMES[code].connect)


def came_in(member: Membership, now: datetime) -> QuerySet[Opportunity]:
    """The opportunities that came in within the last year, as far as `member` may see them."""
    rows = Opportunity.objects.visible_to(member).filter(merged_into=None)
    return rows.filter(created_at__gt=now - BACK, created_at__lte=now).order_by()


def rates_of(member: Membership, now: datetime) -> Rates:
    """How often attempts were answered on the opportunities of `came_in`, by channel and number of the attempt.

    A call is answered by a conversation, a text or email when the next thing on that channel is their reply.
    """
    talks = _touches(member, now).filter(channel=Channel.CALL.value, outcome__in=_CONNECTS)
    ends = talks.aggregate(
        all=Count("pk"), meetings=Count("pk", filter=Q(outcome="meeting_set")),
        refusals=Count("pk", filter=Q(outcome="not_interested")),
    )  # fmt: skip
    return pooled(_answered(member, now), Score(ends["meetings"], ends["all"]), Score(ends["refusals"], ends["all"]))


def _touches(member: Membership, now: datetime) -> QuerySet[Touch]:
    gone = Touch.objects.filter(retracts__isnull=False).values("retracts_id")
    whole = came_in(member, now).values("pk")
    return (
        Touch.objects.filter(workspace=member.workspace_id, retracts=None, outcome__in=[*_ATTEMPTS, "replied"])
        .filter(Q(opportunity__in=whole) | Q(opportunity__merged_into__in=whole))
        .exclude(pk__in=gone)
        .order_by()
    )


def _answered(member: Membership, now: datetime) -> dict[tuple[Channel, int], Score]:
    """The last number stands for all later ones too."""
    inner, parameters = _numbered(member, now).query.sql_with_params()
    tries, talks = (", ".join(["%s"] * len(codes)) for codes in (_ATTEMPTS, _CONNECTS))
    sql = (
        "SELECT way, CASE WHEN number > %s THEN %s ELSE number END AS n,"  # noqa: S608  # marks only; what they stand for goes beside
        f" SUM(CASE WHEN came IN ({talks}) OR following = 'replied' THEN 1 ELSE 0 END), COUNT(*)"
        f" FROM ({inner}) AS numbered WHERE came IN ({tries}) GROUP BY 1, 2"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [NUMBERS, NUMBERS, *_CONNECTS, *parameters, *_ATTEMPTS])
        rows = cursor.fetchall()
    known = {channel.value: channel for channel in ASSUMED.answer}
    return {(known[way], int(number)): Score(int(good), of) for way, number, good, of in rows if way in known}


def _numbered(member: Membership, now: datetime) -> QuerySet[Touch, tuple[object, ...]]:
    in_order = [F("at").asc(), F("id").asc()]
    is_attempt = bit_where(Q(outcome__in=_ATTEMPTS), 1)
    return (
        _touches(member, now)
        .annotate(whose=Coalesce("opportunity__merged_into_id", "opportunity_id"), one=is_attempt)
        .annotate(
            way=F("channel"),
            came=F("outcome"),
            number=Window(Sum("one"), partition_by=[F("whose")], order_by=in_order),
            following=Window(Lead("outcome"), partition_by=[F("whose"), F("channel")], order_by=in_order),
        )
        .order_by()
        .values_list("way", "came", "number", "following")
    )
