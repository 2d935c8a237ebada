"""B4: steps go where the rep's blocks, the prospect's working hours and the law's calling hours meet.

A promised or agreed time may lie outside the blocks, never outside the law's hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fifthcall.rules.case import Channel, Hours, Kind, Reason, Refusal, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import block_day, next_open, openings, wall, within

_REGULATED = (Channel.CALL, Channel.TEXT)
LATE = timedelta(hours=1)  # an agreed time that has passed is due at once, for this long


@dataclass(frozen=True, slots=True)
class Placed:
    window: Window
    slot: Window | None = None  # the whole block that holds it
    reasons: tuple[Reason, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def place(facts: Facts, proposal: Proposal, free_from: datetime | None = None) -> Placed:
    """The window of a proposal; there always is one (A1). `free_from`: blocks before it are full of worthier steps."""
    return _agreed(facts, proposal, proposal.agreed) if proposal.agreed else _planned(facts, proposal, free_from)


def law(facts: Facts, kind: Kind) -> tuple[tuple[Hours, str], ...]:
    """The hours in which the law lets us use `kind`, with the zone they are meant in."""
    return ((facts.policy.law_hours, facts.case.prospect_zone),) if kind.channel in _REGULATED else ()


def _agreed(facts: Facts, proposal: Proposal, agreed: Window) -> Placed:
    if agreed.until <= facts.now:  # late: now, and for an hour
        agreed = Window(facts.now, facts.now + LATE, agreed.zone)
    hours = law(facts, proposal.kind)
    if not hours:
        return Placed(agreed)
    if inside := within(agreed, hours):
        return Placed(inside)
    moved = next_open(max(agreed.starts_at, facts.now), hours)
    if moved is None:
        return Placed(agreed)
    at = wall(moved.starts_at, moved.zone).isoformat(timespec="minutes")
    return Placed(moved, refusals=(RULE.refuses(proposal.kind, "law", moved.starts_at, at=at),))


def _planned(facts: Facts, proposal: Proposal, free_from: datetime | None) -> Placed:
    start = proposal.not_before
    limits = law(facts, proposal.kind)
    if proposal.kind.channel is not Channel.DESK:
        limits = (*limits, (facts.policy.contact_hours, facts.case.prospect_zone))
    found = openings(max(start, free_from or start), blocks=facts.case.blocks, within=limits)
    block, window = next(found, (None, None))
    if window is None:  # hours that never meet: still a date (A1)
        return Placed(Window(start, start + timedelta(days=1), facts.case.prospect_zone))
    refusals: tuple[Refusal, ...] = ()
    if free_from and free_from > start:
        on = wall(window.starts_at, window.zone).date().isoformat()
        refusals = (RULE.refuses(proposal.kind, "full", window.starts_at, on=on),)
    reasons: tuple[Reason, ...] = ()
    if not facts.case.zone_known and proposal.kind.channel in _REGULATED:
        reasons = (RULE.because("zone_assumed", zone=facts.case.prospect_zone),)
    if block is None:
        return Placed(window, None, (*reasons, RULE.because("no_block")) if facts.case.blocks else reasons, refusals)
    return Placed(window, block_day(block, window.starts_at), reasons, refusals)


RULE = Rule(
    "B4",
    "In your blocks, in their hours",
    {
        "law": "Calls and texts are allowed again at {at}, their time.",
        "full": "Your blocks before {on} are full of worthier calls.",
        "no_block": "None of your blocks falls in their working hours, so this stands outside them.",
        "zone_assumed": "Their time zone is not known; {zone} is assumed.",
    },
)
