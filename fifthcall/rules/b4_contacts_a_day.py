"""B4: what the law limits besides the hours: contacts in 24 hours, and places whose hours never meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fifthcall.rules.b4_windows import REGULATED
from fifthcall.rules.case import Kind
from fifthcall.rules.facts import Facts
from fifthcall.rules.law import limits, most_a_day
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.rule import Proposal, Rule, Ruling
from fifthcall.rules.windows import next_open, wall

DAY = timedelta(hours=24)


def guard(facts: Facts, proposal: Proposal) -> Ruling | None:
    """Counts every call and text that tried to reach them, the paired text too; an agreed time is moved as well."""
    if proposal.kind.channel not in REGULATED:
        return None
    hours = limits(facts.case, facts.policy)
    if len(hours) > 1 and next_open(max(proposal.not_before, facts.now), hours) is None:
        return _never(facts, proposal)
    entry = most_a_day(facts.case)
    if entry is None or entry.a_day is None:
        return None
    start = max(proposal.not_before, facts.now)
    made = [
        touch.at
        for touch in facts.touches
        if touch.channel in REGULATED and OUTCOMES[touch.outcome].attempt and touch.at > start - DAY
    ]
    if len(made) < entry.a_day:
        return None
    free = made[-entry.a_day] + DAY
    at = wall(free, facts.case.prospect_zone).isoformat(timespec="minutes")
    refusal = RULE.refuses(proposal.kind, "a_day", free, most=entry.a_day, region=entry.region, at=at)
    return Ruling(replace(proposal, not_before=free, agreed=None), refusal)


def _never(facts: Facts, proposal: Proposal) -> Ruling:
    """They may be in places whose hours never meet: another way, or somebody finds out where they are."""
    refusal = RULE.refuses(proposal.kind, "never")
    for kind in (Kind.EMAIL, Kind.NOTE):
        if kind.channel in facts.case.ways - facts.case.stopped:
            return Ruling(replace(proposal, kind=kind, agreed=None, leave_message=None, off_hours=False), refusal)
    find_out = Proposal(Kind.REVIEW, "find_place", facts.now, (RULE.because("find_place"),))
    return Ruling(find_out, refusal)


RULE = Rule(
    "B4",
    "In your blocks, in their hours",
    {
        "never": "Their numbers and address allow no hour at which a call is legal in all of those places.",
        "find_place": "Find out where they are, and correct their address or numbers.",
        "a_day": "The law of {region} allows {most} calls and texts in 24 hours; the next may come at {at}.",
    },
    guard=guard,
)
