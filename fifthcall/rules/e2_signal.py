"""E2: they opened what we sent, or followed a link: call now, while they are thinking of us."""

from __future__ import annotations

from datetime import timedelta

from fifthcall.rules.case import Channel, Kind, Touch
from fifthcall.rules.facts import Facts
from fifthcall.rules.outcomes import ASIDE, SIGNALS
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import wall

LASTS = timedelta(hours=24)


def signal_of(facts: Facts) -> Touch | None:
    """Their latest sign of interest, while it lasts and nothing has followed it."""
    for touch in reversed(facts.case.touches):
        if touch.outcome in SIGNALS:
            return touch if facts.now < touch.at + LASTS else None
        if touch.outcome not in ASIDE:
            return None
    return None


def propose(facts: Facts) -> Proposal | None:
    if Channel.CALL not in facts.case.ways - facts.case.stopped:
        return None
    signal = signal_of(facts)
    if signal is None:
        return None
    at = wall(signal.at, facts.case.prospect_zone).isoformat(timespec="minutes")
    reason = RULE.because(signal.outcome, at=at)
    return Proposal(Kind.CALL, "signal", signal.at, (reason,), attempt=len(facts.attempts) + 1, hot=True)


RULE = Rule(
    "E2",
    "Call while they are thinking of us",
    {
        "opened": "They opened your mail at {at}, their time: call now.",
        "clicked": "They followed a link of yours at {at}, their time: call now.",
    },
    propose=propose,
)
