"""C6: calls and texts carry the conversation; where a step is an email, it says why."""

from __future__ import annotations

from dataclasses import replace

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule, Ruling


def guard(facts: Facts, proposal: Proposal) -> Ruling | None:
    """Nothing is moved; the reason stands beside the step."""
    if proposal.kind is not Kind.EMAIL or any(reason.rule == "C6" for reason in proposal.reasons):
        return None
    reachable = facts.case.ways - facts.case.stopped
    code = "something_else" if Channel.CALL in reachable or Channel.TEXT in reachable else "no_other_way"
    return Ruling(replace(proposal, reasons=(*proposal.reasons, RULE.because(code))))


RULE = Rule(
    "C6",
    "Email is for value, not for the whole answer",
    {
        "no_other_way": "An email, because there is no number to call or text.",
        "something_else": "An email this time, so that it isn't the same again; keep the answer for the conversation.",
    },
    guard=guard,
)
