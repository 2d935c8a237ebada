"""What the columns of a table hold, judged over every row: kind, date order, decimal style. And values from their text.

Nothing ambiguous is settled here by guessing: a column says `ambiguous` and a person decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from fifthcall.imports.reading import Table
from fifthcall.imports.unreadable import BadRow

DATE_ORDERS = {"iso": "year-month-day", "mdy": "month/day/year", "dmy": "day/month/year"}
NUMBER_STYLES = {"plain": "1234", "point": "1,234.50", "comma": "1.234,50"}
_WORDS = ["", "null", "n/a", "#n/a", "n.a.", "none", "nil", "-", "--", "–", "—", "?", "unknown", "(blank)"]
UNKNOWN = frozenset((*_WORDS, "(empty)", "(none)", "#value!", "#ref!", "#name?", "#div/0!", "#null!"))
PIVOT = 69  # two-digit years: 69–99 are 1969–1999, 00–68 are 2000–2068, as POSIX has it
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_AT_ONCE = 100_000  # cells
_REMEMBERED = 250_000  # distinct values, over all columns
_LONG = 80  # longer values are text, whatever they look like

_TIME = r"(?:(?:T|,?\s+)\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?\s?(?:[AP]\.?M\.?)?\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
_FLAGS = re.ASCII | re.IGNORECASE
_DATE = re.compile(r"(\d{1,4})(?:-(\d\d?)-|/(\d\d?)/|\.\s?(\d\d?)\.\s?)(\d{1,4})\.?" + _TIME, _FLAGS)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_DAY_NAMED = re.compile(r"(\d\d?)(?:st|nd|rd|th)?\.?[ -]?([A-Z]{3,9})\.?,?[ -]?(\d{4}|\d\d)" + _TIME, _FLAGS)
_MONTH_NAMED = re.compile(r"([A-Z]{3,9})\.?[ -](\d\d?)(?:st|nd|rd|th)?,?[ -](\d{4})" + _TIME, _FLAGS)
_NAMES = ["january", "february", "march", "april", "may", "june", "july", "august", "september"]
_NAMES += ["october", "november", "december"]
_MONTHS = {name[:length]: str(i) for i, name in enumerate(_NAMES, 1) for length in range(3, len(name) + 1)}

_CURRENCY = (
    r"(?:[A-Z]{0,3}[$€£¥₹₽₩₺₴฿₫₪₱₦]|kr\.?|zł|Kč|Ft|lei|Fr\.?|Rs\.?|USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|CAD|AUD|NZD|SGD|HKD"
    r"|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|UAH|RUB|ILS|AED|SAR|ZAR|NGN|KES|EGP|BRL|MXN|ARS|CLP|COP|PEN|KRW|THB|IDR"
    r"|MYR|PHP|VND|TWD)"
)
_AMOUNT = re.compile(
    rf"(\()?([-+]?)\s?{_CURRENCY}?\s?([-+]?)((?:\d[\d.,' ]*)?\d|[.,]\d+)(E[-+]\d\d?)?\s?(-?)\s?(?:{_CURRENCY}|%)?(\))?",
    _FLAGS,
)
_POINT = re.compile(r"(?:\d+|[1-9]\d{0,2}(?:(?:,\d{2,3})*,\d{3}|(?:[ ']\d{3})+))(?:\.\d+)?|\.\d+", re.ASCII)
_COMMA = re.compile(r"(?:\d+|[1-9]\d{0,2}(?:(?:\.\d{2,3})*\.\d{3}|(?:[ ']\d{3})+))(?:,\d+)?|,\d+", re.ASCII)
_ALIKE = str.maketrans("\xa0\u202f\u2009−–’", "   --'")
_POINT_DIGITS, _COMMA_DIGITS = str.maketrans("", "", ",' "), str.maketrans(",", ".", ".' ")
_ZERO = re.compile(rf"(?:{_CURRENCY}\s?)?[-+]?0[0.,:/ T-]*(?:\s?{_CURRENCY}|%)?", _FLAGS)

_DIGIT = re.compile("[0-9]")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]{2,}")
_URL = re.compile(r"(?:https?://|www\.)\S+|(?:[a-z0-9-]+\.)+(?:com|org|net|info|biz|app|dev|[a-z]{2})(?:/\S*)?", _FLAGS)
_PHONE = re.compile(r"[+(]?\d[\d\s()./-]{5,}\d(?:\s?(?:x|ext\.?|#)\s?\d+)?", _FLAGS)
_SURE_PHONE = re.compile(r"(?:\+\s?[1-9]|0)[\d ]{7,}", re.ASCII)


class BadValue(ValueError):
    """A text that isn't what its column should hold: what is wrong, and what would put it right."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem, self.remedy = problem, remedy


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """What one column holds over all rows of its table that could be read."""

    name: str
    filled: int
    unknown: int  # empty, or a word for it
    zeros: int  # of the filled ones: 0, 0.00, 0000-00-00
    samples: tuple[str, ...]  # the first few different values
    distinct: int  # different filled values; at least that many where `distinct_capped`
    distinct_capped: bool
    kind: str  # date, number, email, phone, url, text; empty where nothing is filled
    date_order: str  # iso, mdy, dmy, ambiguous, mixed; "" without any date
    number_style: str  # plain, point, comma, ambiguous, mixed; "" without any number
    misfits: int  # filled values that are not of `kind` (date and number only)
    odd_line: int  # the line of the first misfit, or of the first value that contradicts those above it; 0 for none
    odd_value: str


