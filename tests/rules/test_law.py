"""B4: the law's hours, the strictest of where they may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from fifthcall.rules.case import Case, Hours, Override, Policy
from fifthcall.rules.law import TABLE, WEEKDAYS, BadTable, limits, most_a_day, read
from fifthcall.rules.windows import next_open, wall
from tests.rules.cases import POLICY

EVERY_DAY = Policy(law_hours=Hours(WEEKDAYS["daily"], time(0), time(23, 59)))


def first(case: Case, at: datetime, policy: Policy = EVERY_DAY) -> tuple[str, str]:
    window = next_open(at, limits(case, policy))
    assert window
    return tuple(f"{wall(at, case.prospect_zone):%a %H:%M}" for at in (window.starts_at, window.until))  # type: ignore[return-value]


def somewhere(zone: str, *regions: str, **more: object) -> Case:
    return Case(prospect_zone=zone, zone_known=True, regions=regions, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("zone", "region", "monday", "sunday"),
    [
        ("America/New_York", "US-NY", ("Mon 08:00", "Mon 21:00"), ("Sun 08:00", "Sun 21:00")),
        ("America/New_York", "US-FL", ("Mon 08:00", "Mon 20:00"), ("Sun 08:00", "Sun 20:00")),
        ("America/New_York", "US-KY", ("Mon 10:00", "Mon 21:00"), ("Sun 10:00", "Sun 21:00")),
        ("America/Chicago", "US-AL", ("Mon 08:00", "Mon 20:00"), ("Mon 08:00", "Mon 20:00")),
        ("America/New_York", "US-RI", ("Mon 09:00", "Mon 18:00"), ("Mon 09:00", "Mon 18:00")),
        ("America/Los_Angeles", "US-NV", ("Mon 09:00", "Mon 20:00"), ("Sun 09:00", "Sun 20:00")),
    ],
)
def test_the_states(zone: str, region: str, monday: tuple[str, str], sunday: tuple[str, str]) -> None:
    assert first(somewhere(zone, region), datetime(2026, 11, 23, 5, tzinfo=UTC)) == monday
    assert first(somewhere(zone, region), datetime(2026, 11, 22, 10, tzinfo=UTC)) == sunday


def test_where_address_and_number_disagree_both_must_allow_it() -> None:
    case = somewhere("America/New_York", "US-KY", "US-FL", other_zones=("America/Los_Angeles",))
    # Ten in Los Angeles, where the number is from, is one in New York; eight in New York ends it.
    assert first(case, datetime(2026, 11, 24, 5, tzinfo=UTC)) == ("Tue 13:00", "Tue 20:00")


def test_somewhere_in_the_united_states_means_legal_everywhere() -> None:
    case = Case(prospect_zone="America/New_York", zone_known=False, regions=("US",))
    assert first(case, datetime(2026, 11, 24, 5, tzinfo=UTC)) == (
        "Tue 13:00",
        "Tue 18:00",
    )  # eight in Honolulu; Rhode Island's evening
    found = most_a_day(case)
    assert found and found.a_day == 3


def test_elsewhere_the_default_holds() -> None:
    case = somewhere("Europe/Berlin", "DE-BE")
    assert first(case, datetime(2026, 11, 21, 20, tzinfo=UTC), POLICY) == ("Mon 08:00", "Mon 20:00")


def test_an_owner_may_read_a_region_otherwise_and_the_own_hours_still_bind() -> None:
    override = Override("US-KY", Hours(WEEKDAYS["daily"], time(7), time(22)), "Existing customers only")
    policy = Policy(law_overrides=(override,))
    case = somewhere("America/New_York", "US-KY")
    assert first(case, datetime(2026, 11, 24, 5, tzinfo=UTC), policy) == ("Tue 08:00", "Tue 20:00")


def test_every_entry_names_its_source_and_the_day_it_was_checked() -> None:
    assert all(entry.source and entry.checked >= date(2026, 1, 1) and entry.hours for entry in TABLE.values())


@pytest.mark.parametrize(
    "table",
    [
        "[US-XX]\nhours = { daily = '08:00-25:00' }\nsource = 's'\nchecked = 2026-01-01\n",
        "[US-XX]\nhours = { someday = '08:00-20:00' }\nsource = 's'\nchecked = 2026-01-01\n",
        "[US-XX]\nsource = 's'\nchecked = 2026-01-01\n",
        "[US-XX\n",
    ],
)
def test_a_bad_table_is_refused_by_name(table: str) -> None:
    with pytest.raises(BadTable, match=r"US-XX|line|can't be read"):
        read(table)
