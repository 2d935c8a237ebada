"""Recurrence rules of RFC 5545 §3.3.10 by the day: on which days a series falls.

A series keeps its wall time: days are counted here, and `windows.instant` makes instants of them afterwards (§3.3.5).
Nothing is looked for beyond `HORIZON`, so a rule that never happens is found out instead of searched for without end.
"""

from __future__ import annotations

import re
from calendar import isleap, monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache

#: Far enough for 29 February on a given weekday.
HORIZON = timedelta(days=41 * 366)
LONGEST = 200  # characters
MOST = 10_000  # occurrences, or periods between two of them
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_TOO_OFTEN = ("SECONDLY", "MINUTELY", "HOURLY")
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_LISTS = {"BYMONTH": (1, 12), "BYMONTHDAY": (-31, 31), "BYYEARDAY": (-366, 366), "BYSETPOS": (-366, 366)}


class BadRule(ValueError):
    """A rule that can't be read, repeats too often, or never happens; the text says what to change."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule taken apart; empty sets mean that the part was not given."""

    frequency: str
    interval: int = 1
    count: int = 0  # 0: without end
    until: date | None = None
    weekdays: frozenset[tuple[int, int]] = frozenset()  # which one of the month or year (0: each), weekday
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    year_days: frozenset[int] = frozenset()
    places: frozenset[int] = frozenset()  # BYSETPOS
    week_start: int = 0


@lru_cache(maxsize=1024)
def read(text: str) -> Recurrence:
    """The rule in `text` ("FREQ=WEEKLY;BYDAY=MO,FR"). Raises BadRule."""
    if len(text) > LONGEST:
        raise BadRule(f"A rule has at most {LONGEST} characters.")
    parts: dict[str, str] = {}
    for part in text.upper().removeprefix("RRULE:").strip(";").split(";"):
        name, given, value = part.strip().partition("=")
        if not given or not value or name in parts:
            raise BadRule(f"“{part}” is no part of a rule: each is said once, like FREQ=WEEKLY.")
        parts[name] = value
    frequency = parts.pop("FREQ", "")
    if frequency in _TOO_OFTEN:
        raise BadRule(f"{frequency} is too often: a block comes daily, weekly, monthly or yearly.")
    if frequency not in _FREQUENCIES:
        raise BadRule(f"FREQ is one of {', '.join(_FREQUENCIES)}.")
    return _read(frequency, parts)


def _read(frequency: str, parts: dict[str, str]) -> Recurrence:
    lists = {name: _numbers(name, parts.pop(name, ""), *span) for name, span in _LISTS.items()}
    week_start = parts.pop("WKST", "MO")
    if week_start not in WEEKDAYS:
        raise BadRule("WKST is a weekday, like MO.")
    rule = Recurrence(
        frequency,
        interval=_number("INTERVAL", parts.pop("INTERVAL", "1")),
        count=_number("COUNT", parts.pop("COUNT")) if "COUNT" in parts else 0,
        until=_until(parts.pop("UNTIL", "")),
        weekdays=_weekdays(parts.pop("BYDAY", "")),
        months=lists["BYMONTH"],
        month_days=lists["BYMONTHDAY"],
        year_days=lists["BYYEARDAY"],
        places=lists["BYSETPOS"],
        week_start=WEEKDAYS.index(week_start),
    )
    if parts:
        raise BadRule(f"{', '.join(sorted(parts))} can't be used for a block: it stands once on a day.")
    if any(place for place, _ in rule.weekdays) and frequency not in ("MONTHLY", "YEARLY"):
        raise BadRule("“The first Monday” needs FREQ=MONTHLY or YEARLY.")
    return rule


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST:
        raise BadRule(f"{name} is a whole number between 1 and {MOST:,}.")
    return int(text)


def _numbers(name: str, text: str, least: int, most: int) -> frozenset[int]:
    found = set()
    for word in text.split(",") if text else ():
        if not re.fullmatch(r"[+-]?\d{1,3}", word) or not least <= int(word) <= most or int(word) == 0:
            raise BadRule(f"{name}={word}: a number from {least} to {most}, without 0.")
        found.add(int(word))
    return frozenset(found)


