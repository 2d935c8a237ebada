"""Finished histories that were brought in as counts, beside those that were followed up here (G2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from fifthcall.imports.models import PastHistories
from fifthcall.insights.own_curve import Histories


@dataclass(frozen=True, slots=True)
class Brought:
    """`count` histories from a file called `name`."""

    name: str
    count: int


def brought(workspace_id: int, **only: str) -> list[Histories]:
    """By number of attempts and whether they were won; `only` narrows them by channel or source.

    They are nobody's own: whoever is in the workspace counts them.
    """
    rows = PastHistories.objects.filter(workspace=workspace_id, **only).values("attempts", "won")
    return [Histories(row["attempts"], row["won"], row["sum"]) for row in rows.annotate(sum=Sum("count"))]


def files(workspace_id: int) -> list[Brought]:
    """The files they came with, the largest first."""
    rows = PastHistories.objects.filter(workspace=workspace_id).values_list("file__name")
    return [Brought(name, count) for name, count in rows.annotate(sum=Sum("count")).order_by("-sum")]
