"""C5: what was promised, and whether it was kept: on time, late or not, told by what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Basis
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment
from fifthcall.touches.models import Touch

_ICONS = {"kept": "check", "late": "clock-alert", "broken": "x", "ahead": "clock"}
_WORDS = {"kept": "Kept", "late": "Kept late", "broken": "Not kept", "ahead": "Still ahead"}


def verdict(promised: Touch, later: list[Touch], now: datetime) -> str:
    """kept, late, broken or ahead: by the first attempt to reach them after the promise was made.

    An attempt before the window that reached them keeps it too; one that did not says nothing.
    """
    assert promised.agreed_from and promised.agreed_until
    for touch in later:
        outcome = OUTCOMES[touch.outcome]
        if not outcome.attempt or (touch.at < promised.agreed_from and not outcome.connect):
            continue
        return "kept" if touch.at <= promised.agreed_until else "late"
    return "broken" if promised.agreed_until < now else "ahead"


def promises_of(opportunity: Opportunity, now: datetime, zone: str) -> list[dict[str, Any]]:
    """The promises made to this prospect with what became of them, the latest first."""
    touches = list(Touch.of(opportunity).filter(retracts=None, retraction=None).order_by("at", "id"))
    found = []
    for place, touch in enumerate(touches):
        if touch.agreed_basis == Basis.PROMISE and touch.agreed_from and touch.agreed_until:
            said = verdict(touch, touches[place + 1 :], now)
            until = wall(touch.agreed_until, zone)
            words = f"{moment(wall(touch.agreed_from, zone))}–{until:%H:%M}"
            found.append({"words": words, "code": said, "verdict": _WORDS[said], "icon": _ICONS[said]})
    return found[::-1]
