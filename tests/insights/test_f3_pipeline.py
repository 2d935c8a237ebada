"""F1 to F3: the page, its files and lists say what judging each opportunity by itself gives, to whom may see it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from fifthcall import clock
from fifthcall.people.models import Fact
from fifthcall.pipeline.goals import goal_of, set_goal
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import case_of
from fifthcall.rules.case import Policy
from fifthcall.rules.facts import read
from fifthcall.rules.honesty import MUTUAL, Evidence, How, judge
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.models import Touch
from tests.cast import START, Cast

NOW = START
OUTCOMES = ("no_answer", "voicemail", "connected", "note", "opened", "why_not", "meeting_set", "serious", "curious")


def deal(
    member: Membership, value: int | None, stage: str = "Cold", days: int = 0, status: str = "open", **columns: object
) -> Opportunity:
    born, done = NOW - timedelta(days=days), status in ("won", "lost")
    one = Opportunity(
        workspace=member.workspace, owner=member, name="Roof", value=value, stage=stage, status=status,
        next_kind="" if done else "call", next_zone="UTC", next_due_at=None if done else NOW,
        next_until=None if done else NOW + timedelta(days=1), created_at=born, changed_at=born,
    )  # fmt: skip
    for name, said in columns.items():
        setattr(one, name, said)
    one.save()
    return one


def touch(one: Opportunity, outcome: str, days: float, retracts: Touch | None = None) -> Touch:
    at = NOW - timedelta(days=days)
    return Touch.objects.create(
        workspace_id=one.workspace_id, opportunity=one, member=one.owner, at=at, zone="UTC", channel="call",
        outcome=outcome, retracts=retracts,
    )  # fmt: skip


def judged(one: Opportunity) -> How:
    """By its own history, through the rules' eyes."""
    one = Opportunity.objects.select_related("workspace", "owner", "person", "organization", "product").get(pk=one.pk)
    case = case_of(one, NOW)
    said = [t.outcome for t in case.touches]
    answers = [outcome for outcome in said if outcome in ("serious", "curious")]
    return judge(
        Evidence(
            (NOW - one.created_at).days,
            len(read(case, NOW, Policy()).touches),
            any(outcome in MUTUAL for outcome in said),
            one.facts.exists(),
            one.has_appointment,
            answers[-1] if answers else "",
            one.status == "resting",
        ),
        Policy(),
    ).how


def test_f3_the_database_weighs_as_the_rules_do(team: Cast) -> None:
    chance = Random(11)
    rows = []
    for _ in range(60):
        one = deal(
            team.ben,
            chance.choice([None, 0, 100, 900]),
            chance.choice(["Cold", "Quote", ""]),
            chance.choice([0, 89, 90, 200]),
            has_appointment=chance.random() < 0.1,
            status=chance.choice(["open", "open", "open", "resting"]),
        )
        for number in range(chance.choice([0, 3, 8, 12])):
            made = touch(one, chance.choice(OUTCOMES[: chance.choice([6, 6, 9])]), 50 - number)
            if chance.random() < 0.1:
                touch(one, "retracted", 1, retracts=made)
        if chance.random() < 0.2:
            Fact.objects.create(workspace=team.space, opportunity=one, text="Yes", confirmed_on=date(2026, 11, 1))
        rows.append(one)
    kept = rows[0]
    gone = deal(team.ben, 5, status="lost", merged_into=kept)
    for number in range(9):
        touch(gone, "no_answer", 60 + number)
    Opportunity.objects.filter(pk=kept.pk).update(has_merged=True)
    hows = {one.pk: judged(one) for one in rows}
    assert set(hows.values()) == set(How)
    client = team.sign_in(team.ada)
    with clock.at(NOW):
        files = client.get("/pipeline/honesty.json").json()["honesty"]
        board = client.get("/pipeline/board.json").json()["board"]
        lists = {how: client.get(f"/pipeline/list/?how={how.value}").content.decode() for how in How}
    for line in files:
        mine = [one for one in rows if hows[one.pk] == line["how"]]
        assert line["opportunities"] == len(mine)
        assert line["with_value"] == sum(one.value is not None for one in mine)
        assert line["value"] == pytest.approx(sum(float(one.value or 0) for one in mine))
    for line in board:
        mine = [one for one in rows if one.stage == line["stage"]]
        assert line["opportunities"] == len(mine)
        assert line["honest_value"] == sum(float(one.value or 0) for one in mine if hows[one.pk] is How.REAL)
    for how, page in lists.items():
        for one in rows:
            assert (f"/opportunities/{one.pk}/" in page) == (hows[one.pk] is how), (one.pk, how)


