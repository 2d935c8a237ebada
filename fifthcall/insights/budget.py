"""C4: attempts that were made although the person's week was already full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import DateTimeField, F, Func, Window
from django.db.models.functions import Coalesce, Lag

from fifthcall.insights.counting import Asked, Found, Kind, Tally, latest
from fifthcall.insights.trails import ATTEMPTS
from fifthcall.rules.case import Channel, Policy
from fifthcall.rules.facts import WEEK
from fifthcall.touches.models import Touch

_PIECE = 500


class _WeekBefore(Func):
    """The instant a week before; on SQLite without its fraction of a second. What Django makes of it there is slow."""

    output_field = DateTimeField()
    template = f"(%(expressions)s - INTERVAL '{WEEK.days} days')"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=f"datetime(%(expressions)s, '-{WEEK.days} days')", **more)


def within_budget(asked: Asked) -> Tally:
    """Attempts in the span, and those beyond the week's budget of that person, whoever made the others.

    As `rules.facts.budgeted` counts: a voicemail and the text that goes with it are one.
    """
    whose = None if asked.people is None else set(asked.people)
    beyond = [
        Found(opportunity, at, Kind(False, "beyond", number))
        for rows in _people(asked)
        for opportunity, at, member, number in _beyond(rows, asked.policy)
        if (member if whose is None else member in whose) and asked.since < at <= asked.until
    ]
    counts = Counter(one.kind for one in beyond)
    counts[Kind(True, "within")] = asked.attempts().count() - len(beyond)
    return Tally(counts, latest(beyond))


def _people(asked: Asked) -> Iterator[list[Any]]:
    """The attempts, oldest first, of each person who had more than the budget in a week, pairs not looked at."""
    made = Touch.standing().filter(outcome__in=ATTEMPTS, at__gt=asked.since - WEEK, at__lte=asked.until)
    before = Window(Lag("at", asked.policy.touches_a_week), partition_by="person", order_by=["at", "id"])
    full = made.filter(workspace=asked.workspace, person__isnull=False).annotate(before=before)
    ids = sorted(set(full.filter(before__gte=_WeekBefore("at")).values_list("person", flat=True)))
    for place in range(0, len(ids), _PIECE):
        rows = (
            made.filter(person__in=ids[place : place + _PIECE])
            .order_by("person", "at", "id")
            .annotate(whole=Coalesce(F("opportunity__merged_into_id"), F("opportunity_id")))
            .values_list("person", "whole", "at", "member", "outcome", "channel")
        )
        for _, group in groupby(rows.iterator(2000), key=lambda row: row[0]):
            yield list(group)


def _beyond(rows: list[Any], policy: Policy) -> Iterator[tuple[int, datetime, int | None, int]]:
    """(opportunity, at, member, touches of that week with it) of each that came when the week was full."""
    counted: list[tuple[datetime, str]] = []
    for _, opportunity, at, member, outcome, channel in rows:
        counted = [one for one in counted if one[0] > at - WEEK]
        pair = counted and counted[-1][1] == "voicemail" and channel == Channel.TEXT.value
        if pair and at - counted[-1][0] <= policy.paired_text_within:
            continue
        counted.append((at, outcome))
        if len(counted) > policy.touches_a_week:
            yield opportunity, at, member, len(counted)
