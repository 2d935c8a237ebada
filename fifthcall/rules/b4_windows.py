"""B4: steps go where the rep's blocks, the prospect's working hours and the law's calling hours meet.

A promised or agreed time may lie outside the blocks, never outside the law's hours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from fifthcall.rules.case import Channel, Kind, Reason, Refusal, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.holidays import closed_on
from fifthcall.rules.law import TABLE, hours_words, limits, loosened, own
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import SHORTEST, Limit, Limits, block_day, next_open, openings, wall, within

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
    """The hours in which the law and the rep let us use `kind`; theirs only where some of the law's is left."""
    if kind.channel not in REGULATED:
        return ()
    hours = limits(facts.case, facts.policy)
    if facts.case.own_hours is None:
        return hours
    stricter = (*hours, *own(facts.case))
    return stricter if next_open(facts.now, stricter) else hours


def _agreed(facts: Facts, proposal: Proposal, agreed: Window) -> Placed:
    if agreed.until <= facts.now:  # late: now, and for an hour
        agreed = Window(facts.now, facts.now + LATE, agreed.zone)
    hours = law(facts, proposal.kind)
    if not hours:
        return Placed(agreed)
    found = within(agreed, hours) or next_open(max(agreed.starts_at, facts.now), hours)
    if found is None:
        return Placed(agreed)
    return Placed(found, None, _loosened(facts, hours), _barred(facts, proposal, agreed, hours, found))


def _barred(facts: Facts, proposal: Proposal, wanted: Window, hours: Limits, moved: Window) -> tuple[Refusal, ...]:
    """Whose hours end last before `moved`, or else don't allow the beginning of `wanted`; and when it is possible."""
    if moved.starts_at <= wanted.starts_at:
        return ()
    spans = [replace(moved, starts_at=at, until=at + SHORTEST) for at in (moved.starts_at - SHORTEST, wanted.starts_at)]
    limit = next((limit for span in spans for limit in hours if within(span, (limit,)) is None), None)
    if limit is None:
        return ()
    at = wall(moved.starts_at, facts.case.prospect_zone).isoformat(timespec="minutes")
    if limit.whose in TABLE:
        said = {"where": TABLE[limit.whose].name, "hours": hours_words(limit.hours), "at": at}
        return (RULE.refuses(proposal.kind, "law_in", moved.starts_at, **said),)
    return (RULE.refuses(proposal.kind, "own" if limit.whose == "own" else "law", moved.starts_at, at=at),)


def _loosened(facts: Facts, hours: Limits) -> tuple[Reason, ...]:
    """An owner's other hours are named with their reason, wherever they bind."""
    return tuple(
        RULE.because(
            "override",
            where=TABLE[override.region].name if override.region else "Everywhere",
            hours=hours_words((override.hours,)),
            reason=override.reason,
        )
        for override in (loosened(facts.case, facts.policy) if hours else ())
    )


def _planned(facts: Facts, proposal: Proposal, free_from: datetime | None) -> Placed:
    start, legal = proposal.not_before, law(facts, proposal.kind)
    if proposal.off_hours and (window := _off_hours(facts, start, legal)):
        return Placed(window, None, (RULE.because("off_hours"), *_loosened(facts, legal)))
    theirs: Limits = ()
    if proposal.kind.channel is not Channel.DESK:
        theirs = (Limit((facts.policy.contact_hours,), facts.case.prospect_zone, facts.region),)
    blocks = () if proposal.automatic else facts.case.blocks  # what goes out by itself takes none of the rep's time
    earliest = max(start, free_from or start)
    block, window = next(openings(earliest, blocks=blocks, within=(*legal, *theirs)), (None, None))
    if window is None and legal:  # their working day is never inside the law's hours
        window = next_open(start, legal)
    if window is None:  # hours that never meet: still a date (A1)
        return Placed(Window(start, start + timedelta(days=1), facts.case.prospect_zone))
    refusals = _holiday(facts, proposal, start, window)
    if len(legal) > 1:  # the usual hours alone hold the working day anyway
        _, wanted = next(openings(earliest, blocks=blocks, within=theirs), (None, None))
        refusals += _barred(facts, proposal, wanted, legal, window) if wanted else ()
    if free_from and free_from > start:
        on = wall(window.starts_at, window.zone).date().isoformat()
        refusals += (RULE.refuses(proposal.kind, "full", window.starts_at, on=on),)
    reasons = _loosened(facts, legal)
    if not facts.case.zone_known and proposal.kind.channel in REGULATED:
        reasons += (RULE.because("zone_assumed", zone=facts.case.prospect_zone),)
    if block is None:
        return Placed(window, None, (*reasons, RULE.because("no_block")) if blocks else reasons, refusals)
    return Placed(window, block_day(block, window.starts_at), reasons, refusals)


def _off_hours(facts: Facts, start: datetime, legal: Limits) -> Window | None:
    """C10: after their working hours; no block of ours lies there."""
    after_work = replace(facts.policy.contact_hours, start=facts.policy.contact_hours.end, end=time(23, 59))
    return next_open(start, (*legal, Limit((after_work,), facts.case.prospect_zone, facts.region)))


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
        "law_in": "The law's hours in {where} are {hours}: possible at {at}, their time.",
        "own": "Your own hours for calls and texts begin again at {at}, their time.",
        "override": "{where}: the owner allows {hours} instead of the table's hours: “{reason}”.",
        "holiday": "{on} is {name} where they are.",
        "off_hours": "After their working hours, to reach the voicemail.",
        "full": "Your blocks before {on} are full of worthier calls.",
        "no_block": "None of your blocks falls in their working hours, so this stands outside them.",
        "zone_assumed": "Their time zone is not known; {zone} is assumed.",
    },
)
