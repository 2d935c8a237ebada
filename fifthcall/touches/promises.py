"""C5: what was promised, and whether it was kept: on time, late or not, told by what happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Basis
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment
from fifthcall.touches.models import Touch

_ATTEMPTS = sorted(code for code, outcome in OUTCOMES.items() if outcome.attempt)
_CONNECTS = sorted(code for code in _ATTEMPTS if OUTCOMES[code].connect)
_ICONS = {"kept": "check", "late": "clock-alert", "broken": "x", "ahead": "clock"}
_WORDS = {"kept": "Kept", "late": "Kept late", "broken": "Not kept", "ahead": "Still ahead"}


def verdict(until: datetime, tried_at: datetime | None, now: datetime) -> str:
    """kept, late, broken or ahead: `until` is the end of what was promised, `tried_at` the attempt that answers it."""
    if tried_at is None:
        return "broken" if until < now else "ahead"
    return "kept" if tried_at <= until else "late"


def _tried_at(promised: Touch, later: list[Touch]) -> datetime | None:
    """The first attempt to reach them after the promise was made.

    An attempt before the window that reached them keeps it too; one that did not says nothing.
    """
    assert promised.agreed_from
    for touch in later:
        outcome = OUTCOMES[touch.outcome]
        if outcome.attempt and (touch.at >= promised.agreed_from or outcome.connect):
            return touch.at
    return None


def verdicts(promised: QuerySet[Touch, Any], until: datetime) -> Iterator[tuple[int, datetime, str]]:
    """(opportunity it is of by now, end of what was promised, verdict) of each of very many; as it stood at `until`."""
    merged = Q(opportunity__merged_into__isnull=False) | Q(opportunity__has_merged=True)
    after = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    answers = Q(at__gte=OuterRef("agreed_from"), outcome__in=_ATTEMPTS) | Q(outcome__in=_CONNECTS)
    first = (
        Touch.standing()
        .filter(after, answers, opportunity=OuterRef("opportunity"), at__gte=OuterRef("at"), at__lte=until)
        .order_by("at", "id")
        .values("at")[:1]
    )
    alone = promised.exclude(merged).annotate(tried_at=Subquery(first))
    for pk, end, tried_at in alone.values_list("opportunity_id", "agreed_until", "tried_at").iterator():
        assert end
        yield pk, end, verdict(end, tried_at, until)
    for touch in promised.filter(merged).select_related("opportunity__merged_into"):  # few
        whole = touch.opportunity.merged_into or touch.opportunity
        history = Touch.of(whole).filter(retracts=None, retraction=None, at__gte=touch.at, at__lte=until)
        later = [one for one in history.order_by("at", "id") if (one.at, one.pk) > (touch.at, touch.pk)]
        assert touch.agreed_until
        yield whole.pk, touch.agreed_until, verdict(touch.agreed_until, _tried_at(touch, later), until)


def promises_of(opportunity: Opportunity, now: datetime, zone: str) -> list[dict[str, Any]]:
    """The promises made to this prospect with what became of them, the latest first."""
    touches = list(Touch.of(opportunity).filter(retracts=None, retraction=None).order_by("at", "id"))
    found = []
    for place, touch in enumerate(touches):
        if touch.agreed_basis == Basis.PROMISE and touch.agreed_from and touch.agreed_until:
            said = verdict(touch.agreed_until, _tried_at(touch, touches[place + 1 :]), now)
            until = wall(touch.agreed_until, zone)
            words = f"{moment(wall(touch.agreed_from, zone))}–{until:%H:%M}"
            found.append({"words": words, "code": said, "verdict": _WORDS[said], "icon": _ICONS[said]})
    return found[::-1]
