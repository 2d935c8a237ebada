"""C4: don't tire them: a week's budget for each person and each organisation, a floor per channel, voicemails two a
week, never three silent calls in a row.

When a channel has failed several times the strategy changes: the next touch goes by another way.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.facts import WEEK, Facts
from fifthcall.rules.outcomes import THEIRS
from fifthcall.rules.rule import Proposal, Rule, Ruling
from fifthcall.rules.windows import wall

_OTHER_WAYS = (Kind.TEXT, Kind.EMAIL, Kind.NOTE)


def guard_strategy(facts: Facts, proposal: Proposal) -> Ruling | None:
    """After k failures in a row on one channel, another channel once."""
    if proposal.agreed or proposal.kind is not Kind.CALL or proposal.purpose != "next_attempt":
        return None
    channel, failures = facts.failed_on
    if channel is not Channel.CALL or not failures or failures % facts.policy.channel_failures:
        return None
    for kind in _OTHER_WAYS:
        if kind.channel in facts.case.ways and kind.channel not in facts.case.stopped:
            refusal = RULE.refuses(Kind.CALL, "change", failures=failures)
            return Ruling(replace(proposal, kind=kind, purpose="another_way", automatic=False), refusal)
    return None


def guard(facts: Facts, proposal: Proposal) -> Ruling | None:
    if proposal.agreed or proposal.kind.channel in (Channel.DESK, Channel.MEETING):
        return None
    return (
        _week(facts, proposal)
        or _organization(facts, proposal)
        or _floor(facts, proposal)
        or _voicemail(facts, proposal)
    )


def _week(facts: Facts, proposal: Proposal) -> Ruling | None:
    most = facts.policy.touches_a_week
    spent = facts.budgeted(proposal.not_before)
    if len(spent) < most:
        return None
    free = spent[-most].at + WEEK
    shared = any(touch in facts.case.elsewhere for touch in spent)
    return _moved(facts, proposal, free, "week_together" if shared else "week", most=most)


def _organization(facts: Facts, proposal: Proposal) -> Ruling | None:
    """Many colleagues of ours, and many people of theirs, still make one organisation's week."""
    if not facts.case.around:
        return None
    most = facts.policy.organization_touches_a_week
    spent = facts.budgeted_around(proposal.not_before)
    if len(spent) < most:
        return None
    return _moved(facts, proposal, spent[-most].at + WEEK, "week_organization", most=most)


def organization_spent(facts: Facts) -> datetime | None:
    """When their organisation's week has room again; None while it has."""
    most = facts.policy.organization_touches_a_week
    spent = facts.budgeted_around(facts.now) if facts.case.around else []
    return spent[-most].at + WEEK if len(spent) >= most else None


def _floor(facts: Facts, proposal: Proposal) -> Ruling | None:
    free = THEIRS | {"busy"}
    same = [t for t in facts.touches if t.channel is proposal.kind.channel and t.outcome not in free]
    if not same or same[-1].at + facts.policy.channel_floor <= proposal.not_before:
        return None
    hours = round(facts.policy.channel_floor.total_seconds() / 3600)
    return _moved(facts, proposal, same[-1].at + facts.policy.channel_floor, "floor", hours=hours)


def _voicemail(facts: Facts, proposal: Proposal) -> Ruling | None:
    """Whether the next call, unanswered, must leave a voicemail, must not, or has to wait until it may."""
    if proposal.kind is not Kind.CALL or not facts.since:
        return None
    spent, most = facts.voicemails(proposal.not_before), facts.policy.voicemails_a_week
    owed = facts.silent_calls >= facts.policy.silent_calls_in_a_row
    if owed and len(spent) >= most:
        return _moved(facts, proposal, spent[-most].at + WEEK, "quota", most=most)
    if owed and not proposal.leave_message:
        return Ruling(replace(proposal, leave_message=True), reason=RULE.because("leave", calls=facts.silent_calls))
    if not owed and len(spent) >= most and proposal.leave_message is not False:
        return Ruling(replace(proposal, leave_message=False), reason=RULE.because("no_voicemail", most=most))
    return None


def _moved(facts: Facts, proposal: Proposal, to: datetime, code: str, **said: int) -> Ruling:
    on = wall(to, facts.case.prospect_zone).date().isoformat()
    refusal = RULE.refuses(proposal.kind, code, possible_at=to, on=on, **said)
    return Ruling(replace(proposal, not_before=to), refusal)


WORDS = {
    "week_together": "They have had {most} touches in a week, some about something else; the next may come on {on}.",
    "week": "They have had {most} touches in a week; the next may come on {on}.",
    "week_organization": "Their organisation has had {most} touches in a week, from all of us together; the next may "
    "come on {on}.",
    "floor": "At least {hours} hours between two touches of the same kind.",
    "quota": "{most} voicemails a week is the most, and the next call would have to leave one: wait until {on}.",
    "leave": "{calls} silent calls in a row: leave a voicemail this time.",
    "no_voicemail": "{most} voicemails this week already: if nobody answers, don't leave another.",
    "change": "{failures} calls in a row did not reach them: try another way.",
}
RULE = Rule("C4", "Don't tire them", WORDS, guard=guard)
STRATEGY = Rule("C4", RULE.title, WORDS, guard=guard_strategy)
