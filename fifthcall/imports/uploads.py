"""Files on their way in: kept, looked at, their columns guessed and then settled by a person."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from fifthcall.imports.columns import ColumnFacts, study
from fifthcall.imports.fields import KINDS
from fifthcall.imports.jsonlines import as_csv
from fifthcall.imports.mapping import Mapping, guess
from fifthcall.imports.models import Import, ImportFile
from fifthcall.imports.reading import Table, open_table
from fifthcall.imports.unreadable import UnreadableFile
from fifthcall.teams.models import Membership, Workspace

#: Files that others refer to come first.
ORDER = ("products", "members", "organisations", "opportunities", "histories")
_ENCODINGS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ORDERS = {"mdy": "Month first (11/3/2016 is 3 November)", "dmy": "Day first (11/3/2016 is 11 March)"}
_STYLES = {"point": "1,234 is one thousand two hundred thirty-four", "comma": "1,234 is about one and a quarter"}


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    samples: list[str]
    question: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file with what its columns mean."""

    position: int
    name: str
    path: Path
    rows: int
    read_as: str
    kind: str
    fields: dict[str, str]  # field → column
    date_order: dict[str, str]
    number_style: dict[str, str]
    columns: list[Column]

    def open(self) -> Table:
        return open_table(self.path, max_bytes=max_bytes(), name=self.name)


def max_bytes() -> int:
    return int(settings.IMPORT_MAX_MB) * 1024 * 1024


def keep(
    workspace: Workspace,
    member: Membership | None,
    files: Iterable[tuple[str, IO[bytes] | Path | Any]],
    now: datetime,
    given: dict[str, Mapping] | None = None,
) -> Import:
    """Keep copies of the files and guess their columns. Raises UnreadableFile, and then nothing is kept."""
    folder: Path | None = None
    try:
        with transaction.atomic():
            batch = Import.objects.create(workspace=workspace, member=member, created_at=now)
            folder = Path(settings.UPLOADS) / str(batch.pk)
            folder.mkdir(parents=True, exist_ok=True)
            files = list(files)
            looked_at = [_look(batch, folder, index, file, given or {}, len(files)) for index, file in enumerate(files)]
            batch.mapping = {"files": looked_at}
            batch.total = sum(sheet["rows"] for sheet in looked_at if sheet["kind"])
            batch.notes = [f"{sheet['name']}: {note}" for sheet in looked_at for note in sheet["notes"]]
            batch.save(update_fields=["mapping", "total", "notes"])
    except BaseException:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return batch


def _look(
    batch: Import, folder: Path, position: int, file: tuple[str, Any], given: dict[str, Mapping], files: int
) -> dict[str, Any]:
    name, source = file
    path = folder / f"{position}{Path(name).suffix.lower()[:10]}"
    size = source.stat().st_size if isinstance(source, Path) else source.size
    if size > max_bytes():
        remedy = f"Split it, or raise FIFTHCALL_IMPORT_MAX_MB (now {settings.IMPORT_MAX_MB})."
        raise UnreadableFile(name, "This file is too large.", remedy)
    with path.open("wb") as copy:
        if isinstance(source, Path):
            with source.open("rb") as original:
                shutil.copyfileobj(original, copy)
        else:
            shutil.copyfileobj(source, copy)
    if path.suffix in (".jsonl", ".ndjson"):
        as_csv(path, name, path := path.with_suffix(".csv"))
    table = open_table(path, max_bytes=max_bytes(), name=name)
    facts = study(table)
    guessed = guess(table.header, facts)
    meant = given.get(guessed.kind) or (next(iter(given.values())) if len(given) == 1 == files else None)
    mapping = guess(table.header, facts, given=meant) if meant else guessed
    rows = sum(1 for _ in table.rows())
    with path.open("rb") as kept:
        digest = hashlib.file_digest(kept, "sha256").hexdigest()
    ImportFile.objects.create(
        batch=batch, position=position, name=name[:200], path=str(path), kind=mapping.kind, rows=rows, digest=digest
    )
    return {
        "position": position,
        "name": name,
        "path": str(path),
        "rows": rows,
        "read_as": f"{table.encoding}, {_ENCODINGS.get(table.delimiter, 'a workbook')}",
        "notes": list(table.notes),
        "kind": mapping.kind,
        "fields": mapping.fields,
        "date_order": mapping.date_order,
        "number_style": mapping.number_style,
        "facts": {name: _kept(fact) for name, fact in facts.items()},
        "header": list(table.header),
    }


def _kept(fact: ColumnFacts) -> dict[str, Any]:
    return {
        "samples": [sample[:80] for sample in fact.samples[:4]],
        "kind": fact.kind,
        "date_order": fact.date_order,
        "number_style": fact.number_style,
    }


def sheets(batch: Import) -> list[Sheet]:
    """The files with their present mapping."""
    return [_sheet(file) for file in batch.mapping["files"]]


