"""When the law lets us call or text somebody, by where they are (`law.toml`); the strictest entry counts."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from importlib.resources import files
from typing import Any

from fifthcall.rules.case import Case, Hours, Override, Policy
from fifthcall.rules.windows import Limit, Limits

WEEKDAYS = {
    "daily": frozenset(range(7)),
    "weekdays": frozenset(range(5)),
    "saturday": frozenset({5}),
    "sunday": frozenset({6}),
}


class BadTable(ValueError):
    """An entry of the table that can't be read; the text names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the law of `region` (ISO 3166, "US-FL") allows; `source` and the day it was `checked` stand beside it."""

    region: str
    hours: tuple[Hours, ...]
    zones: tuple[str, ...]  # its own; a country's two ends, between which all the others lie
    source: str
    checked: date
    a_day: int | None = None
    not_on_holidays: bool = False
    name: str = ""  # as people call it: "Florida"


def read(text: str) -> dict[str, Entry]:
    """The entries of a table in TOML, by region. Raises BadTable."""
    try:
        return {region: _entry(region, said) for region, said in tomllib.loads(text).items()}
    except tomllib.TOMLDecodeError as problem:
        raise BadTable(f"The table can't be read: {problem}") from None


def _entry(region: str, said: dict[str, Any]) -> Entry:
    try:
        hours = tuple(_hours(days, span) for days, span in said["hours"].items())
        return Entry(
            region,
            hours,
            tuple(said["zones"]),
            said["source"],
            said["checked"],
            said.get("a_day"),
            said.get("not_on_holidays", False),
            said["name"],
        )
    except (KeyError, ValueError, AttributeError) as problem:
        raise BadTable(
            f"{region}: {problem}. An entry has name, hours, zones, source and checked, like the others."
        ) from None


def _hours(days: str, span: str) -> Hours:
    start, _, end = span.partition("-")
    return Hours(WEEKDAYS[days], time.fromisoformat(start), time.fromisoformat(end))


def written(hours: Hours) -> str:
    """Hours as they are kept: "01234 09:00-18:00" (0 = Monday)."""
    return f"{''.join(map(str, sorted(hours.weekdays)))} {hours.start:%H:%M}-{hours.end:%H:%M}"


@lru_cache(maxsize=10_000)
def hours_of(text: str) -> Hours:
    """The hours that `written` wrote. Raises ValueError for anything else."""
    found = re.fullmatch(r"([0-6]{1,7}) (\d\d:\d\d)-(\d\d:\d\d)", text)
    if found is None:
        raise ValueError(f"“{text}” are no hours. Like “01234 09:00-18:00”, with 0 for Monday.")
    hours = Hours(frozenset(map(int, found[1])), time.fromisoformat(found[2]), time.fromisoformat(found[3]))
    if hours.end <= hours.start:
        raise ValueError(f"“{text}”: the end lies after the start.")
    return hours


DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def hours_words(hours: tuple[Hours, ...]) -> str:
    """Hours as people say them: "Mon–Sat 08:00–20:00"; the same hours on several days together."""
    together: dict[tuple[time, time], set[int]] = {}
    for span in hours:
        together.setdefault((span.start, span.end), set()).update(span.weekdays)
    return ", ".join(f"{_days_words(days)} {a:%H:%M}–{b:%H:%M}" for (a, b), days in together.items())


def _days_words(days: set[int]) -> str:
    if len(days) == 7:
        return "every day"
    first, last = min(days), max(days)
    if len(days) > 2 and last - first == len(days) - 1:
        return f"{DAY_NAMES[first]}–{DAY_NAMES[last]}"
    return ", ".join(DAY_NAMES[day] for day in sorted(days))


def inside(hours: Hours, wider: tuple[Hours, ...]) -> bool:
    """Whether `hours` allow nothing that `wider` doesn't."""
    return all(
        any(day in span.weekdays and span.start <= hours.start and hours.end <= span.end for span in wider)
        for day in hours.weekdays
    )


TABLE: dict[str, Entry] = read(files("fifthcall.rules").joinpath("law.toml").read_text(encoding="utf-8"))


def entries(case: Case) -> tuple[Entry, ...]:
    """The entries that bind for this case: each region of the address and the numbers, and its country."""
    regions = {part for region in case.regions for part in (region.partition("-")[0], region)}
    if _anywhere(case):
        regions |= {region for region in TABLE if region.startswith("US-")}
    return tuple(TABLE[region] for region in sorted(regions & TABLE.keys()))


def _anywhere(case: Case) -> bool:
    """In the United States, and nobody knows where: then only what is legal everywhere is legal."""
    return "US" in case.regions and not case.zone_known and not any(r.startswith("US-") for r in case.regions)


def limits(case: Case, policy: Policy) -> Limits:
    """All the hours that calls and texts must lie in: the law's wherever they may be, and the workspace's own."""
    where = tuple(sorted({case.prospect_zone, *case.other_zones}))
    return _limits(entries(case), policy.law_hours, where, _anywhere(case), policy.law_overrides)


def own(case: Case) -> Limits:
    """The rep's own hours, wherever they may be."""
    if case.own_hours is None:
        return ()
    where = TABLE["US"].zones if _anywhere(case) else sorted({case.prospect_zone, *case.other_zones})
    return tuple(Limit((case.own_hours,), zone, whose="own") for zone in where)


def loosened(case: Case, policy: Policy) -> tuple[Override, ...]:
    """The owner's readings that bind for this case."""
    if not policy.law_overrides:
        return ()
    bound = {"", *(entry.region for entry in entries(case))}
    return tuple(override for override in policy.law_overrides if override.region in bound)


@lru_cache(maxsize=4096)
def _limits(
    bound: tuple[Entry, ...], usual: Hours, where: tuple[str, ...], anywhere: bool, read_so: tuple[Override, ...]
) -> Limits:
    overrides = {override.region: override for override in read_so}
    everywhere = overrides[""].hours if "" in overrides else usual
    found = dict.fromkeys(Limit((everywhere,), zone) for zone in (TABLE["US"].zones if anywhere else where))
    for entry in bound:
        override = overrides.get(entry.region)
        hours = (override.hours,) if override else entry.hours
        region = entry.region if entry.not_on_holidays else ""
        found |= dict.fromkeys(
            Limit(hours, zone, region, entry.region) for zone in (entry.zones if anywhere else where)
        )
    return tuple(found)


def most_a_day(case: Case) -> Entry | None:
    """The strictest entry that limits contacts in 24 hours."""
    limited = [entry for entry in entries(case) if entry.a_day is not None]
    return min(limited, key=lambda entry: (entry.a_day or 0, entry.region), default=None)
