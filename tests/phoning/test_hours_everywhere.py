"""The law's hours wherever they are: every zone there is, at instants drawn at random, and to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest

from fifthcall.people.models import Person
from fifthcall.phoning.may_phone import at_this_hour, too_often
from fifthcall.pipeline.models import Opportunity
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.phoning.lines import prospect

pytestmark = pytest.mark.django_db
#: An Australian mobile: it doesn't tell where in Australia it is, and no entry of the table is stricter there.
ANYWHERE = "+61412345678"
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


def legal(at: datetime, zone: str) -> bool:
    """Monday to Saturday from eight to twenty, told by the zone's own clock."""
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() < 6 and 8 <= local.hour < 20


def test_b4_in_no_zone_is_anybody_called_or_texted_outside_the_hours(team: Cast) -> None:
    row = prospect(team.ada, number=ANYWHERE)
    chance, allowed, refused = Random(6), 0, 0
    for zone in ZONES:
        Person.objects.filter(pk=row.person_id or 0).update(zone=zone, zones="")
        row = Opportunity.objects.select_related("workspace", "owner", "person", "organization").get(pk=row.pk)
        for _ in range(3):
            at = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 365 * 86_400))
            no = at_this_hour(row, at)
            assert (no is None) == legal(at, zone), (zone, at)
            allowed, refused = allowed + (no is None), refused + (no is not None)
            if no:
                assert no.until and no.until > at
                assert legal(no.until, zone), (zone, at, no.until)
                assert not legal(no.until - timedelta(seconds=1), zone), "not later than need be"
    assert allowed > 300 and refused > 300


def test_b4_never_a_fourth_in_any_24_hours_in_any_zone(team: Cast) -> None:
    """Around every zone's changes of clocks, at instants drawn at random; held by counting all pairs."""
    row, another = prospect(team.ada, number=ANYWHERE), prospect(team.ben, number="+61412345679")
    chance, made, refused = Random(24), 0, 0
    for zone in ZONES:
        person = Person.objects.create(workspace=team.space, name=zone, key=zone.lower(), zone=zone)
        Opportunity.objects.filter(pk=row.pk).update(person=person)
        row = Opportunity.objects.select_related("workspace", "owner", "person", "organization").get(pk=row.pk)
        at, went = chance.choice(change_of_clocks(zone)) - timedelta(hours=12 * chance.random()), list[datetime]()
        for _ in range(9):
            at += timedelta(seconds=chance.choice((60, 3_600, 20_000, 86_400)) * chance.random())
            no = too_often(row, ANYWHERE, at)
            assert (no is None) == (sum(at - one < timedelta(hours=24) for one in went) < 3), (zone, at)
            if no is None:
                channel, outcome = chance.choice((("text", "sent"), ("call", "no_answer")))
                Touch.objects.create(
                    workspace=team.space, opportunity=another, person=person, member=team.ada, at=at, zone="UTC",
                    channel=channel, outcome=outcome,
                )  # fmt: skip
                went.append(at)
            else:
                assert no.until == went[-3] + timedelta(hours=24), "not later than need be"
            made, refused = made + (no is None), refused + (no is not None)
        assert all(fourth - first >= timedelta(hours=24) for first, fourth in zip(went, went[3:], strict=False))
    assert made > 1000 and refused > 1000


def change_of_clocks(zone: str) -> list[datetime]:
    """When the clocks change there in 2027, to the day; the middle of the year where they don't."""
    days = [datetime(2027, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(364)]
    offsets = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    found = [day for day, old, new in zip(days, offsets, offsets[1:], strict=False) if old != new]
    return found or [datetime(2027, 7, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("at", "open_"),
    [
        ("2027-03-13T12:59:59+00:00", False),  # Saturday, 07:59:59 in New York, before the clocks change
        ("2027-03-13T13:00:00+00:00", True),
        ("2027-03-15T11:59:59+00:00", False),  # Monday after it: an hour earlier
        ("2027-03-15T12:00:00+00:00", True),
        ("2027-03-15T23:59:59+00:00", True),
        ("2027-03-16T00:00:00+00:00", False),  # 20:00
        ("2027-11-08T12:59:59+00:00", False),
        ("2027-11-08T13:00:00+00:00", True),
    ],
)
def test_b4_new_york_to_the_second(team: Cast, at: str, open_: bool) -> None:
    row = prospect(team.ada, number="+12125550123")
    row = Opportunity.objects.select_related("workspace", "owner", "person", "organization").get(pk=row.pk)
    assert (at_this_hour(row, datetime.fromisoformat(at)) is None) == open_
