"""Proof that the numbers hear of every change."""

from __future__ import annotations

from collections.abc import Iterator

from fifthcall.insights.marking import ACTS, MarkChanges
from fifthcall.journal.triggers import standing
from fifthcall.touches.doctor import Finding


def marks() -> Iterator[Finding]:
    """Each trigger that marks a change for the sums stands."""
    expected = {MarkChanges(table).name(act) for table, acts in ACTS.items() for act in acts}
    for name in sorted(expected - standing()):
        yield Finding("marks", "is missing: the numbers would not hear of changes", f"trigger {name}")
