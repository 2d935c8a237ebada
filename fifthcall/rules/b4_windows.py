"""B4: steps go where the rep's blocks, the prospect's working hours and the law's calling hours meet.

A promised or agreed time may lie outside the blocks, never outside the law's hours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from fifthcall.rules.case import Channel, Kind, Reason, Refusal, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.holidays import closed_on
from fifthcall.rules.law import limits
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import Limit, Limits, block_day, next_open, openings, wall, within

REGULATED = (Channel.CALL, Channel.TEXT)
LATE = timedelta(hours=1)  # an agreed time that has passed is due at once, for this long
HOT = timedelta(hours=2)  # and a signal of theirs (E2) for this long


@dataclass(frozen=True, slots=True)
class Placed:
    window: Window
    slot: Window | None = None  # the whole block that holds it
    reasons: tuple[Reason, ...] = ()
    refusals: tuple[Refusal, ...] = ()


def place(facts: Facts, proposal: Proposal, free_from: datetime | None = None) -> Placed:
    """The window of a proposal; there always is one (A1). `free_from`: blocks before it are full of worthier steps."""
    if proposal.agreed:
        return _agreed(facts, proposal, proposal.agreed)
    if proposal.hot:
        at = proposal.not_before
        return _agreed(facts, proposal, Window(at, at + HOT, facts.case.prospect_zone))
    return _planned(facts, proposal, free_from)


def law(facts: Facts, kind: Kind) -> Limits:
    """The hours in which the law lets us use `kind`."""
    return limits(facts.case, facts.policy) if kind.channel in REGULATED else ()


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
    hours = law(facts, proposal.kind)
    contact = facts.policy.contact_hours
    if proposal.off_hours:  # C10: no block of ours lies there
        after_work = replace(contact, start=contact.end, end=time(23, 59))
        hours = (*hours, Limit((after_work,), facts.case.prospect_zone, facts.region))
        window = next_open(start, hours)
        if window:
            return Placed(window, reasons=(RULE.because("off_hours"),))
    if proposal.kind.channel is not Channel.DESK:
        hours = (*hours, Limit((contact,), facts.case.prospect_zone, facts.region))
    blocks = () if proposal.automatic else facts.case.blocks  # what goes out by itself takes none of the rep's time
    found = openings(max(start, free_from or start), blocks=blocks, within=hours)
    block, window = next(found, (None, None))
    if window is None and (legal := law(facts, proposal.kind)):  # their working day is never inside the law's hours
        window = next_open(start, legal)
    if window is None:  # hours that never meet: still a date (A1)
        return Placed(Window(start, start + timedelta(days=1), facts.case.prospect_zone))
    refusals = _holiday(facts, proposal, start, window)
    if free_from and free_from > start:
        on = wall(window.starts_at, window.zone).date().isoformat()
        refusals = (*refusals, RULE.refuses(proposal.kind, "full", window.starts_at, on=on))
    reasons: tuple[Reason, ...] = ()
    if not facts.case.zone_known and proposal.kind.channel in REGULATED:
        reasons = (RULE.because("zone_assumed", zone=facts.case.prospect_zone),)
    if block is None:
        return Placed(window, None, (*reasons, RULE.because("no_block")) if blocks else reasons, refusals)
    return Placed(window, block_day(block, window.starts_at), reasons, refusals)


def _holiday(facts: Facts, proposal: Proposal, wanted: datetime, found: Window) -> tuple[Refusal, ...]:
    """The holiday that stands between the wanted day and the one it became."""
    on = wall(wanted, facts.case.prospect_zone).date()
    name = closed_on(on, facts.region)
    if not name or wall(found.starts_at, facts.case.prospect_zone).date() == on:
        return ()
    return (RULE.refuses(proposal.kind, "holiday", found.starts_at, on=on.isoformat(), name=name),)


RULE = Rule(
    "B4",
    "In your blocks, in their hours",
    {
        "law": "Calls and texts are allowed again at {at}, their time.",
        "holiday": "{on} is {name} where they are.",
        "off_hours": "After their working hours, to reach the voicemail.",
        "full": "Your blocks before {on} are full of worthier calls.",
        "no_block": "None of your blocks falls in their working hours, so this stands outside them.",
        "zone_assumed": "Their time zone is not known; {zone} is assumed.",
    },
)
