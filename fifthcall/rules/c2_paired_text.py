"""C2: a call that isn't answered leaves a voicemail and a text that mention each other."""

from __future__ import annotations

from fifthcall.rules.case import Channel, Kind, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule


def propose(facts: Facts) -> Proposal | None:
    last = facts.last
    if last is None or last.outcome != "voicemail":
        return None
    until = last.at + facts.policy.paired_text_within
    if until <= facts.now or Channel.TEXT not in facts.case.ways or Channel.TEXT in facts.case.stopped:
        return None
    window = Window(facts.now, until, facts.case.prospect_zone)
    return Proposal(Kind.TEXT, "paired_text", facts.now, (RULE.because("pair"),), agreed=window)


RULE = Rule(
    "C2",
    "Voicemail and text together",
    {"pair": "You left a voicemail: send the text that goes with it, each mentioning the other."},
    propose=propose,
)
