"""A3: after a first meeting, a short message that it was great to meet; then the call."""

from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Channel, Kind, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.rule import Proposal, Rule

WITHIN = timedelta(hours=24)
_WAYS = (Kind.TEXT, Kind.EMAIL)


def propose(facts: Facts) -> Proposal | None:
    last = facts.last
    if last is None or last.outcome != "meeting_held" or last.at + WITHIN <= facts.now:
        return None
    if sum(OUTCOMES[touch.outcome].connect and touch.channel is Channel.MEETING for touch in facts.touches) > 1:
        return None
    kind = next((way for way in _WAYS if way.channel in facts.case.ways - facts.case.stopped), None)
    if kind is None:
        return None
    window = Window(facts.now, last.at + WITHIN, facts.case.prospect_zone)
    return Proposal(kind, "great_to_meet", facts.now, (RULE.because("first"),), agreed=window)


RULE = Rule(
    "A3",
    "A first meeting is followed by a word and a call",
    {"first": "You met for the first time: a short message that it was great to meet."},
    propose=propose,
)
