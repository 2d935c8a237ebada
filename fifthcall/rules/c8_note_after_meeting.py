"""C8: a handwritten note goes out within a day of a meeting, and names something from it."""

from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Channel, Kind, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule

WITHIN = timedelta(hours=24)


def propose(facts: Facts) -> Proposal | None:
    met = next((touch for touch in reversed(facts.touches) if touch.outcome in ("meeting_held", "came")), None)
    if met is None or met.at + WITHIN <= facts.now or Channel.POST not in facts.case.ways - facts.case.stopped:
        return None
    if met is not facts.last_connect or any(touch.channel is Channel.POST for touch in facts.since):
        return None
    window = Window(facts.now, met.at + WITHIN, facts.case.prospect_zone)
    return Proposal(Kind.NOTE, "meeting_note", facts.now, (RULE.because("note"),), agreed=window)


RULE = Rule(
    "C8",
    "A handwritten note within a day of a meeting",
    {"note": "You met: send a short handwritten note today, with one thing they said."},
    propose=propose,
)
