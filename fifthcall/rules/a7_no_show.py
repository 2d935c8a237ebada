"""A7: they did not come. That is no "no" (A5): call while they have the time set aside, then offer two others."""

from __future__ import annotations

from datetime import datetime, timedelta

from fifthcall.rules.case import Channel, Kind, Touch, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.outcomes import OUTCOMES, THEIRS
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import offset_days, wall

#: They have the time set aside for so long.
AT_ONCE = timedelta(minutes=30)
SAME_DAY = timedelta(hours=4)
_WAYS = (Kind.TEXT, Kind.EMAIL)


def propose(facts: Facts) -> Proposal | None:
    """A call at once, a message the same day, a call at the same hour of the next; then the playbook goes on."""
    missed = _missed(facts)
    if not missed:
        return None
    last = missed[-1]
    tried = [touch for touch in facts.since if touch.at > last.at and _ours(touch)]
    if len(missed) > 1 and not tried:  # C12: twice is a question, not an oversight
        return _call(facts, "no_show.serious", "twice", last.at + SAME_DAY)
    if not tried:
        return _call(facts, "no_show.call", "at_once", last.at + AT_ONCE)
    if len(tried) == 1:
        return _message(facts, tried[0])
    if len(tried) == 2 and tried[1].channel is not Channel.CALL:
        next_day = offset_days(last.at, 1, facts.case.prospect_zone)
        return Proposal(Kind.CALL, "no_show.again", next_day, (RULE.because("again", **_on(facts, last)),), attempt=1)
    return None


def _missed(facts: Facts) -> list[Touch]:
    """Those they did not come to since they last spoke with us."""
    return [touch for touch in facts.since if touch.outcome == "meeting_missed"]


def _ours(touch: Touch) -> bool:
    outcome = OUTCOMES[touch.outcome]
    return outcome.attempt and touch.outcome not in THEIRS and touch.outcome != "meeting_missed"


def _call(facts: Facts, purpose: str, code: str, until: datetime) -> Proposal | None:
    """Until then it has its place at once; later the playbook says what comes."""
    if until <= facts.now:
        return None
    window = Window(facts.now, until, facts.case.prospect_zone)
    return Proposal(Kind.CALL, purpose, facts.now, (RULE.because(code),), agreed=window, attempt=1)


def _message(facts: Facts, tried: Touch) -> Proposal | None:
    open_ = facts.case.ways - facts.case.stopped
    kind = next((way for way in _WAYS if way.channel in open_), None)
    if kind is None or tried.at + SAME_DAY <= facts.now:
        return None
    window = Window(facts.now, tried.at + SAME_DAY, facts.case.prospect_zone)
    return Proposal(kind, "no_show.times", facts.now, (RULE.because("times"),), agreed=window)


def _on(facts: Facts, missed: Touch) -> dict[str, str | int]:
    return {"at": wall(missed.at, facts.case.prospect_zone).isoformat(timespec="minutes")}


RULE = Rule(
    "A7",
    "A conversation ends with a step in their calendar",
    {
        "at_once": "They did not come: call now, while they have the time set aside.",
        "twice": "They did not come for the second time: call, and ask what they would do in our place.",
        "times": "You missed each other: offer two other times, or the link to choose one.",
        "again": "They did not come at {at} and have not answered: call at the same hour of the next day.",
    },
    propose=propose,
)
