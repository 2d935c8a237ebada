"""A4: leaving a message never passes the ball: our own next attempt is on the next working day."""

from __future__ import annotations

from fifthcall.rules.case import Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.workweek import next_workday_morning


def propose(facts: Facts) -> Proposal | None:
    last = facts.last
    if last is None or not facts.since or not OUTCOMES[last.outcome].message:
        return None
    done = len(facts.attempts)
    code = last.outcome if last.outcome in WORDS else "sent"
    reason = RULE.because(code, done=done)
    due = next_workday_morning(last.at, facts.case.prospect_zone, facts.policy.contact_hours, facts.region)
    return Proposal(Kind.CALL, "next_attempt", due, (reason,), attempt=done + 1)


WORDS = {
    "voicemail": "You left a voicemail; don't wait for them, the ball is still yours.",
    "gatekeeper_message": "Someone took a message for them; the ball is still yours.",
    "sent": "Your message is out; don't wait for them, the ball is still yours.",
}
RULE = Rule("A4", "A message left never passes the ball", WORDS, propose=propose)
