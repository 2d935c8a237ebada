"""Cases to decide: a rep and a prospect in Berlin, Monday 23 November 2026, nine in the morning there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from fifthcall.rules.case import Block, Case, Channel, Decision, Hours, Policy, Step, Touch
from fifthcall.rules.decide import decide

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
ZONE = "Europe/Berlin"
WEEK = frozenset(range(5))
BLOCKS = (
    Block("1", Hours(WEEK, time(8), time(9, 30)), ZONE),
    Block("2", Hours(WEEK, time(16, 30), time(18)), ZONE),
)
POLICY = Policy()


def case(*touches: Touch, **more: Any) -> Case:
    plain = Case(
        prospect_zone=ZONE,
        zone_known=True,
        ways=frozenset({Channel.CALL, Channel.TEXT, Channel.EMAIL}),
        blocks=BLOCKS,
        touches=touches,
    )
    return replace(plain, **more)


def touch(outcome: str, hours_ago: float = 1, channel: Channel = Channel.CALL, **more: Any) -> Touch:
    return Touch(NOW - timedelta(hours=hours_ago), channel, outcome, **more)


def step(of: Case, now: datetime = NOW) -> Step:
    found = decide(of, now).step
    assert found
    return found


def rules(decision: Decision) -> set[str]:
    return {reason.rule for reason in decision.reasons}


def refused_by(decision: Decision) -> set[tuple[str, str]]:
    return {(refusal.rule, refusal.code) for refusal in decision.refusals}
