"""C7: what was posted is called about on the working day after it lands."""

from __future__ import annotations

from datetime import datetime

from fifthcall.rules.case import Kind, Touch
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.workweek import next_workday_morning, workdays_later


def propose(facts: Facts) -> Proposal | None:
    """The call that follows a note or parcel, as long as it is the last we did."""
    last = facts.last
    if last is None or last.outcome != "posted":
        return None
    after = [touch for touch in facts.case.touches if touch.at >= last.at]
    landed = next((touch for touch in reversed(after) if touch.outcome in ("arrived", "came_back")), None)
    code = landed.outcome if landed else "expected"
    return Proposal(
        Kind.CALL, "after_it_lands", _due(facts, last, landed), (RULE.because(code),), attempt=len(facts.attempts) + 1
    )


def _due(facts: Facts, posted: Touch, landed: Touch | None) -> datetime:
    where = (facts.case.prospect_zone, facts.policy.contact_hours, facts.region)
    at = landed.at if landed else workdays_later(posted.at, facts.policy.lands_after, *where)
    return next_workday_morning(at, *where)


RULE = Rule(
    "C7",
    "Something else each time",
    {
        "expected": "What you posted should have landed the day before: call while it lies on their desk.",
        "arrived": "What you posted has landed: call the day after.",
        "came_back": "What you posted came back: call, and ask where to send it.",
    },
    propose=propose,
)
