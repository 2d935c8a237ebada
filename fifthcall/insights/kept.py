"""The sums behind the numbers, kept as touches come, and exact at every moment: what was kept, and what changed since.

What changes leaves a mark (`marking`). The worker adds what is marked, a piece in a transaction (`keep_up`). Whoever
reads takes the sums and works out what the marked opportunities add and no longer add; where they are very many (the
first time), it goes through everything once. So a figure costs about the same however long the past is, and no touch
is ever missing from it. Touches are never changed (C15): what an opportunity had added is found again from its touches
up to the last that was counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from fifthcall.insights.models import Adding, Counted, Kept, Mark
from fifthcall.insights.moment import one_moment
from fifthcall.insights.signs import signs_sql
from fifthcall.insights.trails import Added, Amounts, State, Step, add, added
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.models import Touch

PIECE = 100  # opportunities: others wait to write while a piece is added
MANY = 1000  # keys in a query
#: With more changed than this it is quicker to go through everything.
MOST_CHANGED = 3000
_STEP = (
    "id", "at", "outcome", "retracts_id", "channel", "purpose", "template", "template_version", "member_id",
    "prospect_zone",
)  # fmt: skip
_AMOUNTS = ("tried", "reached", "met", "won")
_SIGNS = "opportunity AS whose, contacts, signs, attempts, last_at"
_COUNTED = Counted._meta.db_table

_Item = TypeVar("_Item")
Sums = dict[tuple[str, int], Amounts]  # by key and number


def sums(member: Membership, what: str) -> Sums:
    """The sums of what `member` may see."""
    return sums_of(member.workspace_id, (what,), None if member.leads else {0, member.pk})[what]


def sums_of(workspace_id: int, whats: tuple[str, ...], owners: set[int] | None = None) -> dict[str, Sums]:
    """Sums of each kind, of these owners or of all."""
    with one_moment():
        changed = _changed(workspace_id)
        if changed is None:
            return _through(workspace_id, whats, owners)
        found = {what: _kept(workspace_id, what, owners) for what in whats}
        for change in _changes(workspace_id, changed):
            for places, times in change.moved():
                _sum(found, places, owners, times)
    return {what: {place: some for place, some in found[what].items() if any(some)} for what in whats}


def kept_signs_sql(workspace_id: int, until: datetime | None = None) -> tuple[str, tuple[Any, ...]]:
    """`signs.signs_sql` of all opportunities: as it was kept, and counted anew where something has changed since.

    With `until`, those that were touched after it are counted anew too. Ask it and the SQL in `one_moment`.
    """
    changed = _changed(workspace_id)
    if changed is None:
        return signs_sql(workspace_id, until=until)
    anew_of = set(changed)
    if until:
        anew_of |= set(
            Counted.objects.filter(workspace=workspace_id, last_at__gt=until).values_list("opportunity", flat=True)
        )
    if len(anew_of) > MOST_CHANGED:
        return signs_sql(workspace_id, until=until)
    kept = f"SELECT {_SIGNS} FROM {_COUNTED} WHERE workspace_id = %s"  # noqa: S608
    if not anew_of:
        return kept, (workspace_id,)
    anew, parameters = signs_sql(workspace_id, sorted(anew_of), until)
    return f"{kept} AND opportunity NOT IN ({_written(anew_of)}) UNION ALL {anew}", (workspace_id, *parameters)


def keep_up(now: datetime) -> int:
    """Bring the sums of every workspace up to date, in pieces; how many opportunities were added anew."""
    done = 0
    for pk in Workspace.objects.order_by("id").values_list("pk", flat=True):
        for piece in in_parts(list(_marked(pk))):
            _keep_piece(pk, piece)
            done += len(piece)
    return done


def _keep_piece(workspace_id: int, piece: list[int]) -> None:
    """Bring these into the sums as they stand by now."""
    with transaction.atomic():
        # Nobody else adds to these sums meanwhile: what is added twice would be wrong for good.
        Adding.objects.get_or_create(workspace_id=workspace_id)
        Adding.objects.select_for_update().get(workspace=workspace_id)
        # First: what a mark tells of that comes later may not be seen below, and the mark stays.
        read = list(Mark.objects.filter(workspace=workspace_id, opportunity__in=piece).values_list("pk", flat=True))
        changed = _with_wholes(piece)
        moved: Added = {}
        changes = list(_changes(workspace_id, changed))
        for change in changes:
            for places, times in change.moved():
                for place, amounts in places.items():
                    add(moved, place, amounts, times)
        _write(workspace_id, moved)
        Counted.objects.filter(opportunity__in=changed).delete()
        Counted.objects.bulk_create(change.counted for change in changes if change.counted)
        _keep_signs(workspace_id, changed)
        for some in in_parts(read, MANY):
            Mark.objects.filter(pk__in=some).delete()


def _keep_signs(workspace_id: int, of: list[int]) -> None:
    anew, parameters = signs_sql(workspace_id, of)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_COUNTED} SET contacts = anew.contacts, signs = anew.signs, attempts = anew.attempts,"  # noqa: S608
            f" last_at = anew.last_at FROM ({anew}) AS anew WHERE anew.whose = {_COUNTED}.opportunity",
            parameters,
        )


def _kept(workspace_id: int, what: str, owners: set[int] | None) -> Sums:
    rows = Kept.objects.filter(workspace=workspace_id, what=what)
    if owners is not None:
        rows = rows.filter(owner__in=owners)
    totals = rows.values_list("key", "number").annotate(*(Sum(name) for name in _AMOUNTS)).order_by()
    return {(key, number): (tried, reached, met, won) for key, number, tried, reached, met, won in totals}


def _marked(workspace_id: int) -> QuerySet[Mark, int]:
    return Mark.objects.filter(workspace=workspace_id).order_by().values_list("opportunity", flat=True).distinct()


def _changed(workspace_id: int) -> list[int] | None:
    """The opportunities that are not in the sums as they stand now, or not at all, or no longer there.

    None where there are more than MOST_CHANGED.
    """
    marked = list(_marked(workspace_id)[: MOST_CHANGED + 1])
    return None if len(marked) > MOST_CHANGED else _with_wholes(marked)


def _with_wholes(ids: list[int]) -> list[int]:
    """These, and what they were merged into: it is there that their touches count."""
    found = set(ids)
    for some in in_parts(ids, MANY):
        merged = Opportunity.objects.filter(pk__in=some, merged_into__isnull=False).values_list(
            "merged_into", flat=True
        )
        found |= {whole for whole in merged if whole}
    return sorted(found)


def _parts(wholes: list[int]) -> dict[int, list[int]]:
    """Opportunity → those merged into it."""
    rows = Opportunity.objects.filter(merged_into__in=wholes).order_by("id")
    found: dict[int, list[int]] = defaultdict(list)
    for pk, whole in rows.values_list("pk", "merged_into_id"):
        found[whole].append(pk)
    return found


def _written(parts: Iterable[int]) -> str:
    return ",".join(map(str, parts))


@dataclass(frozen=True, slots=True)
class Change:
    """What an opportunity had added to the sums and what it adds now; and how that is to be remembered."""

    before: Added
    counted: Counted | None  # None: it is no longer there, or part of another
    now: Added

    def moved(self) -> Iterator[tuple[Added, int]]:
        """(amounts, times): to be taken out with −1, to be added with 1."""
        yield self.before, -1
        yield self.now, 1


def _changes(workspace_id: int, changed: list[int]) -> Iterator[Change]:
    """Read once: what is remembered is exactly what is added."""
    for some in in_parts(changed):
        merged = _parts(some)
        known = {row.opportunity: row for row in Counted.objects.filter(opportunity__in=some)}
        states = _states(some)
        parts = {pk: {*merged.get(pk, []), *(_read(known[pk].parts) if pk in known else ())} for pk in some}
        steps = _steps([*some, *(part for found in parts.values() for part in found)])
        for pk in some:
            yield _change(workspace_id, pk, known.get(pk), states.get(pk), merged.get(pk, []), steps)


def _change(
    workspace_id: int,
    pk: int,
    known: Counted | None,
    state: State | None,
    parts: list[int],
    steps: dict[int, list[Step]],
) -> Change:
    before: Added = {}
    now: Added = {}
    counted = None
    if known:
        then = [step for one in (pk, *_read(known.parts)) for step in steps.get(one, []) if step.id <= known.upto]
        before = added(then, State(known.status, known.owner, known.source))
    if state:
        whole = [step for one in (pk, *parts) for step in steps.get(one, [])]
        now = added(whole, state)
        upto = max((step.id for step in whole), default=0)
        counted = Counted(
            workspace_id=workspace_id, opportunity=pk, upto=upto, parts=_written(parts), **state._asdict()
        )
    return Change(before, counted, now)


def _read(parts: str) -> list[int]:
    return [int(part) for part in parts.split(",") if part]


def _states(ids: list[int]) -> dict[int, State]:
    rows = Opportunity.objects.filter(pk__in=ids, merged_into=None).values_list("pk", "status", "owner_id", "source")
    return {pk: State(status, owner or 0, source) for pk, status, owner, source in rows}


def _steps(ids: list[int]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    for some in in_parts(ids):
        rows = Touch.objects.filter(opportunity__in=some).order_by().values_list("opportunity_id", *_STEP)
        for pk, *step in rows:
            found[pk].append(Step(*step))
    return found


def _through(workspace_id: int, whats: tuple[str, ...], owners: set[int] | None) -> dict[str, Sums]:
    """The sums by going through everything once, keeping nothing."""
    whole = Coalesce("opportunity__merged_into_id", "opportunity_id")
    rows = Touch.objects.filter(workspace=workspace_id).annotate(whole=whole).order_by("whole", "at", "id")
    opportunities = Opportunity.objects.filter(workspace=workspace_id, merged_into=None).order_by()
    states = {
        pk: State(status, owner or 0, source)
        for pk, status, owner, source in opportunities.values_list("pk", "status", "owner_id", "source")
    }
    found: dict[str, Sums] = {what: {} for what in whats}
    for pk, steps in groupby(rows.values_list("whole", *_STEP).iterator(5000), key=lambda row: row[0]):
        if state := states.pop(pk, None):
            _sum(found, added((Step(*step) for _, *step in steps), state), owners)
    for state in states.values():
        _sum(found, added((), state), owners)
    return found


def _sum(found: dict[str, Sums], more: Added, owners: set[int] | None, times: int = 1) -> None:
    for place, amounts in more.items():
        if place.what in found and (owners is None or place.owner in owners):
            add(found[place.what], (place.key, place.number), amounts, times)


def _write(workspace_id: int, moved: Added) -> None:
    """Add to the sums, making those that are new. SQLite and PostgreSQL read the statement alike."""
    columns = ("workspace_id", "owner", "what", "key", "number", *_AMOUNTS)
    table = Kept._meta.db_table
    more = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in _AMOUNTS)
    row = f"({', '.join(['%s'] * len(columns))})"
    rows: list[list[int | str]] = [
        [workspace_id, *place, *map(int, amounts)] for place, amounts in moved.items() if any(amounts)
    ]
    with connection.cursor() as cursor:
        for some in in_parts(rows):  # many in a statement: each by itself takes PostgreSQL several times as long
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * len(some))}"  # noqa: S608
                f" ON CONFLICT (workspace_id, what, owner, key, number) DO UPDATE SET {more}",
                [value for each in some for value in each],
            )


def in_parts(items: list[_Item], size: int = 0) -> Iterator[list[_Item]]:
    """Of this size, or a PIECE."""
    size = size or PIECE
    return (items[at : at + size] for at in range(0, len(items), size))
