"""Time zones: this machine's, and a country's when it has only one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import available_timezones

from django.conf import settings


def zone_of_machine() -> str:
    """FIFTHCALL_ZONE, else what /etc/localtime points to, else UTC."""
    if settings.ZONE_OF_MACHINE:
        return str(settings.ZONE_OF_MACHINE)
    target = str(Path("/etc/localtime").resolve())
    name = target.split("zoneinfo/")[-1]
    return name if name in choices() else "UTC"


@cache
def choices() -> tuple[str, ...]:
    """The zones a person would pick from: Area/City names and UTC."""
    areas = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    return ("UTC", *sorted(z for z in available_timezones() if z.split("/")[0] in areas and "/" in z))


@cache
def _by_country() -> dict[str, set[str]]:
    data = files("tzdata") / "zoneinfo"
    codes: dict[str, str] = {}
    for line in (data / "iso3166.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, name = line.split("\t")
            codes[code] = name.casefold()
    zones: dict[str, set[str]] = {}
    for line in (data / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones.setdefault(code.casefold(), set()).add(zone)
            zones.setdefault(codes[code], set()).add(zone)
    return zones


def zone_of_country(name: str) -> str:
    """The zone of a country (English name or two-letter code) that has only one, else ""."""
    zones = _by_country().get(name.strip().casefold(), set())
    return next(iter(zones)) if len(zones) == 1 else ""
