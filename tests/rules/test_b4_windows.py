from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from fifthcall.rules.case import Agreed, Basis, Channel, Hours, Window
from fifthcall.rules.decide import decide
from fifthcall.rules.windows import wall
from tests.rules.cases import NOW, ZONE, case, refused_by, step, touch


def test_b4_in_the_reps_blocks_and_the_prospects_hours() -> None:
    found = step(case(prospect_zone="America/New_York"))
    assert 8 <= wall(found.window.starts_at, "America/New_York").hour < 18
    assert wall(found.window.starts_at, ZONE).time() >= time(16, 30)


def test_b4_without_a_common_hour_their_hours_win() -> None:
    decision = decide(case(prospect_zone="Pacific/Auckland", ways=frozenset({Channel.CALL})), NOW)
    assert decision.step and 8 <= wall(decision.step.window.starts_at, "Pacific/Auckland").hour < 18
    assert ("B4", "no_block") in {(r.rule, r.code) for r in decision.reasons}


def test_b4_a_promise_may_lie_outside_blocks_never_outside_the_laws_hours() -> None:
    noon = Window(datetime(2026, 11, 23, 11, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC), ZONE)
    assert step(case(touch("voicemail", 5, agreed=Agreed(Basis.PROMISE, noon)))).window == noon
    late = Window(datetime(2026, 11, 23, 20, tzinfo=UTC), datetime(2026, 11, 23, 21, tzinfo=UTC), ZONE)
    decision = decide(case(touch("voicemail", 5, agreed=Agreed(Basis.PROMISE, late))), NOW)
    assert decision.step and wall(decision.step.window.starts_at, ZONE) == datetime(2026, 11, 24, 8)  # noqa: DTZ001
    assert ("B4", "law") in refused_by(decision)


def test_b4_full_blocks_send_it_on() -> None:
    free = NOW + timedelta(days=3)
    decision = decide(case(free_from=free), NOW)
    assert decision.step and decision.step.window.starts_at >= free
    assert ("B4", "full") in refused_by(decision)


def test_b4_hours_that_never_meet_still_give_a_date() -> None:
    sunday = Hours(frozenset({6}), time(3), time(4))
    from tests.rules.cases import POLICY

    decision = decide(case(), NOW, replace(POLICY, contact_hours=sunday))
    assert decision.step and decision.step.window.starts_at >= NOW
