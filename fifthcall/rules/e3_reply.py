"""E3: they answered: everything automatic stops, and their answer is the next step."""

from __future__ import annotations

from fifthcall.rules.case import Channel, Kind, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import offset_days

_ANSWERED_BY = {Channel.EMAIL: Kind.EMAIL, Channel.TEXT: Kind.TEXT}


def propose(facts: Facts) -> Proposal | None:
    """Now, and until the same time tomorrow; law and fatigue don't ask: they wrote to us."""
    last = facts.last
    if last is None or last.outcome != "replied":
        return None
    zone = facts.case.prospect_zone
    window = Window(last.at, offset_days(last.at, 1, zone), zone)
    kind = _ANSWERED_BY.get(last.channel, Kind.CALL)
    return Proposal(kind, "answer", last.at, (RULE.because("answer"),), agreed=window)


RULE = Rule("E3", "They answered", {"answer": "They wrote back: read it and answer."}, propose=propose)
