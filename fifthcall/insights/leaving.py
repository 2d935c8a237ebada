"""C1: opportunities that were left, and after how many of the attempts owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from fifthcall.insights.counting import Asked, Counted, Found, standing
from fifthcall.insights.trails import ATTEMPTS
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import ASIDE
from fifthcall.touches.models import Touch

#: An open one without a touch for so long, and without a time agreed, counts as left.
QUIET = timedelta(days=30)
_PIECE = 500
_LEFT = (Status.LOST.value, Status.RESTING.value)


def left(asked: Asked) -> Counted:
    """Lost or resting with the last touch in the span, or open and 30 days without one within it; by their owner.

    What came in finished and was never touched here was not left here: it isn't counted.
    """
    gone = {pk: (at, code) for pk, at, code in _left(asked) if asked.since < at <= asked.until}
    attempts = _attempts(list(gone), asked.until)
    owed = asked.policy.attempts_owed
    cases = [Found(pk, at, attempts[pk] >= owed, code, attempts[pk]) for pk, (at, code) in gone.items()]
    return Counted.of_all(sorted(cases, key=lambda one: (one.at, one.opportunity), reverse=True))


def by_attempts(counted: Counted, owed: int) -> list[tuple[int, int]]:
    """(attempts, how many were left after so many), from 0 to those owed; the last holds what got as many or more."""
    counts = Counter(min(one.number, owed) for one in counted.found)
    return [(number, counts[number]) for number in range(owed + 1)]


def _left(asked: Asked) -> Iterator[tuple[int, datetime, str]]:
    rows = Opportunity.objects.filter(
        workspace=asked.workspace, owner__in=asked.people, merged_into=None, created_at__lte=asked.until
    ).exclude(status=Status.WON.value)
    touched = standing().exclude(outcome__in=ASIDE).filter(at__lte=asked.until)
    own = touched.filter(opportunity=OuterRef("pk")).order_by("-at", "-id").values("at")[:1]
    merged = dict(
        touched.filter(opportunity__merged_into__in=rows.filter(has_merged=True))
        .order_by()
        .values_list("opportunity__merged_into")
        .annotate(last=Max("at"))
    )
    columns = ("pk", "status", "created_at", "batch", "has_appointment", "next_firm")
    for pk, status, created, batch, *held, mine in rows.annotate(last=Subquery(own)).values_list(*columns, "last"):
        last = max((at for at in (mine, merged.get(pk)) if at), default=None)
        if found := _when(status, last, created, batch is not None, any(held)):
            yield pk, *found


def _when(status: str, last: datetime | None, created: datetime, imported: bool, held: bool) -> Any:
    """When it was left, and how; None where it wasn't."""
    if status in _LEFT:
        return None if last is None and imported else (last or created, status)
    return None if held else ((last or created) + QUIET, "quiet")


def _attempts(ids: list[int], until: datetime) -> Counter[int]:
    """Attempts up to then, with those of what was merged into each."""
    found: Counter[int] = Counter()
    for place in range(0, len(ids), _PIECE):
        piece = ids[place : place + _PIECE]
        for of in ("opportunity__in", "opportunity__merged_into__in"):
            rows = standing(Touch.objects.filter(**{of: piece}, outcome__in=ATTEMPTS, at__lte=until))
            whose = rows.annotate(whose=Coalesce("opportunity__merged_into_id", "opportunity_id")).order_by()
            found.update(whose.values_list("whose", flat=True))
    return found
