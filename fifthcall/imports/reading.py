"""Open a file that another program wrote and read it as rows of text, whatever its encoding, delimiter or true format.

Everything about the whole file (encoding, delimiter, header) is settled in `open_table`, before the first row is handed
out. Rows then stream, as often as wanted, in bounded memory. Plain functions over files: no database, no clock.
"""

from __future__ import annotations

import codecs
import csv
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from warnings import catch_warnings, simplefilter

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_COLUMNS = 1_000
MAX_VALUE = 1_048_576  # characters in one value
MAX_LINE = 4 * MAX_VALUE  # characters in one line of the file
MANY_LINES = 200  # a row longer than this is looked at: has a stray quotation mark swallowed its neighbours?
MAX_BROKEN = 100  # rows with broken quotation marks before the whole file is taken for something else
MAX_UNPACKED = 150 * 1024 * 1024  # bytes inside a workbook, of which
MAX_HELD = 40 * 1024 * 1024  # bytes outside its sheets, which are held in memory
MAX_SHEET_ROWS = 1_048_576
DELIMITERS = ",;\t|"
_SAMPLE = 65_536
_CHUNK = 1_048_576
_END = "\0end\0"  # fed after the last line to see whether a quotation mark is still open there

_SAVE_AS_CSV = "Export it again as CSV (UTF-8) or as an Excel workbook (.xlsx)."
_QUOTE = "Close or remove the quotation mark, then import the file again."
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
_LEGACY = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "gb18030", "big5", "cp949")


class UnreadableFile(ValueError):
    """The file as a whole can't be read as a table; `line` is 1-based and set where one line is to blame."""

    def __init__(self, file: str, problem: str, remedy: str, line: int | None = None) -> None:
        super().__init__(f"{file}{f', line {line}' if line else ''}: {problem} {remedy}")
        self.file, self.problem, self.remedy, self.line = file, problem, remedy, line


class BadRow(list[str]):
    """Stands in the stream for a row that can't be trusted, so that every row is counted: the cells as far as they
    could be read, and why. Test for it before using cells by their position."""

    def __init__(self, cells: Iterable[str], problem: str, remedy: str) -> None:
        super().__init__(cells)
        self.problem, self.remedy = problem, remedy


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
    source: _Source = _Sheet(path, name) if head.startswith(b"PK\x03\x04") else _Text(path, name, head)
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
            head = file.read(_SAMPLE)
    except OSError as error:
        raise UnreadableFile(name, f"The file can't be opened ({error.strerror}).", "Check who may read it.") from error
    begins = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, problem in _FOREIGN:
        if begins.startswith(magic):
            raise UnreadableFile(name, problem, _SAVE_AS_CSV)
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


