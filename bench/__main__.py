"""`python -m bench`: measure, compare with the limits, and say so. Exit codes: 0 all held, 1 missed, 2 used wrongly."""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.surroundings import fresh
from fifthcall import __version__

GROUPS = ("import", "today", "outcome", "decide", "locked", "insights")
RESULTS = Path(__file__).parent / "results"
QUICK = 0.02


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m bench", description="Measure Fifthcall against its limits.")
    top.add_argument("groups", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(GROUPS)} (all)")
    top.add_argument("--quick", action="store_true", help="small sizes: whether it works, not how fast it is")
    top.add_argument("--scale", type=float, default=1.0, help="a part of the full sizes, e.g. 0.1")
    top.add_argument("--json", nargs="?", const="-", metavar="FILE", help="JSON to FILE, or in place of the table")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    top = parser()
    wanted = top.parse_args(argv)
    if unknown := set(wanted.groups) - set(GROUPS):
        top.error(f"there is no measurement {', '.join(sorted(unknown))}; choose from {', '.join(GROUPS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that folders and databases are cleared up
    scale = QUICK if wanted.quick else wanted.scale
    if not 0 < scale <= 10:
        top.error("--scale: more than 0, at most 10")
    report = measured([group for group in GROUPS if not wanted.groups or group in wanted.groups], scale)
    text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
    keep(text, report["at"])
    if wanted.json == "-":
        sys.stdout.write(text)
    else:
        if wanted.json:
            Path(wanted.json).write_text(text, encoding="utf-8")
        show(report)
    return 0 if report["ok"] else 1


def measured(groups: Sequence[str], scale: float) -> dict[str, Any]:
    """Every group in a process and a database of its own."""
    found: list[dict[str, Any]] = []
    database = ""
    for group in groups:
        print(f"{group} …", file=sys.stderr, flush=True)
        with fresh() as env, tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "answer.json"
            subprocess.run([sys.executable, "-m", "bench.child", group, str(scale), file], env=env, check=True)
            answer = json.loads(file.read_text())
        database = answer["database"]
        found += answer["measurements"]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "fifthcall": __version__,
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "database": database,
        "scale": scale,
        "ok": all(one["verdict"] != "miss" for one in found),
        "measurements": found,
    }


def keep(text: str, at: str) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{at.replace(':', '').replace('+0000', 'Z')}.json").write_text(text, encoding="utf-8")


def show(report: dict[str, Any]) -> None:
    title = f"Fifthcall {report['fifthcall']}, {report['database']}, {report['machine']}"
    if report["scale"] != 1:
        title += f", {report['scale']:g} of the full size"
    table = Table(title=title)
    for name in ("measurement", "what it compares"):
        table.add_column(name, overflow="fold")
    for name in ("ours", "baseline", "ratio", "limit", "", "n", "spread"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in report["measurements"]:
        table.add_row(*cells(one), style="red" if one["verdict"] == "miss" else None)
    console = Console()
    console.width = max(console.width, 140)  # a narrow table says nothing; a file has no width
    console.print(table)


def cells(one: dict[str, Any]) -> list[str]:
    sign = {"most": "≤", "least": "≥"}[one["limit_is"]]
    return [
        one["name"],
        one["compares"],
        f"{one['ours']:,.4g} {one['unit']}" if one["ours"] < 1000 else f"{one['ours']:,.0f} {one['unit']}",
        "" if one["baseline"] is None else f"{one['baseline']:,.4g}" if one["baseline"] < 1000
        else f"{one['baseline']:,.0f}",
        "" if one["ratio"] is None else f"{one['ratio']:.2f}",
        "" if one["limit"] is None else f"{sign} {one['limit']:g}",
        one["verdict"],
        f"{one['repeats']}×{one['n']:,}",
        f"{one['spread']:.0%}",
    ]  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
