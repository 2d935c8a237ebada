"""Open a file that another program wrote and read it as rows of text, whatever its encoding, delimiter or true format.

Everything about the whole file (encoding, delimiter, header) is settled in `open_table`, before the first row is handed
out. Rows then stream, as often as wanted, in bounded memory. Plain functions over files: no database, no clock.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from fifthcall.imports.delimited import Text
from fifthcall.imports.sniffing import SAMPLE
from fifthcall.imports.unreadable import SAVE_AS_CSV, BadRow, UnreadableFile
from fifthcall.imports.workbooks import FirstSheet

MAX_COLUMNS = 1_000
_FOREIGN = (
    (b"%PDF", "This is a PDF document, not a table."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook (.xls), or one with a password."),
    (b"\x89PNG", "This is a picture, not a table."),
    (b"\xff\xd8\xff", "This is a picture, not a table."),
    (b"GIF8", "This is a picture, not a table."),
    (b"\x1f\x8b", "This is a compressed file."),
    (b"Rar!", "This is a compressed file."),
    (b"7z\xbc\xaf", "This is a compressed file."),
    (b"SQLite format 3", "This is a database, not a table."),
    (b"{\\rtf", "This is a text document, not a table."),
    (b"BEGIN:VCARD", "This is an address book (vCard), not a table."),
    (b"<", "This is a web page or XML, not a table."),
    (b'{"', "This is JSON, not a table."),
    (b'[{"', "This is JSON, not a table."),
)


class _Source(Protocol):
    encoding: str
    delimiter: str
    notes: list[str]

    def records(self, width: int) -> Iterator[tuple[int, list[str]]]:
        """Every record of the file with its line, header and blank ones too; `width` is 0 while it isn't known."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file opened for reading: unique column names, and rows of exactly that many cells (or a `BadRow`)."""

    name: str
    header: tuple[str, ...]
    header_line: int
    encoding: str
    delimiter: str
    notes: tuple[str, ...]
    _source: _Source

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row below the header that isn't blank, with the line of the file (or row of the sheet) it begins on,
        from 1. Short rows are filled up with empty cells. Can be called again. Raises `UnreadableFile`."""
        width = len(self.header)
        for line, row in self._source.records(width):
            if line <= self.header_line:
                continue
            if len(row) != width and not isinstance(row, BadRow):
                row = self._fitted(row, width, line)
            if row[0].strip() or "".join(row).strip() or isinstance(row, BadRow):
                yield line, row

    def _fitted(self, row: list[str], width: int, line: int) -> list[str]:
        if len(row) < width:
            return row + [""] * (width - len(row))
        if len(row) > MAX_COLUMNS:
            raise _too_wide(self.name, len(row), line)
        if any(cell.strip() for cell in row[width:]):
            problem = f"This row has {len(row)} values, but there are only {width} columns."
            return BadRow(row, problem, "Put values that contain the delimiter into quotation marks.")
        return row[:width]


def open_table(path: Path, *, max_bytes: int, name: str | None = None) -> Table:
    """Settle how the file is to be read. `name` is what messages call it (uploads are stored under another one).
    Raises `UnreadableFile`; a file of more than `max_bytes` is refused without being read."""
    name = name or path.name
    head = _head(path, name, max_bytes)
    source: _Source = FirstSheet(path, name) if head.startswith(b"PK\x03\x04") else Text(path, name, head)
    top = list(islice(((line, row) for line, row in source.records(0) if "".join(row).strip()), 30))
    if top and [cell.casefold() for cell in top[0][1]] in (["sep=", ""], ["sep="]):
        del top[0]  # Excel's hint about the delimiter, already taken
    if not top:
        raise UnreadableFile(name, "The file is empty.", "Export it again: it should begin with the column names.")
    widths = [sum(map(bool, row)) for _, row in top]
    usual = Counter(widths).most_common(1)[0][0]
    first = next(i for i, width in enumerate(widths) if width >= usual) if widths[0] == 1 and usual > 2 else 0
    line, cells = top[first]
    if isinstance(cells, BadRow):
        raise UnreadableFile(name, cells.problem, cells.remedy, line)
    if len(cells) > MAX_COLUMNS:
        raise _too_wide(name, len(cells), line)
    notes = list(source.notes)
    if first:
        notes.append(f"The column names were found on line {line}; what stands above them was left out.")
    header = _unique(cells, notes)
    if len(top) == first + 1:
        notes.append("There are no rows below the column names.")
    return Table(name, header, line, source.encoding, source.delimiter, tuple(notes), source)


def _head(path: Path, name: str, max_bytes: int) -> bytes:
    """The first bytes of a file that may be opened; anything that cannot be a table is refused by what it is."""
    if not path.is_file():
        raise UnreadableFile(name, "There is no such file.", "Check its name and folder.")
    if (size := path.stat().st_size) > max_bytes:
        problem = f"The file has {_size(size)}; one import takes at most {_size(max_bytes)}."
        raise UnreadableFile(name, problem, "Split it into smaller files, or export fewer columns.")
    try:
        with path.open("rb") as file:
            head = file.read(SAMPLE)
    except OSError as error:
        raise UnreadableFile(name, f"The file can't be opened ({error.strerror}).", "Check who may read it.") from error
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, problem in _FOREIGN:
        if begins.startswith(magic):
            raise UnreadableFile(name, problem, SAVE_AS_CSV)
    return head


def _unique(cells: list[str], notes: list[str]) -> tuple[str, ...]:
    """Column names that are there and differ; what had to be made up is noted."""
    names: dict[str, None] = {}
    made_up = []
    for number, cell in enumerate(cells, 1):
        given = " ".join(cell.replace("\ufeff", "").split())
        wanted = name = given or f"column {number}"
        count = 1
        while name in names:
            count += 1
            name = f"{wanted} ({count})"
        if name != given:
            made_up.append(
                f"Column {number} has {'the same name as another' if given else 'no name'}: called “{name}”."
            )
        names[name] = None
    notes += made_up[:5] + ([f"So have {len(made_up) - 5} more columns."] if len(made_up) > 5 else [])
    return tuple(names)


def _too_wide(name: str, columns: int, line: int) -> UnreadableFile:
    problem = f"This row has {columns:,} columns; at most {MAX_COLUMNS:,} can be read."
    return UnreadableFile(name, problem, "Export only the columns you need.", line)


def _size(size: int) -> str:
    """Bytes in words: 1.0 GB."""
    amount, units = float(size), ["bytes", "KB", "MB", "GB"]
    while amount >= 1024 and len(units) > 1:
        amount /= 1024
        del units[0]
    return f"{amount:.0f} {units[0]}" if units[0] == "bytes" else f"{amount:.1f} {units[0]}"