class _Text:
    """Delimited text of any kind."""

    def __init__(self, path: Path, name: str, head: bytes) -> None:
        self.path, self.name, self.notes = path, name, list[str]()
        self.codec, self.errors, self.has_nul = self._encoding(head)
        self.encoding = "utf-8" if self.codec == "utf-8-sig" else self.codec
        with path.open(encoding=self.codec, errors=self.errors, newline="") as file:
            sample = file.read(_SAMPLE)
        odd = sum(map(sample.count, map(chr, (*range(1, 9), *range(14, 26)))))
        if odd > 8 + len(sample) // 50 or sample.count("\0") > len(sample) // 4:
            raise UnreadableFile(name, "This is not a table of text.", _SAVE_AS_CSV)
        self.delimiter, self.escape = _dialect(sample.replace("\0", ""))

    def _encoding(self, head: bytes) -> tuple[str, str, bool]:
        """Codec, error handling and whether there are NULs, true for the whole file and not only for a sample."""
        codec = _declared(head) or "utf-8-sig"
        bad_line, has_nul, _, _ = self._read_through(codec, "strict")
        errors = "strict"
        if bad_line:
            _, has_nul, damaged, foreign = self._read_through(codec, "replace")
            if codec != "utf-8-sig" or foreign > 3 * damaged:
                errors = "replace"
                self.notes.append(f"Line {bad_line} has damaged characters; such characters are shown as �.")
            else:
                codec = _legacy(self.path)
                if self._read_through(codec, "strict")[0]:
                    codec = "latin-1"  # gives every byte a meaning
                self.notes.append(
                    f"Read as {codec.replace('cp125', 'Windows-125')}. If letters such as é or ü look wrong in the"
                    " samples, export the file again as “CSV UTF-8”."
                )
        if has_nul:
            self.notes.append("Empty (NUL) characters were left out.")
        return codec, errors, has_nul

    def _read_through(self, codec: str, errors: str) -> tuple[int, bool, int, int]:
        """Decode the whole file in pieces: first undecodable line or 0, any NUL, damaged and non-ASCII characters."""
        decoder = codecs.getincrementaldecoder(codec)(errors)
        line, run, has_nul, damaged, foreign = 1, 0, False, 0, 0
        with self.path.open("rb") as file:
            while True:
                piece = file.read(_CHUNK)
                try:
                    text = decoder.decode(piece, final=not piece)
                except UnicodeDecodeError as error:
                    return line + error.object[: error.start].count(b"\n"), has_nul, damaged, foreign
                if not piece:
                    return 0, has_nul, damaged, foreign
                last = max(text.rfind("\n"), text.rfind("\r"))
                run = run + len(text) if last < 0 else len(text) - last
                line += text.count("\n") or text.count("\r")
                has_nul = has_nul or "\0" in text
                if errors == "replace":
                    damaged += text.count("\ufffd")
                    foreign += len(text) - len(text.encode("ascii", "ignore"))
                if run > MAX_LINE:
                    raise UnreadableFile(self.name, "This line is too long for a row of a table.", _SAVE_AS_CSV, line)

    def records(self, width: int) -> Iterator[tuple[int, list[str]]]:
        """Strict reading finds each broken quotation mark. Its row is reported and reading goes on with the next line;
        until where the broken value ended, only rows with the right number of cells are believed."""
        csv.field_size_limit(MAX_VALUE)
        pending: list[str] = []  # the lines of the row being read
        again: deque[str] = deque()  # lines to be read once more
        start, doubtful_until, broken = 1, 0, 0
        with self.path.open(encoding=self.codec, errors=self.errors, newline="") as file:
            lines = (line.replace("\0", "") for line in file) if self.has_nul else file
            reader = self._reader(_fed(lines, again, pending))
            while True:
                row: list[str] | None
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    row = self._leniently(pending) if len(pending) == 1 else None
                used = len(pending)
                if row is None or (used > MANY_LINES and self._swallowed_rows(pending, width)):
                    row, used = self._broken(start, pending)
                    doubtful_until, broken = max(doubtful_until, start + len(pending) - 1), broken + 1
                    again.extendleft(reversed(pending[used:]))
                    reader = self._reader(_fed(lines, again, pending))
                    if broken > MAX_BROKEN:
                        problem = f"{broken} rows have broken quotation marks."
                        raise UnreadableFile(self.name, problem, _SAVE_AS_CSV, start)
                elif start <= doubtful_until and width and len(row) not in (0, width):
                    row = BadRow(row, "A broken quotation mark further up makes this row doubtful.", _QUOTE)
                yield start, row
                start += used
                pending.clear()

    def _reader(self, lines: Iterable[str], strict: bool = True) -> Iterator[list[str]]:
        return csv.reader(lines, delimiter=self.delimiter, escapechar=self.escape, strict=strict)

    def _leniently(self, lines: list[str]) -> list[str] | None:
        """A row with careless quotation marks ("Big" deal), or None where one is still open at the end."""
        try:
            row = next(self._reader([*lines, _END], strict=False))
        except csv.Error:
            return None
        return None if row and row[-1].endswith(_END) else row

    def _swallowed_rows(self, lines: list[str], width: int) -> bool:
        """Do most lines inside this long row look like rows themselves?"""
        return width > 2 and 2 * sum(line.count(self.delimiter) == width - 1 for line in lines[1:-1]) > len(lines)

    def _broken(self, start: int, lines: list[str]) -> tuple[BadRow, int]:
        """The row to report and how many lines it takes up: those up to the one where the quotation mark opens."""
        try:
            cells = next(self._reader([*lines, _END], strict=False))
        except csv.Error:  # a value over the limit, whether closed or not
            if len(lines[0]) > MAX_VALUE:
                problem = f"Line {start} has a value of more than {MAX_VALUE:,} characters."
                return BadRow([lines[0][:500]], problem, "Shorten the value."), 1
            cells = ["".join(lines[:1])]
        spans = [len(re.findall(r"\r\n?|\n", cell)) for cell in cells]
        last = max((i for i, span in enumerate(spans) if span), default=len(spans))
        used = min(1 + sum(spans[:last]), len(lines))
        problem = f"On line {start + used - 1} a quotation mark opens and isn't closed properly."
        return BadRow(["".join(lines[:used])[:5_000].rstrip("\r\n")], problem, _QUOTE), used


