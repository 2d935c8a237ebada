"""A1: an opportunity that is neither closed nor has an appointment ahead has a dated next step: a check-in call."""

from __future__ import annotations

from fifthcall.rules.case import Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule


def propose(facts: Facts) -> Proposal:
    due = facts.case.opened_at or facts.now
    return Proposal(Kind.CALL, "check_in", due, (RULE.because("nothing_else"),), attempt=1)


RULE = Rule(
    "A1",
    "Every open opportunity has a dated next step",
    {"nothing_else": "Nothing else is agreed, so a check-in call comes next."},
    propose=propose,
)
