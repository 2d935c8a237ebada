"""What goes out comes in again as it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fifthcall import clock
from fifthcall.imports import exporting
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import NEXT_COLUMNS
from fifthcall.teams.models import Membership
from tests.imports.real import NOW, counts, imported, made, needs_data, office, real_files

pytestmark = pytest.mark.django_db

HEAD = "Deal ID,Deal Name,Deal owner,Company,Deal Stage,Created date,Amount\n"
ROWS = HEAD + "A1,Pumps,Ann Lee,Alder,Proposal,2026-11-03,500.50\nA2,,Ann Lee,Birch,Won,2026-10-01,0\n"


@pytest.fixture
def owner() -> Membership:
    return office()


@pytest.fixture(autouse=True)
def _at_now() -> Iterator[None]:
    with clock.at(NOW):
        yield


def exported(owner: Membership, form: str) -> str:
    out = io.StringIO(newline="")
    exporting.write(owner.workspace, out, form)
    return out.getvalue()


def state() -> list[tuple[object, ...]]:
    columns = ("id", "version", "name", "owner_id", "organization_id", "product_id", "stage", "status", "value")
    return list(Opportunity.objects.order_by("id").values_list(*columns, "closed_on", "planned_on", *NEXT_COLUMNS))


def test_dates_are_iso_and_values_plain(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, ROWS))
    lines = csv.DictReader(io.StringIO(exported(owner, "csv"), newline=""))
    first, second = sorted(lines, key=lambda line: line["external_id"])
    assert tuple(first) == exporting.HEADER
    assert (first["external_id"], first["engaged_on"], first["value"]) == ("A1", "2026-11-03", "500.5")
    assert (first["status"], first["next_step_on"], first["next_step_kind"]) == ("open", "2026-11-23", "call")
    assert first["next_step_why"]
    assert (second["name"], second["value"], second["next_step_on"]) == ("Birch", "", "")


def test_json_lines_say_the_same(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, ROWS))
    lines = [json.loads(line) for line in exported(owner, "jsonl").splitlines()]
    assert lines == list(csv.DictReader(io.StringIO(exported(owner, "csv"), newline="")))


@needs_data
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_ones_own_export_changes_nothing(owner: Membership, tmp_path: Path, form: str) -> None:
    imported(owner, real_files())
    before = state()
    again = imported(owner, made(tmp_path, exported(owner, form), f"export.{form}"))
    assert counts(again) == {"unchanged": 8_800}
    assert state() == before


@pytest.mark.parametrize("name", ["=SUM(A1)", "+49 deal", "-5 percent", "@home", "'=quoted", "＝wide", 'Ünï "q", x'])
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_names_that_spreadsheets_would_run(owner: Membership, tmp_path: Path, name: str, form: str) -> None:
    imported(owner, made(tmp_path, ROWS))
    Opportunity.objects.filter(external_id="A1").update(name=name)
    text = exported(owner, form)
    if form == "csv":
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    other = office()
    imported(other, made(tmp_path, text, f"export.{form}"))
    assert Opportunity.objects.get(workspace=other.workspace, external_id="A1").name == name


def test_an_export_brings_everything_into_another_workspace(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, ROWS))
    other = office()
    batch = imported(other, made(tmp_path, exported(owner, "csv"), "export.csv"))
    assert counts(batch) == {"created": 2}
    theirs, ours = exported(other, "csv"), exported(owner, "csv")
    shared = [name for name in exporting.HEADER if name != "next_step_why"]
    assert [{k: row[k] for k in shared} for row in csv.DictReader(io.StringIO(theirs))] == [
        {k: row[k] for k in shared} for row in csv.DictReader(io.StringIO(ours))
    ]


def test_another_workspace_stays_out(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, ROWS))
    assert exported(office(), "jsonl") == ""
