"""C4: attempts that were made although the person's week was already full."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce

from fifthcall.insights.counting import Asked, Found, Tally, attempts_in
from fifthcall.insights.trails import ATTEMPTS
from fifthcall.rules.case import Channel, Policy
from fifthcall.rules.facts import WEEK
from fifthcall.touches.models import Touch

_PIECE = 500


def within_budget(asked: Asked) -> Tally:
    """Attempts in the span, and those beyond the week's budget of that person, whoever made the others.

    As `rules.facts.budgeted` counts: a voicemail and the text that goes with it are one.
    """
    whose, made = set(asked.people), attempts_in(asked)
    beyond = [
        Found(opportunity, at, False, "beyond", number)
        for rows in _people(asked, made)
        for opportunity, at, member, number in _beyond(rows, asked.policy)
        if member in whose and asked.since < at <= asked.until
    ]
    of = made.count()
    return Tally(of - len(beyond), of, tuple(sorted(beyond, key=lambda one: (one.at, one.opportunity), reverse=True)))


def _people(asked: Asked, made: QuerySet[Touch]) -> Iterator[list[Any]]:
    """The attempts of each person who had more than a week's budget in the span and the week before, oldest first."""
    around = Touch.standing().filter(
        workspace=asked.workspace, outcome__in=ATTEMPTS, at__gt=asked.since - WEEK, at__lte=asked.until
    )
    many = (
        around.exclude(person=None)
        .order_by()
        .values("person")
        .annotate(number=Count("pk"))
        .filter(number__gt=asked.policy.touches_a_week, person__in=made.values("person"))
    )
    ids = list(many.values_list("person", flat=True))
    # By person alone: the databases would rather go through the whole workspace for each piece.
    near = Touch.standing().filter(outcome__in=ATTEMPTS, at__gt=asked.since - WEEK, at__lte=asked.until)
    for place in range(0, len(ids), _PIECE):
        rows = (
            near.filter(person__in=ids[place : place + _PIECE])
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
