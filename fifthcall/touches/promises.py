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
    after = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    answers = Q(at__gte=OuterRef("agreed_from"), outcome__in=_ATTEMPTS) | Q(outcome__in=_CONNECTS)
    first = (
        Touch.standing()
        .filter(after, answers, opportunity=OuterRef("opportunity"), at__gte=OuterRef("at"), at__lte=until)
        .order_by("at", "id")
        .values("at")[:1]
    )
    pairs = Opportunity.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    several = {pk for pair in pairs for pk in pair}  # few: quicker than to join each promise's
    merged = []
    rows = promised.annotate(tried_at=Subquery(first)).values_list("pk", "opportunity_id", "agreed_until", "tried_at")
    for pk, opportunity, end, tried_at in rows.iterator():
        if opportunity in several:
            merged.append(pk)
        else:
            assert end
            yield opportunity, end, verdict(end, tried_at, until)
    for pk in merged:
        yield _merged_verdict(Touch.objects.select_related("opportunity__merged_into").get(pk=pk), until)


def _merged_verdict(promised: Touch, until: datetime) -> tuple[int, datetime, str]:
    """The same, where the answer may stand with another opportunity that is the same by now."""
    assert promised.agreed_until
    whole = promised.opportunity.merged_into or promised.opportunity
    history = Touch.of(whole).filter(retracts=None, retraction=None, at__gte=promised.at, at__lte=until)
    later = [one for one in history.order_by("at", "id") if (one.at, one.pk) > (promised.at, promised.pk)]
    return whole.pk, promised.agreed_until, verdict(promised.agreed_until, _tried_at(promised, later), until)


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
