"""RFC 5545 rules by the day: the agreed examples, and the same answers as python-dateutil gives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from datetime import time as clock_time
from itertools import islice
from typing import Any

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from fifthcall.rules.recurrence import WEEKDAYS, BadRule, check, days, read
from fifthcall.rules.windows import instant

#: Calls while a rule is checked: the longest takes 235,000 and well under 100 ms; working some out takes billions.
FEW = 250_000


@contextmanager
def steps_counted() -> Iterator[list[int]]:
    """How many calls are made meanwhile: the work, whatever the machine is busy with."""
    steps, before = [0], sys.getprofile()

    def count(*_: Any) -> None:
        steps[0] += 1

    sys.setprofile(count)
    try:
        yield steps
    finally:
        sys.setprofile(before)


def first(text: str, start: str, count: int) -> list[str]:
    return [day.isoformat() for day in islice(days(text, date.fromisoformat(start)), count)]


def test_months_without_a_31st_are_left_out():
    assert [day[5:7] for day in first("FREQ=MONTHLY", "2027-01-31", 7)] == ["01", "03", "05", "07", "08", "10", "12"]


def test_the_last_day_of_each_month():
    found = first("FREQ=MONTHLY;BYMONTHDAY=-1", "2027-01-01", 4)
    assert found == ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]


def test_the_fifth_friday():
    found = first("FREQ=MONTHLY;BYDAY=5FR", "2027-01-01", 5)
    assert found == ["2027-01-29", "2027-04-30", "2027-07-30", "2027-10-29", "2027-12-31"]


@pytest.mark.parametrize(("start", "expected"), [("SU", [5, 17, 19, 31]), ("MO", [5, 10, 19, 24])])
def test_the_first_day_of_the_week_matters(start: str, expected: list[int]):
    rule = f"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST={start}"
    assert [day.day for day in days(rule, date(1997, 8, 5))] == expected


def test_the_last_working_day_of_a_month():
    found = first("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2027-01-01", 6)
    assert [day[5:] for day in found] == ["01-29", "02-26", "03-31", "04-30", "05-31", "06-30"]


@pytest.mark.parametrize(
    ("zone", "start", "count", "expected"),
    [
        ("America/New_York", date(2027, 3, 13), 2, ["13T14:00", "14T13:00"]),
        ("Europe/Berlin", date(2027, 3, 28), 1, ["28T07:00"]),
        ("Europe/Berlin", date(2027, 10, 31), 1, ["31T08:00"]),
    ],
)
def test_a_series_keeps_its_wall_time_when_the_clocks_change(zone: str, start: date, count: int, expected: list[str]):
    at = [instant(datetime.combine(day, clock_time(9)), zone) for day in islice(days("FREQ=DAILY", start), count)]
    assert [f"{one:%dT%H:%M}" for one in at] == expected
    assert all(one.tzinfo is UTC for one in at)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "too often"),
        ("FREQ=MINUTELY", "too often"),
        ("FREQ=HOURLY;INTERVAL=24", "too often"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never happens"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6", "never happens"),
        ("FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "never happens"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "never happens"),
        ("FREQ=DAILY;UNTIL=20200101", "never happens"),
        ("FREQ=DAILY;INTERVAL=0", "whole number"),
        ("FREQ=DAILY;COUNT=999999999", "whole number"),
        ("FREQ=DAILY;BYHOUR=1,2,3", "BYHOUR"),
        ("FREQ=WEEKLY;BYDAY=1MO", "first Monday"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL"),
        ("FREQ=SOMETIMES", "FREQ"),
        ("", "part of a rule"),
        ("FREQ=DAILY;" + "BYMONTH=1;" * 50, "characters"),
    ],
)
def test_what_makes_no_sense_is_refused_at_once(rule: str, words: str):
    read.cache_clear()
    with steps_counted() as steps, pytest.raises(BadRule, match=words):
        check(rule, date(2027, 1, 4))  # a Monday
    assert steps[0] < FEW


@st.composite
def rules(draw: st.DrawFn) -> str:
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={frequency}", f"INTERVAL={draw(st.integers(1, 5))}", f"WKST={draw(st.sampled_from(WEEKDAYS))}"]
    if by_day := draw(st.lists(st.sampled_from(WEEKDAYS), max_size=3, unique=True)):
        place = str(draw(st.sampled_from(["", 1, 2, -1]))) if frequency in ("MONTHLY", "YEARLY") else ""
        parts.append("BYDAY=" + ",".join(place + day for day in by_day))
    if months := draw(st.lists(st.integers(1, 12), max_size=3, unique=True)):
        parts.append("BYMONTH=" + ",".join(map(str, months)))
    numbers = st.integers(-28, 28).filter(bool)
    if frequency in ("DAILY", "MONTHLY") and (on := draw(st.lists(numbers, max_size=3, unique=True))):
        parts.append("BYMONTHDAY=" + ",".join(map(str, on)))
    # In a week that has begun already the library counts places from the first day on, so weeks have none here.
    if frequency in ("MONTHLY", "YEARLY") and by_day and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, 2, -1]))}")
    return ";".join(parts)


@settings(max_examples=200)
@given(rules(), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_the_same_days_as_a_library_finds(rule: str, start: date):
    until = date(start.year + 3, 12, 31)
    began = datetime.combine(start, clock_time(9))
    theirs = rrulestr(f"{rule};UNTIL={until:%Y%m%d}T235959", dtstart=began)
    found = list(days(rule, start, until))
    # The library looks for a day that never comes until the year 9999: it is asked only where we found one.
    assert not found or [day.date() for day in theirs] == found
