"""B4: where a state limits the contacts in 24 hours, whatever number is used."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from fifthcall.rules.b4_windows import REGULATED
from fifthcall.rules.facts import Facts
from fifthcall.rules.law import most_a_day
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.rule import Proposal, Rule, Ruling
from fifthcall.rules.windows import wall

DAY = timedelta(hours=24)


def guard(facts: Facts, proposal: Proposal) -> Ruling | None:
    """Counts every call and text that tried to reach them, the paired text too; an agreed time is moved as well."""
    entry = most_a_day(facts.case) if proposal.kind.channel in REGULATED else None
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


RULE = Rule(
    "B4",
    "In your blocks, in their hours",
    {"a_day": "The law of {region} allows {most} calls and texts in 24 hours; the next may come at {at}."},
    guard=guard,
)
