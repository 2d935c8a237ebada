"""Imports from start to undo: to the row, again, changed, killed, taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from fifthcall import clock
from fifthcall.imports import planning, running, undoing, uploads
from fifthcall.imports.models import Before, Import, ImportFile, Reject
from fifthcall.imports.unreadable import UnreadableFile
from fifthcall.journal.models import Event
from fifthcall.people.models import Organization
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import NEXT_COLUMNS
from fifthcall.rules.windows import wall
from fifthcall.teams.models import Membership, Role
from tests.imports.real import FOLDER, NOW, counts, imported, made, needs_data, office, real_files, started

pytestmark = pytest.mark.django_db

PIPELINE = "sales_pipeline.csv"
HEAD = "Deal ID,Deal Name,Deal owner,Company,Deal Stage,Amount\n"
TWO = HEAD + "A1,Pumps,Ann Lee,Alder,Open,500\nA2,Valves,Ann Lee,Birch,Won,900\n"


@pytest.fixture
def owner() -> Membership:
    return office()


@pytest.fixture(autouse=True)
def _at_now() -> Iterator[None]:
    with clock.at(NOW):
        yield


@needs_data
def test_every_row_of_the_real_files_is_accounted_for(owner: Membership) -> None:
    batch = imported(owner, real_files())
    assert batch.failed_rows == batch.skipped_rows == 0
    rows = Opportunity.objects.filter(workspace=owner.workspace)
    assert rows.count() == rows.filter(batch=batch).count() == 8_800
    assert Counter(rows.values_list("status", flat=True)) == {"won": 4_238, "lost": 2_473, "open": 2_089}
    assert rows.filter(organization=None).count() == 1_425
    assert Product.objects.count() == 7
    assert rows.filter(product__name="GTX Pro").count() == 1_480
    assert any("GTXPro" in note and "GTX Pro" in note for note in batch.notes)
    assert Event.objects.filter(verb="imported", subject_id=batch.pk).count() == 1


@needs_data
def test_owners_wait_as_inactive_members_under_their_managers(owner: Membership) -> None:
    imported(owner, real_files())
    waiting = Membership.objects.filter(workspace=owner.workspace, active=False, user=None)
    assert waiting.filter(role=Role.MEMBER).count() == 35
    assert waiting.filter(role=Role.MANAGER).count() == 6
    assert waiting.get(name="Anna Snelling").manager == waiting.get(name="Dustin Brinkmann")
    assert waiting.get(name="Anna Snelling").team == "Central"


@needs_data
def test_what_is_years_overdue_is_spread_the_worthiest_first(owner: Membership) -> None:
    imported(owner, real_files())
    steps = list(
        Opportunity.objects.filter(next_due_at__isnull=False)
        .order_by("owner_id", "next_due_at", "next_rank")
        .values_list("owner_id", "next_due_at", "next_rank", "organization__country")
    )
    assert len(steps) == 2_089
    assert all(due and due >= NOW for _, due, _, _ in steps)
    at = [(rep, wall(due, "America/New_York")) for rep, due, _, _ in steps if due]
    inside = [(rep, t.date(), t.hour < 12) for rep, t in at if time(8) <= t.time() < time(9, 30) or t.hour in (16, 17)]
    assert len(inside) > 1_500  # the rest is where no block falls in the prospect's working hours
    assert max(Counter(inside).values()) == 18  # an hour and a half at twelve an hour
    for country in {step[3] for step in steps}:  # elsewhere, fewer blocks fall in their hours
        there = [step for step in steps if step[3] == country]
        assert all(a[2] <= b[2] for a, b in pairwise(there) if a[0] == b[0]), country


@needs_data
def test_the_same_files_again_change_nothing(owner: Membership) -> None:
    first = imported(owner, real_files())
    before = list(Opportunity.objects.order_by("id").values_list("id", "version", *NEXT_COLUMNS))
    again = imported(owner, real_files())
    assert counts(again) == {"unchanged": first.total}
    assert list(Opportunity.objects.order_by("id").values_list("id", "version", *NEXT_COLUMNS)) == before


@needs_data
def test_one_changed_row_is_one_updated(owner: Membership, tmp_path: Path) -> None:
    imported(owner, real_files())
    text = (FOLDER / PIPELINE).read_text(encoding="utf-8")
    changed = text.replace(",Won,10/20/2016,3/1/2017,1054", ",Won,10/20/2016,3/1/2017,1055", 1)
    assert changed != text
    again = imported(owner, made(tmp_path, changed, PIPELINE))
    assert counts(again) == {"updated": 1, "unchanged": 8_799}
    assert Before.objects.filter(batch=again, model="opportunity").count() == 1


@needs_data
def test_the_dry_run_counts_the_same_and_writes_nothing(owner: Membership) -> None:
    batch = uploads.keep(owner.workspace, owner, real_files(), NOW)
    plan = planning.check(batch)
    assert not Opportunity.objects.exists()
    assert not Organization.objects.exists()
    assert Membership.objects.count() == 1
    uploads.start(batch)
    done = running.perform(batch.pk, NOW)
    assert done is not None
    assert {action: count for action, count in plan.counts.items() if count} == counts(done)
    assert len([row for row in plan.rows if row.action == "created"]) == planning.SHOWN


@needs_data
def test_undone_nothing_is_left(owner: Membership) -> None:
    batch = imported(owner, real_files())
    assert undoing.undo(batch, owner, NOW) == []
    for model in (Opportunity, Organization, Product):
        assert not model.objects.exists()
    assert list(Membership.objects.all()) == [owner]
    batch.refresh_from_db()
    assert batch.state == Import.State.UNDONE


def test_undoing_an_update_brings_back_what_was_there(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, TWO))
    again = imported(owner, made(tmp_path, TWO.replace("Open,500", "Lost,700")))
    assert counts(again) == {"updated": 1, "unchanged": 1}
    row = Opportunity.objects.get(external_id="A1")
    assert (row.status, row.value, row.next_due_at) == ("lost", Decimal(700), None)
    undoing.undo(again, owner, NOW)
    row.refresh_from_db()
    assert (row.status, row.value) == ("open", Decimal(500))
    assert row.next_due_at is not None


def test_undo_leaves_what_was_changed_here_since(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, TWO))
    again = imported(owner, made(tmp_path, TWO.replace("Open,500", "Open,700")))
    row = Opportunity.objects.get(external_id="A1")
    Opportunity.objects.filter(pk=row.pk).update(value=800, changed_at=NOW + timedelta(hours=1))
    assert undoing.undo(again, owner, NOW)
    row.refresh_from_db()
    assert row.value == 800


def test_ones_own_edit_outlives_an_unchanged_row(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, TWO))
    Opportunity.objects.filter(external_id="A1").update(value=650, name="Big pumps")
    assert counts(imported(owner, made(tmp_path, TWO))) == {"unchanged": 2}
    imported(owner, made(tmp_path, TWO.replace("A1,Pumps,Ann Lee,Alder", "A1,Pumps,Ann Lee,Cobalt")))
    row = Opportunity.objects.get(external_id="A1")
    assert (row.value, row.name, row.organization and row.organization.name) == (Decimal(650), "Big pumps", "Cobalt")


def test_reopened_by_an_update_it_gets_a_next_step(owner: Membership, tmp_path: Path) -> None:
    imported(owner, made(tmp_path, TWO))
    imported(owner, made(tmp_path, TWO.replace("Won,900", "Negotiation,900")))
    row = Opportunity.objects.get(external_id="A2")
    assert row.status == "open"
    assert row.next_kind == "call"


def test_bad_rows_are_counted_with_their_reasons(owner: Membership, tmp_path: Path) -> None:
    long = "x" * 300
    text = TWO + f'A1,Twice,Ann Lee,Alder,Open,1\nA3,{long},Ann Lee,Alder,Open,1\nA4,Odd,Ann Lee,Alder,Open,"a\nb"\n'
    batch = imported(owner, made(tmp_path, text + "A5,More,Ann Lee,Alder,Open,1,2,3\n,,,,,7\n"))
    assert counts(batch) == {"created": 2, "skipped": 1, "failed": 4}
    reasons = {row.line: row.reason for row in Reject.objects.filter(batch=batch)}
    assert "line 2" in reasons[4]
    assert "300" in reasons[5]
    assert "Deal Name" in reasons[5]
    assert all(reasons.values())
    kept = Reject.objects.get(batch=batch, line=5)
    assert kept.failed
    assert kept.values[1] == long


def test_the_first_row_of_an_id_counts_whatever_the_order_of_landing(owner: Membership, tmp_path: Path) -> None:
    batch = imported(owner, made(tmp_path, HEAD + "A1,Open,Ann,Alder,Open,1\nA1,Won,Ann,Alder,Won,9\n"))
    assert counts(batch) == {"created": 1, "skipped": 1}
    assert Opportunity.objects.get().name == "Open"
    assert "line 2" in Reject.objects.get().reason


def test_an_unreadable_file_leaves_nothing_behind(owner: Membership, tmp_path: Path) -> None:
    files = made(tmp_path, TWO) + made(tmp_path, "", "empty.csv")
    with pytest.raises(UnreadableFile, match="empty"):
        uploads.keep(owner.workspace, owner, files, NOW)
    assert not Import.objects.exists()
    assert not ImportFile.objects.exists()


class Killed(BaseException):
    """What a kill -9 is to a process: nothing of it is caught."""


@needs_data
@pytest.mark.parametrize("pieces", [1, 4, 9])
def test_killed_it_goes_on_where_it_stood(owner: Membership, monkeypatch: pytest.MonkeyPatch, pieces: int) -> None:
    batch, landed = started(owner, real_files()), [0]
    account = running._account

    def die(*args: object) -> None:
        landed[0] += 1
        account(*args)  # type: ignore[arg-type]
        if landed[0] == pieces:
            raise Killed  # before the piece commits

    with monkeypatch.context() as patched:
        patched.setattr(running, "_account", die)
        with pytest.raises(Killed):
            running.perform(batch.pk, NOW)
    batch.refresh_from_db()
    assert sum(counts(batch).values()) == batch.done_rows < batch.total
    assert running.perform(batch.pk, NOW) is None  # its lease still runs
    with clock.at(NOW + timedelta(seconds=61)):
        assert running.resume_all(clock.now()) == 1
    batch.refresh_from_db()
    assert batch.state == Import.State.DONE
    assert sum(counts(batch).values()) == batch.done_rows == batch.total
    assert batch.failed_rows == batch.skipped_rows == 0
    assert Opportunity.objects.count() == 8_800
    assert Opportunity.objects.filter(next_due_at__isnull=False).count() == 2_089


def test_a_piece_of_a_process_that_lost_its_lease_rolls_back(
    owner: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, account = started(owner, made(tmp_path, TWO)), running._account

    def overtaken(*args: object) -> None:
        Import.objects.filter(pk=batch.pk).update(fence=99)
        account(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "_account", overtaken)
    with pytest.raises(running.Lost):
        running.perform(batch.pk, NOW)
    assert not Opportunity.objects.exists()
    batch.refresh_from_db()
    assert batch.done_rows == 0


def test_the_worker_goes_on_with_other_imports_when_one_fails(
    owner: Membership, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = started(owner, made(tmp_path, TWO, "bad.csv")), started(owner, made(tmp_path, TWO, "good.csv"))
    through = running._through

    def stumble(batch: Import, *args: object) -> None:
        if batch.pk == bad.pk:
            raise RuntimeError("stumbled")
        through(batch, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(running, "_through", stumble)
    running.resume_all(NOW)
    good.refresh_from_db()
    assert good.state == Import.State.DONE
    assert running.resume_all(NOW) == 0  # not tried again at once
