"""G2: the page and its files say what counting touch by touch gives, and of what the member may see only."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from random import Random

from django.urls import reverse

from fifthcall.insights.definitions import NUMBERS
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from tests.cast import START, Cast

ATTEMPT = next(code for code, outcome in OUTCOMES.items() if outcome.attempt)
OTHER = next(code for code, outcome in OUTCOMES.items() if not outcome.attempt)


def history(member: Membership, attempts: int, status: str, into: Opportunity | None = None) -> Opportunity:
    space = member.workspace
    one = Opportunity.objects.create(
        workspace=space,
        name="Roof",
        owner=member,
        status=status,
        merged_into=into,
        next_kind="call" if status == "open" else "",
        next_purpose="reach" if status == "open" else "",
        next_due_at=START if status == "open" else None,
        next_until=START + timedelta(days=1) if status == "open" else None,
        next_zone="UTC" if status == "open" else "",
        created_at=START,
        changed_at=START,
    )
    for day, outcome in enumerate([ATTEMPT] * attempts + [OTHER]):
        at = START + timedelta(days=day)
        Touch.objects.create(
            workspace=space, opportunity=one, member=member, at=at, zone="UTC", channel="call", outcome=outcome
        )
    return one


def test_the_files_say_what_counting_by_hand_gives(team: Cast) -> None:
    chance = Random(5)
    drawn = [(chance.randint(0, 6), chance.choice(["won", "lost", "open"])) for _ in range(30)]
    for attempts, status in drawn:
        history(team.ben, attempts, status)
    client = team.sign_in(team.ada)
    rows = client.get("/insights/numbers.json").json()["attempts"]
    for row in rows:
        k = row["attempt"]
        assert row["tried"] == sum(attempts >= k for attempts, _ in drawn)
        assert row["won_here"] == drawn.count((k, "won"))
    assert len(rows) == max(attempts for attempts, _ in drawn)
    table = list(csv.DictReader(io.StringIO(client.get("/insights/numbers.csv").content.decode())))
    assert [{key: float(value) for key, value in row.items()} for row in table] == rows
    assert client.get("/insights/numbers.xml").status_code == 404


def test_the_page_says_what_the_sixth_was_worth_next_to_the_lore(team: Cast) -> None:
    history(team.ada, 6, "won")
    history(team.ada, 6, "open")
    page = team.sign_in(team.ada).get("/insights/").content.decode()
    assert "The sixth attempt was made 2 times and won in <strong>1</strong>: 50.0 %" in page
    assert "no study of it can be found" in page
    assert "Here <strong>100.0 %</strong> of the wins came on attempts 5 to 12" in page
    assert "more needed" in page


def test_a_member_counts_their_own_and_a_merged_ones_attempts_go_with_it(team: Cast) -> None:
    kept = history(team.ben, 1, "won")
    history(team.ben, 2, "lost", into=kept)
    history(team.ada, 5, "won")
    rows = team.sign_in(team.ben).get("/insights/numbers.json").json()["attempts"]
    assert [(row["tried"], row["won_here"]) for row in rows] == [(1, 0), (1, 0), (1, 1)]


def test_an_empty_workspace_is_told_what_will_be_here(team: Cast) -> None:
    client = team.sign_in(team.ada)
    assert "No attempt is logged yet" in client.get("/insights/").content.decode()
    assert client.get("/insights/numbers.json").json() == {"attempts": []}


def test_each_number_is_explained_on_the_page_that_shows_it(team: Cast) -> None:
    ada = team.sign_in(team.ada)
    pages = ("pipeline", "insights", "splits", "next_touch", "habits", "what_if")
    explained = [one.name for page in pages for one in ada.get(reverse(page)).context["definitions"]]
    assert sorted(explained) == sorted(one.name for one in NUMBERS.values())
