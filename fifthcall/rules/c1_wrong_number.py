"""C1 again: a wrong number is not the end of the attempts; another way to reach them has to be found."""

from __future__ import annotations

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule


def propose(facts: Facts) -> Proposal | None:
    last = facts.last
    if last is None or last.outcome != "wrong_number":
        return None
    done = len(facts.attempts)
    if Channel.CALL in facts.case.ways:
        return Proposal(Kind.CALL, "next_attempt", facts.now, (RULE.because("other_number"),), attempt=done + 1)
    return Proposal(Kind.RESEARCH, "find_number", facts.now, (RULE.because("no_number"),))


RULE = Rule(
    "C1",
    "Five attempts at least",
    {
        "other_number": "That number was wrong; call the other one.",
        "no_number": "That number was wrong and there is no other: find one.",
    },
    propose=propose,
)
