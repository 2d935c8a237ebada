"""The public practice data that imports are tried on, and small files made on the spot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fifthcall.calendars.joining import add_member
from fifthcall.imports import running, uploads
from fifthcall.imports.models import Import
from fifthcall.teams.models import Membership, Role, Workspace

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "crm-sales-opportunities"
FILES = ("sales_pipeline.csv", "accounts.csv", "products.csv", "sales_teams.csv")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday morning in New York
needs_data = pytest.mark.skipif(not FOLDER.exists(), reason=f"the practice data is not in {FOLDER}")


def office() -> Membership:
    """The owner of a new workspace in New York."""
    workspace = Workspace.objects.create(name="Acme", zone="America/New_York", created_at=NOW)
    return add_member(workspace, "Olive Owner", "oliveowner", NOW, role=Role.OWNER, active=True)


def real_files() -> list[tuple[str, Path]]:
    return [(name, FOLDER / name) for name in FILES]


def made(folder: Path, text: str, name: str = "deals.csv") -> list[tuple[str, Path]]:
    """One file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return [(name, path)]


def started(member: Membership, files: list[tuple[str, Path]], now: datetime = NOW) -> Import:
    """An import without open questions, ready to be performed."""
    batch = uploads.keep(member.workspace, member, files, now)
    assert uploads.questions(batch) == []
    uploads.start(batch)
    return batch


def imported(member: Membership, files: list[tuple[str, Path]], now: datetime = NOW) -> Import:
    batch = running.perform(started(member, files, now).pk, now)
    assert batch is not None
    assert batch.state == Import.State.DONE
    assert sum(counts(batch).values()) == batch.total == batch.done_rows
    return batch


def counts(batch: Import) -> dict[str, int]:
    """Rows by what became of them; those of no account left out."""
    actions = ("created", "updated", "unchanged", "skipped", "failed")
    return {action: count for action in actions if (count := getattr(batch, f"{action}_rows"))}
