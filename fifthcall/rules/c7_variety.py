"""C7: once they have gone quiet, no two touches in a row of the same kind (a call may follow a call)."""

from __future__ import annotations

from dataclasses import replace

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule, Ruling

QUIET_AFTER = 3  # attempts that reached nobody
_INSTEAD = (Kind.CALL, Kind.NOTE, Kind.EMAIL, Kind.TEXT)
_VARIED = (Channel.TEXT, Channel.EMAIL, Channel.POST)
#: Given by whatever channel, each of these is a kind of its own.
_GIVEN = {"invited": Kind.INVITE, "lead_given": Kind.LEAD, "introduction_made": Kind.LEAD}
_WORDS = {Kind.INVITE: "an invitation", Kind.LEAD: "business for them"}


def guard(facts: Facts, proposal: Proposal) -> Ruling | None:
    channel = proposal.kind.channel
    if proposal.agreed or channel not in _VARIED or len(facts.attempts) < QUIET_AFTER:
        return None
    wanted = proposal.kind if proposal.kind in _WORDS else channel
    if facts.last is None or wanted != _GIVEN.get(facts.last.outcome, facts.last.channel):
        return None
    if proposal.kind in _WORDS:
        refusal = RULE.refuses(proposal.kind, "same_gift", what=_WORDS[proposal.kind])
    else:
        refusal = RULE.refuses(proposal.kind, "same", channel=channel.value)
    for kind in _INSTEAD:
        if kind.channel is not channel and kind.channel in facts.case.ways - facts.case.stopped:
            return Ruling(replace(proposal, kind=kind, automatic=False), refusal)
    return None


RULE = Rule(
    "C7",
    "Something else each time",
    {
        "same": "The last touch was by {channel} too, and they are quiet: something else this time.",
        "same_gift": "The last touch was {what} too, and they are quiet: something else this time.",
    },
    guard=guard,
)
