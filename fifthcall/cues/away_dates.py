"""Until when somebody is away: dates as people write them, and which side of them the absence is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from fifthcall.cues import phrases

MOST = 3_000  # characters that are looked at
_ISO = re.compile(r"(?<!\d)(20\d\d)[-/.](\d\d?)[-/.](\d\d?)(?!\d)")
_ASIAN = re.compile(r"(?:(20\d\d)年)?(\d\d?)月(\d\d?)日")
_NUMBERS = re.compile(r"(?<![\w./-])(\d{1,2})(\. ?|[/-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\w/:]|[.-]\d)")
_YEAR = r"(?:,?\s{1,3}(?:de |del |of )?(20\d\d))?"


@dataclass(frozen=True, slots=True)
class _Named:
    """A date in a text: without a year the next to come; `swapped`: what it is with day and month the other way."""

    start: int
    end: int
    day: date
    swapped: date | None = None


def away_until(text: str, subject: str, today: date) -> date | None:
    """The last day they are away; None when they don't say, or it can't be.

    "Back on the 7th" is until the 6th; "until the 7th" is until the 7th. Of several dates the latest within a year
    counts, those beside such a word before others.
    """
    whole = phrases.tidy(f"{subject}\n\n{text[:MOST]}")
    told: list[date] = []
    plain: list[date] = []
    for day, side in _sided(whole, today):
        last = day - timedelta(days=1) if side == "back" else day
        if today - timedelta(days=1) <= last <= today + timedelta(days=366):
            (told if side else plain).append(last)
    if told or plain:
        return max(told or plain)
    return _weekday(whole, today)


def dated(text: str) -> bool:
    """Whether there is a date in it."""
    return bool(_named(text, date(2026, 1, 1)))


def bounded(text: str) -> bool:
    """Whether there is a date in it that something lasts until, or begins again."""
    return any(side for _, side in _sided(text, date(2026, 1, 1)))


def _sided(text: str, today: date) -> list[tuple[date, str]]:
    named = _named(text, today)
    american = _american(text, named, today)
    low = text.lower()
    return [((one.swapped if american else None) or one.day, _side(low, one)) for one in named]


def _american(text: str, named: list[_Named], today: date) -> bool:
    """Whether 12/1 is the first of December: other dates say so, or it is soon only that way, or it's English."""
    either = [one for one in named if one.swapped]
    if not either:
        return False
    if re.search(r"(?<!\d)(?:1[3-9]|2\d|3[01])/\d{1,2}(?!\d)", text):
        return False
    if re.search(r"(?<!\d)\d{1,2}/(?:1[3-9]|2\d|3[01])(?!\d)", text):
        return True
    soon = [[0 <= (day - today).days <= 60 for day in (one.day, one.swapped) if day] for one in either]
    if len({tuple(one) for one in soon}) == 1 and soon[0][0] != soon[0][1]:
        return soon[0][1]
    low = text.lower()
    english = sum(low.count(word) for word in (" the ", " and ", " will ", " of ", " until ", " i "))
    return english >= 2


def _side(low: str, one: _Named) -> str:
    """`until`, `back` or "": what stands before a date, or close after it (as in Finnish and German)."""
    before = low[max(0, one.start - 60) : one.start]
    words = re.sub(r"[,:(]", " ", before.rpartition(".")[2] if before.rstrip().endswith(".") else before).split()
    skipped = 0
    while words and skipped < 6:
        for side in ("until", "back"):
            if _ends_with(words, _lists()[side]):
                return side
        word = words[-1].strip("'")
        if (
            word not in _lists()["linking"]
            and word not in _weekdays()
            and not re.fullmatch(r"\d{1,2}[:.h]?\d{0,2}", word)
        ):
            break
        words.pop()
        skipped += 1
    after = low[one.end : one.end + 40]
    if re.match(
        r"\W{0,3}(?:\w+ ){0,3}(?:wieder|zurück|erreichbar|back|terug|tillbaka|tilbage|tilbake|alkaen|weer)\b", after
    ):
        return "back"
    return "until" if re.match(r"\W{0,3}(?:asti|saakka|まで)|\W{0,3}(?:inclus|included|inclusive)", after) else ""


def _ends_with(words: list[str], wanted: frozenset[str]) -> bool:
    return any(" ".join(words[-count:]) in wanted for count in range(1, 5))


def _weekday(text: str, today: date) -> date | None:
    """From "back on Monday": the day before the next one."""
    names = "|".join(sorted(_weekdays(), key=len, reverse=True))
    for found in re.finditer(rf"(?<!\w)({names})(?!\w)", text.lower()):
        side = _side(text.lower(), _Named(found.start(), found.end(), today))
        if side:
            ahead = (_weekdays()[found[1]] - today.weekday()) % 7 or 7
            return today + timedelta(days=ahead - (side == "back"))
    return None


def _named(text: str, today: date) -> list[_Named]:
    low, months = text.lower(), _months()
    day_month, month_day = _expressions()
    found = [_made(one, one[1], one[2], one[3], today) for one in (*_ISO.finditer(low), *_ASIAN.finditer(low))]
    found += [_made(one, one[3], str(months[one[2]]), one[1], today) for one in day_month.finditer(low)]
    found += [_made(one, one[3], str(months[one[1]]), one[2], today) for one in month_day.finditer(low)]
    found += [_numbers(one, today) for one in _NUMBERS.finditer(low)]
    return [one for one in found if one]


def _numbers(match: re.Match[str], today: date) -> _Named | None:
    """3.12., 03/12/2026, 3-12-2026; not 24/7, a time, a version, part of a phone number."""
    sign, year = match[2].strip(), match[4]
    if (sign == "-" and not year) or match[0] == "24/7":
        return None
    first, second = match[1], match[3]
    made = _made(match, year, second, first, today)
    swapped = _made(match, year, first, second, today) if sign == "/" else None
    if made and swapped:
        return _Named(made.start, made.end, made.day, swapped.day)
    return made or swapped


def _made(match: re.Match[str], year: str | None, month: str, day: str, today: date) -> _Named | None:
    try:
        if year:
            made = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        else:
            made = date(today.year, int(month), int(day))
            if made < today - timedelta(days=31):
                made = date(today.year + 1, int(month), int(day))
    except ValueError:
        return None
    return _Named(match.start(), match.end(), made)


@cache
def _expressions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    names = "|".join(sorted(_months(), key=len, reverse=True))
    day = r"(\d{1,2})"
    return (
        re.compile(rf"(?<!\w){day}(?:st|nd|rd|th|er|e|\.|º|:e)?\s{{0,3}}(?:of |de |di |d'|-)?({names})\b\.?{_YEAR}"),
        re.compile(rf"(?<!\w)({names})\.?\s{{1,3}}(?:the )?{day}(?:st|nd|rd|th)?(?![\w:]){_YEAR}"),
    )


@cache
def _months() -> dict[str, int]:
    return _numbered("dates.months", 1)


@cache
def _weekdays() -> dict[str, int]:
    return _numbered("dates.weekdays", 0)


def _numbered(purpose: str, first: int) -> dict[str, int]:
    return {
        name: number
        for names in phrases.table(purpose).values()
        for number, forms in enumerate(names, first)
        for name in forms.split()
    }


@cache
def _lists() -> dict[str, frozenset[str]]:
    return {
        name: frozenset(one for words in phrases.table(f"dates.{name}").values() for one in words)
        for name in ("until", "back", "linking")
    }
