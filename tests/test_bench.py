"""The bench runs and reports as promised; how fast this machine is, is none of the tests' business."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.measuring import Measurement, in_turns

ROOT = Path(__file__).resolve().parent.parent
HABITS = (
    *("five_attempts", "promises_kept", "why_not_yet", "notes_in_a_day", "reviews_booked", "in_their_block"),
    "within_budget",
)
FIGURES = (
    *("wins", "connects", "meetings", "given_up", "hours", "proposals", "words", "pipeline", "next_touch"),
    *(f"split_{by}" for by in ("channel", "playbook", "step", "template", "source", "rep")),
    *(f"{key}_{days}" for key in HABITS for days in (30, 365)),
)
LIMITS = {
    "import": (0.25, "least"),
    "import.memory": (300, "most"),
    "today": (1.5, "most"),
    "today.queue": (3, "most"),
    "today.alone": (1.5, "most"),
    "today.alone.queue": (3, "most"),
    "outcome": (5, "most"),
    "decide": (6_000, "most"),
    "locked.p99": (300, "most"),
    "locked.answered": (1, "least"),
    "locked.kept": (1, "least"),
    **{f"insights.{figure}": (2.42, "most") for figure in FIGURES},
}


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "bench", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("bench") / "report.json"
    done = bench("--scale", "0.001", "--json", str(file))
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    assert found["ok"] is (done.returncode == 0)
    assert all(one["name"] in done.stdout for one in found["measurements"])
    return found


@pytest.mark.slow
def test_everything_is_measured_against_its_limit(report: dict[str, Any]) -> None:
    assert {one["name"]: (one["limit"], one["limit_is"]) for one in report["measurements"]} == LIMITS


@pytest.mark.slow
def test_each_measurement_says_what_it_found(report: dict[str, Any]) -> None:
    for one in report["measurements"]:
        assert one["compares"] and one["unit"] and one["ours"] > 0 and one["n"] > 0 and one["repeats"] > 0
        assert one["spread"] >= 0
        assert one["ratio"] == (one["baseline"] and one["ours"] / one["baseline"])
        assert one["verdict"] in (("info",) if one["limit"] is None else ("pass", "miss"))


@pytest.mark.slow
def test_e1_links_are_answered_and_kept_while_the_database_is_locked(report: dict[str, Any]) -> None:
    found = {one["name"]: one["ours"] for one in report["measurements"]}
    assert found["locked.answered"] == found["locked.kept"] == 1


def test_an_unknown_measurement_is_wrong_use() -> None:
    done = bench("lunch")
    assert done.returncode == 2 and "choose from import, today, outcome, decide, locked" in done.stderr


@pytest.mark.parametrize(
    ("ours", "limit", "limit_is", "verdict"),
    [(30, 3, "most", "pass"), (31, 3, "most", "miss"), (2, 0.25, "least", "miss"), (3, 0.25, "least", "pass")],
)
def test_the_limit_is_on_the_ratio(ours: float, limit: float, limit_is: Any, verdict: str) -> None:
    assert Measurement("x", "x", "ms", ours, 10, limit, limit_is).verdict == verdict


def test_without_a_baseline_the_limit_is_on_ours() -> None:
    assert Measurement("x", "x", "MB", 301, limit=300).verdict == "miss"
    assert Measurement("x", "x", "/s", 301).verdict == "info"


def test_ours_and_the_baseline_take_turns() -> None:
    order: list[str] = []
    mine, bare = in_turns(lambda: order.append("ours"), lambda: order.append("bare"), repeats=2, calls=2)
    assert order == ["ours", "bare", "bare", "ours", "bare", "ours", "ours", "bare"]
    assert len(mine) == len(bare) == 2
