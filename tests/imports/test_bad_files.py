"""Files as they shouldn't be, through the whole product: the browser's upload and the command line."""

from __future__ import annotations

import codecs
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from fifthcall.cli import main
from fifthcall.imports.models import Import, Reject
from fifthcall.pipeline.models import Opportunity
from fifthcall.touches.doctor import examine
from tests.cast import Cast

HEAD = "Deal ID,Deal Name,Deal owner,Company,Deal Stage,Amount\n"
ROW = "A1,Pümps,Ada,Alder,Open,500\n"


def workbook(path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for line in (HEAD + ROW).splitlines():
        sheet.append(line.split(","))
    book.save(path)
    return path


def text(content: str, encoding: str = "utf-8") -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content.encode(encoding))
        return path

    return write


READABLE: dict[str, tuple[Callable[[Path], Path], int]] = {
    "utf-16": (text(HEAD + ROW, "utf-16"), 1),
    "windows-1252": (text(HEAD + ROW, "cp1252"), 1),
    "bom": (text(codecs.BOM_UTF8.decode() + HEAD + ROW), 1),
    "quotes with newlines": (text(HEAD + '"A1","Big\n\n""Pümps""",Ada,Alder,Open,500\n' + ROW.replace("A1", "A2")), 2),
    "workbook called .csv": (workbook, 1),
    "nothing below the names": (text(HEAD), 0),
}
UNREADABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "empty": (text(""), "empty"),
    "a picture": (lambda path: (path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 999), path)[1], "picture"),
    "nothing but noise": (lambda path: (path.write_bytes(bytes(range(1, 255)) * 99), path)[1], "not a table"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", READABLE)
def test_what_can_be_read_is_imported_on_the_command_line(
    team: Cast, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write, rows = READABLE[kind]
    code = main(["import", str(write(tmp_path / "deals.csv")), "--json"])
    assert code in ((0,) if rows else (0, 2)), capsys.readouterr()
    assert Opportunity.objects.count() == rows
    assert not rows or "Pümps" in Opportunity.objects.latest("id").name
    assert examine() == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_says_so_in_both_places_and_leaves_nothing(
    team: Cast, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write, problem = UNREADABLE[kind]
    path = write(tmp_path / "deals.csv")
    assert main(["import", str(path)]) == 2
    said = capsys.readouterr().err
    assert "deals.csv" in said and problem in said
    page = team.sign_in(team.ada).post(
        reverse("import_upload"), {"files": SimpleUploadedFile("deals.csv", path.read_bytes())}
    )
    assert page.status_code in (400, 422) and problem in page.content.decode()
    assert not Import.objects.exists() and not Opportunity.objects.exists()


@pytest.mark.django_db
def test_rows_that_are_wrong_fail_alone_with_field_line_and_remedy(team: Cast, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    long = "x" * 300
    path.write_text(
        HEAD + ROW + f"A2,{long},Ada,Alder,Open,5\nA3,Too,many,cells,Open,5,6\nA4,Few\nA5,Ok,Ada,B,Open,2\n"
    )
    assert main(["import", str(path)]) == 1
    batch = Import.objects.get()
    done = batch.created_rows + batch.updated_rows + batch.unchanged_rows + batch.skipped_rows + batch.failed_rows
    assert done == batch.total == 5
    assert sorted(Opportunity.objects.values_list("external_id", flat=True)) == ["A1", "A4", "A5"]
    reasons = dict(Reject.objects.values_list("line", "reason"))
    assert "Deal Name" in reasons[3] and "300" in reasons[3] and "Shorten" in reasons[3]
    assert "7 values" in reasons[4] and "quotation" in reasons[4]


@pytest.mark.django_db
def test_a_gigabyte_is_refused_at_once(team: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(HEAD)
    os.truncate(path, 1024**3)
    assert main(["import", str(path)]) == 2
    said = capsys.readouterr().err
    assert "too large" in said and "Split it" in said
    assert not Import.objects.exists()


def clean(data: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FIFTHCALL_") and k != "DATABASE_URL"}
    return kept | {"FIFTHCALL_DATA": str(data)}


def fifthcall(data: Path, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "fifthcall", *arguments],
        env=clean(data),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def many(path: Path, rows: int) -> Path:
    lines = (f"A{n},Pumps {n},Rep {n % 7},Firm {n % 90},{'Open' if n % 4 == 0 else 'Won'},{n}\n" for n in range(rows))
    path.write_text(HEAD + "".join(lines))
    return path


@pytest.mark.slow
def test_a_killed_import_goes_on_to_the_exact_row(tmp_path: Path) -> None:
    """A real process, killed with no warning; the worker's command carries the import through."""
    data, rows = tmp_path / "data", 12_000
    path = many(tmp_path / "deals.csv", rows)
    assert fifthcall(data, "import", str(many(tmp_path / "one.csv", 1))).wait(60) == 0
    running = fifthcall(data, "import", str(path))
    database = next(data.glob("*.sqlite3"))

    def ask(query: str) -> int:
        with sqlite3.connect(database, timeout=10) as connection:
            found: int = connection.execute(query).fetchone()[0]
            return found

    for _ in range(600):
        if ask("SELECT coalesce(max(done_rows), 0) FROM imports_import WHERE total > 1"):
            break
        time.sleep(0.02)
    running.send_signal(signal.SIGKILL)
    running.wait()
    done = ask("SELECT max(done_rows) FROM imports_import WHERE total > 1")
    assert 0 < done < rows, "killed too early or too late to prove anything"
    # The lease of the dead process runs out by itself; a test doesn't wait a minute for that.
    with sqlite3.connect(database, timeout=10) as connection:
        connection.execute("UPDATE imports_import SET claimed_until = NULL WHERE state = 'running'")
    worker = fifthcall(data, "worker")
    for _ in range(1200):
        if not ask("SELECT count(*) FROM imports_import WHERE state = 'running'"):
            break
        time.sleep(0.05)
    worker.terminate()
    worker.wait(20)
    assert ask("SELECT count(*) FROM pipeline_opportunity") == rows
    assert ask("SELECT created_rows + unchanged_rows FROM imports_import WHERE total > 1") == rows
    assert fifthcall(data, "doctor").wait(60) == 0


#: Starts a command and prints the most memory it had. In between because a process' peak begins with its parent's size,
#: and the tests' own is large.
WEIGH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


@pytest.mark.slow
def test_a_hundred_thousand_rows_stay_within_300_megabytes(tmp_path: Path) -> None:
    command = ["import", "--dry-run", str(many(tmp_path / "deals.csv", 100_000))]
    weighed = subprocess.run(
        [sys.executable, "-c", WEIGH, sys.executable, "-m", "fifthcall", *command],
        env=clean(tmp_path / "data"),
        check=True,
        capture_output=True,
        text=True,
    )
    assert int(weighed.stdout) <= 300 * 1024**2
