from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import available_timezones

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from fifthcall.rules.case import Agreed, Basis, Case, Channel, Hours, Meeting, Override, Policy, Status, Touch, Window
from fifthcall.rules.decide import decide, preview
from fifthcall.rules.law import limits, own
from fifthcall.rules.outcomes import OUTCOMES, channel_of
from fifthcall.rules.playbook import BUILTIN, IDS
from fifthcall.rules.windows import next_open, wall, within
from fifthcall.rules.words import sentence
from tests.rules.cases import BLOCKS, NOW, case, touch

T = TypeVar("T")
ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix", "right")))
#: As many as it takes: DECIDE_EXAMPLES=100000 with `-n 2` is the whole claim, CI does 2,000.
EXAMPLES = int(os.environ.get("DECIDE_EXAMPLES", "2000"))
#: Each with random choices of its own, so that processes can share them.
SHARDS = max(2, EXAMPLES // 5_000)
FIRST_DAY, MINUTES = datetime(2024, 1, 1, tzinfo=UTC), 13 * 365 * 24 * 60
REGIONS = [(), (), ("US",), ("US-FL",), ("US-RI", "US-KY"), ("DE-BY",), ("SA",), ("GB-ENG", "US")]
PURPOSES = ["", *(f"{name}.{n + 1}" for name, book in BUILTIN.items() for n in range(len(book.steps)))]
HAPPENS = sorted(set(OUTCOMES) - {"note", "retracted"})
HOURS = [None, None, Hours(frozenset(range(5)), time(9), time(17)), Hours(frozenset({5, 6}), time(6), time(22))]
OVERRIDES = [(), (), (Override("US-FL", Hours(frozenset(range(7)), time(7), time(22)), "Customers"),)]


class Choices:
    """Choices read off drawn bytes: one draw instead of some fifty, so that 100,000 cases take minutes."""

    def __init__(self, drawn: bytes) -> None:
        self.left = drawn

    def of(self, most: int) -> int:
        """A number below `most` (at most 65,536)."""
        size = 1 if most <= 256 else 2
        found, self.left = int.from_bytes(self.left[:size], "big"), self.left[size:]
        return found % most

    def one(self, choices: Sequence[T]) -> T:
        return choices[self.of(len(choices))]

    def some(self, choices: Sequence[T]) -> frozenset[T]:
        bits = self.of(2 ** len(choices))
        return frozenset(choice for n, choice in enumerate(choices) if bits >> n & 1)


A_TOUCH, THE_REST = 10, 24  # bytes


def touched(choose: Choices, at: datetime, now: datetime, zone: str) -> Touch:
    outcome, start = choose.one(HAPPENS), at + timedelta(hours=choose.of(206) - 5)
    window = Window(start, start + timedelta(hours=1), zone)
    agreed = Agreed(choose.one(list(Basis)), window) if choose.of(4) == 0 else None
    until = (at + timedelta(days=choose.of(91))).date() if choose.of(2) else None
    channel = channel_of(outcome, choose.one(list(Channel)))
    return Touch(min(at, now), channel, outcome, agreed, "budget", until, choose.one(PURPOSES))


def history(drawn: bytes, now: datetime, zone: str) -> tuple[Touch, ...]:
    touches, at = [], now - timedelta(days=30)
    for place in range(0, len(drawn) - A_TOUCH + 1, A_TOUCH):
        choose = Choices(drawn[place : place + A_TOUCH])
        at += timedelta(hours=choose.of(61))
        touches.append(touched(choose, at, now, zone))
    return tuple(touches)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Case, datetime, Policy]:
    now = FIRST_DAY + timedelta(minutes=draw(st.integers(0, MINUTES)))
    zone = draw(st.sampled_from(ZONES))
    size = draw(st.integers(0, 12)) * A_TOUCH  # left to itself, bytes stay few
    touches = history(draw(st.binary(min_size=size, max_size=size)), now, zone)
    choose = Choices(draw(st.binary(min_size=THE_REST, max_size=THE_REST)))
    week = tuple(Touch(now - timedelta(hours=6 * n), Channel.CALL, "no_answer") for n in range(choose.of(25), 0, -1))
    of = Case(
        status=choose.one([Status.OPEN, Status.RESTING]),
        prospect_zone=zone,
        ways=choose.some(list(Channel)),
        regions=choose.one(REGIONS),
        zone_known=choose.one([True, False]),
        opened_at=now - timedelta(days=choose.of(401)),
        stage=choose.one(["", "Quote sent", "Demo"]),
        source=choose.one(["", "Trade fair"]),
        situation=choose.one(["", "", *IDS]),
        assistants=choose.one([(), ("Kim",)]),
        stopped=choose.some([channel for channel in Channel if channel is not Channel.DESK]),
        touches=touches,
        elsewhere=choose.one([(), (), week[-6:]]),
        around=choose.one([(), (), week]),
        meeting=Meeting(now + timedelta(hours=3), now + timedelta(hours=4), zone) if choose.of(6) == 0 else None,
        blocks=choose.one([BLOCKS, ()]),
        own_hours=choose.one(HOURS),
    )
    return of, now, Policy(law_overrides=choose.one(OVERRIDES))


@pytest.mark.parametrize("shard", range(SHARDS))
def test_every_open_case_gets_a_step_that_keeps_the_law(shard: int, request: pytest.FixtureRequest) -> None:
    chosen = settings(max_examples=-(-EXAMPLES // SHARDS))
    seed(f"{request.config.option.hypothesis_seed} {shard}")(chosen(given(cases())(keeps_the_law)))()


def keeps_the_law(drawn: tuple[Case, datetime, Policy]) -> None:
    of, now, policy = drawn
    decision = decide(of, now, policy)
    assert decision.step, "A1"
    step = decision.step
    assert step.window.until > max(now, step.window.starts_at)
    if not step.firm:
        assert step.window.starts_at >= now
    assert step.kind.channel not in of.stopped or step.kind.channel is Channel.DESK
    if step.kind.channel in (Channel.CALL, Channel.TEXT) and (hours := limits(of, policy)):
        stricter = (*hours, *own(of))
        if next_open(now, hours):
            allowed = stricter if next_open(now, stricter) else hours
            assert within(step.window, allowed) == step.window, "outside the law's hours"
        if of.zone_known or "US" not in of.regions:
            local = wall(step.window.starts_at, of.prospect_zone)
            assert policy.law_hours.start <= local.time() < policy.law_hours.end
            assert local.weekday() in policy.law_hours.weekdays
    assert decide(of, now, policy) == decision
    assert decision.reasons
    assert all(sentence(reason.rule, reason.code, reason.facts) for reason in decision.reasons)
    assert all(sentence(refusal.rule, refusal.code, refusal.facts) for refusal in decision.refusals)


def test_the_next_steps_if_nobody_answers_never_end_in_nothing() -> None:
    steps = preview(case(touch("voicemail")), NOW, Policy(), 30)
    assert len(steps) == 30
    assert steps[-1].window.starts_at - NOW > timedelta(days=20)
