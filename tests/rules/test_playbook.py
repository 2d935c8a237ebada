"""Reading playbooks: what can't be followed is refused with the line and the reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from fifthcall.rules.case import Hours, Kind, Play
from fifthcall.rules.playbook import BUILTIN, IDS, BadPlaybook, builtin_text, complete, due, read
from fifthcall.rules.templates import TEMPLATES

GOOD = builtin_text("S1")
WEEK = Hours(frozenset(range(5)), time(8), time(18))


def test_all_ten_are_there_with_diagnosis_play_and_advice() -> None:
    assert tuple(BUILTIN) == IDS
    assert all(book.wrong and book.play and book.next_time and book.steps for book in BUILTIN.values())


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('kind = "call"', 'kind = "pigeon"', 9, "pigeon"),
        ('after = "48 hours"', 'after = "-2 days"', 10, "-2 days"),
        ('after = "48 hours"', 'after = "soon"', 10, "soon"),
        ('template = "propose_time"', 'template = "nothing"', 12, "nothing"),
        ('then = "S9"', 'then = "S1"', 6, "itself"),
        ('then = "S9"', 'then = "finished"', 6, "never nothing"),
        ('then = "S9"', 'then = "rest 0 days"', 6, "never nothing"),
        ('id = "S1"', 'id = "S11"', 1, "S11"),
        ('wrong = ', 'wrongg = ', 3, "wrongg"),
        ('[[step]]', '[[step', 8, "TOML"),
        ('do = "Open', 'undo = "Open', 11, "undo"),
        ('voicemail = true', 'voicemail = "yes"', 19, "voicemail"),
    ],
)  # fmt: skip
def test_bad_ones_are_refused_by_line_and_reason(old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    with pytest.raises(BadPlaybook) as raised:
        read(GOOD.replace(old, new, 1))
    assert raised.value.line == line and said in str(raised.value)


def test_without_steps_there_is_no_playbook() -> None:
    with pytest.raises(BadPlaybook, match="no step"):
        read(GOOD.split("[[step]]")[0])


def test_circles_are_refused() -> None:
    circle = BUILTIN | {"S7": replace(BUILTIN["S7"], then="S1")}
    with pytest.raises(BadPlaybook, match="has no end"):
        complete(circle)


def test_every_step_names_a_template_of_its_kind() -> None:
    for book in BUILTIN.values():
        for step in book.steps:
            assert TEMPLATES[step.template].kind == step.kind.value, (book.id, step.do)


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [(3, "day", "2027-03-15T13:00Z"), (72, "hour", "2027-03-15T14:00Z"), (1, "working day", "2027-03-15T13:00Z")],
)
def test_days_keep_the_wall_time_and_hours_the_duration(amount: int, unit: str, expected: str) -> None:
    friday = datetime(2027, 3, 12, 14, tzinfo=UTC)  # nine in New York, before the clocks go forward
    play = Play(Kind.CALL, amount, unit, "Call.")
    assert due(play, friday, "America/New_York", WEEK, "US") == datetime.fromisoformat(expected)
