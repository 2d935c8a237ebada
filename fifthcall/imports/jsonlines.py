"""JSON lines (one object a line, as our own export writes them) as a table."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

from fifthcall.imports.unreadable import UnreadableFile

_GUARDED = re.compile("'+[=+@\t\r＝-]")


def as_csv(path: Path, name: str, target: Path) -> None:
    """Write the objects of a JSON lines file as CSV, the columns in order of appearance. Raises UnreadableFile."""
    columns: dict[str, None] = {}
    for _, row in _objects(path, name):
        columns.update(dict.fromkeys(row))
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(columns), restval="")
        writer.writeheader()
        for _, row in _objects(path, name):
            writer.writerow({key: _cell(value) for key, value in row.items()})


def _cell(value: object) -> str:
    """As CSV has it: a quotation mark before a formula is the text's own here, not a guard."""
    text = "" if value is None else str(value)
    return f"'{text}" if _GUARDED.match(text) else text


def _objects(path: Path, name: str) -> Iterator[tuple[int, dict[str, object]]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError:
                row = None
            if not isinstance(row, dict):
                raise UnreadableFile(name, "This line is not a JSON object.", "Put one object on each line.", number)
            yield number, row
