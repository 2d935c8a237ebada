"""D5: anyone who says stop is not contacted on that channel again, whatever is planned."""

from __future__ import annotations

from dataclasses import replace

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule, Ruling

_INSTEAD = (Kind.CALL, Kind.TEXT, Kind.EMAIL, Kind.NOTE)


def guard(facts: Facts, proposal: Proposal) -> Ruling | None:
    channel = proposal.kind.channel
    if channel not in facts.case.stopped or channel is Channel.DESK:
        return None
    refusal = RULE.refuses(proposal.kind, "stopped", channel=channel.value)
    for kind in _INSTEAD:
        if kind.channel in facts.case.ways and kind.channel not in facts.case.stopped:
            return Ruling(replace(proposal, kind=kind, agreed=None, automatic=False), refusal)
    desk = Proposal(Kind.REVIEW, "all_stopped", facts.now, (RULE.because("all_stopped"),))
    return Ruling(desk, refusal)


RULE = Rule(
    "D5",
    "Stop means stop",
    {
        "stopped": "They asked not to be contacted by {channel}.",
        "all_stopped": "They asked not to be contacted: decide what becomes of it, without contacting them.",
    },
    guard=guard,
)
