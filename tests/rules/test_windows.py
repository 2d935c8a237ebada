"""Wall clocks and instants: days on which the clocks change, days that never were, and days on which people work."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fifthcall.rules.case import Block, Hours, Window
from fifthcall.rules.windows import block_day, instant, next_open, offset_days, opens, wall, within
from fifthcall.rules.workweek import next_workday, next_workday_morning

WORKDAYS = frozenset(range(5))
EVERY_DAY = frozenset(range(7))
NINE_TO_FIVE = Hours(WORKDAYS, time(9), time(17))
NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(start: str, end: str, weekdays: frozenset[int] = EVERY_DAY) -> Hours:
    return Hours(weekdays, time.fromisoformat(start), time.fromisoformat(end))


# RFC 5545 §3.3.5: a skipped wall time is read with the offset before the gap, a repeated one is the first of the two.
CLOCK_CHANGES = [
    (NEW_YORK, "2027-03-14T02:30", "2027-03-14T03:30", "2027-03-14T07:30Z"),
    (NEW_YORK, "2027-11-07T01:30", "2027-11-07T01:30", "2027-11-07T05:30Z"),
    (BERLIN, "2027-03-28T02:30", "2027-03-28T03:30", "2027-03-28T01:30Z"),
    (BERLIN, "2027-10-31T02:30", "2027-10-31T02:30", "2027-10-31T00:30Z"),
    ("Europe/London", "2027-03-28T01:30", "2027-03-28T02:30", "2027-03-28T01:30Z"),
    ("Europe/London", "2027-10-31T01:30", "2027-10-31T01:30", "2027-10-31T00:30Z"),
    ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-03T02:45", "2027-10-02T15:45Z"),
    ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-04T01:45", "2027-04-03T14:45Z"),
    ("Africa/Cairo", "2027-04-30T00:15", "2027-04-30T01:15", "2027-04-29T22:15Z"),
    ("Africa/Cairo", "2027-10-28T23:30", "2027-10-28T23:30", "2027-10-28T20:30Z"),
    ("America/Santiago", "2027-09-05T00:30", "2027-09-05T01:30", "2027-09-05T04:30Z"),
    ("America/Santiago", "2027-04-03T23:30", "2027-04-03T23:30", "2027-04-04T02:30Z"),
    ("Pacific/Chatham", "2027-09-26T02:50", "2027-09-26T03:50", "2027-09-25T14:05Z"),
    ("Pacific/Chatham", "2027-04-04T02:50", "2027-04-04T02:50", "2027-04-03T13:05Z"),
    ("Antarctica/Troll", "2027-03-28T01:30", "2027-03-28T03:30", "2027-03-28T01:30Z"),
    ("Africa/Casablanca", "2025-02-23T02:30", "2025-02-23T02:30", "2025-02-23T01:30Z"),  # Ramadan begins
    ("Africa/Casablanca", "2025-04-06T02:30", "2025-04-06T03:30", "2025-04-06T02:30Z"),  # and is over
    ("America/Phoenix", "2027-03-14T02:30", "2027-03-14T02:30", "2027-03-14T09:30Z"),
    ("Asia/Kathmandu", "2027-06-01T09:00", "2027-06-01T09:00", "2027-06-01T03:15Z"),
    ("Pacific/Apia", "2011-12-30T09:00", "2011-12-31T09:00", "2011-12-30T19:00Z"),  # a day that never was
    (NEW_YORK, "2027-03-13T09:00", "2027-03-13T09:00", "2027-03-13T14:00Z"),
    (NEW_YORK, "2027-03-14T09:00", "2027-03-14T09:00", "2027-03-14T13:00Z"),
    (BERLIN, "2027-03-28T09:00", "2027-03-28T09:00", "2027-03-28T07:00Z"),
    (BERLIN, "2027-10-31T09:00", "2027-10-31T09:00", "2027-10-31T08:00Z"),
    ("Asia/Kolkata", "2027-06-02T00:00", "2027-06-02T00:00", "2027-06-01T18:30Z"),
    ("Pacific/Kiritimati", "2027-06-02T00:00", "2027-06-02T00:00", "2027-06-01T10:00Z"),
    ("Pacific/Pago_Pago", "2027-06-02T00:00", "2027-06-02T00:00", "2027-06-02T11:00Z"),
]


@pytest.mark.parametrize(("zone", "wanted", "shown", "expected"), CLOCK_CHANGES)
def test_a_wall_time_has_one_instant_also_when_the_clocks_change(zone, wanted, shown, expected):
    found = instant(at(wanted), zone)
    assert found == at(expected) and found.tzinfo is UTC
    assert wall(found, zone) == at(shown) and wall(found, zone).tzinfo is None


def test_ramadan_as_the_installed_rules_tell_it():
    """Rules published before 2026 let Morocco change its clocks in 2027; later ones end that."""
    changes = wall(at("2027-06-01T12:00Z"), "Africa/Casablanca") == at("2027-06-01T13:00")
    first, second = (
        instant(at("2027-02-07T02:30"), "Africa/Casablanca"),
        instant(at("2027-03-14T02:30"), "Africa/Casablanca"),
    )
    assert first == at("2027-02-07T01:30Z" if changes else "2027-02-07T02:30Z")
    assert second == at("2027-03-14T02:30Z")


def test_the_second_of_two_equal_wall_times_shows_without_a_trace_of_it():
    assert wall(at("2027-11-07T06:30Z"), NEW_YORK) == at("2027-11-07T01:30")
    assert wall(at("2027-11-07T06:30Z"), NEW_YORK).fold == 0
    assert instant(at("2027-11-07T01:30").replace(fold=1), NEW_YORK) == at("2027-11-07T05:30Z")


@pytest.mark.parametrize("zone", ["Mars/Olympus", "America", "../etc/passwd", "", "Europe/Berlin\0", "tzdata.zi"])
def test_an_unknown_zone_is_named(zone):
    with pytest.raises(ValueError, match="Unknown time zone") as raised:
        instant(at("2027-01-01T09:00"), zone)
    assert repr(zone) in str(raised.value)


def test_wall_times_are_naive_and_instants_are_aware():
    with pytest.raises(ValueError, match="no time zone of its own"):
        instant(at("2027-01-01T09:00Z"), BERLIN)
    for call in (lambda naive: wall(naive, BERLIN), lambda naive: offset_days(naive, 0, BERLIN)):
        with pytest.raises(ValueError, match="needs a time zone"):
            call(at("2027-01-01T09:00"))


def test_outside_the_years_that_can_be_written_is_said_plainly():
    with pytest.raises(ValueError, match="Not in the calendar"):
        instant(datetime.max, NEW_YORK)


@pytest.mark.parametrize(
    ("friday", "days", "hours"),
    [
        ("2027-03-12T14:00Z", "2027-03-15T13:00Z", "2027-03-15T10:00"),
        ("2027-11-05T13:00Z", "2027-11-08T14:00Z", "2027-11-08T08:00"),
    ],
)
def test_three_days_keep_the_wall_time_and_72_hours_do_not(friday, days, hours):
    assert wall(at(friday), NEW_YORK).time() == time(9)
    assert offset_days(at(friday), 3, NEW_YORK) == at(days)
    assert offset_days(at(days), -3, NEW_YORK) == at(friday)
    assert wall(at(friday) + timedelta(hours=72), NEW_YORK) == at(hours)


def test_no_days_later_is_the_same_instant_even_in_a_repeated_hour():
    assert offset_days(at("2027-11-07T06:30Z"), 0, NEW_YORK) == at("2027-11-07T06:30Z")


SUNDAY_TO_THURSDAY = frozenset({6, 0, 1, 2, 3})


@pytest.mark.parametrize(
    ("day", "n", "weekdays", "holidays", "expected"),
    [
        ("2026-12-24", 3, WORKDAYS, ["2026-12-25"], "2026-12-30"),
        ("2027-07-02", 1, WORKDAYS, ["2027-07-05"], "2027-07-06"),
        ("2027-12-30", 1, WORKDAYS, ["2027-12-31"], "2028-01-03"),
        ("2027-12-24", 1, WORKDAYS, ["2027-12-27", "2027-12-28"], "2027-12-29"),
        ("2027-05-26", 1, WORKDAYS, ["2027-05-27"], "2027-05-28"),
        ("2027-05-26", 1, WORKDAYS, [], "2027-05-27"),
        ("2027-05-27", 1, SUNDAY_TO_THURSDAY, [], "2027-05-30"),
        ("2027-05-29", 1, WORKDAYS, [], "2027-05-31"),
        ("2027-05-28", 10, WORKDAYS, [], "2027-06-11"),
    ],
)
def test_business_days(day, n, weekdays, holidays, expected):
    off = {date.fromisoformat(text) for text in holidays}
    working = Hours(weekdays, time(9), time(17))
    assert next_workday(date.fromisoformat(day), working, n, off) == date.fromisoformat(expected)


def test_workdays_that_never_come_are_refused():
    with pytest.raises(ValueError, match="counted from 1"):
        next_workday(date(2027, 1, 1), NINE_TO_FIVE, 0)
    with pytest.raises(ValueError, match="without a weekday"):
        next_workday(date(2027, 1, 1), Hours(frozenset(), time(9), time(17)))


def test_the_next_workday_is_counted_on_their_calendar():
    saturday_in_tokyo = at("2027-03-12T16:00Z")  # still Friday in New York
    assert next_workday_morning(saturday_in_tokyo, "Asia/Tokyo", NINE_TO_FIVE) == at("2027-03-15T00:00Z")
    assert next_workday_morning(saturday_in_tokyo, NEW_YORK, NINE_TO_FIVE) == at("2027-03-15T13:00Z")
    monday = {date(2027, 3, 15)}
    assert next_workday_morning(saturday_in_tokyo, NEW_YORK, NINE_TO_FIVE, monday) == at("2027-03-16T13:00Z")


@pytest.mark.parametrize(
    ("zone", "day", "start", "end", "opened", "closed"),
    [
        (NEW_YORK, "2027-03-12", "09:00", "17:00", "2027-03-12T14:00Z", "2027-03-12T22:00Z"),
        (NEW_YORK, "2027-03-14", "00:00", "12:00", "2027-03-14T05:00Z", "2027-03-14T16:00Z"),  # one hour short
        (NEW_YORK, "2027-11-07", "00:00", "12:00", "2027-11-07T04:00Z", "2027-11-07T17:00Z"),  # one hour long
        (NEW_YORK, "2027-03-14", "02:30", "04:00", "2027-03-14T07:00Z", "2027-03-14T08:00Z"),  # from the gap's end
        (NEW_YORK, "2027-03-14", "01:00", "02:30", "2027-03-14T06:00Z", "2027-03-14T07:00Z"),  # until the gap
        (NEW_YORK, "2027-11-07", "01:15", "01:45", "2027-11-07T05:15Z", "2027-11-07T05:45Z"),  # the first of two
        (NEW_YORK, "2027-11-07", "00:30", "01:30", "2027-11-07T04:30Z", "2027-11-07T05:30Z"),
        (NEW_YORK, "2027-11-07", "01:30", "03:00", "2027-11-07T06:30Z", "2027-11-07T08:00Z"),  # the part in one piece
        (NEW_YORK, "2027-11-07", "01:00", "02:00", "2027-11-07T05:00Z", "2027-11-07T07:00Z"),  # two hours on end
        ("Africa/Cairo", "2027-04-30", "00:00", "02:00", "2027-04-29T22:00Z", "2027-04-29T23:00Z"),
        ("Australia/Lord_Howe", "2027-10-03", "02:00", "03:00", "2027-10-02T15:30Z", "2027-10-02T16:00Z"),
    ],
)
def test_hours_of_a_day(zone, day, start, end, opened, closed):
    assert opens(hours(start, end), zone, date.fromisoformat(day)) == Window(at(opened), at(closed), zone)


def test_hours_that_are_not_open_that_day():
    assert opens(NINE_TO_FIVE, BERLIN, date(2027, 3, 13)) is None  # a Saturday
    assert opens(hours("02:10", "02:50"), NEW_YORK, date(2027, 3, 14)) is None  # swallowed by the gap
    assert opens(hours("09:00", "17:00"), "Pacific/Apia", date(2011, 12, 30)) is None  # the day that never was
    assert opens(hours("09:00", "09:00"), BERLIN, date(2027, 3, 12)) is None


def test_the_block_that_holds_an_instant():
    block = Block("early", hours("08:00", "09:30", WORKDAYS), BERLIN)
    held = Window(at("2027-03-12T07:00Z"), at("2027-03-12T08:30Z"), BERLIN)
    assert block_day(block, at("2027-03-12T08:10Z")) == held
    assert block_day(block, at("2027-03-12T07:00Z").astimezone(timezone(timedelta(hours=9)))) == held
    assert block_day(block, at("2027-03-12T08:30Z")) is None
    assert block_day(block, at("2027-03-13T08:10Z")) is None


LAW = ((hours("08:00", "20:00", EVERY_DAY - {6}), NEW_YORK),)


@pytest.mark.parametrize(
    ("start", "until", "first", "last"),
    [
        ("2027-03-12T15:00Z", "2027-03-12T17:00Z", "2027-03-12T15:00Z", "2027-03-12T17:00Z"),  # as promised
        ("2027-03-12T12:00Z", "2027-03-12T14:00Z", "2027-03-12T13:00Z", "2027-03-12T14:00Z"),  # not before eight
        ("2027-03-13T00:30Z", "2027-03-13T20:00Z", "2027-03-13T00:30Z", "2027-03-13T01:00Z"),  # the first part
        ("2027-03-14T15:00Z", "2027-03-14T17:00Z", None, None),  # a Sunday
        ("2027-03-12T15:00Z", "2027-03-12T15:00Z", None, None),  # no time at all
    ],
)
def test_a_promise_keeps_to_the_laws_hours_and_to_its_own_zone(start, until, first, last):
    inside = within(Window(at(start), at(until), BERLIN), LAW)
    assert inside == (Window(at(first), at(last), BERLIN) if first else None)


def test_without_limits_a_window_stays_as_it_is():
    promised = Window(at("2027-03-14T03:00Z"), at("2027-03-14T04:00Z"), BERLIN)
    assert within(promised, ()) == promised


@pytest.mark.parametrize(
    ("wanted", "minutes", "opened"),
    [
        ("2027-03-12T15:00Z", 5, "2027-03-12T15:00Z"),
        ("2027-03-13T00:55Z", 5, "2027-03-13T00:55Z"),
        ("2027-03-13T00:55Z", 30, "2027-03-13T13:00Z"),  # five minutes are left: the next day
        ("2027-03-14T03:00Z", 5, "2027-03-15T12:00Z"),  # over Sunday and the change to summer time
    ],
)
def test_the_next_time_the_law_allows(wanted, minutes, opened):
    found = next_open(at(wanted), LAW, minutes)
    assert found is not None and found.starts_at == at(opened) and found.zone == NEW_YORK
    assert wall(found.until, NEW_YORK).time() == time(20)


def test_limits_that_never_meet_have_no_next_time():
    assert next_open(at("2027-03-12T15:00Z"), (*LAW, (hours("21:00", "22:00"), NEW_YORK)), 5) is None
    assert next_open(at("2027-03-12T15:00Z"), (), 5) is None
    with pytest.raises(ValueError, match="needs a time zone"):
        next_open(at("2027-03-12T15:00"), LAW, 5)


@settings(max_examples=150)
@given(
    shown=st.datetimes(datetime(2024, 1, 1), datetime(2037, 12, 31)),  # noqa: DTZ001 - a wall time
    zone=st.sampled_from(sorted(zoneinfo.available_timezones())),
)
def test_every_wall_time_of_every_zone(shown, zone):
    """There and back is the same, or the time does not exist and lies later by what the clocks skipped."""
    found = instant(shown, zone)
    again = wall(found, zone)
    assert again >= shown and again - shown <= timedelta(hours=2)
    assert instant(again, zone) == found
    assert offset_days(found, 0, zone) == found
