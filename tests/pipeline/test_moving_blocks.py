"""B2: one occurrence or all that follow move, or pause; the block stays the same one, and the plan follows it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from fifthcall.calendars.models import Block
from fifthcall.journal.models import Event
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.moving_blocks import CannotMove, Shape, move_following, move_one, pause, resume
from fifthcall.pipeline.next_step import blocks_of
from fifthcall.rules.windows import held, wall
from fifthcall.teams.models import Membership
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)  # a Monday, 07:00 in Berlin
MONDAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def standing(member: Membership, day: date) -> list[str]:
    windows = [w for shape in blocks_of(member.pk, member.zone) for w in held(shape, day)]
    return sorted(f"{wall(w.starts_at, w.zone):%H:%M}-{wall(w.until, w.zone):%H:%M}" for w in windows)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def early(team: Cast) -> Block:
    return Block.objects.get(member=team.ada, start=time(8))


def test_b2_one_occurrence_moves_and_the_others_stay(team: Cast, early: Block) -> None:
    tuesday = MONDAY + timedelta(days=1)
    move_one(early.pk, team.ada, tuesday, at("2026-11-25T10:00"), at("2026-11-25T11:30"), NOW)
    assert standing(team.ada, MONDAY) == ["08:00-09:30", "16:30-18:00"]
    assert standing(team.ada, tuesday) == ["16:30-18:00"]
    assert standing(team.ada, tuesday + timedelta(days=1)) == ["08:00-09:30", "10:00-11:30", "16:30-18:00"]
    move_one(early.pk, team.ada, tuesday, at("2026-11-24T07:30"), at("2026-11-24T09:00"), NOW)
    assert standing(team.ada, tuesday) == ["07:30-09:00", "16:30-18:00"]
    moves = Event.objects.filter(subject="block", subject_id=early.pk, verb="block_moved")
    assert [move.data["was"][0] for move in moves.order_by("id")] == ["2026-11-24T08:00", "2026-11-25T10:00"]


def test_b2_this_and_all_following_move_and_what_was_stays(team: Cast, early: Block) -> None:
    thursday = MONDAY + timedelta(days=3)
    move_following(early.pk, team.ada, thursday, Shape("0123", time(7), time(8)), NOW)
    assert standing(team.ada, MONDAY + timedelta(days=2)) == ["08:00-09:30", "16:30-18:00"]
    assert standing(team.ada, thursday) == ["07:00-08:00", "16:30-18:00"]
    assert standing(team.ada, thursday + timedelta(days=1)) == ["16:30-18:00"]
    assert Block.objects.get(pk=early.pk).created_at == early.created_at


def test_a_block_every_second_week(team: Cast, early: Block) -> None:
    move_following(early.pk, team.ada, MONDAY, Shape("0", time(8), time(9), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"), NOW)
    found = [standing(team.ada, MONDAY + timedelta(weeks=n)) for n in range(4)]
    assert [len(one) for one in found] == [2, 1, 2, 1]


def test_the_plan_follows_a_move(team: Cast, early: Block) -> None:
    row = editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)
    due = row.next_due_at
    assert due
    day = wall(due, team.ada.zone).date()
    moved = datetime.combine(day, time(13))
    block = Block.objects.get(member=team.ada, start=wall(due, team.ada.zone).time())
    other = Block.objects.filter(member=team.ada).exclude(pk=block.pk).get()
    pause(team.ada, day, day, "Dentist", NOW, other.pk)
    move_one(block.pk, team.ada, day, moved, moved + timedelta(hours=1), NOW)
    row.refresh_from_db()
    assert row.next_due_at is not None and wall(row.next_due_at, team.ada.zone) == moved


def test_b2_an_absence_has_a_reason_and_an_end_and_blocks_come_back(team: Cast) -> None:
    friday = MONDAY + timedelta(days=4)
    assert pause(team.ada, MONDAY, friday, "Holiday", NOW) == 2
    assert standing(team.ada, MONDAY) == standing(team.ada, friday) == []
    assert standing(team.ada, MONDAY + timedelta(days=7)) == ["08:00-09:30", "16:30-18:00"]
    row = editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)
    assert row.next_due_at is not None and wall(row.next_due_at, team.ada.zone).date() >= MONDAY + timedelta(days=7)
    assert resume(team.ada, NOW + timedelta(days=1)) == 2
    assert standing(team.ada, MONDAY) == []
    assert standing(team.ada, MONDAY + timedelta(days=1)) == ["08:00-09:30", "16:30-18:00"]
    row.refresh_from_db()
    assert row.next_due_at is not None and wall(row.next_due_at, team.ada.zone).date() < MONDAY + timedelta(days=5)


def test_what_makes_no_sense_is_refused_and_changes_nothing(team: Cast, early: Block) -> None:
    before = Block.objects.filter(pk=early.pk).values().get()
    for wanted, words in (
        (
            lambda: move_one(early.pk, team.ada, MONDAY, at("2026-11-23T09:00"), at("2026-11-23T09:00"), NOW),
            "ends after",
        ),
        (lambda: move_one(early.pk, team.ada, MONDAY, at("2026-11-22T09:00"), at("2026-11-22T10:00"), NOW), "passed"),
        (lambda: move_one(early.pk, team.ada, MONDAY, at("2026-11-23T17:00"), at("2026-11-23T19:00"), NOW), "overlap"),
        (
            lambda: move_one(
                early.pk, team.ada, date(2026, 11, 28), at("2026-11-30T11:00"), at("2026-11-30T12:00"), NOW
            ),
            "doesn't stand",
        ),
        (lambda: move_following(early.pk, team.ada, MONDAY, Shape("", time(8), time(9)), NOW), "not removed"),
        (
            lambda: move_following(
                early.pk, team.ada, MONDAY, Shape("0", time(8), time(9), "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"), NOW
            ),
            "too often",
        ),
        (lambda: pause(team.ada, MONDAY, MONDAY, " ", NOW), "why"),
    ):
        with pytest.raises(CannotMove, match=words):
            wanted()
    with pytest.raises(Block.DoesNotExist):
        move_following(early.pk, team.ben, MONDAY, Shape("0", time(8), time(9)), NOW)
    assert Block.objects.filter(pk=early.pk).values().get() == before


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Chatham"])
def test_blocks_keep_their_wall_time_all_year(team: Cast, early: Block, zone: str) -> None:
    Membership.objects.filter(pk=team.ada.pk).update(zone=zone)
    team.ada.refresh_from_db()
    days = [date(2027, 1, 4) + timedelta(weeks=n) for n in range(52)]
    assert {tuple(standing(team.ada, day)) for day in days} == {("08:00-09:30", "16:30-18:00")}


def test_opportunities_are_never_left_without_a_step_by_a_pause(team: Cast) -> None:
    editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)
    pause(team.ada, MONDAY, MONDAY + timedelta(days=100), "Parental leave", NOW)
    assert Opportunity.objects.filter(next_due_at__isnull=True).count() == 0