def _fed(lines: Iterator[str], again: deque[str], pending: list[str]) -> Iterator[str]:
    """Lines for the reader, noted in `pending` as they go."""
    while again:
        pending.append(line := again.popleft())
        yield line
    for line in lines:
        pending.append(line)
        yield line


def _declared(head: bytes) -> str | None:
    """The codec that a byte order mark names, or UTF-16 without one, told by its plain letters."""
    for mark, codec in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return codec
    nuls = head.count(0)
    if not nuls or (nuls * 4 < len(head) and not re.search(rb"[\x01-\x08\x0e-\x1f\x7f-\xff]", head)):
        return None  # plain ASCII with some stray NULs
    texts = {codec: head.decode(codec, "replace") for codec in ("utf-16-le", "utf-16-be")}
    plain = {codec: len(re.findall(r"[\t\n\r -~]", text)) for codec, text in texts.items()}
    few, many = sorted(plain, key=lambda codec: plain[codec])
    share = plain[many] / max(1, len(texts[many]))
    sure = share > 0.3 or (share > 0.02 and re.search(r"[\r\n]", texts[many]))
    return many if sure and plain[many] > 10 * plain[few] else None


def _legacy(path: Path) -> str:
    """The likeliest older codec, by the lines that are not ASCII: Windows-1252 unless another is clearly better."""
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    odd = b""
    with path.open("rb") as file:
        while len(odd) < _SAMPLE and (piece := file.read(_CHUNK)):
            odd += b"\n".join(line for line in piece.splitlines() if not line.isascii())[:_SAMPLE] + b"\n"
    if len({byte for byte in odd if byte > 127}) < 5:
        return "cp1252"  # too little to go by
    found = list(from_bytes(odd, cp_isolation=list(_LEGACY)))
    if not found or "cp1252" in found[0].could_be_from_charset:
        return "cp1252"
    western = next((match for match in found if "cp1252" in match.could_be_from_charset), None)
    if western and western.chaos <= found[0].chaos and western.coherence > found[0].coherence - 0.1:
        return "cp1252"
    return found[0].encoding


