"""C3: a call a day is fine, a voicemail refers to the one before and to what interested them first."""

from __future__ import annotations

from dataclasses import replace

from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule, Ruling
from fifthcall.rules.windows import wall


def guard(facts: Facts, proposal: Proposal) -> Ruling | None:
    """Nothing is moved; the rep is told what the voicemail should refer to."""
    if not proposal.leave_message or any(reason.rule == "C3" for reason in proposal.reasons):
        return None
    before = next((touch for touch in reversed(facts.since) if touch.outcome == "voicemail"), None)
    if before is None:
        return None
    on = wall(before.at, facts.case.prospect_zone).date().isoformat()
    return Ruling(replace(proposal, reasons=(*proposal.reasons, RULE.because("refer", on=on))))


RULE = Rule(
    "C3",
    "A call a day, two voicemails a week",
    {"refer": "Refer to your voicemail of {on}, and to what interested them first."},
    guard=guard,
)