def test_f2_the_largest_is_said_in_words_and_what_losing_it_would_leave(team: Cast) -> None:
    one = deal(team.ben, 410)
    deal(team.ben, 590 - 300, "Quote", 1)
    deal(team.ada, 300, "Quote", 1)
    deal(team.ada, None)
    set_goal(team.ada, None, {"value": Decimal(500), "coverage": Decimal(3)}, NOW)
    client = team.sign_in(team.ada)
    with clock.at(NOW):
        page = client.get("/pipeline/").content.decode()
        figures = client.get("/pipeline/figures.json").json()["figures"][0]
    assert f'<a href="/opportunities/{one.pk}/">Roof</a> is <strong>41 %</strong> of the team’s open value' in page
    assert "losing it would leave 590 USD open, 590 USD of it real, and a coverage of 1.2× instead of 2.0×" in page
    assert "valued=no" in page and "No value" in page
    assert figures["hhi"] == pytest.approx(0.41**2 + 0.29**2 + 0.30**2)
    assert figures["effective_deals"] == pytest.approx(1 / figures["hhi"])
    assert (figures["coverage"], figures["without_value"]) == (2.0, 1)


def test_f1_coverage_counts_what_is_won_in_the_quarter(team: Cast) -> None:
    deal(team.ben, 600)
    won = deal(team.ben, 100, status="won", closed_on=date(2026, 10, 1))
    before = deal(team.ben, 100, status="won", closed_on=date(2026, 9, 30))
    set_goal(team.ben, team.ben.pk, {"value": Decimal(300)}, NOW)
    client = team.sign_in(team.ben)
    with clock.at(NOW):
        row = client.get("/pipeline/figures.json").json()["figures"][0]
        listed = client.get("/pipeline/list/?won=quarter").content.decode()
        page = client.get("/pipeline/").content.decode()
    assert (row["won"], row["to_win"], row["coverage"], row["until"]) == (100, 200, 3.0, "2026-12-31")
    assert f"/opportunities/{won.pk}/" in listed and f"/opportunities/{before.pk}/" not in listed
    assert "That covers the goal of 3×" in page and "of your open value" not in page  # the only one
    set_goal(team.ben, team.ben.pk, {"value": Decimal(100)}, NOW)
    with clock.at(NOW):
        assert "The goal is reached" in client.get("/pipeline/").content.decode()
        assert client.get("/pipeline/figures.json").json()["figures"][0]["coverage"] is None


def test_each_sees_their_own_and_who_leads_the_team_or_one_of_it(team: Cast) -> None:
    mine, theirs = deal(team.ben, 10), deal(team.ada, 90)
    other = Workspace.objects.create(name="Elsewhere", zone="UTC", created_at=START)
    stranger = Membership.objects.create(workspace=other, name="Eve", key="eve", zone="UTC", created_at=START)
    deal(stranger, 5000)
    ben, ada = team.sign_in(team.ben), team.sign_in(team.ada)
    with clock.at(NOW):
        total = [
            client.get(f"/pipeline/figures.json{query}").json()["figures"][0]["open_value"]
            for client, query in ((ben, ""), (ada, ""), (ada, f"?rep={team.ben.pk}"), (ada, f"?rep={team.ada.pk}"))
        ]
        page = ben.get("/pipeline/list/").content.decode()
        assert ben.get(f"/pipeline/?rep={team.ada.pk}").status_code == 404
        assert ada.get(f"/pipeline/?rep={stranger.pk}").status_code == 404
    assert total == [10, 100, 10, 90]
    assert f"/opportunities/{mine.pk}/" in page and f"/opportunities/{theirs.pk}/" not in page


