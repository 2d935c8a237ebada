"""F4: what attempts came to, counted against brute force; the queue's order when it follows them; the page."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from fifthcall.insights.histories import paths
from fifthcall.insights.next_touch import attempts_by_kind, first_worth, priors, refresh_worth, worth_of_open
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.slipping import go_on_deciding
from fifthcall.rules.next_touch import MOST
from fifthcall.rules.outcomes import CONNECTS, OUTCOMES
from fifthcall.teams.models import ENOUGH_WINS
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score
from tests.cast import START, Cast
from tests.insights.test_page import history

pytestmark = pytest.mark.django_db
CODES = ["no_answer", "voicemail", "connected", "note", "replied"]


def opportunity(team: Cast, status: str, outcomes: list[str], into: Opportunity | None = None) -> Opportunity:
    one = history(team.ada, 0, status, into)
    for day, outcome in enumerate(outcomes):
        at = START + timedelta(days=day)
        Touch.objects.create(
            workspace=team.space, opportunity=one, member=team.ada, at=at, zone="UTC", channel="call", outcome=outcome
        )
    return one


def by_hand(paths: list[tuple[str, list[str]]]) -> dict[tuple[bool, int], Score]:
    found: dict[tuple[bool, int], list[int]] = defaultdict(lambda: [0, 0])
    for status, outcomes in paths:
        attempts = [code for code in outcomes if OUTCOMES[code].attempt]
        for place, _ in enumerate(attempts):
            reached = any(code in CONNECTS for code in attempts[:place])
            cell = found[reached, min(place + 1, MOST)]
            cell[0] += status == "won" and place == len(attempts) - 1
            cell[1] += 1
    return {key: Score(*cell) for key, cell in found.items()}


def test_f4_attempts_come_to_what_counting_by_hand_gives(team: Cast) -> None:
    chance = Random(11)
    drawn = [
        (chance.choice(["won", "lost", "open"]), chance.choices(CODES, k=chance.randint(0, 16))) for _ in range(60)
    ]
    for status, outcomes in drawn:
        opportunity(team, status, outcomes)
    assert attempts_by_kind(paths(team.ada)) == by_hand(drawn)


def test_f4_merged_ones_go_on_and_what_was_taken_back_does_not_count(team: Cast) -> None:
    kept = opportunity(team, "won", ["no_answer", "connected"])
    opportunity(team, "lost", ["voicemail"], into=kept)
    wrong = kept.touches.order_by("at").last()
    Touch.objects.create(
        workspace=team.space,
        opportunity=kept,
        at=START,
        zone="UTC",
        channel="call",
        outcome="retracted",
        retracts=wrong,
    )
    assert attempts_by_kind(paths(team.ada)) == {(False, 1): Score(0, 1), (False, 2): Score(1, 1)}


@pytest.mark.once
def test_f4_nine_of_ten_intervals_hold_the_true_chance() -> None:
    """Markets small and large, where later attempts win less often and those after a conversation thrice as often."""
    chance, held, looked = Random(4), 0, 0
    for _ in range(40):
        first, size = chance.uniform(0.01, 0.05), chance.choice([500, 1500, 5000])
        truths, scores = {}, {}
        for spoke, number in [(False, n) for n in range(1, 13)] + [(True, n) for n in range(2, 13)]:
            truth = first * (3 if spoke else 1) * 0.9 ** (number - 1) * chance.uniform(0.6, 1.4)
            of = int((size / 5 if spoke else size) * 0.75 ** (number - 1)) + 1
            truths[spoke, number] = truth
            scores[spoke, number] = Score(sum(chance.random() < truth for _ in range(of)), of)
        for key, prior in priors(scores).items():
            shown = prior.shown(scores[key])
            held, looked = held + (shown.low <= truths[key] <= shown.high), looked + 1
    assert 0.87 <= held / looked <= 0.93, held / looked


def test_f4_nothing_yet_says_nothing(team: Cast) -> None:
    assert refresh_worth(START) == 0
    page = team.sign_in(team.ada).get("/insights/next-touch/").content.decode()
    assert "There is nothing to go by yet" in page
    assert "In money a minute, once there are attempts to go by." in page
    assert f"About {ENOUGH_WINS} more wins are needed" in page
    assert team.sign_in(team.ada).get("/insights/next-touch.json").json() == {"chances": []}


def finished(team: Cast, wins: int) -> None:
    """The second attempt wins, the first never does."""
    for _ in range(wins):
        one = opportunity(team, "won", ["no_answer", "connected"])
        Opportunity.objects.filter(pk=one.pk).update(value=Decimal(1000))
    for _ in range(wins):
        opportunity(team, "lost", ["no_answer"])


def results(team: Cast, wins: int) -> None:
    finished(team, wins)
    assert refresh_worth(START) == 1
    assert refresh_worth(START) == 0, "nothing has changed since"
    team.space.refresh_from_db()
    team.ada.workspace.refresh_from_db()


def two(team: Cast) -> tuple[Opportunity, Opportunity]:
    """A large deal never called, but written about today, and one of a tenth called once."""
    now = START + timedelta(days=30)
    large = editing.add(team.ada, {"name": "Large", "owner_id": team.ada.pk, "value": Decimal(3000)}, now)
    tried = editing.add(team.ada, {"name": "Tried", "owner_id": team.ada.pk, "value": Decimal(300)}, now)
    Touch.objects.create(
        workspace=team.space, opportunity=large, member=team.ada, at=now, zone="UTC", channel="desk", outcome="note"
    )
    log(tried.pk, team.ada, Draft("no_answer"), now)
    large.refresh_from_db()
    tried.refresh_from_db()
    return large, tried


def test_f4_with_few_wins_the_order_stays(team: Cast) -> None:
    results(team, ENOUGH_WINS - 1)
    client = team.sign_in(team.ada)
    client.post("/insights/next-touch/order/", {"by_worth": "yes"})
    team.ada.workspace.refresh_from_db()
    worth = team.ada.workspace.policy().worth
    assert worth and not worth.in_order
    assert "once there are about 1 more wins" in client.get("/insights/next-touch/").content.decode()


def test_f4_the_queue_follows_what_touches_are_worth_where_it_is_wanted(team: Cast) -> None:
    results(team, ENOUGH_WINS)
    large, tried = two(team)
    client, now = team.sign_in(team.ada), START + timedelta(days=30)
    steps = {row.pk: row.next_kind for row in (large, tried)}
    client.post("/insights/next-touch/order/", {"by_worth": "yes"})
    assert go_on_deciding(now) >= 0
    large.refresh_from_db()
    tried.refresh_from_db()
    assert tried.next_rank < large.next_rank, "300 at a good chance are worth more than 3,000 at hardly any"
    assert {row.pk: row.next_kind for row in (large, tried)} == steps, "the order changes, the steps don't"
    team.ada.workspace.refresh_from_db()
    policy = team.ada.workspace.policy()
    assert policy.worth and policy.worth.in_order
    assert [one.opportunity.name for one in worth_of_open(team.ada, policy, policy.worth)][:2] == ["Tried", "Large"]
    assert Opportunity.objects.filter(pk__in=steps, status="open").count() == 2, "nothing is closed by it"
    client.post("/insights/next-touch/order/", {"by_worth": "no"})
    go_on_deciding(now)
    large.refresh_from_db()
    tried.refresh_from_db()
    assert large.next_rank < tried.next_rank, "both are warm, so the larger leads again"


def test_f4_the_card_says_what_it_is_worth_and_that_it_is_the_order(team: Cast) -> None:
    results(team, ENOUGH_WINS)
    _, tried = two(team)
    client = team.sign_in(team.ada)
    page = client.get(f"/opportunities/{tried.pk}/").content.decode()
    assert "The next touch is worth about" in page and "a new lead’s first call about" in page
    assert "Its place in your queue" not in page
    client.post("/insights/next-touch/order/", {"by_worth": "yes"})
    assert "Its place in your queue follows" in client.get(f"/opportunities/{tried.pk}/").content.decode()


def test_f4_it_is_told_soon_for_the_first_time_and_by_the_hour_then(team: Cast) -> None:
    assert first_worth(START) == 0, "nothing to go by"
    finished(team, 3)
    assert first_worth(START) == 1
    finished(team, 3)
    assert first_worth(START) == 0
    assert refresh_worth(START) == 1


def test_f4_the_files_hold_the_chances(team: Cast) -> None:
    results(team, ENOUGH_WINS)
    client = team.sign_in(team.ben)
    assert (
        "In money a minute, from the workspace’s own attempts." in client.get("/insights/next-touch/").content.decode()
    )
    rows = client.get("/insights/next-touch.json").json()["chances"]
    seen = [(row["reached"], row["attempt"], row["of"]) for row in rows if row["of"]]
    assert seen == [(False, 1, 60), (False, 2, 30)] and len(rows) == 2 * MOST - 1
    assert all(0 <= row["low"] <= row["rate"] <= row["high"] <= 1 for row in rows)
    table = csv.DictReader(io.StringIO(client.get("/insights/next-touch.csv").content.decode()))
    assert [float(row["rate"]) for row in table] == [row["rate"] for row in rows]
    assert client.get("/insights/next-touch.pdf").status_code == 404


def test_f4_a_member_may_not_change_everybodys_order(team: Cast) -> None:
    client = team.sign_in(team.ben)
    assert client.post("/insights/next-touch/order/", {"by_worth": "yes"}).status_code == 403
    assert "Order by what touches are worth" not in client.get("/insights/next-touch/").content.decode()
    team.space.refresh_from_db()
    assert not team.space.order_by_worth


def test_f4_it_is_one_of_the_open_where_a_new_lead_is_worth_more(team: Cast) -> None:
    results(team, 3 * ENOUGH_WINS)
    now = START + timedelta(days=30)
    with transaction.atomic():
        small = editing.add(team.ada, {"name": "Small", "owner_id": team.ada.pk, "value": Decimal("0.01")}, now)
    page = team.sign_in(team.ada).get("/insights/next-touch/").content.decode()
    assert small.name in page.split("Worth the most a minute")[0]
    text = json.loads(team.ada.workspace.touch_worth)
    assert text["typical"] == "1000.00" and text["wins"] == 3 * ENOUGH_WINS
