"""What if: the page and the command play the workspace's own past, save nothing, and refuse what can't be played."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fifthcall import clock
from fifthcall.calendars.joining import add_member
from fifthcall.cli import main
from fifthcall.insights.what_if.answers import NUMBERS
from fifthcall.insights.what_if.measured import _answered, rates_of
from fifthcall.insights.what_if.past import past
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel, Status
from fifthcall.rules.outcomes import OUTCOMES, THEIRS
from fifthcall.rules.playbook import builtin_text
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.models import Touch
from fifthcall.web.views import what_if
from fifthcall.wording.odds import Score
from tests.cast import Cast

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LATE = builtin_text("S9").replace('after = "1 working day"', 'after = "9 days"')
pytestmark = pytest.mark.django_db


def came(member: Membership, days_ago: float, name: str = "Roof", **values: object) -> Opportunity:
    with clock.at(NOW - timedelta(days=days_ago)):
        return editing.add(member, {"name": name, "owner_id": member.pk, **values}, clock.now())


def touch(row: Opportunity, at: datetime, outcome: str, channel: str = "call", **more: object) -> Touch:
    return Touch.objects.create(
        workspace_id=row.workspace_id, opportunity=row, at=at, zone="UTC", channel=channel, outcome=outcome, **more
    )


def test_answers_are_counted_by_channel_and_number_as_a_loop_over_all_touches_does(team: Cast) -> None:
    chance, truth = Random(3), dict[tuple[Channel, int], list[int]]()
    rows = [came(team.ada if n % 2 else team.ben, 100, f"Deal {n}") for n in range(8)]
    for row in rows:
        number, last = 0, dict[str, tuple[Channel, int]]()
        for hour in range(14):
            channel = chance.choice(["call", "text", "email"])
            codes = (
                ["no_answer", "connected", "voicemail", "not_interested", "note"]
                if channel == "call"
                else ["sent"] * 3 + ["replied"]
            )
            outcome = chance.choice(codes)
            gone = chance.random() < 0.1
            one = touch(row, NOW - timedelta(days=90, hours=-hour), outcome, channel)
            if gone:
                touch(row, NOW - timedelta(days=90, hours=-hour), "retracted", "desk", retracts=one)
            elif outcome == "replied":
                if channel in last:
                    truth[last.pop(channel)][0] += 1
            elif OUTCOMES[outcome].attempt:
                number += 1
                last[channel] = (Channel(channel), min(number, NUMBERS))
                found = truth.setdefault(last[channel], [0, 0])
                found[0] += OUTCOMES[outcome].connect and outcome not in THEIRS
                found[1] += 1
    old = came(team.ada, 400, "Old")
    touch(old, NOW - timedelta(days=5), "connected")
    assert _answered(team.ada, NOW) == {key: Score(*score) for key, score in truth.items()}
    seen_by_ben = sum(score.of for score in _answered(team.ben, NOW).values())
    assert 0 < seen_by_ben < sum(of for _, of in truth.values())
    assert rates_of(team.ada, NOW).meeting.score.good == 0


def test_nothing_was_ever_tried(team: Cast) -> None:
    assert _answered(team.ada, NOW) == {} and past(team.ada, NOW) is None
    assert not rates_of(team.ada, NOW).answer[Channel.CALL][0].measured


def test_the_past_comes_in_as_it_came_in_whatever_became_of_it(team: Cast) -> None:
    won = came(team.ada, 200, "Won", situation="S9")
    Opportunity.objects.filter(pk=won.pk).update(
        status="won", next_kind="", next_purpose="", next_due_at=None, next_until=None, next_zone=""
    )
    touch(won, NOW - timedelta(days=150), "connected")
    came(team.ben, 30, "Open")
    came(team.ada, 400, "Too old")
    market = past(team.ada, NOW)
    assert market and [rep.name for rep in market.reps] == ["Ada", "Ben"] and len(market.reps[0].blocks) == 2
    first, second = market.prospects
    assert first.case.status is Status.OPEN and not first.case.touches and first.case.situation == "S9"
    assert first.case.opened_at == NOW - timedelta(days=200) and (first.rep, second.rep) == (0, 1)
    of_ben = past(team.ben, NOW)
    assert of_ben and len(of_ben.prospects) == 1
    bounded = past(team.ada, NOW, most=1)
    assert bounded and bounded.left_out == 1 and bounded.prospects == (replace(second, rep=0),)


def post(team: Cast, member: Membership, **fields: str) -> Any:
    with clock.at(NOW):
        return team.sign_in(member).post("/insights/what-if/", fields)


def test_from_the_editor_comes_the_text_alone_and_nothing_is_written(team: Cast) -> None:
    for n in range(6):
        came(team.ada, 60 - n, f"Deal {n}", situation="S9")
    client = team.sign_in(team.ada)
    with (
        clock.at(NOW),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        page = client.post("/insights/what-if/", {"text": LATE})
    said = page.content.decode()
    assert "Touches a day" in said and "with the same luck for both" in said and "6 opportunities" in said
    writing = ("INSERT", "UPDATE", "DELETE")
    assert not [q for q in queries.captured_queries if q["sql"].startswith(writing) and "session" not in q["sql"]]
    team.space.refresh_from_db()
    assert team.space.playbooks == {}
    trial = page.context["trial"]
    assert trial.difference.touches.high < 0  # nine days instead of one: less work
    assert "It is less work" in said


def test_an_unreadable_playbook_names_the_line(team: Cast) -> None:
    page = post(team, team.ada, market="made", text=LATE.replace('kind = "call"', 'kind = "pigeon"', 1))
    assert page.status_code == 422
    line = LATE.splitlines().index('kind = "call"') + 1
    assert f"Line {line}: “pigeon” is no way to reach them" in page.content.decode()
    circle = post(team, team.ada, market="made", text=LATE.replace('then = "S7"', 'then = "S9"'))
    assert circle.status_code == 422 and "without end" in circle.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("opportunities", "501", "500"), ("days", "367", "366"), ("days", "6", "7"), ("seed", "x", "whole number")],
)
def test_too_much_is_refused_with_the_limit(team: Cast, field: str, value: str, said: str) -> None:
    page = post(team, team.ada, **{"market": "made", field: value})
    assert page.status_code == 422 and said in page.content.decode()


def test_an_empty_workspace_is_offered_a_made_up_market(team: Cast) -> None:
    with clock.at(NOW):
        page = team.sign_in(team.ben).get("/insights/what-if/?playbook=S9")
    assert page.status_code == 200 and page.context["form"]["market"].initial == "made"
    assert "Call at another hour than last time" in page.content.decode()
    refused = post(team, team.ben, market="past")
    assert refused.status_code == 422 and "Take a made-up market" in refused.content.decode()
    assert "assumed" in post(team, team.ben, market="made", opportunities="5", days="14").content.decode()


def test_the_files_hold_the_pages_figures(team: Cast) -> None:
    fields = {"market": "made", "opportunities": "10", "days": "14", "text": LATE}
    shown = post(team, team.ada, **fields).context["trial"]
    table = list(csv.DictReader(io.StringIO(post(team, team.ada, **fields, **{"as": "csv"}).content.decode())))
    found = {(row["measure"], row["cadence"], row["day"]): row["mean"] for row in table}
    assert float(found["connects", "today", ""]) == round(shown.today.connects.mean, 4)
    assert float(found["touches", "changed", ""]) == round(shown.changed.touches.mean, 4)
    assert len([row for row in table if row["measure"] == "load_day"]) == 28
    data = post(team, team.ada, **fields, **{"as": "json"}).json()["what_if"]
    assert [float(row["mean"]) for row in table] == [row["mean"] for row in data]
    assert post(team, team.ada, **fields, **{"as": "xml"}).status_code == 404


def test_one_at_a_time(team: Cast) -> None:
    with what_if._ONE:
        page = post(team, team.ada, market="made", opportunities="5", days="14")
    assert page.status_code == 503 and "Another try is being played" in page.content.decode()
    assert post(team, team.ada, market="made", opportunities="5", days="14").status_code == 200


def test_an_outsider_sees_nothing_of_it(team: Cast) -> None:
    row = came(team.ada, 30)
    touch(row, NOW - timedelta(days=20), "connected")
    elsewhere = Workspace.objects.create(name="Tal", zone="UTC", created_at=NOW)
    outsider = add_member(elsewhere, "Cleo", "cleo", NOW, role="owner", active=True)
    assert past(outsider, NOW) is None and _answered(outsider, NOW) == {}
    assert past(team.ada, NOW) and _answered(team.ada, NOW)
    assert Client().post("/insights/what-if/", {"text": LATE}).status_code == 302


def test_the_command_plays_the_past(team: Cast, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for n in range(4):
        came(team.ben, 40 - n, f"Deal {n}", situation="S9")
    (tmp_path / "S9.toml").write_text(LATE, encoding="utf-8")
    asked = ["simulate", str(tmp_path / "S9.toml"), "--past", "--rep", "Ben", "--at", "2026-11-24T09:00", "--runs", "4"]
    answers = []
    for _ in range(2):
        assert main([*asked, "--json"]) == 0
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]
    said = json.loads(answers[0])
    assert said["market"]["opportunities"] == 4 and not said["market"]["made"] and len(said["words"]) == 2
    assert main(asked) == 0
    assert "4 opportunities, 1 rep" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--opportunities", "501"], "it can be from 1 to 500"),
        (["--days", "0"], "it can be from 7 to 366"),
        (["--past", "--rep", "Ben"], "Leave --past out"),
        (["nowhere.toml"], "No such file"),
    ],
)
def test_the_command_says_how_to_ask(
    team: Cast, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["simulate", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_the_command_names_the_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.toml").write_text(LATE.replace("9 days", "soon", 1), encoding="utf-8")
    assert main(["simulate", str(tmp_path / "bad.toml")]) == 2
    assert "Line 10: “soon” is no time" in capsys.readouterr().err
