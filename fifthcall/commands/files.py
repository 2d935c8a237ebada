"""import and export."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from fifthcall import clock
from fifthcall.cli import PROBLEMS, WrongUse
from fifthcall.commands.common import Subparsers, add_json, add_workspace, say, workspace
from fifthcall.imports import exporting, planning, running, uploads
from fifthcall.imports.mapping import BadMap, Mapping, read_maps
from fifthcall.imports.models import Import
from fifthcall.imports.unreadable import UnreadableFile


def add_import(subs: Subparsers) -> None:
    command = subs.add_parser("import", help="bring in what another system exports (CSV, Excel, JSON lines)")
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--map", type=Path, help="what the columns mean (docs/how-to/import.md); guessed without it")
    command.add_argument("--date-order", choices=("mdy", "dmy"), help="for dates that can be read in two ways")
    command.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
    add_workspace(command)
    add_json(command)
    command.set_defaults(run=_import)


def _import(arguments: argparse.Namespace) -> int:
    space = workspace(arguments.workspace, create=True)
    files = [(path.name, path) for path in arguments.files]
    for path in arguments.files:
        if not path.is_file():
            raise WrongUse(f"{path}: there is no such file.")
    try:
        batch = uploads.keep(space, None, files, clock.now(), _maps(arguments.map))
    except (UnreadableFile, BadMap) as problem:
        raise WrongUse(str(problem)) from None
    if arguments.date_order:
        uploads.set_date_order(batch, arguments.date_order)
    if asked := uploads.questions(batch):
        uploads.discard(batch)
        raise WrongUse("\n  ".join(["nothing was imported:", *asked]))
    if arguments.dry_run:
        return _dry_run(batch, arguments.json)
    return _run(batch, arguments.json)


def _maps(path: Path | None) -> dict[str, Mapping]:
    if path is None:
        return {}
    try:
        return read_maps(path.read_text(encoding="utf-8"))
    except (OSError, BadMap) as problem:
        raise WrongUse(f"--map {path}: {problem}") from None


def _dry_run(batch: Import, as_json: bool) -> int:
    plan = planning.check(batch)
    uploads.discard(batch)
    if as_json:
        left = [
            {"file": row.file, "line": row.line, "action": row.action, "reason": row.words}
            for row in plan.rows
            if row.action in ("skipped", "failed")
        ]
        say({"dry_run": True, **plan.counts, "rows": plan.total, "notes": plan.notes, "left_out": left})
    else:
        _tell({**plan.counts, "rows": plan.total}, plan.notes, "would be ")
        for row in plan.rows:
            if row.action in ("skipped", "failed"):
                print(f"  {row.file}, line {row.line}, {row.action}: {row.words}")
    return PROBLEMS if plan.counts["failed"] else 0


def _run(batch: Import, as_json: bool) -> int:
    uploads.start(batch)
    with _bar() as progress:
        done = running.perform(batch.pk, clock.now(), progress)
    if done is None or done.state == Import.State.FAILED:
        raise WrongUse(done.problem if done else "another process is working on it.")
    counts = {
        action: getattr(done, f"{action}_rows") for action in ("created", "updated", "unchanged", "skipped", "failed")
    }
    counts["rows"] = done.total
    left = [
        {"file": r.file.name, "line": r.line, "action": "failed" if r.failed else "skipped", "reason": r.reason}
        for r in done.rejects.select_related("file").order_by("file__position", "line")[:1000]
    ]
    if as_json:
        say({"import": done.pk, **counts, "notes": done.notes, "left_out": left})
    else:
        _tell(counts, done.notes, "")
        for row in left:
            print(f"  {row['file']}, line {row['line']}, {row['action']}: {row['reason']}")
    return PROBLEMS if counts["failed"] else 0


def _tell(counts: dict[str, int], notes: list[str], would: str) -> None:
    parts = [f"{counts[a]:,} {would}{a}" for a in ("created", "updated", "unchanged", "skipped", "failed")]
    print(f"{counts['rows']:,} rows: {', '.join(parts)}.")
    for note in notes:
        print(f"  {note}")


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        with nullcontext():
            yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Importing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def add_export(subs: Subparsers) -> None:
    command = subs.add_parser("export", help="every opportunity, to take elsewhere or import again")
    command.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")
    command.add_argument("--output", type=Path, help="a file; standard output without it")
    add_workspace(command)
    command.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    space = workspace(arguments.workspace)
    if arguments.output is None:
        exporting.write(space, sys.stdout, arguments.format)
        return 0
    with arguments.output.open("w", encoding="utf-8", newline="") as out:
        count = exporting.write(space, out, arguments.format)
    print(f"{count:,} opportunities in {arguments.output}.")
    return 0
