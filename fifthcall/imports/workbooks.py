"""Excel workbooks as rows of text; what would burst when unpacked is refused first."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import IO, TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from fifthcall.imports.delimited import MAX_LINE
from fifthcall.imports.sniffing import CHUNK
from fifthcall.imports.unreadable import SAVE_AS_CSV, UnreadableFile

if TYPE_CHECKING:
    from openpyxl import Workbook

MAX_UNPACKED = 150 * 1024 * 1024  # bytes inside a workbook, of which
MAX_HELD = 40 * 1024 * 1024  # bytes outside its sheets, which are held in memory
MAX_SHEET_ROWS = 1_048_576


class FirstSheet:
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
                raise UnreadableFile(self.name, "This is an archive or a document, not a workbook.", SAVE_AS_CSV)
            held = sum(part.file_size for part in parts if "worksheets/" not in part.filename)
            if held > MAX_HELD or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise UnreadableFile(self.name, "This workbook is too large once unpacked.", "Save it as CSV (UTF-8).")
            for part in parts:
                with archive.open(part) as file:
                    self._check_part(file, "worksheets/" in part.filename)

    def _check_part(self, file: IO[bytes], streamed: bool) -> None:
        """No part may define entities, and no row may be longer than a line of text may be."""
        run, odd = 0, b"<!DOCTYPE" in file.read(1_000).upper()
        while streamed and not odd and (piece := file.read(CHUNK)):
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