def study(table: Table, columns: Sequence[str] | None = None) -> dict[str, ColumnFacts]:
    """Read the whole table once and say what each column (or each of `columns`) holds; unreadable rows are left out.
    Raises `UnreadableFile` where the file itself breaks."""
    places = [(name, i) for i, name in enumerate(table.header) if columns is None or name in columns]
    tallies = [(_Tally(max(50, min(50_000, _REMEMBERED // len(places)))), i) for _, i in places]
    stream = table.rows()
    while taken := list(islice(stream, max(50, min(1_000, _AT_ONCE // len(table.header))))):
        good = [(line, row) for line, row in taken if not isinstance(row, BadRow)]
        by_column = list(zip(*(row for _, row in good), strict=True))
        for tally, i in tallies if good else ():
            tally.take(good, by_column[i])
    return {name: tally.facts(name) for (name, _), (tally, _) in zip(places, tallies, strict=True)}


class _Tally:
    """Counts one column by what its values can be read as; only a bounded number of values is remembered."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.known: dict[str, str] = {}
        self.counts: Counter[str] = Counter()
        self.first: dict[str, tuple[int, str]] = {}
        self.samples: dict[str, None] = {}
        self.distinct, self.capped = 0, False

    def take(self, rows: list[tuple[int, list[str]]], values: Sequence[str]) -> None:
        for value, count in Counter(values).items():
            reading = self.known.get(value)
            if reading is None:
                reading = self._meet(value)
            if reading not in self.first:
                self.first[reading] = (rows[values.index(value)][0], value.strip()[:_LONG])
            self.counts[reading] += count

    def _meet(self, value: str) -> str:
        """Read a value not seen before, or forgotten."""
        reading = _reading(value)
        if len(self.known) < self.memory and len(value) < 4 * _LONG:
            self.known[value] = reading
            self.distinct += reading != "unknown"
        else:
            self.capped = True
        if reading != "unknown" and len(self.samples) < 5:
            self.samples[value.strip()[:_LONG]] = None
        return reading

    def facts(self, name: str) -> ColumnFacts:
        unknown = self.counts.pop("unknown", 0)
        filled, zeros = self.counts.total(), self._count({"zero", "zero point", "zero comma"})
        kind = self._kind(filled, zeros)
        order, style = self._settle("date", "day?", "iso"), self._settle("number", "amount?", "plain")
        others = self.counts.keys() - _KINDS[kind] - {"zero"} if kind in _SIDES else set()
        odd = min((self.first[reading] for reading in others), default=(0, ""))
        if (kind, "mixed") in (("date", order), ("number", style)):
            odd = max(
                min(self.first[reading] for reading in side & self.first.keys()) for side in _SIDES[kind].values()
            )
        return ColumnFacts(
            name, filled, unknown, zeros, tuple(self.samples), self.distinct, self.capped,
            kind, order, style, self._count(others), *odd,
        )  # fmt: skip

    def _count(self, readings: Set[str]) -> int:
        return sum(self.counts[reading] for reading in readings)

    def _kind(self, filled: int, zeros: int) -> str:
        """A column is of a kind when at least four in five of its filled values are; zeros count for numbers only."""
        for kind, readings in _KINDS.items():
            of_kind = self._count(readings)
            if of_kind and 5 * of_kind >= 4 * (filled if kind == "number" else filled - zeros):
                return kind
        return "text" if filled else "empty"

    def _settle(self, kind: str, either: str, otherwise: str) -> str:
        """The one side that some value rules in; `mixed` when both are, `ambiguous` when neither."""
        found = [side for side, readings in _SIDES[kind].items() if self._count(readings)]
        if found:
            return found[0] if len(found) == 1 else "mixed"
        return "ambiguous" if self.counts[either] else otherwise if self._count(_KINDS[kind]) else ""


_KINDS = {
    "date": {"iso", "mdy", "dmy", "day?", "compact"},
    "number": {"plain", "point", "comma", "amount?", "zero", "zero point", "zero comma", "compact"},
} | {kind: {kind} for kind in ("email", "url", "phone")}
_SIDES = {
    "date": {"mdy": {"mdy"}, "dmy": {"dmy"}},
    "number": {"point": {"point", "zero point"}, "comma": {"comma", "zero comma"}},
}


def _reading(value: str) -> str:
    """What one value can be read as: a word of `_KINDS`, `text` or `unknown`."""
    text = _bare(value)
    if text.casefold() in UNKNOWN:
        return "unknown"
    if len(text) > _LONG:
        return "text"
    if "@" in text and _EMAIL.fullmatch(text):
        return "email"
    if not _DIGIT.search(text):
        return "url" if "." in text and _URL.fullmatch(text) else "text"
    if (text[0].isdecimal() or text[:3].lower() in _MONTHS) and (days := _days(text)):
        mdy, dmy, shape = days
        return shape or ("day?" if mdy and dmy else "mdy" if mdy else "dmy")
    if text[0] in "+0" and _SURE_PHONE.fullmatch(text):
        return "phone"
    if (amount := _AMOUNT.fullmatch(text)) and (style := _style(amount[4])):
        if not _ZERO.fullmatch(text):
            return style
        return "zero" if style == "plain" else f"zero {style}"
    if _ZERO.fullmatch(text):
        return "zero"
    if text[0] in "+(0123456789" and _PHONE.fullmatch(text):
        return "phone"
    return "url" if "." in text and _URL.fullmatch(text) else "text"


def _style(digits: str) -> str:
    """How the digits of an amount can be read: plain (it doesn't matter), point, comma, amount? (it does) or not."""
    point, comma = _POINT.fullmatch(digits), _COMMA.fullmatch(digits)
    if point and comma:
        return "amount?" if "." in digits or "," in digits else "plain"
    return "point" if point else "comma" if comma else ""


def _bare(text: str) -> str:
    """Without blanks around it; the spaces, minus signs and apostrophes of typography as those of a keyboard."""
    return text.strip() if text.isascii() else text.strip().translate(_ALIKE)


def _days(text: str) -> tuple[date | None, date | None, str] | None:
    """The day meant if the month comes first, if the day does, and the shape where that doesn't matter; or no date."""
    day, shape = None, "iso"
    if found := _DATE.fullmatch(text):
        first, second, last = found[1], found[2] or found[3] or found[4], found[5]
        if len(first) == 4 and len(last) <= 2:
            day = _day(first, second, last)
        elif len(first) <= 2 and len(last) in (2, 4):
            mdy, dmy = _day(last, first, second), _day(last, second, first)
            return (mdy, dmy, "") if mdy or dmy else None
    elif found := _COMPACT.fullmatch(text):
        day, shape = _day(found[1], found[2], found[3]), "compact"
    elif found := _DAY_NAMED.fullmatch(text):
        day = _day(found[3], _MONTHS.get(found[2].lower(), "0"), found[1])
    elif found := _MONTH_NAMED.fullmatch(text):
        day = _day(found[3], _MONTHS.get(found[1].lower(), "0"), found[2])
    return (day, day, shape) if day else None


def _day(year: str, month: str, day: str) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= PIVOT else 2000
    try:
        return date(number, int(month), int(day)) if _FIRST_YEAR <= number <= _LAST_YEAR else None
    except ValueError:
        return None


def is_unknown(text: str, *, zero_is_unknown: bool = False) -> bool:
    """Is this empty, or one of the words that exports put for it; where asked, any way to write zero?"""
    text = text.strip()
    return text.casefold() in UNKNOWN or (zero_is_unknown and _ZERO.fullmatch(text) is not None)


def parse_date(text: str, order: str) -> date | None:
    """The day as written (a time and zone after it are left out), None where unknown or all zeros.

    `order` is one of `DATE_ORDERS`; dates with the year first or a month's name are read under each of them. Two-digit
    years turn at `PIVOT`. Raises `BadValue`.
    """
    return _date(text, order)


@lru_cache(maxsize=65_536)
def _date(text: str, order: str) -> date | None:
    if is_unknown(text, zero_is_unknown=True):
        return None
    shown = text.strip()[:_LONG]
    days = _days(_bare(text)) if len(text) < 2 * _LONG else None
    if days is None:
        raise BadValue(f"“{shown}” is not a date from {_FIRST_YEAR} to {_LAST_YEAR}.", "Write it like 2016-11-03.")
    mdy, dmy, shape = days
    if shape or mdy == dmy:
        return mdy
    if order not in DATE_ORDERS:
        raise BadValue(f"“{shown}” may be month/day or day/month.", "Say which order its column has: mdy or dmy.")
    if found := {"mdy": mdy, "dmy": dmy}.get(order):
        return found
    raise BadValue(f"“{shown}” is not a {DATE_ORDERS[order]} date.", "Write it like 2016-11-03.")


def parse_number(text: str, style: str, *, zero_is_unknown: bool = False) -> Decimal | None:
    """The amount without its currency or percent sign; negative with a minus or in parentheses; None where unknown.

    `style` is one of `NUMBER_STYLES`. Raises `BadValue`.
    """
    number = _number(text, style)
    return None if zero_is_unknown and not number else number


@lru_cache(maxsize=65_536)
def _number(text: str, style: str) -> Decimal | None:
    if is_unknown(text):
        return None
    shown = text.strip()[:_LONG]
    found = _AMOUNT.fullmatch(_bare(text)) if len(text) < 2 * _LONG else None
    read = _style(found[4]) if found else ""
    if not found or not read or bool(found[1]) != bool(found[7]):
        raise BadValue(f"“{shown}” is not a number.", "Write it like 1234.50.")
    if read == "amount?" and style not in ("point", "comma"):
        raise BadValue(f"“{shown}” may have thousands or decimals.", "Say how its column writes them: point or comma.")
    if read in ("point", "comma") and style in ("point", "comma") and read != style:
        raise BadValue(f"“{shown}” is not written like {NUMBER_STYLES[style]}.", "Write it like 1234.50.")
    comma = (style if read == "amount?" else read) == "comma"
    digits = found[4].translate(_COMMA_DIGITS if comma else _POINT_DIGITS)
    negative = "-" in (found[2], found[3], found[6]) or found[1]
    return Decimal(f"{'-' if negative else ''}{digits}{found[5] or ''}")
