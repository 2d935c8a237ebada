"""Everything out again: one line per opportunity, importable as it is."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from typing import IO

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.windows import wall
from fifthcall.rules.words import sentence
from fifthcall.teams.models import Workspace

HEADER = (
    "external_id", "name", "owner", "owner_email", "organisation", "product", "stage", "status", "engaged_on",
    "closed_on", "value", "next_step_on", "next_step_kind", "next_step_until", "next_step_why",
    "note",
)  # fmt: skip
#: What spreadsheets would run; a leading quotation mark stops them, and our import takes it off again.
_FORMULA = re.compile("'*[=+@\t\r＝-]")


def rows(workspace: Workspace) -> Iterator[dict[str, str]]:
    """Each opportunity as text: dates as ISO, values as plain decimals, unknown ones empty."""
    found = Opportunity.objects.filter(workspace=workspace).select_related("owner", "organization", "product")
    for row in found.order_by("id").iterator(chunk_size=2000):
        due = wall(row.next_due_at, row.next_zone) if row.next_due_at else None
        until = wall(row.next_until, row.next_zone) if row.next_until else None
        said = row.next_why.get("reasons", ())
        yield {
            "external_id": row.external_id or f"fifthcall:{row.pk}",
            "name": row.name,
            "owner": row.owner.name if row.owner else "",
            "owner_email": row.owner.email if row.owner else "",
            "organisation": row.organization.name if row.organization else "",
            "product": row.product.name if row.product else "",
            "stage": row.stage,
            "status": row.status,
            "engaged_on": row.engaged_on.isoformat() if row.engaged_on else "",
            "closed_on": row.closed_on.isoformat() if row.closed_on else "",
            "value": format(row.value.normalize(), "f") if row.value is not None else "",
            "next_step_on": due.date().isoformat() if due else "",
            "next_step_kind": row.next_kind,
            "next_step_until": until.isoformat(timespec="minutes") if until else "",
            "next_step_why": " ".join(sentence(rule, code, facts) for rule, code, facts in said),
            "note": row.note,
        }


def write(workspace: Workspace, out: IO[str], form: str) -> int:
    """Write all opportunities as "jsonl" or "csv"; how many."""
    count = 0
    if form == "csv":
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for row in rows(workspace):
            writer.writerow([row[name] if name == "value" else guarded(row[name]) for name in HEADER])
            count += 1
        return count
    for row in rows(workspace):
        out.write(json.dumps(row, ensure_ascii=False) + "\n")
        count += 1
    return count


def guarded(text: str) -> str:
    """The text as a spreadsheet leaves it alone; one that begins with a quotation mark of its own gets another."""
    return f"'{text}" if _FORMULA.match(text) else text
