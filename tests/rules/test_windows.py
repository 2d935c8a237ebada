from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fifthcall.rules.case import Block, Hours
from fifthcall.rules.windows import Limit, instant, offset_days, openings, opens, wall

#: Zone, wanted wall time, its instant (RFC 5545 §3.3.5: a gap takes the offset before it, a repeat its first).
TABLE = [
    ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:30"),
    ("America/New_York", "2027-11-07T01:30", "2027-11-07T05:30"),
    ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:30"),
    ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30"),
    ("Europe/London", "2027-03-28T01:30", "2027-03-28T01:30"),
    ("Europe/London", "2027-10-31T01:30", "2027-10-31T00:30"),
    ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:45"),
    ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45"),
    ("Africa/Cairo", "2027-04-30T00:15", "2027-04-29T22:15"),
    ("Africa/Cairo", "2027-10-28T23:30", "2027-10-28T20:30"),
    ("America/Santiago", "2027-09-05T00:30", "2027-09-05T04:30"),
    ("America/Santiago", "2027-04-03T23:30", "2027-04-04T02:30"),
    ("Pacific/Chatham", "2027-09-26T02:50", "2027-09-25T14:05"),
    ("Pacific/Chatham", "2027-04-04T02:50", "2027-04-03T13:05"),
    ("Antarctica/Troll", "2027-03-28T01:30", "2027-03-28T01:30"),
    ("Africa/Casablanca", "2027-02-07T02:30", "2027-02-07T01:30"),
    ("Africa/Casablanca", "2027-03-14T02:30", "2027-03-14T02:30"),
    ("America/Phoenix", "2027-03-14T02:30", "2027-03-14T09:30"),
    ("Asia/Kathmandu", "2027-06-01T09:00", "2027-06-01T03:15"),
    ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00"),
]
ZONES = sorted(
    zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix", "right"))
)
WEEK = frozenset(range(5))


@pytest.mark.parametrize(("zone", "wanted", "expected"), TABLE)
def test_wall_times_become_instants(zone: str, wanted: str, expected: str) -> None:
    assert instant(datetime.fromisoformat(wanted), zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_three_days_keep_the_wall_time_and_72_hours_the_duration() -> None:
    start = instant(datetime(2027, 3, 12, 9), "America/New_York")  # noqa: DTZ001
    assert offset_days(start, 3, "America/New_York") == datetime(2027, 3, 15, 13, tzinfo=UTC)
    assert start + timedelta(hours=72) == datetime(2027, 3, 15, 14, tzinfo=UTC)


def test_an_unknown_zone_and_an_aware_time_are_refused() -> None:
    with pytest.raises(ValueError, match="Mars/Base"):
        instant(datetime(2027, 1, 1), "Mars/Base")  # noqa: DTZ001
    with pytest.raises(ValueError, match="wall time"):
        instant(datetime(2027, 1, 1, tzinfo=UTC), "UTC")


@settings(max_examples=250)
@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.datetimes(datetime(2024, 1, 1), datetime(2037, 1, 1)),  # noqa: DTZ001
    st.integers(0, 20),
    st.integers(1, 3),
)
def test_b4_openings_lie_inside_block_and_hours(rep: str, prospect: str, naive: datetime, hour: int, long: int) -> None:
    now = naive.replace(tzinfo=UTC)
    block = Block("1", Hours(WEEK, time(hour), time(hour + long)), rep)
    theirs = Hours(WEEK, time(8), time(18))
    found = list(zip(range(3), openings(now, blocks=(block,), within=(Limit((theirs,), prospect),)), strict=False))
    assert found
    assert found == list(
        zip(range(3), openings(now, blocks=(block,), within=(Limit((theirs,), prospect),)), strict=False)
    )
    last = now
    for _, (of, window) in found:
        assert last <= window.starts_at < window.until
        last = window.until
        day = opens(theirs, prospect, wall(window.starts_at, prospect).date())
        assert day and day.starts_at <= window.starts_at and window.until <= day.until
        if of:
            whole = opens(of.hours, rep, wall(window.starts_at, rep).date())
            assert whole and whole.starts_at <= window.starts_at and window.until <= whole.until
