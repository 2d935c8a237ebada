"""The order in which a file's opportunities land: those with a next step to place last, the worthiest first.

So each block is filled once, from the top, and no step has to be written twice. The order depends on nothing but the
file and what was noted when the import began: a killed import finds its place in it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from decimal import Decimal

from fifthcall.imports.landing import external_id, status_of
from fifthcall.imports.models import Import
from fifthcall.imports.records import Record, Unusable
from fifthcall.people.names import matching_key
from fifthcall.pipeline.models import UNFINISHED, Product
from fifthcall.rules import next_touch
from fifthcall.rules.case import Kind
from fifthcall.rules.priority import rank


def by_worth(rows: Iterable[Record], batch: Import) -> Iterator[Record]:
    """Rows without a step as they come, then the others by their worth; second ones of an id at the very end."""
    prices, seen = _prices(batch), set[str]()
    steps: list[tuple[int, int, Record]] = []
    again: list[Record] = []
    for record in rows:
        known = _id(record)
        if known is None:
            yield record
        elif known in seen:
            again.append(record)
        else:
            seen.add(known)
            if status_of(record.values) in UNFINISHED:
                steps.append((_worth(record, prices, batch), record.line, record))
            else:
                yield record
    steps.sort(key=lambda step: step[:2])
    for _, _, record in steps:
        yield record
    yield from again


def _id(record: Record) -> str | None:
    if record.problem:
        return None
    try:
        return external_id(record.values)
    except Unusable:
        return None


def _worth(record: Record, prices: dict[str, str], batch: Import) -> int:
    value, engaged_on = record.values.get("value"), record.values.get("engaged_on")
    if value is None and (price := prices.get(matching_key(record.values.get("product") or ""))):
        value = Decimal(price)
    policy = batch.workspace.policy()
    if policy.worth and policy.worth.in_order:  # as nothing is known of its touches, by its value alone
        length = next_touch.minutes(Kind.CALL, policy.touches_an_hour)
        return next_touch.rank(next_touch.expected(policy.worth, 0, False, value, length))
    return rank(value, datetime.combine(engaged_on, time(12), UTC) if engaged_on else None, batch.created_at)


def _prices(batch: Import) -> dict[str, str]:
    """The list prices when the first opportunity came up."""
    if "prices" not in batch.mapping:
        found = Product.objects.filter(workspace=batch.workspace_id, list_price__isnull=False)
        batch.mapping["prices"] = {key: str(price) for key, price in found.values_list("key", "list_price")}
        Import.objects.filter(pk=batch.pk, fence=batch.fence).update(mapping=batch.mapping)
    prices: dict[str, str] = batch.mapping["prices"]
    return prices
