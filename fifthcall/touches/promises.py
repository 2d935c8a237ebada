"""C5: what was promised, and whether it was kept: on time, late or not, told by what happened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

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


def judged(
    promised: QuerySet[Touch, Any], until: datetime
) -> tuple[QuerySet[Touch, Any], Iterator[tuple[int, datetime, str]]]:
    """The verdicts on very many, as they stood at `until`: as `code` of each; and those of what was merged, apart.

    Of these: (opportunity it is of by now, end of what was promised, verdict). Their answer may stand with another one.
    """
    after = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    answers = Q(at__gte=OuterRef("agreed_from"), outcome__in=_ATTEMPTS) | Q(outcome__in=_CONNECTS)
    first = (
        Touch.standing()
        .filter(after, answers, opportunity=OuterRef("opportunity"), at__gte=OuterRef("at"), at__lte=until)
        .order_by("at", "id")
    )
    said = Case(When(at__lte=OuterRef("agreed_until"), then=Value("kept")), default=Value("late"))
    untried = Case(When(agreed_until__lt=until, then=Value("broken")), default=Value("ahead"))
    code = Coalesce(Subquery(first.annotate(said=said).values("said")[:1]), untried)
    pairs = Opportunity.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into")
    merged = sorted({pk for pair in pairs for pk in pair if pk})  # few: quicker than a join
    apart = _merged_verdicts(promised.filter(opportunity__in=merged), until)
    return promised.exclude(opportunity__in=merged).annotate(code=code), apart


def _merged_verdicts(promised: QuerySet[Touch, Any], until: datetime) -> Iterator[tuple[int, datetime, str]]:
    for one in promised.select_related("opportunity__merged_into"):
        assert one.agreed_until
        whole = one.opportunity.merged_into or one.opportunity
        history = Touch.of(whole).filter(retracts=None, retraction=None, at__gte=one.at, at__lte=until)
        later = [step for step in history.order_by("at", "id") if (step.at, step.pk) > (one.at, one.pk)]
        yield whole.pk, one.agreed_until, verdict(one.agreed_until, _tried_at(one, later), until)


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
