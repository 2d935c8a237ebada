"""import: a file of opportunities through the product, against csv.reader and executemany into the same table."""

from __future__ import annotations

import csv
import random
import resource
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from bench.measuring import Measurement, Sizes, seconds, spread_of
from bench.office import NOW, salesperson, tidy, workspace
from fifthcall import clock
from fifthcall.imports import running, uploads
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership, Role

REAL = Path(__file__).parents[2] / "shared" / "data" / "crm-sales-opportunities" / "sales_pipeline.csv"
HEADER = (
    "opportunity_id", "sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value",
)  # fmt: skip
REPEATS = 3
AT_LEAST, AT_MOST_MB = 0.25, 300
NULL = "\\N"  # how the bare file writes NULL, as PostgreSQL's own COPY does
TABLE = Opportunity._meta.db_table


def real_rows() -> list[list[str]]:
    """The practice data's rows, or ones with the same columns and shares."""
    if REAL.exists():
        with REAL.open(newline="", encoding="utf-8") as file:
            return list(csv.reader(file))[1:]
    return list(_made_up(random.Random(8800)))


def _made_up(chance: random.Random) -> Iterator[list[str]]:
    for number in range(8_800):
        stage = chance.choices(("Won", "Lost", "Engaging", "Prospecting"), (4238, 2473, 1589, 500))[0]
        engaged = date(2016, 10, 20) + timedelta(days=chance.randrange(430))
        closed = engaged + timedelta(days=chance.randrange(1, 138))
        done, value = stage in ("Won", "Lost"), chance.randrange(38, 30_000)
        account = f"Account {chance.randrange(85)}" if done or chance.random() > 0.68 else ""
        yield [
            str(number), f"Agent {chance.randrange(30)}", f"Product {chance.randrange(7)}", account, stage,
            "" if stage == "Prospecting" else f"{engaged:%m/%d/%Y}", f"{closed:%m/%d/%Y}" if done else "",
            str(value) if stage == "Won" else "0" if stage == "Lost" else "",
        ]  # fmt: skip


def write_file(path: Path, count: int) -> None:
    """`count` rows, the real ones over and over, with ids of their own."""
    rows = real_rows()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows([f"N{number:07}", *rows[number % len(rows)][1:]] for number in range(count))


def import_file(member: Membership, path: Path) -> None:
    batch = uploads.keep(member.workspace, member, [(path.name, path)], NOW)
    uploads.set_date_order(batch, "mdy")
    asked = uploads.questions(batch)
    assert not asked, asked
    uploads.start(batch)
    done = running.perform(batch.pk, NOW)
    assert done and done.created_rows == done.total, done and done.problem


def write_out(path: Path) -> list[str]:
    """The table as it now is, as a file for the baseline: every column but the id; the columns' names."""
    with connection.cursor() as cursor, path.open("w", newline="", encoding="utf-8") as file:
        cursor.execute(f"SELECT * FROM {TABLE} ORDER BY id")
        names = [column[0] for column in cursor.description or ()]
        assert names[0] == "id"
        writer = csv.writer(file)
        while rows := cursor.fetchmany(1000):
            for row in rows:
                writer.writerow([_text(value) for value in row[1:]])
    return names[1:]


def _text(value: Any) -> Any:
    return NULL if value is None else int(value) if isinstance(value, bool) else value


def insert_bare(path: Path, names: list[str]) -> None:
    places = ", ".join(["%s"] * len(names))
    statement = f"INSERT INTO {TABLE} ({', '.join(names)}) VALUES ({places})"
    with path.open(newline="", encoding="utf-8") as file, transaction.atomic(), connection.cursor() as cursor:
        rows = ([None if cell == NULL else cell for cell in row] for row in csv.reader(file))
        cursor.executemany(statement, rows)  # type: ignore[arg-type]  # both drivers take any iterable


def peak_mb() -> float:
    """The largest this process has been. Linux' own count, as ru_maxrss begins with the parent's size there."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(sizes: Sizes) -> list[Measurement]:
    count = sizes.of(100_000, 100)
    folder = Path(settings.DATA)
    given, bare = folder / "given.csv", folder / "bare.csv"
    write_file(given, count)
    member = salesperson(workspace(), "Olive Owner", Role.OWNER)
    names: list[str] = []
    mine: list[float] = []
    base: list[float] = []
    peak = 0.0
    with clock.at(NOW):
        for _ in range(REPEATS):
            mine.append(seconds(partial(import_file, member, given)))
            peak = peak or peak_mb()  # before anything else has made this process grow
            assert Opportunity.objects.count() == count
            names = names or write_out(bare)
            tidy(TABLE)
            base.append(seconds(partial(insert_bare, bare, names)))
            assert Opportunity.objects.count() == count
            tidy(TABLE)
    ratios = [b / a for a, b in zip(mine, base, strict=True)]
    return [
        Measurement(
            "import", "rows imported, against csv.reader and executemany", "rows/s", count / median(mine),
            count / median(base), AT_LEAST, "least", count, REPEATS, spread_of(ratios),
        ),
        Measurement(
            "import.memory", "the importing process at its largest", "MB", peak, limit=AT_MOST_MB, n=count,
        ),
    ]  # fmt: skip
