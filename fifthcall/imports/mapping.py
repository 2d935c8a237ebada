"""Which column of a file feeds which field of ours: guessed from names and contents, or said in a map file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from fifthcall.imports.columns import DATE_ORDERS, NUMBER_STYLES, ColumnFacts
from fifthcall.imports.fields import IDENTITY, KINDS, PREFIXES, TWINS, Field
from fifthcall.people.names import matching_key


class BadMap(ValueError):
    """A map that can't be followed: what is wrong with which field or column, and what would put it right."""

    def __init__(self, problem: str, remedy: str, *, field: str = "", column: str = "") -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem, self.remedy, self.field, self.column = problem, remedy, field, column


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to know before importing; a blocking one needs an answer first."""

    problem: str
    remedy: str
    field: str = ""
    column: str = ""
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns that feed the fields of one kind of file, and how their dates and numbers are written.

    In a map that a person gave, a field with "" is to be left empty.
    """

    kind: str
    fields: dict[str, str]
    date_order: dict[str, str] = field(default_factory=dict)
    number_style: dict[str, str] = field(default_factory=dict)
    unused: tuple[str, ...] = ()
    confidence: float = 1.0  # 0 to 1: the share of columns that found their field, halved where two kinds fit alike
    reasons: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def to_json(self) -> str:
        """The choices alone, as `from_json` and `--map` take them."""
        ways = {"date_order": self.date_order, "number_style": self.number_style}
        said = {self.kind: self.fields} | {name: way for name, way in ways.items() if way}
        return json.dumps(said, indent=2, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Mapping:
        """The one mapping of a map file (JSON or TOML). Raises `BadMap`."""
        maps = read_maps(text)
        if len(maps) != 1:
            raise BadMap(f"This map is for {len(maps)} kinds of file.", "Keep the one that is meant.")
        return next(iter(maps.values()))


def guess(
    header: Sequence[str], facts: AnyMapping[str, ColumnFacts], *, kind: str | None = None, given: Mapping | None = None
) -> Mapping:
    """The likeliest mapping of a table with these columns; `facts` of `columns.study` may be missing for any of them.

    `kind` says what the file is. What `given` says wins over the guess and may feed two fields from one column; it may
    raise `BadMap`.
    """
    wanted = [given.kind if given else kind] if given or kind else list(KINDS)
    found = {name: _assigned(name, header, facts, _pinned(given, header)) for name in wanted if name}
    best = sorted(found, key=lambda name: (_identified(name, found[name]), len(found[name])), reverse=True)
    chosen = best[0]
    fields = {key: found[chosen][key][0] for key in KINDS[chosen] if found[chosen].get(key, ("", ""))[0]}
    rivals = [name for name in best[1:] if _identified(name, found[name]) and len(found[name]) >= len(fields)]
    problems = list(_problems(chosen, fields, facts, given))
    if rivals:
        remedy = f"Say if it holds {' or '.join(rivals)} instead."
        problems.insert(0, Problem(f"This file may hold {chosen}, or something else.", remedy))
    return Mapping(
        chosen,
        fields,
        _settled(chosen, fields, facts, "date") | (given.date_order if given else {}),
        _settled(chosen, fields, facts, "number") | (given.number_style if given else {}),
        tuple(column for column in header if column not in fields.values()),
        round(len(set(fields.values())) / max(1, len(header)) / (2 if rivals else 1), 2),
        {key: found[chosen][key][1] for key in fields},
        tuple(problems),
    )


def _settled(kind: str, fields: dict[str, str], facts: AnyMapping[str, ColumnFacts], holds: str) -> dict[str, str]:
    """Field by field how its column writes dates or numbers, where the column itself has settled it."""
    of = {key: facts[column] for key, column in fields.items() if KINDS[kind][key].holds == holds and column in facts}
    ways = {key: fact.date_order if holds == "date" else fact.number_style for key, fact in of.items()}
    return {key: way for key, way in ways.items() if way in DATE_ORDERS or way in NUMBER_STYLES}


def _identified(kind: str, fields: AnyMapping[str, object]) -> bool:
    """Is there enough to tell one row's subject from another's?"""
    needed = [key for key, field_ in KINDS[kind].items() if field_.required]
    return all(key in fields for key in needed) and (kind != "opportunities" or any(key in fields for key in IDENTITY))


def _pinned(given: Mapping | None, header: Sequence[str]) -> dict[str, tuple[str, str]]:
    """What a person's map says, its columns spelled as in the file."""
    columns = {matching_key(column): column for column in reversed(header)} | {column: column for column in header}
    pinned = {}
    for key, said in (given.fields if given else {}).items():
        column = columns.get(said, columns.get(matching_key(said))) if said else ""
        if column is None:
            near = get_close_matches(said, header, 1, 0.5) or header[:1]
            problem = f"The map feeds “{key}” from “{said}”, but the file has no such column."
            raise BadMap(problem, f"Did you mean “{near[0]}”?" if near else "", field=key, column=said)
        pinned[key] = (column, "as the map says")
    return pinned


def _assigned(
    kind: str, header: Sequence[str], facts: AnyMapping[str, ColumnFacts], pinned: dict[str, tuple[str, str]]
) -> dict[str, tuple[str, str]]:
    """Field by field its column and why, the closest names first; no column feeds two fields."""
    fields, taken = dict(pinned), {column for column, _ in pinned.values()}
    for _, _, key, column in sorted(_candidates(kind, header, facts)):
        fact, by = facts.get(column), "by its name"
        if fact and fact.kind == "email" and KINDS[kind][key].holds == "text" and TWINS.get(key) in KINDS[kind]:
            key, by = TWINS[key], "by its name, and because it holds email addresses"
        if key not in fields and column not in taken and _can_hold(KINDS[kind][key].holds, fact):
            fields[key] = (column, by)
            taken.add(column)
    return fields


def _candidates(
    kind: str, header: Sequence[str], facts: AnyMapping[str, ColumnFacts]
) -> Iterator[tuple[int, int, str, str]]:
    """How far a column's name is from a field's likeliest one, its place, the field and the column."""
    ranks: dict[str, list[tuple[int, str]]] = {}
    for key, known in KINDS[kind].items():
        for rank, alias in enumerate([key, *known.aliases]):
            ranks.setdefault(matching_key(alias), []).append((rank, key))
    prefix = re.compile(rf"(?:{'|'.join(PREFIXES.get(kind, ('-',)))})\s*[-:.]\s*", re.IGNORECASE)
    for place, column in enumerate(header):
        bare = re.sub(r"\(.*?\)|\[.*?\]|__c$", "", column).strip()
        empty = 1000 if column in facts and not facts[column].filled else 0
        for distance, spelling in enumerate((column, bare, prefix.sub("", bare, count=1))):
            for rank, key in ranks.get(matching_key(spelling), ()):
                yield empty + 100 * distance + rank, place, key, column


def _can_hold(holds: str, fact: ColumnFacts | None) -> bool:
    """False where not one value of the column is what the field holds."""
    if not fact or not fact.filled or fact.kind == holds:
        return True
    some = {"date": fact.date_order, "number": fact.number_style, "email": any("@" in text for text in fact.samples)}
    return bool(some.get(holds, True))


def _problems(
    kind: str, fields: dict[str, str], facts: AnyMapping[str, ColumnFacts], given: Mapping | None
) -> Iterator[Problem]:
    if not _identified(kind, fields):
        needed = IDENTITY if kind == "opportunities" else [key for key, known in KINDS[kind].items() if known.required]
        labels = " or ".join(f"“{KINDS[kind][key].label}”" for key in needed)
        yield Problem(f"No column tells the {kind} apart.", f"Choose a column for {labels}.", needed[0], blocking=True)
    for key, column in fields.items():
        if column in facts:
            yield from _doubts(KINDS[kind][key], facts[column], given)


def _doubts(known: Field, fact: ColumnFacts, given: Mapping | None) -> Iterator[Problem]:
    """What is doubtful about feeding this field from this column."""
    key, column = known.key, fact.name
    said = {**given.date_order, **given.number_style} if given else {}
    found = {"date": fact.date_order, "number": fact.number_style}.get(known.holds, "")
    ways = "mdy or dmy" if known.holds == "date" else "point or comma"
    example = f"line {fact.odd_line}, “{fact.odd_value}”"
    if found == "ambiguous" and key not in said:
        sample = fact.samples[0] if fact.samples else ""
        problem = f"“{column}” can be read in two ways throughout (like “{sample}”)."
        yield Problem(problem, f"Say how it is written: {ways}.", key, column, blocking=True)
    elif found == "mixed" and key not in said:
        problem = f"“{column}” is written in two ways that contradict each other ({example})."
        yield Problem(problem, f"Correct the file, or choose {ways}.", key, column, blocking=True)
    elif key in said and found in ("mdy", "dmy", "point", "comma") and said[key] != found:
        problem = f"“{column}” is written as {found}, but {said[key]} was chosen."
        yield Problem(problem, "Rows that don't fit will be left out.", key, column)
    if fact.kind == known.holds and fact.misfits:
        problem = f"{fact.misfits} of {fact.filled} values of “{column}” are no {known.holds} ({example})."
        yield Problem(problem, "Correct them, or those rows will be left out.", key, column)
    elif found and fact.kind != known.holds:
        problem = f"“{column}” holds {fact.kind} rather than {known.holds} (like “{fact.samples[0]}”)."
        yield Problem(problem, "Choose another column, or leave the field empty.", key, column)
    if key == "external_id" and not fact.distinct_capped and fact.distinct < fact.filled:
        problem = f"“{column}” is the same for several rows."
        yield Problem(problem, "Choose a column that differs for each, or leave the field empty.", key, column)


def read_maps(text: str) -> dict[str, Mapping]:
    """Every mapping of a map file by its kind. Raises `BadMap`. In JSON (or the same as TOML):

    {"opportunities": {FIELD: COLUMN or null}, "date_order": {FIELD: "mdy"}, "number_style": {FIELD: "comma"}}
    """
    said = _loaded(text)
    orders = _ways(said.pop("date_order", {}), "date_order", "date", DATE_ORDERS)
    styles = _ways(said.pop("number_style", {}), "number_style", "number", NUMBER_STYLES)
    maps = {}
    for kind, fields in said.items():
        if kind not in KINDS or not isinstance(fields, dict):
            raise BadMap(f"“{kind}” is not a kind of file with fields.", f"Use {', '.join(KINDS)}.")
        for key, column in fields.items():
            _check_field(key, list(KINDS[kind]))
            if not isinstance(column, str | None):
                raise BadMap(f"“{key}” should name a column.", "Write the column's name, or null for none.", field=key)
        order, style = ({key: way for key, way in ways.items() if key in KINDS[kind]} for ways in (orders, styles))
        maps[kind] = Mapping(kind, {key: column or "" for key, column in fields.items()}, order, style)
    return maps


def _loaded(text: str) -> dict[str, object]:
    text = text.strip("\ufeff \t\r\n")
    try:
        said: dict[str, object] = json.loads(text) if text.startswith("{") else tomllib.loads(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadMap(f"The map can't be read: {error}.", "Check its commas, quotation marks and brackets.") from error
    if not said:
        raise BadMap("The map says nothing.", 'Begin with {"opportunities": {"external_id": "COLUMN"}}.')
    return said


def _ways(said: object, part: str, holds: str, allowed: AnyMapping[str, str]) -> dict[str, str]:
    """Field by field the way it is written; one word alone is meant for all fields that hold such values."""
    fields = [key for known in KINDS.values() for key, field_ in known.items() if field_.holds == holds]
    said = dict.fromkeys(fields, said) if isinstance(said, str) else said
    if not isinstance(said, dict):
        raise BadMap(f"“{part}” should say a way for each field.", f"Use {', '.join(allowed)}.")
    ways = {key: "iso" if way == "ymd" else str(way) for key, way in said.items()}
    for key, way in ways.items():
        _check_field(key, fields)
        if way not in allowed:
            raise BadMap(f"“{way}” is no {part} (“{key}”).", f"Use {', '.join(allowed)}.", field=key)
    return ways


def _check_field(key: str, fields: Sequence[str]) -> None:
    if key not in fields:
        near = get_close_matches(key, fields, 1) or [", ".join(fields)]
        raise BadMap(f"“{key}” is not a field here.", f"Use {near[0]}.", field=key)
