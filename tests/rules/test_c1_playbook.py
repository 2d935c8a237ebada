"""The playbook's steps, one after the other, and the life after the last."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fifthcall.rules.case import Channel, Kind, Policy, Touch
from fifthcall.rules.decide import decide, preview
from fifthcall.rules.outcomes import channel_of
from fifthcall.rules.playbook import BUILTIN, read
from tests.rules.cases import NOW, case, rules, step, touch
from tests.rules.test_situations import CASES

ALL = frozenset({Channel.CALL, Channel.TEXT, Channel.EMAIL, Channel.POST})


@pytest.mark.parametrize("name", CASES)
def test_each_situation_takes_its_playbooks_step(name: str) -> None:
    decision = decide(replace(CASES[name], ways=ALL, assistants=("Kim",)), NOW)
    assert decision.step and decision.step.purpose.startswith(f"{name}.")
    assert rules(decision) >= {name}


@pytest.mark.parametrize("name", CASES)
def test_played_to_the_end_it_rests_with_a_date_and_every_step_has_its_turn(name: str) -> None:
    of, now, seen = replace(CASES[name], ways=ALL, assistants=("Kim",)), NOW, []
    for _ in range(60):
        found = decide(of, now).step
        assert found
        seen.append(found.purpose)
        if found.purpose == "come_back":
            break
        now = max(now, found.window.starts_at)
        outcome = {Channel.CALL: "voicemail" if found.leave_message else "no_answer", Channel.DESK: "no_introduction"}
        said = outcome.get(found.kind.channel, "sent")
        done = Touch(now, channel_of(said, found.kind.channel), said, purpose=found.purpose)
        of = replace(of, touches=(*of.touches, done))
    assert seen[-1] == "come_back"
    own = [purpose for purpose in seen if purpose.startswith(f"{name}.")]
    assert own == [f"{name}.{n}" for n in range(1, len(BUILTIN[name].steps) + 1)]


def test_a_step_that_is_not_possible_is_left_out() -> None:
    alone = step(replace(CASES["S3"], ways=frozenset({Channel.CALL})))
    assert alone.purpose == "S3.2" and alone.kind is Kind.INTRO and alone.attempt == 0


def test_c10_after_hours_to_reach_the_voicemail() -> None:
    gone_dark = (*CASES["S7"].touches, touch("sent", 30, Channel.POST, purpose="S7.1"))
    found = step(case(*gone_dark, ways=ALL, blocks=()))
    assert found.purpose == "S7.2" and found.leave_message
    assert 18 <= (found.window.starts_at + timedelta(hours=1)).hour < 20  # in Berlin


def test_c4_bounds_hold_whatever_the_playbook_says() -> None:
    assert all(s.leave_message is not True or s.kind is Kind.CALL for s in preview(CASES["S8"], NOW, Policy(), 20))


def test_a6_who_was_never_reached_is_not_set_aside_early() -> None:
    cold = (touch("voicemail", 400), touch("voicemail", 300), touch("no_answer", 200, purpose="S3.5"))
    assert step(case(*cold)).purpose != "come_back"


def test_a_workspaces_own_playbook_counts() -> None:
    text = 'id = "S3"\nname = "n"\nwrong = "w"\nplay = "p"\nnext_time = "t"\nthen = "rest 5 days"\n'
    own = read(text + '[[step]]\nkind = "email"\nafter = "1 hour"\ndo = "Write."\n')
    found = decide(CASES["S3"], NOW, Policy(playbooks=(own,))).step
    assert found and found.kind is Kind.EMAIL


def test_a_time_they_named_goes_before_any_playbook() -> None:
    later = case(
        *CASES["S3"].touches, touch("not_now", 1, reason="budget", reason_until=(NOW + timedelta(days=30)).date())
    )
    assert step(later).purpose == "reason_ends"


def test_a_busy_line_is_tried_again_at_once() -> None:
    assert step(case(touch("call_back", 200), touch("busy", 0.1))).purpose == "next_attempt"
