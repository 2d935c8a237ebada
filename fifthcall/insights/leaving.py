"""C1: opportunities that were left, and after how many of the attempts owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q

from fifthcall.insights.counting import Asked, Found, Tally
from fifthcall.insights.trails import ATTEMPTS
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import ASIDE
from fifthcall.touches.models import Touch

#: An open one without a touch for so long, and without a time agreed, counts as left.
QUIET = timedelta(days=30)
#: Of more than so many, everybody's attempts are counted in one pass.
_FEW = 1000
_LEFT = (Status.LOST.value, Status.RESTING.value)


def left(asked: Asked) -> Tally:
    """Lost or resting with the last touch in the span, or open and 30 days without one within it; by their owner.

    What came in finished and was never touched here was not left here: it isn't counted.
    """
    gone = {pk: (at, code) for pk, at, code in _left(asked) if asked.since < at <= asked.until}
    attempts = _attempts(asked, gone)
    owed = asked.policy.attempts_owed
    cases = [Found(pk, at, attempts[pk] >= owed, code, attempts[pk]) for pk, (at, code) in gone.items()]
    return Tally.of_all(sorted(cases, key=lambda one: (one.at, one.opportunity), reverse=True))


def by_attempts(counted: Tally, owed: int) -> list[tuple[int, int]]:
    """(attempts, how many were left after so many), from 0 to those owed; the last holds what got as many or more."""
    counts = Counter(min(one.number, owed) for one in counted.found)
    return [(number, counts[number]) for number in range(owed + 1)]


def _left(asked: Asked) -> Iterator[tuple[int, datetime, str]]:
    """Who was left before the span and was not touched since is not looked at: there may be very many."""
    earliest = asked.since - QUIET
    touched = Touch.standing().exclude(outcome__in=ASIDE)
    touched = touched.filter(workspace=asked.workspace, at__gt=earliest, at__lte=asked.until)
    whole = _wholes(asked)
    latest: dict[int, datetime] = {}
    for pk, at in touched.values_list("opportunity_id").annotate(Max("at")).iterator(5000):
        pk = whole.get(pk, pk)
        latest[pk] = max(at, latest.get(pk, at))
    rows = Opportunity.objects.filter(
        workspace=asked.workspace, owner__in=asked.people, merged_into=None, created_at__lte=asked.until
    ).exclude(status=Status.WON.value)
    columns = ("pk", "status", "created_at", "batch", "has_appointment", "next_firm")
    for pk, status, created, batch, *held in rows.order_by().values_list(*columns).iterator(5000):
        last = latest.get(pk)
        if last is None and created <= earliest:
            continue
        if found := _when(status, last, created, batch is not None, any(held)):
            yield pk, *found


def _when(status: str, last: datetime | None, created: datetime, imported: bool, held: bool) -> Any:
    """When it was left, and how; None where it wasn't."""
    if status in _LEFT:
        return None if last is None and imported else (last or created, status)
    return None if held else ((last or created) + QUIET, "quiet")


def _attempts(asked: Asked, ids: Collection[int]) -> Counter[int]:
    """Attempts up to the span's end, with those of what was merged into each."""
    made = Touch.standing().filter(workspace=asked.workspace, outcome__in=ATTEMPTS, at__lte=asked.until)
    if len(ids) <= _FEW:
        made = made.filter(Q(opportunity__in=ids) | Q(opportunity__merged_into__in=ids))
    whole, found = _wholes(asked), Counter[int]()
    for pk, count in made.values_list("opportunity_id").annotate(Count("pk")).iterator(5000):
        found[whole.get(pk, pk)] += count
    return found


def _wholes(asked: Asked) -> dict[int, int]:
    """Opportunity that was merged → where it went. They are few: quicker than to join each touch's."""
    merged = Opportunity.objects.filter(workspace=asked.workspace, merged_into__isnull=False)
    return dict(merged.values_list("pk", "merged_into_id"))
