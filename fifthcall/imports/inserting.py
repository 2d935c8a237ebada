"""New opportunities into their table with one prepared statement: many times the rate of `bulk_create`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from django.db import connection, models

from fifthcall.pipeline.models import Opportunity

_FIELDS = [field for field in Opportunity._meta.concrete_fields if not field.primary_key]
_JSON = json.JSONEncoder(check_circular=False)
_VALUES = itemgetter(*(field.attname for field in _FIELDS))

#: A row of nothing but defaults; for reading only.
BLANK: Mapping[str, Any] = {field.attname: field.get_default() for field in _FIELDS}


def insert(rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows given as `BLANK` with values for some columns, in the caller's transaction."""
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in _FIELDS)
    places = ", ".join(["%s"] * len(_FIELDS))
    special = [(place, adapt) for place, field in enumerate(_FIELDS) if (adapt := _adapter(field))]
    table = quote(Opportunity._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608  # names of our own
            [_adapted(row, special) for row in rows],
        )


def _adapted(row: Mapping[str, Any], special: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    values = list(_VALUES(row))
    for place, adapt in special:
        if values[place] is not None:
            values[place] = adapt(values[place])
    return values


def _adapter(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a value of the field becomes one that the database's driver takes; days and prices come again and again."""
    ops = connection.ops
    if isinstance(field, models.JSONField):
        return lambda value: _JSON.encode(value) if value else "{}"
    if isinstance(field, models.DateTimeField):
        return lru_cache(maxsize=4096)(ops.adapt_datetimefield_value)
    if isinstance(field, models.DateField):
        return lru_cache(maxsize=4096)(ops.adapt_datefield_value)
    if isinstance(field, models.DecimalField):
        return lru_cache(maxsize=4096)(
            lambda value: ops.adapt_decimalfield_value(field.to_python(value), field.max_digits, field.decimal_places)
        )
    return None
