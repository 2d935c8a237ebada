"""C1: plan for at least five attempts, and up to twelve contacts, before deciding anything from silence."""

from __future__ import annotations

from datetime import datetime, timedelta

from fifthcall.rules.case import Kind, Policy
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.workweek import next_workday_morning

BUSY_AGAIN = timedelta(minutes=30)  # the line is busy, so they are there


def propose(facts: Facts) -> Proposal | None:
    """After an attempt that reached nobody and left nothing, the next one."""
    last, done = facts.last, len(facts.attempts)
    if last is None or not done:
        return None
    code = last.outcome if last.outcome in ("busy", "gatekeeper_blocked") else "again"
    reason = RULE.because(code, done=done, owed=facts.policy.attempts_owed)
    return Proposal(Kind.CALL, "next_attempt", _due(facts, last.outcome, last.at), (reason,), attempt=done + 1)


def _due(facts: Facts, outcome: str, at: datetime) -> datetime:
    if outcome == "busy":
        return at + BUSY_AGAIN
    if outcome == "no_answer":
        return at + facts.policy.channel_floor  # another hour of the day
    return next_workday_morning(at, facts.case.prospect_zone, facts.policy.contact_hours, facts.region)


def still_owed(attempts: int, policy: Policy) -> int:
    """How many attempts are still owed before silence may decide anything."""
    return max(0, policy.attempts_owed - attempts)


RULE = Rule(
    "C1",
    "Five attempts at least",
    {
        "again": "{done} of {owed} attempts made without reaching them; most give up too soon.",
        "busy": "The line was busy, so they are there: try again soon.",
        "gatekeeper_blocked": "The gatekeeper did not put you through; try again at another time.",
    },
    propose=propose,
)
