"""D1: why they could not act is known; the next conversation comes when that stops being true, and opens there."""

from __future__ import annotations

from datetime import datetime, time

from fifthcall.rules.case import Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.outcomes import WHY_NOT
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import instant


def propose(facts: Facts) -> Proposal | None:
    touch = facts.standing
    if touch is None or touch.reason_until is None or touch.outcome == "rested":
        return None
    due = instant(datetime.combine(touch.reason_until, time()), facts.case.prospect_zone)
    why = WHY_NOT.get(touch.reason, touch.reason)
    reason = RULE.because("until", why=why, on=touch.reason_until.isoformat())
    return Proposal(Kind.CALL, "reason_ends", due, (reason,), attempt=1)


RULE = Rule(
    "D1",
    "Why they could not act",
    {"until": "“{why}” holds until {on}: call then, and open with it."},
    propose=propose,
)
