"""G2: what attempts came to by group, against counting by hand; who sees what; the list behind each."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fifthcall import clock
from fifthcall.insights.pooling import prior_of
from fifthcall.insights.splits import COLUMNS, split
from fifthcall.insights.trails import NUMBERS_SHOWN, SPLITS
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.outcomes import CONNECTS, OUTCOMES
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score, needed
from tests.cast import START, Cast
from tests.imports.real import imported, made
from tests.insights.test_page import history

pytestmark = pytest.mark.django_db
CODES = ["no_answer", "voicemail", "connected", "meeting_set", "sent", "replied", "note"]
PURPOSES = ["S8.1", "S8.2", "S1.1", "next_attempt", ""]


def draw(chance: Random, team: Cast) -> list[dict[str, Any]]:
    """Touches as they are stored, and as the test counts them."""
    kept = []
    for number in range(25):
        status, owner = chance.choice(["won", "lost", "open"]), chance.choice([team.ada, team.ben])
        one = history(owner, 0, status)
        Opportunity.objects.filter(pk=one.pk).update(source=chance.choice(["fair", "web", ""]))
        one.refresh_from_db()
        for day in range(chance.randint(0, 9)):
            touch = {
                "channel": chance.choice(["call", "email"]),
                "outcome": chance.choice(CODES),
                "purpose": chance.choice(PURPOSES),
                "template": chance.choice(["opener", ""]),
                "template_version": chance.randint(0, 2),
                "member_id": owner.pk,
            }
            at = START + timedelta(days=day, minutes=number)
            Touch.objects.create(workspace=team.space, opportunity=one, at=at, zone="UTC", **touch)
            kept.append({**touch, "whose": one.pk, "opportunity__source": one.source, "status": status})
    return kept


def by_hand(kept: list[dict[str, Any]], by: str) -> dict[Any, dict[str, Any]]:
    found: dict[Any, dict[str, Any]] = defaultdict(lambda: {"reached": 0, "met": 0, "won": 0, "of": 0, "numbers": []})
    paths: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for touch in kept:
        if touch["outcome"] == "replied" or OUTCOMES[touch["outcome"]].attempt:
            paths[touch["whose"]].append(touch)
    for path in paths.values():
        attempts = [touch for touch in path if OUTCOMES[touch["outcome"]].attempt]
        for number, touch in enumerate(attempts, 1):
            place = path.index(touch)
            onward = path[place + 1]["outcome"] if place + 1 < len(path) else ""
            book, _, step = touch["purpose"].partition(".")
            key = tuple(touch[column] for column in COLUMNS[by])
            if by in ("playbook", "step"):
                key = ("",) if not step else (book,) if by == "playbook" else key
            cell = found[key]
            cell["of"] += 1
            cell["reached"] += touch["outcome"] in CONNECTS or onward == "replied"
            cell["met"] += touch["outcome"] == "meeting_set"
            cell["won"] += touch is attempts[-1] and touch["status"] == "won"
            cell["numbers"].append(min(number, NUMBERS_SHOWN))
    return found


@pytest.mark.parametrize("by", SPLITS)
def test_g2_each_group_comes_to_what_counting_by_hand_gives(team: Cast, by: str) -> None:
    expected, found = by_hand(draw(Random(7), team), by), split(team.ada, by)
    assert found.keys() == expected.keys()
    for key, hand in expected.items():
        came = found[key]
        assert came.reached == Score(hand["reached"], hand["of"]), key
        assert came.met == Score(hand["met"], hand["of"]), key
        assert came.won == Score(hand["won"], hand["of"]), key
        assert [score.of for score in came.by_number] == [
            hand["numbers"].count(number) for number in range(1, NUMBERS_SHOWN + 1)
        ]


def test_g2_a_member_counts_only_what_they_may_see(team: Cast) -> None:
    kept = draw(Random(8), team)
    mine = [touch for touch in kept if touch["member_id"] == team.ben.pk]
    found = split(team.ben, "rep")
    assert {key: came.reached.of for key, came in found.items()} == {
        key: hand["of"] for key, hand in by_hand(mine, "rep").items()
    }


def test_g2_what_came_as_counts_is_split_by_its_channel(team: Cast, tmp_path: Path) -> None:
    with clock.at(START):
        imported(team.ada, made(tmp_path, "contacts,outcome,how many,channel\n2,yes,3,cellular\n1,no,4,telephone\n"))
    found = split(team.ada, "channel")
    assert found["cellular",].won == Score(3, 6) and found["telephone",].won == Score(0, 4)
    assert found["cellular",].by_number[:2] == (Score(0, 3), Score(3, 3))
    assert found["cellular",].reached == Score()


def test_g2_the_page_names_no_winner_of_few_cases(team: Cast) -> None:
    one = history(team.ada, 0, "open")
    for day, (channel, outcome) in enumerate([("call", "connected"), ("email", "sent")]):
        at = START + timedelta(days=day)
        Touch.objects.create(
            workspace=team.space, opportunity=one, member=team.ada, at=at, zone="UTC", channel=channel, outcome=outcome
        )
    page = team.sign_in(team.ada).get("/insights/splits/").content.decode()
    assert "Too few attempts yet to call any of them better or worse" in page
    assert "more needed" in page
    listed = team.sign_in(team.ada).get("/insights/splits/list/?by=channel&group0=call").content.decode()
    assert "Attempts: Calls" in listed and f"/opportunities/{one.pk}/" in listed


def many(team: Cast, count: int) -> None:
    """So many calls that all reached somebody, and as many mails that nobody answered."""
    calls, mails = history(team.ada, 0, "open"), history(team.ada, 0, "open")
    Touch.objects.bulk_create(
        Touch(workspace=team.space, opportunity=one, at=START, zone="UTC", channel=channel, outcome=outcome)
        for one, channel, outcome in ((calls, "call", "connected"), (mails, "email", "sent"))
        for _ in range(count)
    )


def test_g2_what_cannot_be_chance_is_named_once_there_is_enough(team: Cast) -> None:
    enough = needed(0.5)
    client = team.sign_in(team.ada)
    many(team, enough - 1)
    assert (
        "Too few attempts yet to call any of them better or worse" in client.get("/insights/splits/").content.decode()
    )
    many(team, 1)
    page = client.get("/insights/splits/").content.decode()
    assert "<strong>Calls</strong> does better" in page and "<strong>Emails</strong> does worse" in page
    assert "more needed" not in page


def test_g2_an_empty_workspace_and_a_single_group(team: Cast) -> None:
    client = team.sign_in(team.ada)
    for by in SPLITS:
        assert "No attempt is logged yet" in client.get(f"/insights/splits/?by={by}").content.decode()
        assert client.get(f"/insights/splits.json?by={by}").json() == {"groups": []}
    history(team.ada, 1, "open")
    assert "only one group so far" in client.get("/insights/splits/?by=rep").content.decode()


def test_g2_the_files_hold_every_group(team: Cast) -> None:
    draw(Random(9), team)
    client = team.sign_in(team.ada)
    rows = client.get("/insights/splits.json?by=template&of=won").json()["groups"]
    table = list(csv.DictReader(io.StringIO(client.get("/insights/splits.csv?by=template&of=won").content.decode())))
    assert [row["group"] for row in rows] == [row["group"] for row in table]
    scores = {key: came.won for key, came in split(team.ada, "template").items()}
    prior = prior_of(scores.values())
    assert sorted(row["rate"] for row in rows) == pytest.approx(sorted(prior.rate(score) for score in scores.values()))


@pytest.mark.parametrize(
    "address", ["splits/?by=moon", "splits/?of=moon", "splits/list/?by=rep&group0=x", "splits.xml", "splits/list/?by=x"]
)
def test_g2_what_there_is_not_is_not_found(team: Cast, address: str) -> None:
    assert team.sign_in(team.ada).get(f"/insights/{address}").status_code == 404


def test_g2_somebody_elses_attempts_are_not_listed(team: Cast) -> None:
    one = history(team.ada, 1, "open")
    page = team.sign_in(team.ben).get(f"/insights/splits/list/?by=rep&group0={team.ada.pk}").content.decode()
    assert f"/opportunities/{one.pk}/" not in page
