"""The law's hours wherever they are: every zone there is, at instants drawn at random, and to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo, available_timezones

import pytest

from fifthcall.people.models import Person
from fifthcall.phoning.may_phone import at_this_hour
from fifthcall.pipeline.models import Opportunity
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