def _sheet(file: dict[str, Any]) -> Sheet:
    columns = [Column(name, file["facts"][name]["samples"], _question(file, name)) for name in file["header"]]
    return Sheet(
        file["position"],
        file["name"],
        Path(file["path"]),
        file["rows"],
        file["read_as"],
        file["kind"],
        file["fields"],
        file["date_order"],
        file["number_style"],
        columns,
    )


def _question(file: dict[str, Any], column: str) -> dict[str, Any] | None:
    """What has to be asked about a column: the order of its dates, or its decimal sign."""
    field = next((f for f, c in file["fields"].items() if c == column), "")
    known = KINDS.get(file["kind"], {}).get(field)
    if known is None:
        return None
    fact = file["facts"][column]
    if known.holds == "date" and fact["date_order"] in ("ambiguous", "mixed"):
        return _choice(file, column, field, "date_order", "Which comes first in these dates?", _ORDERS)
    if known.holds == "number" and fact["number_style"] in ("ambiguous", "mixed"):
        return _choice(file, column, field, "number_style", "How does this column write thousands?", _STYLES)
    return None


def _choice(
    file: dict[str, Any], column: str, field: str, what: str, words: str, options: dict[str, str]
) -> dict[str, Any]:
    chosen = file[what].get(field, "")
    index = file["header"].index(column)
    choices = [
        {"value": value, "label": label, "example": "", "checked": value == chosen} for value, label in options.items()
    ]
    return {"words": words, "name": f"{what}{file['position']}_{index}", "choices": choices}


def questions(batch: Import) -> list[str]:
    """What has to be answered before the import can run; each names the file, the column and the remedy."""
    return [question for file in batch.mapping["files"] for question in _asked(file)]


def _asked(file: dict[str, Any]) -> Iterator[str]:
    kind = KINDS.get(file["kind"])
    if kind is None:
        return
    for field, column in file["fields"].items():
        fact, known = file["facts"].get(column), kind.get(field)
        if fact is None or known is None:
            continue
        for what, holds in (("date_order", "date"), ("number_style", "number")):
            unclear = known.holds == holds and fact[what] in ("ambiguous", "mixed")
            if unclear and file[what].get(field) not in ("mdy", "dmy", "point", "comma"):
                shown = ", ".join(fact["samples"][:2])
                remedy = (
                    "Say which comes first, day or month (--date-order mdy or dmy)."
                    if holds == "date"
                    else ("Say whether the comma or the point is the decimal sign.")
                )
                yield f"{file['name']}, column “{column}” ({shown}): it can be read in two ways. {remedy}"
    missing = [known.label for key, known in kind.items() if known.required and key not in file["fields"]]
    for label in missing:
        yield f"{file['name']}: no column holds “{label}”. Choose one, or leave the file out."


def answer(batch: Import, data: dict[str, str]) -> None:
    """Take a person's corrections: what each file and column means, and the answers to the questions."""
    for file in batch.mapping["files"]:
        position = file["position"]
        kind = data.get(f"kind{position}", file["kind"])
        if kind != file["kind"]:
            file["kind"] = kind
            guessed = guess(file["header"], {}, kind=kind) if kind else None
            file["fields"] = guessed.fields if guessed else {}
            continue
        fields: dict[str, str] = {}
        for index, column in enumerate(file["header"]):
            meaning = data.get(f"column{position}_{index}")
            if meaning is None:
                meaning = next((f for f, c in file["fields"].items() if c == column), "")
            if meaning and meaning not in fields:
                fields[meaning] = column
            for what in ("date_order", "number_style"):
                if said := data.get(f"{what}{position}_{index}"):
                    file[what][meaning] = said
        file["fields"] = fields
    batch.total = sum(file["rows"] for file in batch.mapping["files"] if file["kind"])
    batch.state = Import.State.UPLOADED if questions(batch) else Import.State.MAPPED
    batch.save(update_fields=["mapping", "state", "total"])


def set_date_order(batch: Import, order: str) -> None:
    """Read all dates that can be read in two ways in this order (mdy or dmy)."""
    for file in batch.mapping["files"]:
        for field, column in file["fields"].items():
            if file["facts"].get(column, {}).get("date_order") in ("ambiguous", "mixed"):
                file["date_order"][field] = order
    batch.save(update_fields=["mapping"])


def start(batch: Import) -> None:
    """Let the worker (or whoever asks) perform it."""
    Import.objects.filter(pk=batch.pk, state__in=(Import.State.UPLOADED, Import.State.MAPPED)).update(
        state=Import.State.RUNNING
    )


def discard(batch: Import) -> None:
    """Forget files that were not imported."""
    folder = Path(settings.UPLOADS) / str(batch.pk)
    batch.delete()
    shutil.rmtree(folder, ignore_errors=True)