def _dialect(sample: str) -> tuple[str, str | None]:
    """Delimiter and escape character. The sniffer's word counts where the rows agree with it on their width."""
    from clevercsv import Detector  # slow to import

    if told := re.match(r'"?sep=([,;\t|])"?\r?\n', sample, re.IGNORECASE):
        return told[1], None
    rows = {mark: _agreement(sample, mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: rows[mark])
    try:
        found = Detector().detect(sample[: _SAMPLE // 4], delimiters=DELIMITERS)
    except Exception:  # its own trouble with odd input must not become the user's
        found = None
    sniffed = found.delimiter if found else None
    delimiter = (sniffed if sniffed and rows.get(sniffed, 0) > 0.8 * rows[best] else best) or ","
    escapes = '\\"' in sample and _sound_rows(sample, delimiter, "\\") > _sound_rows(sample, delimiter, None)
    return delimiter, "\\" if escapes else None


def _sound_rows(sample: str, delimiter: str, escape: str | None) -> int:
    """How far the sample can be read without meeting a broken quotation mark."""
    count = 0
    with suppress(csv.Error):
        for _ in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter, escapechar=escape, strict=True):
            count += 1
    return count


def _agreement(sample: str, delimiter: str) -> float:
    """How well rows cut at `delimiter` agree with each other, and with the first, on having several cells: 0 to 1."""
    try:
        widths = [len(row) for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter) if row]
    except csv.Error:
        return 0
    if len(widths) > 1 and len(sample) == _SAMPLE:
        del widths[-1]  # cut off in the middle
    usual, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
    return 0 if usual < 2 else count / len(widths) * (1 if widths[0] == usual else 0.6)


class _Sheet:
    """The first sheet with data of an Excel workbook. Values become text: dates ISO, numbers with a decimal point."""

    encoding, delimiter = "xlsx", ""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name, self.title, self.notes = path, name, "", list[str]()
        self._check_parts()
        with self._book() as book:
            sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
            titles = [sheet.title for sheet in sheets]
        filled = (title for title in titles if any(any(row) for _, row in self._cells(title)))
        self.title = next(filled, titles[0] if titles else "")
        if not name.casefold().endswith((".xlsx", ".xlsm")):
            self.notes.append("This is an Excel workbook despite its name; it was read as one.")
        if len(titles) > 1:
            self.notes.append(f"Of {len(titles)} sheets only “{self.title}” was read.")

    def _check_parts(self) -> None:
        """Refuse what isn't a workbook, or would burst when unpacked, before its parts are taken in."""
        with self._honestly(), zipfile.ZipFile(self.path) as archive:
            parts = archive.infolist()
            if not any(part.filename.casefold() == "xl/workbook.xml" for part in parts):
                raise UnreadableFile(self.name, "This is an archive or a document, not a workbook.", _SAVE_AS_CSV)
            held = sum(part.file_size for part in parts if "worksheets/" not in part.filename)
            if held > MAX_HELD or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise UnreadableFile(self.name, "This workbook is too large once unpacked.", "Save it as CSV (UTF-8).")
            for part in parts:
                with archive.open(part) as file:
                    self._check_part(file, "worksheets/" in part.filename)

    def _check_part(self, file: IO[bytes], streamed: bool) -> None:
        """No part may define entities, and no row may be longer than a line of text may be."""
        run, odd = 0, b"<!DOCTYPE" in file.read(1_000).upper()
        while streamed and not odd and (piece := file.read(_CHUNK)):
            last = max(piece.rfind(b"<row"), piece.rfind(b":row"))
            run = run + len(piece) if last < 0 else len(piece) - last
            odd = run > MAX_LINE
        if odd:
            raise UnreadableFile(
                self.name, "This workbook holds what no spreadsheet writes.", "Save it as CSV (UTF-8)."
            )

    @contextmanager
    def _honestly(self) -> Iterator[None]:
        """Whatever trips the libraries over a workbook, the user is told that the workbook is damaged."""
        try:
            yield
        except UnreadableFile:
            raise
        except Exception as error:
            problem = "This Excel workbook is damaged or protected by a password."
            raise UnreadableFile(self.name, problem, "Open it and save it anew, or save it as CSV (UTF-8).") from error

    @contextmanager
    def _book(self) -> Iterator[Workbook]:
        from openpyxl import load_workbook  # slow to import, not always needed

        with self._honestly(), self.path.open("rb") as file:  # given a path, it would judge by the name's ending
            with catch_warnings():
                simplefilter("ignore")  # styles and extensions that don't concern us
                book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                yield book
            finally:
                book.close()

    def records(self, width: int) -> Iterator[tuple[int, list[str]]]:
        return self._cells(self.title)

    def _cells(self, title: str) -> Iterator[tuple[int, list[str]]]:
        with self._book() as book:
            sheet = book[title]
            sheet.reset_dimensions()  # what a workbook says about its own size is often wrong
            for number, values in enumerate(sheet.iter_rows(max_row=MAX_SHEET_ROWS, values_only=True), 1):
                row = [value if type(value) is str else _as_text(value) for value in values]
                while row and not row[-1]:
                    del row[-1]
                yield number, row


def _as_text(value: object) -> str:
    """A cell as an export would have written it: no exponent, no time where it is midnight."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(value, ".15g")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    return str(value)


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