def test_one_click_asks_through_the_situation_and_the_rules_set_the_step(team: Cast) -> None:
    one = deal(team.ben, 100, days=100)
    touch(one, "voicemail", 3)
    client = team.sign_in(team.ben)
    with clock.at(NOW):
        assert "Ask it next" in client.get("/pipeline/list/?how=doubtful").content.decode()
        said = {"situation-situation": "S10", "back": "pipeline"}
        answer = client.post(f"/opportunities/{one.pk}/situation/", said)
        assert answer.status_code == 302 and answer["Location"] == "/pipeline/"
        one.refresh_from_db()
        assert (one.situation, one.next_purpose) == ("S10", "S10.1")
        page = client.get("/pipeline/list/?how=doubtful").content.decode()
    assert "Ask it next" not in page and "The next step asks it" in page


def test_goals_are_ones_own_and_the_teams_of_who_leads(team: Cast) -> None:
    ben, ada = team.sign_in(team.ben), team.sign_in(team.ada)
    said = {"team-value": "900", "team-coverage": "4", "team-new_a_week": "", "team-stages": "Quote\nCold"}
    assert ben.post("/pipeline/goals/team/", said).status_code == 403
    assert ada.post("/pipeline/goals/team/", said).status_code == 302
    assert ben.post("/pipeline/goals/mine/", {"mine-value": "7", "mine-coverage": "2"}).status_code == 302
    assert ada.post("/pipeline/goals/theirs/", {}).status_code == 404
    assert goal_of(team.space.pk, None).value == 900 and goal_of(team.space.pk, team.ben.pk).coverage == 2
    wrong = ben.post("/pipeline/goals/mine/", {"mine-value": "-1", "mine-coverage": "x"})
    assert wrong.status_code == 422 and goal_of(team.space.pk, team.ben.pk).value == 7
    with pytest.raises(PermissionError):
        set_goal(team.ben, team.ada.pk, {"value": 1}, NOW)
    deal(team.ada, 1, "Cold")
    deal(team.ada, 1, "Quote", 30)
    deal(team.ada, 1, "Else", 60)
    with clock.at(NOW):
        rows = ada.get("/pipeline/board.json").json()["board"]
        assert [row["stage"] for row in rows] == ["Quote", "Cold", "Else"]
        ada.post("/pipeline/goals/team/", said | {"team-stages": ""})
        rows = ada.get("/pipeline/board.json").json()["board"]
    assert [row["stage"] for row in rows] == ["Cold", "Quote", "Else"], "the youngest first"


def test_a_column_shows_its_largest_and_how_many_more(team: Cast) -> None:
    rows = [deal(team.ada, value) for value in range(1, 9)]
    client = team.sign_in(team.ada)
    with clock.at(NOW):
        page = client.get("/pipeline/").content.decode()
        after = client.get("/pipeline/list/?valued=yes&after=6").content.decode()
    assert "and 3 more" in page
    board = page[page.index('class="board"') :]
    shown = Counter(one.value for one in rows if f"/opportunities/{one.pk}/" in board)
    assert shown == Counter({Decimal(value): 1 for value in range(4, 9)})
    assert [f"/opportunities/{one.pk}/" in after for one in rows] == [True, True] + [False] * 6


def test_empty_bad_and_strange_questions(team: Cast) -> None:
    client = team.sign_in(team.ada)
    page = client.get("/pipeline/").content.decode()
    assert "Nothing is open" in page and "Nothing has been added yet" in page
    for path in ("?rep=x", "list/?how=nice", "list/?week=soon", "list/?after=-1", "list/?page=x", "board.xml", "x.csv"):
        assert client.get(f"/pipeline/{path}").status_code == 404, path
    assert client.get("/pipeline/list/?page=99&stage=None").status_code == 200
    table = list(csv.DictReader(io.StringIO(client.get("/pipeline/magnitude.csv").content.decode())))
    assert table == []
    deal(team.ada, 0, "")
    page = client.get("/pipeline/").content.decode()
    assert "No stage" in page and "0 USD" in page
