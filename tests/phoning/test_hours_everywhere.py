"""The law's hours wherever they are: every zone there is, at instants drawn at random, and to the second."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest

from fifthcall.people.models import Person
from fifthcall.phoning.may_phone import at_this_hour, too_often
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel
from fifthcall.touches.log import record
from tests.cast import Cast
from tests.phoning.lines import prospect

pytestmark = pytest.mark.django_db
#: An Australian mobile: it doesn't tell where in Australia it is, and no entry of the table is stricter there.
ANYWHERE = "+61412345678"


def legal(at: datetime, zone: str) -> bool:
    """Monday to Saturday from eight to twenty, told by the zone's own clock."""
    local = at.astimezone(ZoneInfo(zone))
    return local.weekday() < 6 and 8 <= local.hour < 20


def test_b4_in_no_zone_is_anybody_called_or_texted_outside_the_hours(team: Cast) -> None:
    row = prospect(team.ada, number=ANYWHERE)
    chance, allowed, refused = Random(6), 0, 0
    zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    for zone in zones:
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
    """At instants drawn at random, over clock changes too: held by counting all pairs, not as the product does."""
    row = prospect(team.ada, number=ANYWHERE)
    assert row.person
    chance, made, refused = Random(24), 0, 0
    for zone in ("Pacific/Kiritimati", "Pacific/Niue", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"):
        Person.objects.filter(pk=row.person_id or 0).update(zone=zone, zones="")
        for day in (date(2027, 3, 12), date(2027, 3, 26), date(2027, 10, 29), date(2027, 11, 5)):
            person = Person.objects.create(workspace=team.space, name=f"{zone} {day}", key=f"{zone}{day}", zone=zone)
            Opportunity.objects.filter(pk=row.pk).update(person=person)
            row = Opportunity.objects.select_related("workspace", "owner", "person", "organization").get(pk=row.pk)
            at, went = datetime.combine(day, time(), UTC), list[datetime]()
            for _ in range(30):
                at += timedelta(seconds=chance.choice((60, 3_600, 20_000, 86_400)) * chance.random())
                no = too_often(row, ANYWHERE, at)
                lately = sum(at - one < timedelta(hours=24) for one in went)
                assert (no is None) == (lately < 3), (zone, at)
                if no is None:
                    record(row.pk, chance.choice(("sent", "no_answer")), at, at, Channel.CALL)
                    went.append(at)
                else:
                    assert no.until == went[-3] + timedelta(hours=24), "not later than need be"
                made, refused = made + (no is None), refused + (no is not None)
            assert all(fourth - first >= timedelta(hours=24) for first, fourth in zip(went, went[3:], strict=False))
    assert made > 100 and refused > 100


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
