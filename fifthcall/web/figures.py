"""A picture's figures as a file: what stands behind it, for a spreadsheet or a program."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse


def as_file(kind: str, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> HttpResponse:
    """`rows` with `columns` as csv (`name`.csv) or json ({`name`: rows}); 404 for another `kind`. Shares: 0 to 1."""
    if kind == "json":
        return JsonResponse({name: list(rows)})
    if kind != "csv":
        raise Http404("The numbers are there as csv and json.")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    table = csv.DictWriter(response, columns)
    table.writeheader()
    table.writerows(rows)
    return response


def percent(share: float) -> float:
    """A share (0 to 1) as shown: in percent, to one digit."""
    return round(100 * share, 1)
