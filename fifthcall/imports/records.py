"""A row's cells into typed values, by the file's mapping."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from fifthcall.imports.columns import BadValue, is_unknown, parse_date, parse_number
from fifthcall.imports.fields import KINDS
from fifthcall.imports.unreadable import BadRow
from fifthcall.imports.uploads import Sheet

#: The longest text a field may hold.
LONGEST = {
    "stage": 80,
    "country": 120,
    "sector": 120,
    "team": 120,
    "series": 120,
    "source": 120,
    "note": 5000,
    "zone": 64,
}
LONG = 200
#: The largest number a field may hold.
LARGEST = {"employees": 2**31 - 1}
LARGE = 10**16 - 1
_GUARDED = re.compile("'+[=+@\t\r＝-]")  # as our own export guards spreadsheets


class Unusable(ValueError):
    """A row that can't be taken, with the field and the remedy in the words."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row: its line, its cells as they came, and its typed values (None where unknown), or why there are none."""

    line: int
    cells: list[str]
    values: dict[str, Any]
    problem: str = ""


def records(sheet: Sheet) -> Iterator[Record]:
    """Every row of the sheet, in order; those that can't be read have a problem."""
    table = sheet.open()
    parsers = [
        (field, table.header.index(column), lru_cache(maxsize=4096)(_parser(sheet, field)))  # cells repeat
        for field, column in sheet.fields.items()
        if column in table.header
    ]
    for line, cells in table.rows():
        if isinstance(cells, BadRow):
            yield Record(line, list(cells), {}, f"{cells.problem} {cells.remedy}")
            continue
        field = ""
        try:
            values = {}
            for field, index, parse in parsers:  # named in the message
                values[field] = parse(cells[index])
        except BadValue as bad:
            yield Record(line, cells, {}, f"{sheet.fields[field]}: {bad}")
        except Unusable as bad:
            yield Record(line, cells, {}, f"{sheet.fields[field]}: {bad}")
        else:
            yield Record(line, cells, values)


def _parser(sheet: Sheet, field: str) -> Callable[[str], Any]:
    known = KINDS[sheet.kind].get(field)
    holds = known.holds if known else "text"
    if holds == "date":
        order = sheet.date_order.get(field, "")
        return lambda text: parse_date(text, order)
    if holds == "number":
        style, zero = sheet.number_style.get(field, "plain"), bool(known and known.zero_is_unknown)
        most = LARGEST.get(field, LARGE)

        def number_of(text: str) -> Decimal | None:
            number = parse_number(text, style, zero_is_unknown=zero)
            if number is not None and abs(number) > most:
                raise Unusable(f"{text.strip()} is too large; {most:,} is the most. Correct it.")
            return number

        return number_of
    longest = LONGEST.get(field, LONG)

    def text_of(text: str) -> str | None:
        text = text.strip()
        if _GUARDED.match(text):
            text = text[1:]
        if is_unknown(text):
            return None
        if len(text) > longest:
            raise Unusable(f"{len(text)} characters are too many; {longest} is the most. Shorten it.")
        return text

    return text_of
