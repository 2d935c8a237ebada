"""B4: where the rep's blocks, the prospect's hours and the law's hours meet."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fifthcall.rules.case import Block, Hours, Window
from fifthcall.rules.windows import SHORTEST, Limits, instant, next_open, openings, opens, wall, within

WORKDAYS = frozenset(range(5))
BERLIN, NEW_YORK, SYDNEY = "Europe/Berlin", "America/New_York", "Australia/Sydney"
CONTACT = Hours(WORKDAYS, time(8), time(18))
LAW = Hours(frozenset(range(6)), time(8), time(20))
EARLY, LATE = Hours(WORKDAYS, time(8), time(9, 30)), Hours(WORKDAYS, time(16, 30), time(18))


def blocks(zone: str) -> tuple[Block, ...]:
    return Block("early", EARLY, zone), Block("late", LATE, zone)


def limits(zone: str) -> Limits:
    return (LAW, zone), (CONTACT, zone)


def first(not_before: str, rep: tuple[Block, ...], hours: Limits, n: int = 1) -> list[tuple[str | None, str, str]]:
    """The first openings as block, start and end on the wall of the window's zone."""
    found = islice(openings(datetime.fromisoformat(not_before), blocks=rep, within=hours), n)
    return [(b.id if b else None, *(f"{wall(t, w.zone):%a %H:%M}" for t in (w.starts_at, w.until))) for b, w in found]


def test_the_blocks_in_order():
    assert first("2027-03-12T06:00Z", blocks(BERLIN), limits(BERLIN), 3) == [
        ("early", "Fri 08:00", "Fri 09:30"),
        ("late", "Fri 16:30", "Fri 18:00"),
        ("early", "Mon 08:00", "Mon 09:30"),
    ]


def test_a_block_that_has_begun_is_used_while_enough_of_it_is_left():
    assert first("2027-03-12T08:25Z", blocks(BERLIN), limits(BERLIN)) == [("early", "Fri 09:25", "Fri 09:30")]
    assert first("2027-03-12T08:26Z", blocks(BERLIN), limits(BERLIN)) == [("late", "Fri 16:30", "Fri 18:00")]


def test_the_prospects_hours_cut_the_block_and_its_zone_stays_the_reps():
    assert first("2027-03-15T06:00Z", blocks(BERLIN), limits("Europe/Lisbon"), 2) == [
        ("early", "Mon 09:00", "Mon 09:30"),
        ("late", "Mon 16:30", "Mon 18:00"),
    ]
    found, window = next(
        openings(datetime(2027, 3, 15, 6, tzinfo=UTC), blocks=blocks(BERLIN), within=limits("Europe/Lisbon"))
    )
    assert found is not None and window == Window(
        datetime(2027, 3, 15, 8, tzinfo=UTC), datetime(2027, 3, 15, 8, 30, tzinfo=UTC), BERLIN
    )


def test_a_block_that_never_meets_their_hours_does_not_hide_one_that_does():
    assert first("2027-05-10T00:00Z", blocks("Europe/London"), limits("America/Los_Angeles"), 2) == [
        ("late", "Mon 16:30", "Mon 18:00"),
        ("late", "Tue 16:30", "Tue 18:00"),
    ]


def test_blocks_that_never_meet_their_hours_are_left_aside():
    assert first("2027-06-07T12:00Z", blocks(BERLIN), limits(SYDNEY), 2) == [
        (None, "Tue 08:00", "Tue 18:00"),
        (None, "Wed 08:00", "Wed 18:00"),
    ]
    assert first("2027-06-07T00:30Z", (), limits(SYDNEY)) == [(None, "Mon 10:30", "Mon 18:00")]


def test_our_own_work_needs_no_one_elses_hours():
    assert first("2027-03-12T12:00Z", blocks(BERLIN), ()) == [("late", "Fri 16:30", "Fri 18:00")]


def test_overlapping_blocks_and_hours_that_open_twice_in_a_block_stay_in_order():
    rep = (
        Block("long", Hours(frozenset(range(7)), time(0), time(23)), "UTC"),
        Block("short", Hours(frozenset(range(7)), time(1), time(22)), "UTC"),
    )
    their = ((Hours(frozenset(range(7)), time(8), time(20)), "Asia/Tokyo"),)  # 23:00 to 11:00 in UTC
    assert first("2027-03-12T00:30Z", rep, their, 3) == [
        ("long", "Fri 00:30", "Fri 11:00"),
        ("short", "Fri 01:00", "Fri 11:00"),
        ("long", "Sat 00:00", "Sat 11:00"),
    ]


