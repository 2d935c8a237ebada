"""When calls reach people, against a count by hand; a move is proposed only where the calls leave no doubt (B3)."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from fifthcall import clock
from fifthcall.calendars.models import Block
from fifthcall.insights import reaching
from fifthcall.people.models import Person
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score, difference
from tests.cast import Cast

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def row_in(member: Membership, zone: str) -> Opportunity:
    person = Person.objects.create(workspace=member.workspace, name=zone, key=zone.lower(), zone=zone)
    row = editing.add(member, {"name": zone, "owner_id": member.pk}, NOW)
    Opportunity.objects.filter(pk=row.pk).update(person=person)
    row.refresh_from_db()
    return row


def call(row: Opportunity, member: Membership, at: datetime, outcome: str, channel: str = "call") -> Touch:
    return Touch(
        workspace_id=row.workspace_id,
        opportunity=row,
        person=row.person,
        member=member,
        at=at,
        zone=member.zone,
        prospect_zone=row.prospect_zone,
        channel=channel,
        outcome=outcome,
    )


def test_b3_hours_are_counted_on_the_prospects_clock(team: Cast) -> None:
    """Zones with odd offsets and a change of clocks among them, against a loop over all calls."""
    zones = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Chatham", "Australia/Lord_Howe", ""]
    rows = [row_in(team.ada, zone) for zone in zones]
    chance, touches = random.Random(2), []
    of: Counter[tuple[int, int]] = Counter()
    good: Counter[tuple[int, int]] = Counter()
    for _ in range(600):
        row = chance.choice(rows)
        at = NOW - timedelta(minutes=chance.randint(1, 300 * 24 * 60))
        outcome = chance.choice(["connected", "no_answer", "voicemail", "busy", "not_now", "wrong_number", "note"])
        touches.append(call(row, team.ada, at, outcome))
        assert row.person
        if outcome in ("wrong_number", "note"):
            continue
        local = at.astimezone(ZoneInfo(row.person.zone or "Europe/Berlin"))
        of[local.weekday(), local.hour] += 1
        good[local.weekday(), local.hour] += outcome in ("connected", "not_now")
    touches += [call(rows[0], team.ada, NOW - timedelta(days=400), "connected")]
    touches += [call(rows[0], team.ada, NOW - timedelta(days=4), "sent", "text")]
    Touch.objects.bulk_create(touches)
    assert reaching.by_hour(team.ada, NOW) == {place: Score(good[place], count) for place, count in of.items()}
    place, count = of.most_common(1)[0]
    assert len(reaching.calls_at(team.ada, *place, NOW)) == count
    assert reaching.by_hour(team.ben, NOW) == {}


def test_b3_a_block_counts_what_was_called_in_it_wherever_it_stood(team: Cast) -> None:
    row = row_in(team.ada, "Europe/Berlin")
    early = Block.objects.get(member=team.ada, start=time(8))
    berlin, day = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 18)  # noqa: DTZ001  # a Wednesday
    times = [(time(7, 59), "connected"), (time(8), "connected"), (time(9, 29), "no_answer"), (time(9, 30), "busy")]
    Touch.objects.bulk_create(
        [call(row, team.ada, datetime.combine(day, at, berlin), outcome) for at, outcome in times]
    )
    assert reaching.by_block(team.ada, NOW)[early.pk] == Score(1, 2)


def many_calls(team: Cast, row: Opportunity, hour: int, of: int, good: int) -> None:
    """Calls at ten past the hour on working days, the good ones spread among them."""
    berlin, touches = ZoneInfo("Europe/Berlin"), []
    for number in range(of):
        day = datetime(2026, 11, 20) - timedelta(weeks=number // 5, days=number % 5)  # noqa: DTZ001  # a Friday
        at = datetime.combine(day, time(hour, 10), berlin)
        touches.append(
            call(row, team.ada, at, "connected" if number * good // of != (number + 1) * good // of else "no_answer")
        )
    Touch.objects.bulk_create(touches)


def test_b3_a_clear_difference_is_proposed_and_taken_with_one_click(
    team: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    row = row_in(team.ada, "Europe/Berlin")
    many_calls(team, row, 8, 120, 8)
    many_calls(team, row, 11, 120, 50)
    (found,) = reaching.proposals(team.ada, NOW)
    assert found.start in (time(10), time(11)) and (found.now, found.there) == (Score(8, 120), Score(50, 120))
    assert "42 % (35–49 %) of 120" in found.words
    ada = team.sign_in(team.ada)
    assert "Move the block there" in ada.get("/calendar/").content.decode()
    assert team.sign_in(team.ben).post(f"/calendar/blocks/{found.block.pk}/proposal/accept/").status_code == 404
    ada.post(f"/calendar/blocks/{found.block.pk}/proposal/accept/")
    moved = Block.objects.get(pk=found.block.pk)
    assert (moved.start, moved.pk) == (found.start, found.block.pk)
    assert moved.plan, "where it stood before is kept"


def test_b3_a_proposal_turned_down_rests(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    row = row_in(team.ada, "Europe/Berlin")
    many_calls(team, row, 8, 120, 8)
    many_calls(team, row, 11, 120, 50)
    (found,) = reaching.proposals(team.ada, NOW)
    team.sign_in(team.ada).post(f"/calendar/blocks/{found.block.pk}/proposal/no/")
    assert reaching.proposals(team.ada, NOW) == []
    assert reaching.proposals(team.ada, NOW + timedelta(days=61))


@pytest.mark.parametrize(
    ("here", "there"), [((8, 120), (12, 120)), ((0, 10), (10, 10)), ((50, 120), (8, 120)), ((1, 59), (50, 120))]
)
def test_b3_nothing_is_proposed_on_doubt(team: Cast, here: tuple[int, int], there: tuple[int, int]) -> None:
    row = row_in(team.ada, "Europe/Berlin")
    many_calls(team, row, 8, here[1], here[0])
    many_calls(team, row, 11, there[1], there[0])
    assert reaching.proposals(team.ada, NOW) == []


def test_b3_chance_alone_rarely_proposes(team: Cast) -> None:
    """All hours alike: of 40 reps, hardly one is told to move."""
    chance, told = random.Random(4), 0
    block = Block.objects.get(member=team.ada, start=time(8))
    for _ in range(40):
        calls = []
        for number in range(900):
            day = datetime(2026, 11, 20) - timedelta(weeks=number // 60)  # noqa: DTZ001
            calls.append((datetime.combine(day, time(7 + number % 13, 15)), chance.random() < 0.2))
        score = reaching._by_block(team.ada, calls)[block.pk]
        tried = reaching._elsewhere(block, calls)
        told += any(
            other.of >= reaching.ENOUGH and difference(score, other, len(tried)).low > 0 for _, _, other in tried
        )
    assert told <= 3


def test_b3_the_page_shows_the_hours_and_the_calls_behind(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    ada = team.sign_in(team.ada)
    assert "No call is logged yet" in ada.get("/insights/").content.decode()
    row = row_in(team.ada, "Europe/Berlin")
    many_calls(team, row, 8, 1, 1)
    one = ada.get("/insights/").content.decode()
    assert "more calls at one hour would tell" in one
    many_calls(team, row, 11, 60, 20)
    assert "weekday=4&amp;hour=8" in ada.get("/insights/").content.decode()
    behind = ada.get("/insights/hours/", {"weekday": 4, "hour": 8}).content.decode()
    assert "Connected" in behind
    assert ada.get("/insights/hours/", {"weekday": 9, "hour": 8}).status_code == 404
    figures = ada.get("/insights/hours.json").json()["hours"]
    assert sum(cell["calls"] for cell in figures) == 61
    many_calls(team, row, 20, 1, 0)
    shown = re.findall(r'<th scope="col" class="num">(\d+)</th>', ada.get("/insights/").content.decode())
    assert [int(hour) for hour in shown if int(hour) > 7] == list(range(8, 21)), "as on a clock, without a gap"
    assert ada.get("/insights/hours.csv").content.decode().startswith("weekday,hour,calls")
    assert ada.get("/insights/hours.xml").status_code == 404
