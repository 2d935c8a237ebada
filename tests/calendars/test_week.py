"""The week on screen: how full a block is, what slipped out of it, and moving it from there."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from fifthcall import clock
from fifthcall.calendars.models import Block
from fifthcall.journal.models import Event
from fifthcall.pipeline import editing
from fifthcall.pipeline.slipping import flow_on
from fifthcall.pipeline.week import week_of
from fifthcall.rules.windows import wall
from tests.cast import Cast

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)  # 07:00 in Berlin
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def early(team: Cast) -> Block:
    return Block.objects.get(member=team.ada, start=time(8))


def fields(block: Block, **said: object) -> dict[str, object]:
    given = {"on": "2026-11-24", "day": "2026-11-24", "start": "08:00", "end": "09:30", "weekdays": list("01234")}
    return {f"block{block.pk}-{name}": value for name, value in (given | said).items()}


def test_blocks_fill_from_the_queue_and_what_is_left_slips_on_and_is_counted(team: Cast) -> None:
    team.space.touches_an_hour = 4
    team.space.save()
    for n in range(9):
        editing.add(team.ada, {"name": f"Roof {n}", "organization": "Alder", "owner_id": team.ada.pk}, NOW)
    team.ada.refresh_from_db()
    first = week_of(team.ada, MONDAY)[0].blocks
    assert [(one.planned, one.room) for one in first] == [(6, 6), (3, 6)]
    after = NOW + timedelta(hours=2, minutes=31)  # 09:31, the early block is over
    assert flow_on(after) == 6
    monday, *later = week_of(team.ada, MONDAY)
    assert [(one.planned, one.slipped) for one in monday.blocks] == [(0, 6), (6, 0)]
    assert sum(one.planned for day in later for one in day.blocks) == 3
    assert flow_on(after) == 0
    assert Event.objects.filter(verb="slipped").count() == 1


def test_the_page_shows_a_block_of_each_weekday(team: Cast) -> None:
    page = team.sign_in(team.ada).get(reverse("calendar"))
    days = page.context["days"]
    assert [len(day["blocks"]) for day in days] == [2, 2, 2, 2, 2, 0, 0]
    assert days[0]["today"] and not days[1]["today"]
    odd = team.sign_in(team.ada).get(reverse("calendar"), {"week": "9999-99-99"})
    assert odd.status_code == 200 and odd.context["monday"] == "2026-11-23"


def test_b2_one_is_moved_from_the_page(team: Cast) -> None:
    block = early(team)
    client = team.sign_in(team.ada)
    said = fields(block, day="2026-11-28", start="11:00", end="12:30") | {"which": "one"}
    answer = client.post(reverse("occurrence_move", args=[block.pk]), said)
    assert answer.status_code == 302 and "week=2026-11-23" in answer["Location"]
    [moved] = week_of(team.ada, MONDAY)[5].blocks
    assert moved.moved and moved.on == date(2026, 11, 24) and moved.block == block
    assert wall(moved.window.starts_at, team.ada.zone) == datetime(2026, 11, 28, 11)  # noqa: DTZ001
    # It can be moved again, and its name stays the day it comes from.
    back = fields(block) | {"which": "one"}
    assert client.post(reverse("occurrence_move", args=[block.pk]), back).status_code == 302
    assert [len(day.blocks) for day in week_of(team.ada, MONDAY)] == [2, 2, 2, 2, 2, 0, 0]


def test_b2_this_and_all_that_follow_every_second_week(team: Cast) -> None:
    block = early(team)
    said = fields(block, start="07:00", end="08:00", weekdays=["1"], every="Every second week") | {"which": "following"}
    assert team.sign_in(team.ada).post(reverse("occurrence_move", args=[block.pk]), said).status_code == 302
    block.refresh_from_db()
    assert block.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
    tuesdays = [week_of(team.ada, MONDAY + timedelta(weeks=n))[1].blocks for n in range(4)]
    assert [len(found) for found in tuesdays] == [2, 1, 2, 1]
    assert len(week_of(team.ada, MONDAY)[0].blocks) == 2  # before, as it was


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"start": "17:00", "end": "17:30", "which": "one"}, "overlap"),
        ({"start": "09:00", "end": "08:00", "which": "one"}, "ends after"),
        ({"weekdays": [], "which": "following"}, "moved, not removed"),
        ({"every": "FREQ=SECONDLY", "which": "following"}, "too often"),
        ({"every": "whenever", "which": "following"}, "no part of a rule"),
        ({"day": "soon", "which": "one"}, "Enter a valid date"),
        ({"on": "", "which": "one"}, ""),
    ],
)
def test_a_move_that_makes_no_sense_says_why(team: Cast, said: dict[str, object], words: str) -> None:
    block = early(team)
    which = said.pop("which")
    answer = team.sign_in(team.ada).post(
        reverse("occurrence_move", args=[block.pk]), fields(block, **said) | {"which": which, "week": "2026-11-23"}
    )
    assert answer.status_code == 422 and words in answer.content.decode()
    assert Block.objects.get(pk=block.pk).plan == ""


def test_an_absence_pauses_and_a_return_ends_it(team: Cast) -> None:
    client = team.sign_in(team.ada)
    said = {"first": "2026-11-23", "last": "2026-11-27", "reason": "Holiday"}
    assert client.post(reverse("absence"), said).status_code == 302
    page = client.get(reverse("calendar"))
    assert {one["away"] for day in page.context["days"] for one in day["blocks"]} == {"Holiday"}
    assert page.context["absences"][0]["why"] == "Holiday"
    wrong = client.post(reverse("absence"), said | {"last": "2026-11-20"})
    assert wrong.status_code == 422 and "before the first" in wrong.content.decode()
    assert client.post(reverse("absence"), {"_method": "DELETE"}).status_code == 302
    assert {one["away"] for day in client.get(reverse("calendar")).context["days"] for one in day["blocks"]} == {""}


def test_somebody_elses_block_is_not_there(team: Cast) -> None:
    block = early(team)
    answer = team.sign_in(team.ben).post(reverse("occurrence_move", args=[block.pk]), fields(block))
    assert answer.status_code == 404