@pytest.mark.parametrize("rep", [(), blocks(BERLIN), (Block("none", Hours(frozenset(), time(8), time(9)), BERLIN),)])
def test_hours_that_never_meet_give_nothing(rep):
    never = ((Hours(WORKDAYS, time(8), time(9)), BERLIN), (Hours(WORKDAYS, time(10), time(11)), BERLIN))
    assert first("2027-03-12T12:00Z", rep, never) == []


def test_neither_blocks_nor_limits_give_nothing():
    assert first("2027-03-12T12:00Z", (), ()) == []


def test_the_horizon_ends_the_search():
    soon = datetime(2027, 3, 12, 6, tzinfo=UTC)
    found = list(openings(soon, blocks=blocks(BERLIN), within=limits(BERLIN), horizon=timedelta(days=3)))
    assert [block.id for block, _ in found if block] == ["early", "late"]


@pytest.mark.parametrize("not_before", ["2027-03-12T12:00", "2027-03-12"])
def test_a_naive_start_is_refused(not_before):
    with pytest.raises(ValueError, match="needs a time zone"):
        first(not_before, blocks(BERLIN), limits(BERLIN))


# Properties over every zone and 2024 to 2037, with a leaning towards the days on which clocks change.

ZONES = sorted(zoneinfo.available_timezones())
YEARS = datetime(2024, 1, 1, tzinfo=UTC), datetime(2037, 12, 31, tzinfo=UTC)
FORTNIGHT = timedelta(days=14)


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """The instants from which the clocks of a zone show another offset."""
    info, found, low = zoneinfo.ZoneInfo(zone), [], YEARS[0]
    while low < YEARS[1]:
        high = low + FORTNIGHT
        if low.astimezone(info).utcoffset() != high.astimezone(info).utcoffset():
            before, after = low, high
            while after - before > timedelta(seconds=1):
                middle = before + (after - before) // 2
                same = middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset()
                before, after = (middle, after) if same else (before, middle)
            found.append(after.replace(microsecond=0))
        low = high
    return tuple(found)


