from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from fifthcall.rules.case import Agreed, Basis, Case, Channel, Meeting, Policy, Status, Touch, Window
from fifthcall.rules.decide import decide, preview
from fifthcall.rules.law import limits
from fifthcall.rules.outcomes import OUTCOMES, channel_of
from fifthcall.rules.playbook import BUILTIN, IDS
from fifthcall.rules.windows import next_open, wall, within
from fifthcall.rules.words import sentence
from tests.rules.cases import BLOCKS, NOW, case, touch

ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "posix", "right")))
STARTS = st.datetimes(datetime(2024, 1, 1), datetime(2037, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
#: As many as it takes: 100,000 pass in a few minutes, CI does 2,000.
EXAMPLES = int(os.environ.get("DECIDE_EXAMPLES", "2000"))
REGIONS = st.sampled_from([(), ("US",), ("US-FL",), ("US-RI", "US-KY"), ("DE-BY",), ("SA",), ("GB-ENG", "US")])
PURPOSES = [f"{name}.{n + 1}" for name, book in BUILTIN.items() for n in range(len(book.steps))]
CHANNELS = st.frozensets(st.sampled_from(list(Channel)))


@st.composite
def cases(draw: st.DrawFn) -> tuple[Case, datetime]:
    now = draw(STARTS)
    zone = draw(st.sampled_from(ZONES))
    touches = []
    at = now - timedelta(days=30)
    for outcome in draw(st.lists(st.sampled_from(sorted(set(OUTCOMES) - {"note", "retracted"})), max_size=12)):
        at += timedelta(hours=draw(st.integers(0, 60)))
        start = at + timedelta(hours=draw(st.integers(-5, 200)))
        agreed = Agreed(draw(st.sampled_from(list(Basis))), Window(start, start + timedelta(hours=1), zone))
        until = (at + timedelta(days=draw(st.integers(0, 90)))).date() if draw(st.booleans()) else None
        chosen = agreed if draw(st.integers(0, 3)) == 0 else None
        purpose = draw(st.sampled_from(["", *PURPOSES]))
        touches.append(
            Touch(min(at, now), channel_of(outcome, Channel.CALL), outcome, chosen, "budget", until, purpose)
        )
    meeting = (
        Meeting(now + timedelta(hours=3), now + timedelta(hours=4), zone) if draw(st.integers(0, 5)) == 0 else None
    )
    return Case(
        status=draw(st.sampled_from([Status.OPEN, Status.RESTING])),
        prospect_zone=zone,
        ways=draw(CHANNELS),
        regions=draw(REGIONS),
        zone_known=draw(st.booleans()),
        opened_at=now - timedelta(days=draw(st.integers(0, 400))),
        stage=draw(st.sampled_from(["", "Quote sent", "Demo"])),
        source=draw(st.sampled_from(["", "Trade fair"])),
        situation=draw(st.sampled_from(["", "", *IDS])),
        assistants=draw(st.sampled_from([(), ("Kim",)])),
        stopped=draw(CHANNELS) - {Channel.DESK},
        touches=tuple(touches),
        meeting=meeting,
        blocks=BLOCKS if draw(st.booleans()) else (),
    ), now


@settings(max_examples=EXAMPLES)
@given(cases())
def test_every_open_case_gets_a_step_that_keeps_the_law(given_: tuple[Case, datetime]) -> None:
    of, now = given_
    decision = decide(of, now)
    assert decision.step, "A1"
    step = decision.step
    assert step.window.until > max(now, step.window.starts_at)
    if not step.firm:
        assert step.window.starts_at >= now
    assert step.kind.channel not in of.stopped or step.kind.channel is Channel.DESK
    if step.kind.channel in (Channel.CALL, Channel.TEXT) and (hours := limits(of, Policy())):
        inside = within(step.window, hours)
        if next_open(now, hours):
            assert inside == step.window, "outside the law's hours"
        if of.zone_known or "US" not in of.regions:
            local = wall(step.window.starts_at, of.prospect_zone)
            assert Policy().law_hours.start <= local.time() < Policy().law_hours.end
            assert local.weekday() in Policy().law_hours.weekdays
    assert decide(of, now) == decision
    assert decision.reasons
    assert all(sentence(reason.rule, reason.code, reason.facts) for reason in decision.reasons)
    assert all(sentence(refusal.rule, refusal.code, refusal.facts) for refusal in decision.refusals)


def test_the_next_steps_if_nobody_answers_never_end_in_nothing() -> None:
    steps = preview(case(touch("voicemail")), NOW, Policy(), 30)
    assert len(steps) == 30
    assert steps[-1].window.starts_at - NOW > timedelta(days=20)
