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


_DATA = files("tzdata") / "zoneinfo"
#: What lists of countries call differently from people.
_OTHERWISE = {
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "uk": "GB", "great britain": "GB",
    "united kingdom": "GB", "england": "GB-ENG", "scotland": "GB-SCT", "wales": "GB-WLS", "northern ireland": "GB-NIR",
    "korea": "KR", "south korea": "KR", "czech republic": "CZ", "deutschland": "DE", "österreich": "AT",
    "schweiz": "CH", "españa": "ES", "italia": "IT", "holland": "NL", "the netherlands": "NL", "brasil": "BR",
}  # fmt: skip


@cache
def _codes() -> dict[str, str]:
    """Two-letter code → English name, folded."""
    lines = (_DATA / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {code: name.casefold() for code, name in pairs}


@cache
def region_of_country(name: str) -> str:
    """The ISO 3166 code of a country by its English or usual name or its code, "" for an unknown one."""
    folded = name.strip().casefold()
    if folded.upper() in _codes():
        return folded.upper()
    by_name = {known: code for code, known in _codes().items()}
    return _OTHERWISE.get(folded) or by_name.get(folded, "")


@cache
def _by_country() -> dict[str, set[str]]:
    codes = _codes()
    zones: dict[str, set[str]] = {}
    for line in (_DATA / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            code, _, zone = line.split("\t")[:3]
            zones.setdefault(code.casefold(), set()).add(zone)
            zones.setdefault(codes[code], set()).add(zone)
    return zones


def zone_of_country(name: str) -> str:
    """The zone of a country (English name or two-letter code) that has only one, else ""."""
    zones = _by_country().get(name.strip().casefold(), set())
    return next(iter(zones)) if len(zones) == 1 else ""


@cache
def country_choices() -> tuple[tuple[str, str], ...]:
    """(code, English name) of every country, by name."""
    lines = (_DATA / "iso3166.tab").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t")[:2] for line in lines if line and not line.startswith("#")]
    return tuple(sorted(((code, name) for code, name in pairs), key=lambda pair: pair[1]))


@cache
def country_of_zone(zone: str) -> str:
    """The ISO 3166 code of the country a zone is named for, "" for one that belongs to none ("UTC")."""
    for line in (_DATA / "zone.tab").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#") and line.split("\t")[2] == zone:
            return line.split("\t")[0]
    return ""


def name_of_country(code: str) -> str:
    """A country's English name, or the code itself."""
    return dict(country_choices()).get(code, code)
