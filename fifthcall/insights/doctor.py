"""Proof that the numbers hear of every change."""

from __future__ import annotations

from collections.abc import Iterator

from fifthcall.insights.marking import TRIGGERS
from fifthcall.journal.triggers import standing
from fifthcall.touches.doctor import Finding


def marks() -> Iterator[Finding]:
    """Each trigger that marks a change for the sums stands."""
    for name in sorted(TRIGGERS - standing()):
        yield Finding("marks", "is missing: what changes is not in the numbers", f"trigger {name}")
