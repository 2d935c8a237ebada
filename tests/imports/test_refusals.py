"""A row that the database refuses fails alone; and what an import filled in is taken out again by its undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError

from fifthcall import clock
from fifthcall.imports import inserting, landing, planning, undoing
from fifthcall.imports.models import Reject
from fifthcall.people.models import Organization
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.teams.models import Membership
from fifthcall.touches.doctor import examine
from tests.imports.real import NOW, imported, made, office, started

pytestmark = pytest.mark.django_db

HEAD = "Deal ID,Deal Name,Deal owner,Company,Product,Deal Stage,Amount\n"


@pytest.fixture
def owner() -> Membership:
    return office()


@pytest.fixture(autouse=True)
def _at_now() -> Iterator[None]:
    with clock.at(NOW):
        yield


def test_only_the_refused_row_fails_and_the_others_land(
    owner: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(rows: Sequence[Mapping[str, Any]]) -> None:
        if any(row["external_id"] == "A3" for row in rows):
            raise DataError("value out of range")
        inserting.insert(rows)

    monkeypatch.setattr(landing, "insert", refusing)
    files = made(tmp_path, HEAD + "".join(f"A{n},Pumps {n},Ann Lee,Alder,GTX Pro,Open,50{n}\n" for n in range(1, 6)))
    plan = planning.check(started(owner, files))
    assert plan.counts["created"] == 4 and plan.counts["failed"] == 1
    batch = imported(owner, files)
    assert (batch.created_rows, batch.failed_rows) == (4, 1)
    assert sorted(Opportunity.objects.values_list("external_id", flat=True)) == ["A1", "A2", "A4", "A5"]
    refused = Reject.objects.get(batch=batch)
    assert refused.line == 4 and refused.failed and "can't hold" in refused.reason
    assert Organization.objects.get().name == "Alder"
    assert examine() == []


def test_a_number_too_large_to_hold_is_told_by_its_column(owner: Membership, tmp_path: Path) -> None:
    row = f"A1,Pumps,Ann Lee,Alder,GTX Pro,Open,{'9' * 25}\n"
    batch = imported(owner, made(tmp_path, HEAD + row + row.replace("A1", "A2").replace("9" * 25, "5")))
    assert (batch.created_rows, batch.failed_rows) == (1, 1)
    assert "Amount" in Reject.objects.get().reason and "too large" in Reject.objects.get().reason


def test_a_respelled_name_is_told_with_its_count(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, HEAD + "A1,Pumps,Ann Lee,Alder,GTX Pro,Open,5\n"))
    rows = "".join(f"B{n},Pumps,Ann Lee,Alder,GTXPro,Open,5\n" for n in range(3))
    batch = imported(owner, made(tmp_path, HEAD + rows))
    assert "“GTXPro” is read as “GTX Pro” (3 rows)." in batch.notes


def test_undo_takes_out_what_was_filled_in(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, HEAD + "A1,Pumps,Ann Lee,Alder,GTX Pro,Open,5\n"))
    filled = imported(
        owner,
        [
            *made(tmp_path, "product,series,sales_price\nGTX Pro,GTX,4821\n", "products.csv"),
            *made(tmp_path, "account,sector,office_location,employees\nAlder,retail,Germany,12\n", "accounts.csv"),
        ],
    )
    assert filled.updated_rows == 2
    assert Product.objects.get().list_price == Decimal(4821)
    assert Organization.objects.get().country == "Germany"
    undoing.undo(filled, owner, NOW)
    alder, gtx = Organization.objects.get(), Product.objects.get()
    assert (alder.country, alder.zone, alder.employees, alder.sector) == ("", "", None, "")
    assert (gtx.list_price, gtx.series) == (None, "")


def test_notes_come_along_and_go_out_again(owner: Membership, tmp_path: Path) -> None:
    file = "Deal ID,Deal Name,Deal owner,Deal Stage,Notes\nA1,Pumps,Ann Lee,Open,Asks for a discount\n"
    imported(owner, made(tmp_path, file))
    assert Opportunity.objects.get().note == "Asks for a discount"
