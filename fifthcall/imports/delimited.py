"""Delimited text as rows, in bounded memory; rows whose quotation marks are broken are told from their neighbours."""

from __future__ import annotations

import codecs
import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from fifthcall.imports.sniffing import CHUNK, SAMPLE, declared, dialect, legacy
from fifthcall.imports.unreadable import SAVE_AS_CSV, BadRow, UnreadableFile

MAX_VALUE = 1_048_576  # characters in one value
MAX_LINE = 4 * MAX_VALUE  # characters in one line of the file
MANY_LINES = 200  # a row longer than this is looked at: has a stray quotation mark swallowed its neighbours?
MAX_BROKEN = 100  # rows with broken quotation marks before the whole file is taken for something else
_END = "\0end\0"  # fed after the last line to see whether a quotation mark is still open there
_QUOTE = "Close or remove the quotation mark, then import the file again."


class Text:
    """Delimited text of any kind."""

    def __init__(self, path: Path, name: str, head: bytes) -> None:
        self.path, self.name, self.notes = path, name, list[str]()
        self.codec, self.errors, self.has_nul = self._encoding(head)
        self.encoding = "utf-8" if self.codec == "utf-8-sig" else self.codec
        with path.open(encoding=self.codec, errors=self.errors, newline="") as file:
            sample = file.read(SAMPLE)
        odd = sum(map(sample.count, map(chr, (*range(1, 9), *range(14, 26)))))
        if odd > 8 + len(sample) // 50 or sample.count("\0") > len(sample) // 4:
            raise UnreadableFile(name, "This is not a table of text.", SAVE_AS_CSV)
        self.delimiter, self.escape = dialect(sample.replace("\0", ""))

    def _encoding(self, head: bytes) -> tuple[str, str, bool]:
        """Codec, error handling and whether there are NULs, true for the whole file and not only for a sample."""
        codec = declared(head) or "utf-8-sig"
        bad_line, has_nul, _, _ = self._read_through(codec, "strict")
        errors = "strict"
        if bad_line:
            _, has_nul, damaged, foreign = self._read_through(codec, "replace")
            if codec != "utf-8-sig" or foreign > 3 * damaged:
                errors = "replace"
                self.notes.append(f"Line {bad_line} has damaged characters; such characters are shown as �.")
            else:
                codec = legacy(self.path)
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
                piece = file.read(CHUNK)
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
                    raise UnreadableFile(self.name, "This line is too long for a row of a table.", SAVE_AS_CSV, line)

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
                        raise UnreadableFile(self.name, problem, SAVE_AS_CSV, start)
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