@st.composite
def instants(draw: st.DrawFn, zone: str) -> datetime:
    minutes = timedelta(minutes=draw(st.integers(-4 * 1440, 2 * 1440)))
    if (there := changes(zone)) and draw(st.booleans()):
        return draw(st.sampled_from(there)) + minutes
    return YEARS[0] + timedelta(days=draw(st.integers(4, 5100))) + minutes


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Hours on quarters: offsets are quarters too, so no meeting of hours is shorter than one."""
    start = draw(st.integers(0, 94))
    end = draw(st.integers(start + 1, 95))
    weekdays = draw(st.sampled_from([WORKDAYS, frozenset(range(6)), frozenset(range(7)), frozenset({6, 0, 1, 2})]))
    return Hours(weekdays, time(start // 4, start % 4 * 15), time(end // 4, end % 4 * 15))


@st.composite
def plans(draw: st.DrawFn) -> tuple[datetime, tuple[Block, ...], Limits]:
    rep, prospect = draw(st.sampled_from(ZONES)), draw(st.sampled_from(ZONES))
    held = draw(st.lists(hours(), max_size=3))
    wanted = draw(st.lists(hours(), min_size=1, max_size=2))
    not_before = draw(instants(draw(st.sampled_from([rep, prospect]))))
    return not_before, tuple(Block(str(i), h, rep) for i, h in enumerate(held)), tuple((h, prospect) for h in wanted)


def is_open(at: datetime, hours: Hours, zone: str) -> bool:
    shown = at.astimezone(zoneinfo.ZoneInfo(zone))
    return shown.weekday() in hours.weekdays and hours.start <= shown.time() < hours.end


def is_inside(window: Window, hours: Hours, zone: str) -> bool:
    """Whether the clocks of `zone` show those hours all through a window: at its ends, in between, at each change."""
    moment = timedelta(microseconds=1)
    length = window.until - window.starts_at
    points = [window.starts_at, window.until - moment, window.starts_at + length / 3, window.starts_at + length / 2]
    for change in changes(zone):
        if window.starts_at < change < window.until:
            points += [change - moment, change]
    return all(is_open(point, hours, zone) for point in points)


@settings(max_examples=200)
@given(plans())
def test_openings_are_inside_everything_and_in_order(plan):
    not_before, rep, their = plan
    found = list(islice(openings(not_before, blocks=rep, within=their), 12))
    for block, window in found:
        assert window.starts_at >= not_before and window.until - window.starts_at >= SHORTEST
        assert window.zone == (block.zone if block else their[0][1])
        for limit, zone in (*their, *([(block.hours, block.zone)] if block else [])):
            assert is_inside(window, limit, zone)
    assert all(one.starts_at <= two.starts_at for (_, one), (_, two) in pairwise(found))
    for source in (*rep, None):
        own = [window for block, window in found if block == source]
        assert all(one.until <= two.starts_at for one, two in pairwise(own))
    if found and found[0][0] is None:  # one zone's hours alone: at most once on each of its days
        days = [wall(window.starts_at, window.zone).date() for _, window in found]
        assert len(set(days)) == len(days)
    opens.cache_clear()
    assert found == list(islice(openings(not_before, blocks=rep, within=their), 12))


@settings(max_examples=50)
@given(plans())
def test_no_opening_is_missed(plan):
    """Every quarter of an hour of two days, asked one by one. Days of a clock change may lose a repeated hour."""
    not_before, rep, their = plan
    zones = {zone for _, zone in their} | {block.zone for block in rep}
    base = not_before.replace(minute=0, second=0, microsecond=0)
    found = list(openings(not_before, blocks=rep, within=their, horizon=timedelta(days=14)))
    met = any(block for block, _ in found)
    sources = [(block, block.hours, block.zone) for block in rep] if met else [(None, *their[0])]
    for source, held, zone in sources:
        own = [window for block, window in found if block == source]
        for quarter in range(1, 192):
            at = base + timedelta(minutes=15 * quarter + 7)
            if at < not_before + SHORTEST or any(
                abs(at - change) < timedelta(days=1) for z in zones for change in near(z, at)
            ):
                continue
            wanted = is_open(at, held, zone) and all(is_open(at, limit, z) for limit, z in their)
            assert wanted == any(window.starts_at <= at < window.until for window in own), at


def near(zone: str, at: datetime) -> list[datetime]:
    return [change for change in changes(zone) if abs(change - at) < timedelta(days=2)]


@settings(max_examples=150)
@given(st.data())
def test_a_days_hours_are_exactly_the_instants_that_show_them(data):
    zone, held = data.draw(st.sampled_from(ZONES)), data.draw(hours())
    day = wall(data.draw(instants(zone)), zone).date()
    found = opens(held, zone, day)
    if found:
        assert is_inside(found, held, zone)
        assert wall(found.starts_at, zone).date() == day == wall(found.until - SHORTEST, zone).date()
    start = instant(datetime.combine(day, time()), zone)
    shown = [
        at
        for quarter in range(-8, 108)
        if is_open(at := start + timedelta(minutes=15 * quarter + 7), held, zone) and wall(at, zone).date() == day
    ]
    inside = [at for at in shown if found and found.starts_at <= at < found.until]
    assert bool(shown) == bool(found)
    assert len(inside) * 2 >= len(shown), "the longer part is kept"
    if not any(abs(change - start) < timedelta(days=2) for change in changes(zone)):
        assert inside == shown


@settings(max_examples=100)
@given(plans(), st.integers(1, 3000))
def test_a_promised_window_is_cut_to_the_limits_or_moved(plan, minutes):
    not_before, _, their = plan
    promised = Window(not_before, not_before + timedelta(minutes=minutes), BERLIN)
    kept, moved = within(promised, their), next_open(not_before, their, 5)
    if kept:
        assert promised.starts_at <= kept.starts_at < kept.until <= promised.until and kept.zone == BERLIN
        assert all(is_inside(kept, limit, zone) for limit, zone in their)
    if moved:
        assert moved.starts_at >= not_before and moved.until - moved.starts_at >= SHORTEST
        assert all(is_inside(moved, limit, zone) for limit, zone in their)
        assert kept is None or kept.starts_at <= moved.starts_at
    if moved and moved.starts_at < promised.until:
        assert kept is not None
