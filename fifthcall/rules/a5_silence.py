"""A5: silence is not a "no": when the attempts are used up, the opportunity rests with a date to come back."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from fifthcall.rules.case import Kind, Status
from fifthcall.rules.facts import Facts
from fifthcall.rules.outcomes import WHY_LOST
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import instant, wall


def propose(facts: Facts) -> Proposal | None:
    last = facts.last
    if last is not None and last.outcome == "rested" and last.reason_until and facts.case.status is Status.RESTING:
        back = instant(datetime.combine(last.reason_until, time()), facts.case.prospect_zone)
        reason = RULE.because("resting", on=last.reason_until.isoformat())
        return Proposal(Kind.CALL, "come_back", back, (reason,), attempt=1)
    done = len(facts.attempts)
    if last is None or done < facts.policy.attempts_most:
        return None
    day = wall(last.at, facts.case.prospect_zone).date() + timedelta(days=facts.policy.rest_days)
    back = instant(datetime.combine(day, time()), facts.case.prospect_zone)
    reason = RULE.because("used_up", done=done, on=day.isoformat())
    return Proposal(Kind.CALL, "come_back", back, (reason,), attempt=done + 1)


def may_close_as_lost(reason: str) -> bool:
    """Whether `reason` (a code of `outcomes.WHY_LOST`) is theirs or ours to give; silence is neither."""
    return reason in WHY_LOST


RULE = Rule(
    "A5",
    "Silence is not a no",
    {
        "resting": "It rests until {on}; then see whether it has warmed up.",
        "used_up": "{done} attempts without an answer. Silence is not a no: let it rest and come back on {on}.",
    },
    propose=propose,
)
