"""C3 and C4 over a whole month: whatever happens, the bounds hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fifthcall.rules.case import Case, Channel, Policy, Touch
from fifthcall.rules.decide import decide
from fifthcall.rules.outcomes import channel_of
from tests.rules.cases import NOW, case
from tests.rules.test_situations import CASES

SILENT = st.sampled_from(["no_answer", "busy", "gatekeeper_blocked", "gatekeeper_message", "voicemail"])
STARTS = st.sampled_from([case(), *CASES.values()])
WEEK = timedelta(days=7)


def played(of: Case, answers: list[str]) -> list[Touch]:
    """The touches of a month in which the rep takes every step as told, and nobody is reached."""
    now, made = NOW, list[Touch]()
    for answer in answers:
        step = decide(of, now).step
        assert step
        now = max(now, step.window.starts_at)
        if now > NOW + timedelta(days=30):
            break
        if step.kind.channel is Channel.DESK:
            outcome = "no_introduction"
        elif step.kind.channel is not Channel.CALL:
            outcome = "sent"
        else:  # told to leave a message, or not to, the rep does so
            told = {True: "voicemail", False: "no_answer", None: answer}
            outcome = told[step.leave_message]
        touch = Touch(now, channel_of(outcome, step.kind.channel), outcome, purpose=step.purpose)
        made.append(touch)
        of = replace(of, touches=(*of.touches, touch))
    return made


def most_in_a_week(moments: list[datetime]) -> int:
    return max((sum(start <= at < start + WEEK for at in moments) for start in moments), default=0)


@settings(max_examples=150)
@given(STARTS, st.lists(SILENT, min_size=30, max_size=30))
def test_c4_bounds_hold_over_any_month(of: Case, answers: list[str]) -> None:
    made, policy = played(of, answers), Policy()
    calls = [touch for touch in made if touch.channel is Channel.CALL]
    paired = {
        after.at for before, after in pairwise(made) if before.outcome == "voicemail" and after.channel is Channel.TEXT
    }
    counted = [touch.at for touch in made if touch.channel is not Channel.DESK and touch.at not in paired]
    assert most_in_a_week(counted) <= policy.touches_a_week
    assert most_in_a_week([touch.at for touch in calls if touch.outcome == "voicemail"]) <= policy.voicemails_a_week
    silent = 0
    for touch in calls:
        silent = silent + 1 if touch.outcome in ("no_answer", "busy", "gatekeeper_blocked") else 0
        assert silent <= policy.silent_calls_in_a_row


def test_c4_a_colleagues_touches_count_too() -> None:
    week = tuple(Touch(NOW - timedelta(days=n), Channel.CALL, "gatekeeper_blocked") for n in (5, 4, 3, 2, 1))
    decision = decide(case(elsewhere=week), NOW)
    assert any(refusal.code == "week_together" for refusal in decision.refusals)
    assert decision.step and decision.step.window.starts_at >= NOW + timedelta(days=2)


@settings(max_examples=10)
@given(st.lists(SILENT, min_size=90, max_size=90), st.integers(6, 8))
def test_c4_the_organisations_bound_holds_over_any_month(answers: list[str], people: int) -> None:
    """Several people of one organisation, each pursued as told, whoever is due first next."""
    made: list[list[Touch]] = [[] for _ in range(people)]
    now = NOW
    for answer in answers:
        cases = [
            case(*mine, around=tuple(sorted((t for other in made if other is not mine for t in other), key=_at)))
            for mine in made
        ]
        steps = [decide(of, now).step for of in cases]
        due, who = min((max(now, step.window.starts_at), n) for n, step in enumerate(steps) if step)
        now, step = due, steps[who]
        assert step
        if now > NOW + timedelta(days=30):
            break
        reached = {True: "voicemail", False: "no_answer", None: answer}[step.leave_message]
        outcome = reached if step.kind.channel is Channel.CALL else "sent"
        if step.kind.channel is Channel.DESK:
            outcome = "no_introduction"
        made[who].append(Touch(now, channel_of(outcome, step.kind.channel), outcome, purpose=step.purpose))
    counted = []
    for mine in made:
        paired = {b.at for a, b in pairwise(mine) if a.outcome == "voicemail" and b.channel is Channel.TEXT}
        counted += [t.at for t in mine if t.channel is not Channel.DESK and t.at not in paired]
    assert most_in_a_week(counted) <= Policy().organization_touches_a_week


def _at(touch: Touch) -> datetime:
    return touch.at
