"""Where a number belongs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fifthcall.people.reach import region_of_number, zone_of_number


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+13055550123", "US-FL"),
        ("+12125550100", "US-NY"),
        ("+12065550100", "US-WA"),
        ("+12025550100", "US-DC"),
        ("+18005550100", "US"),  # toll-free: anywhere
        ("+16045550100", "CA"),
        ("+493055501234", "DE"),
        ("not a number", ""),
    ],
)
def test_regions(number: str, region: str) -> None:
    assert region_of_number(number) == region


def test_zones() -> None:
    assert zone_of_number("+12125550100") == "America/New_York"
    assert zone_of_number("+18005550100") == ""


@pytest.mark.slow
def test_the_area_codes_are_those_of_the_library() -> None:
    """In a process of its own: the library's table of places fills two hundred megabytes."""
    check = (
        "import tomllib; from pathlib import Path; from phonenumbers.geodata import GEOCODE_DATA as places\n"
        "table = tomllib.loads(Path('fifthcall/people/area_codes.toml').read_text())\n"
        "codes = [code for codes in table.values() for code in codes.split()]\n"
        "assert len(codes) == len(set(codes)) > 300\n"
        "assert all('1' + code in places for code in codes)\n"
        "assert 'Florida' in {places['1' + code]['en'] for code in table['FL'].split()}\n"
    )
    subprocess.run([sys.executable, "-c", check], check=True, timeout=120)
