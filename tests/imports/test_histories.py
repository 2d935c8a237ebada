"""Finished histories that come as counts: to the row, once, taken back, and answered by the own-curve page."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fifthcall import clock
from fifthcall.imports import planning, undoing
from fifthcall.imports.models import PastHistories, Reject
from fifthcall.insights.brought import brought
from fifthcall.insights.own_curve import curve
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership
from tests.cast import Cast
from tests.imports.real import NOW, counts, imported, made, office, started

pytestmark = pytest.mark.django_db

CAMPAIGN = Path(__file__).parents[3] / "shared" / "data" / "phone-campaign" / "phone_campaign.csv"
needs_campaign = pytest.mark.skipif(not CAMPAIGN.exists(), reason=f"the campaign is not in {CAMPAIGN}")
HEAD = "contacts,outcome,how many,channel\n"


@pytest.fixture
def owner() -> Membership:
    return office()


@pytest.fixture(autouse=True)
def _at_now() -> Iterator[None]:
    with clock.at(NOW):
        yield


def kept() -> Counter[tuple[int, bool, str]]:
    rows = PastHistories.objects.values_list("attempts", "won", "channel", "count")
    return Counter({(attempts, won, channel): count for attempts, won, channel, count in rows})


@needs_campaign
def test_the_phone_campaign_comes_in_whole_and_the_curve_answers_it(owner: Membership) -> None:
    batch = imported(owner, [("phone_campaign.csv", CAMPAIGN)])
    assert counts(batch) == {"created": 41_188}
    assert Opportunity.objects.count() == 0
    points = curve(brought(owner.workspace_id))
    assert points[0].score.of == 41_188
    assert sum(point.score.good for point in points) == 4_640
    assert [point.score.good for point in points[:5]] == [2_300, 1_211, 574, 249, 120]
    with CAMPAIGN.open(newline="") as file:
        by_hand = Counter((int(r["campaign"]), r["output"] == "yes", r["contact"]) for r in csv.DictReader(file))
    assert kept() == by_hand


@needs_campaign
def test_the_page_and_its_files_answer_the_phone_campaign(team: Cast) -> None:
    imported(team.ada, [("phone_campaign.csv", CAMPAIGN)])
    client = team.sign_in(team.ada)
    page = client.get("/insights/").content.decode()
    assert "41188 finished histories from phone_campaign.csv" in page
    assert "The sixth attempt was made" in page
    table = list(csv.DictReader(io.StringIO(client.get("/insights/numbers.csv").content.decode())))
    assert [int(row["won_here"]) for row in table[:5]] == [2_300, 1_211, 574, 249, 120]
    assert sum(int(row["won_here"]) for row in table) == 4_640
    assert client.get("/insights/numbers.json?brought=no").json() == {"attempts": []}
    assert "2300 more came as counts" in client.get("/insights/won/?attempt=1").content.decode()


def test_each_bad_row_says_what_is_wrong_and_the_rest_counts(owner: Membership, tmp_path: Path) -> None:
    rows = [
        "1,won,3,phone",
        "0,won,1,phone",
        "2,maybe,1,phone",
        "2.5,lost,1,phone",
        "2000,lost,1,x",
        "4,no,-2,x",
        "4,,1,x",
    ]
    batch = imported(owner, made(tmp_path, HEAD + "\n".join(rows) + "\n"))
    assert counts(batch) == {"created": 1, "failed": 6}
    assert kept() == {(1, True, "phone"): 3}
    reasons = {reject.line: reject.reason for reject in Reject.objects.all()}
    assert "from 1 on" in reasons[3] and "won or lost" in reasons[4]
    assert reasons[5].startswith("2.5 is no number") and reasons[6].startswith("2000 is no number")
    assert reasons[7].startswith("-2 is no number") and "won or lost" in reasons[8]


def test_the_same_file_again_counts_once_until_it_is_taken_back(owner: Membership, tmp_path: Path) -> None:
    files = made(tmp_path, HEAD + "1,yes,3,phone\n2,no,4,phone\n")
    first = imported(owner, files)
    again = imported(owner, files)
    assert counts(again) == {"unchanged": 2}
    assert kept() == {(1, True, "phone"): 3, (2, False, "phone"): 4}
    undoing.undo(first, owner, NOW)
    assert not kept()
    imported(owner, files)
    assert kept().total() == 7


def test_a_dry_run_counts_and_keeps_nothing(owner: Membership, tmp_path: Path) -> None:
    plan = planning.check(started(owner, made(tmp_path, HEAD + "1,yes,3,phone\n")))
    assert plan.counts["created"] == 1
    assert plan.rows[0].name == "Won after 1"
    assert not kept()


def test_another_workspace_does_not_count_them(team: Cast, tmp_path: Path) -> None:
    imported(team.ada, made(tmp_path, HEAD + "1,yes,3,phone\n"))
    assert brought(office().workspace_id) == []
    assert len(team.sign_in(team.ben).get("/insights/numbers.json").json()["attempts"]) == 1
