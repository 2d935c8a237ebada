"""Queries compiled once. Building the SQL of a query anew takes several times as long as running it, which shows where
a salesperson waits for the next card."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar, cast

from django.db import connection, models
from django.db.models.sql import UpdateQuery
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=models.Model)


class Given(models.Expression):
    """Stands in a prepared query for the value that `rows` is called with under this name."""

    def __init__(self, name: str, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Prepared:
    """A `values_list` query with `Given` in the places of its values, compiled at its first use on each engine."""

    def __init__(self, build: Callable[[], models.QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: dict[str, tuple[str, tuple[Any, ...], SQLCompiler, dict[Any, Any]]] = {}

    def rows(self, limit: int | None = None, **given: Any) -> list[tuple[Any, ...]]:
        """The rows for these values, at most `limit`. Raises KeyError for a value that is missing."""
        if connection.vendor not in self._compiled:
            self._compiled[connection.vendor] = self._compile()
        sql, params, compiler, converters = self._compiled[connection.vendor]
        filled = [_filled(param, given) for param in params]
        with connection.cursor() as cursor:
            cursor.execute(*(sql, filled) if limit is None else (f"{sql} LIMIT %s", [*filled, limit]))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        if converters:
            rows = [tuple(row) for row in compiler.apply_converters(rows, converters)]
        return rows

    def _compile(self) -> tuple[str, tuple[Any, ...], SQLCompiler, dict[Any, Any]]:
        compiler = self._build().query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column[0] for column in compiler.select or ()])
        if connection.vendor == "sqlite":
            for place, (_, expression) in converters.items():
                if isinstance(expression.output_field, models.DateTimeField):
                    converters[place] = ([_instant], expression)
        return sql, tuple(params), compiler, converters


def _instant(naive: datetime | None, *_: Any) -> datetime | None:
    """SQLite keeps instants in UTC; Django's own way to say so asks more of each value than there is to know."""
    return naive.replace(tzinfo=UTC) if naive else None


def _filled(param: Any, given: dict[str, Any]) -> Any:
    if isinstance(param, Given):
        return param.output_field.get_db_prep_value(given[param.name], connection)
    return param


def save_guarded(row: models.Model, read_version: int, columns: tuple[str, ...]) -> bool:
    """Save these columns of the row, unless it has another version in the database by now."""
    sql, params = _update(type(row), columns, connection.vendor)
    given = {column: getattr(row, column) for column in columns} | {"pk": row.pk, "read_version": read_version}
    with connection.cursor() as cursor:
        cursor.execute(sql, [_filled(param, given) for param in params])
        return bool(cursor.rowcount)


@cache
def _update(model: type[models.Model], columns: tuple[str, ...], engine: str) -> tuple[str, tuple[Any, ...]]:
    number = models.BigIntegerField()
    guarded = model._default_manager.filter(pk=Given("pk", number), version=Given("read_version", number))
    update = cast(UpdateQuery, guarded.query.chain(UpdateQuery))
    fields = {column: model._meta.get_field(column) for column in columns}
    update.add_update_values({column: Given(column, cast(Any, field)) for column, field in fields.items()})
    sql, params = update.get_compiler(connection=connection).as_sql()
    return sql, tuple(params)


def columns(model: type[models.Model]) -> list[str]:
    """What `values_list` must name so that `instance` can make a whole object."""
    return [field.attname for field in model._meta.concrete_fields]


def instance(model: type[M], row: tuple[Any, ...]) -> M:
    """The object of a row of all its `columns`."""
    return model.from_db(connection.alias, columns(model), row)


def fetch(model: type[M], pk: int | None) -> M | None:
    """The object with that key, if there is one."""
    found = _by_key(model).rows(pk=pk) if pk else ()
    return instance(model, found[0]) if found else None


@cache
def _by_key(model: type[models.Model]) -> Prepared:
    key = Given("pk", models.BigIntegerField())
    return Prepared(lambda: model._default_manager.filter(pk=key).values_list(*columns(model)))
