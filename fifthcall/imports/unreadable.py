"""What can't be read: a whole file, or one row of it; each with the problem and the remedy."""

from __future__ import annotations

from collections.abc import Iterable

SAVE_AS_CSV = "Export it again as CSV (UTF-8) or as an Excel workbook (.xlsx)."


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
