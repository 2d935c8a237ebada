"""The command line: what it answers, and the exit codes scripts rely on."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.urls import reverse

from fifthcall import clock
from fifthcall.cli import main
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
AT = ("--at", "2026-11-23T09:00")  # the same, in Berlin
pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(team: Cast) -> list[Opportunity]:
    values = [{"name": f"Deal {n}", "organization": f"Firm {n}", "value": n * 100} for n in range(1, 5)]
    return [editing.add(team.ada, {"owner_id": team.ada.pk, **one}, NOW) for one in values]


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(arguments) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_today_is_the_queue_of_the_page(
    team: Cast, rows: list[Opportunity], capsys: pytest.CaptureFixture[str]
) -> None:
    said = answer(capsys, "today", "--rep", "ada@example.com", *AT, "--json")
    with clock.at(NOW):
        page = team.sign_in(team.ada).get(reverse("today")).context
    shown = [page["card"]["opportunity"]["pk"]] if page["card"] else []
    shown += [row["pk"] for group in page["queue"] for row in group["rows"]]
    queue = said["queue"]
    assert isinstance(queue, list) and [step["id"] for step in queue] == shown
    assert len(shown) == len(rows) and all(step["why"] for step in queue)


def test_log_saves_and_tells_the_next_step(rows: list[Opportunity], capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, "log", str(rows[0].pk), "voicemail", *AT, "--json")
    assert said["id"] == rows[0].pk and said["due_at"]
    assert Opportunity.objects.get(pk=rows[0].pk).touches.count() == 1


def test_explain_tells_why_and_what_comes_then(rows: list[Opportunity], capsys: pytest.CaptureFixture[str]) -> None:
    said = answer(capsys, "explain", str(rows[0].pk), *AT, "--json")
    assert {"next", "refused", "if_nothing_happens"} <= said.keys() and said["if_nothing_happens"]


def test_doctor_is_content(rows: list[Opportunity], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out


def test_decide_answers_on_a_case(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case.json"
    case.write_text('{"touches": [{"at": "2026-11-20T09:00:00Z", "channel": "call", "outcome": "no_answer"}]}')
    said = answer(capsys, "decide", str(case), "--at", "2026-11-23T08:00")
    assert said["step"] and said["words"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["log", "1", "closed", *AT], "--reason"),
        (["log", "1", "call_back", *AT], "--when"),
        (["log", "999999", "no_answer"], "999999"),
        (["today", "--rep", "nobody@example.com"], "nobody@example.com"),
        (["today", "--at", "tomorrow", "--rep", "ada@example.com"], "--at tomorrow"),
        (["explain", "999999"], "999999"),
        (["decide", "no-such-file.json"], "no-such-file.json"),
        (["import", "no-such-file.csv"], "no-such-file.csv"),
    ],
)
def test_wrong_use_names_what_is_wrong_and_exits_2(
    rows: list[Opportunity], capsys: pytest.CaptureFixture[str], arguments: list[str], named: str
) -> None:
    arguments = [str(rows[0].pk) if argument == "1" else argument for argument in arguments]
    assert main(arguments) == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["serve", "import", "export", "today", "log", "decide", "explain", "doctor", "worker"]
)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0 and command in capsys.readouterr().out