def _weekdays(text: str) -> frozenset[tuple[int, int]]:
    found = set()
    for word in text.split(",") if text else ():
        match = _DAY.fullmatch(word)
        if match is None or (match[1] and not 1 <= abs(int(match[1])) <= 53):
            raise BadRule(f"BYDAY={word}: a weekday like MO, or 1MO for the first Monday.")
        found.add((int(match[1] or 0), WEEKDAYS.index(match[2])))
    return frozenset(found)


def _until(text: str) -> date | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(T\d{6}Z?)?", text)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else _refuse_until()
    except ValueError:
        return _refuse_until()


def _refuse_until() -> date:
    raise BadRule("UNTIL is a day, like 20271231.")


def check(text: str, first: date) -> None:
    """Raise BadRule unless the series can be read and happens at least once from `first` on."""
    if next(days(text, first), None) is None:
        raise BadRule("This rule never happens: no day fits all its parts.")


def days(text: str, first: date, until: date | None = None) -> Iterator[date]:
    """The days of the series that begins on `first`, in order, up to `until` (included) or the horizon."""
    rule = _filled(read(text), first)
    end = min(day for day in (first + HORIZON, until, rule.until) if day)
    left = rule.count or -1
    for period in _periods(rule, first, end):
        for day in _chosen(rule, [day for day in period if _fits(rule, day)]):
            if day < first:
                continue
            if day > end or left == 0:
                return
            yield day
            left -= 1


@lru_cache(maxsize=4096)
def days_of_year(text: str, first: date, year: int) -> frozenset[date]:
    """The days of the series in one year."""
    return frozenset(day for day in days(text, first, date(year, 12, 31)) if day.year == year)


def _filled(rule: Recurrence, first: date) -> Recurrence:
    """What the rule leaves open is taken from the first day (RFC 5545 §3.3.10)."""
    if rule.weekdays or rule.month_days or rule.year_days:
        return rule
    if rule.frequency == "WEEKLY":
        return replace(rule, weekdays=frozenset({(0, first.weekday())}))
    if rule.frequency == "MONTHLY":
        return replace(rule, month_days=frozenset({first.day}))
    if rule.frequency == "YEARLY":
        return replace(rule, months=rule.months or frozenset({first.month}), month_days=frozenset({first.day}))
    return rule


def _periods(rule: Recurrence, first: date, end: date) -> Iterator[list[date]]:
    """The days of every interval-th day, week, month or year from that of `first` on."""
    if rule.frequency in ("DAILY", "WEEKLY"):
        week = rule.frequency == "WEEKLY"
        begin = first - timedelta(days=(first.weekday() - rule.week_start) % 7) if week else first
        length = 7 if week else 1
        while begin <= end:
            yield [begin + timedelta(days=n) for n in range(length)]
            begin += timedelta(days=length * rule.interval)
        return
    month = first.month - 1 if rule.frequency == "MONTHLY" else 0
    span, at = (1 if rule.frequency == "MONTHLY" else 12), first.year * 12 + month
    while at // 12 <= end.year:
        yield [
            date(n // 12, n % 12 + 1, day)
            for n in range(at, at + span)
            if not rule.months or n % 12 + 1 in rule.months
            for day in range(1, monthrange(n // 12, n % 12 + 1)[1] + 1)
        ]
        at += span * rule.interval


def _fits(rule: Recurrence, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days:
        length = monthrange(day.year, day.month)[1]
        if day.day not in rule.month_days and day.day - length - 1 not in rule.month_days:
            return False
    if rule.year_days:
        at, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
        if at not in rule.year_days and at - length - 1 not in rule.year_days:
            return False
    return not rule.weekdays or _on_weekday(rule, day)


def _on_weekday(rule: Recurrence, day: date) -> bool:
    if (0, day.weekday()) in rule.weekdays:
        return True
    if rule.frequency == "YEARLY" and not rule.months:
        at, length = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    else:
        at, length = day.day, monthrange(day.year, day.month)[1]
    from_start, from_end = (at - 1) // 7 + 1, -((length - at) // 7 + 1)
    return bool({(from_start, day.weekday()), (from_end, day.weekday())} & rule.weekdays)


def _chosen(rule: Recurrence, found: list[date]) -> list[date]:
    """BYSETPOS picks among what a period holds."""
    if not rule.places:
        return found
    size = len(found)
    return [day for at, day in enumerate(found) if at + 1 in rule.places or at - size in rule.places]
