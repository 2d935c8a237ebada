"""A2: unless noted otherwise, the check-in is due 48 hours (a duration, not two days) after the last contact."""

from __future__ import annotations

from datetime import datetime, time

from fifthcall.rules.case import Basis, Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import instant, wall

_CODES = {Basis.CALL_BACK: "call_back", Basis.CHOSEN: "chosen", Basis.SNOOZE: "snoozed"}


def propose_noted(facts: Facts) -> Proposal | None:
    """What was noted otherwise: a call-back they asked for, a step set by hand, a snooze, another system's date."""
    touch = facts.standing
    if touch and touch.agreed and touch.agreed.basis in _CODES:
        code = _CODES[touch.agreed.basis]
        at = wall(touch.agreed.window.starts_at, touch.agreed.window.zone)
        reason = RULE.because(code, at=at.isoformat(timespec="minutes"), reason=touch.reason)
        return Proposal(
            touch.agreed.kind,
            code,
            touch.agreed.window.starts_at,
            (reason,),
            agreed=touch.agreed.window,
            attempt=len(facts.attempts) + 1,
        )
    if facts.case.planned_on and not facts.touches:
        at_start = instant(datetime.combine(facts.case.planned_on, time()), facts.case.prospect_zone)
        reason = RULE.because("planned", on=facts.case.planned_on.isoformat())
        return Proposal(Kind.CALL, "check_in", at_start, (reason,), attempt=1)
    return None


def propose(facts: Facts) -> Proposal | None:
    contact = facts.last_contact_at
    if contact is None or facts.since:
        return None
    hours = round(facts.policy.check_in_after.total_seconds() / 3600)
    on = wall(contact, facts.case.prospect_zone).date().isoformat()
    due = contact + facts.policy.check_in_after
    return Proposal(Kind.CALL, "check_in", due, (RULE.because("after_contact", on=on, hours=hours),), attempt=1)


WORDS = {
    "after_contact": "The last contact was on {on}; a check-in is due {hours} hours later.",
    "call_back": "They asked to be called back at {at}.",
    "chosen": "You set this step yourself, for {at}.",
    "snoozed": "You put it off until {at}: {reason}.",
    "planned": "Your old list had the next follow-up on {on}.",
}
RULE = Rule("A2", "A check-in 48 hours after the last contact, unless noted otherwise", WORDS, propose=propose)
NOTED = Rule("A2", RULE.title, WORDS, propose=propose_noted)
