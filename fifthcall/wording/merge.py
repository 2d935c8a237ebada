"""The merge language: placeholders with defaults, parts that stand only where something is known, gaps. No code.

    Hello {first_name|there}{if product}, about {product}{else}, about your plans{end}: {write: one line of news}

A text is compiled once, which finds every mistake with its line, column and remedy; filling it can't fail. Values are
put in as they are and never looked at again, so nothing in a name or a reply can become part of the language. There
are no loops, no attributes and no calls. `{{` and `}}` stand for braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

SOURCE_MAX = 20_000  # characters of a text
TAGS_MAX = 200
DEPTH_MAX = 5
VALUE_MAX = 4_000  # characters of a value
#: No filled text is longer than this: the source, and a value (or a gap's words in brackets) for each tag.
RESULT_MAX = SOURCE_MAX + TAGS_MAX * VALUE_MAX

_TAG = re.compile(r"\{\{|\}\}|\{(?P<inner>[^{}\n]*)\}|[{}]")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?: [A-Za-z0-9_]+)*")
#: What a header may not hold: controls and Unicode's ends of a line; in a text, controls but tab and new line.
_LINE_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TEXT_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]+")


class BadWording(ValueError):
    """A text that can't be compiled. `line` and `column` count from 1; `problem` says what would mend it."""

    def __init__(self, problem: str, line: int, column: int) -> None:
        super().__init__(f"Line {line}, column {column}: {problem}")
        self.problem, self.line, self.column = problem, line, column


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    default: str | None


@dataclass(frozen=True, slots=True)
class _Gap:
    what: str


@dataclass(frozen=True, slots=True)
class _If:
    name: str
    known: tuple[_Node, ...]
    otherwise: tuple[_Node, ...]


_Node = str | _Field | _Gap | _If


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its values. What is `missing` (placeholders) or is a gap for one's own words stands in brackets."""

    text: str
    missing: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Nothing is missing: it may go out as it is."""
        return not self.missing and not self.gaps


@dataclass(frozen=True, slots=True)
class Compiled:
    """A text ready to be filled; `line`: it becomes a header, which is one line."""

    nodes: tuple[_Node, ...]
    line: bool

    @property
    def fields(self) -> frozenset[str]:
        """The placeholders whose values it may ask for."""
        return frozenset(_names(self.nodes))

    @property
    def gaps(self) -> frozenset[str]:
        """What it may leave for one's own words."""
        return frozenset(_gaps(self.nodes))

    def fill(self, values: Mapping[str, str]) -> Filled:
        """The text with its values; a blank or overlong value (more than `VALUE_MAX` characters) counts as missing."""
        missing: list[str] = []
        gaps: list[str] = []
        text = "".join(self._parts(self.nodes, values, missing, gaps))
        return Filled(text, tuple(dict.fromkeys(missing)), tuple(dict.fromkeys(gaps)))

    def _parts(
        self, nodes: tuple[_Node, ...], values: Mapping[str, str], missing: list[str], gaps: list[str]
    ) -> Iterator[str]:
        for node in nodes:
            if isinstance(node, str):
                yield node
            elif isinstance(node, _Gap):
                gaps.append(node.what)
                yield f"[{node.what}]"
            elif isinstance(node, _If):
                there = self._value(node.name, values)
                yield from self._parts(node.known if there else node.otherwise, values, missing, gaps)
            elif value := self._value(node.name, values):
                yield value
            elif node.default is not None:
                yield node.default
            else:
                missing.append(node.name)
                yield f"[{spoken(node.name)}]"

    def _value(self, name: str, values: Mapping[str, str]) -> str:
        value = values.get(name) or ""
        if len(value) > VALUE_MAX:
            return ""
        return fit(value, self.line).strip()


def fit(text: str, line: bool) -> str:
    """What may not be sent becomes a space. A header's "=?" is parted: a mail program would decode it (RFC 2047)."""
    if line:
        return _LINE_UNFIT.sub(" ", text).replace("=?", "= ?")
    return _TEXT_UNFIT.sub(" ", text.replace("\r\n", "\n"))


def spoken(name: str) -> str:
    """A placeholder as one says it: "first name"."""
    return name.replace("_", " ")


def _names(nodes: Iterable[_Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, _If):
            yield node.name
            yield from _names(node.known + node.otherwise)
        elif isinstance(node, _Field):
            yield node.name


def _gaps(nodes: Iterable[_Node]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, _If):
            yield from _gaps(node.known + node.otherwise)
        elif isinstance(node, _Gap):
            yield node.what


@lru_cache(maxsize=500)
def compiled(source: str, names: tuple[str, ...], line: bool = False) -> Compiled:
    """Compile a text that may use the placeholders `names`. Raises BadWording."""
    if len(source) > SOURCE_MAX:
        raise BadWording(f"That is longer than {SOURCE_MAX:,} characters. Shorten it.", 1, 1)
    return _Reader(source, names, line).read()


@dataclass(slots=True)
class _Open:
    """An "if" that has no end yet: where it began, and what stood before its "else" (None before it)."""

    at: int
    name: str
    known: tuple[_Node, ...] | None = None


class _Reader:
    """Reads a source from left to right, once."""

    def __init__(self, source: str, names: tuple[str, ...], line: bool) -> None:
        self.source, self.names, self.line = source, names, line
        self.open: list[_Open] = []
        self.nodes: list[list[_Node]] = [[]]

    def read(self) -> Compiled:
        unfit = (_LINE_UNFIT if self.line else _TEXT_UNFIT).search(self.source)
        if unfit:
            broken = self.line and "\n" in unfit[0]
            raise self.bad(
                "A subject is one line." if broken else "Remove the invisible character here.", unfit.start()
            )
        end = 0
        for number, tag in enumerate(_TAG.finditer(self.source)):
            if number >= TAGS_MAX:
                raise self.bad(f"There are more than {TAGS_MAX} braces. Make it simpler.", tag.start())
            self._plain(self.source[end : tag.start()])
            self._tag(tag)
            end = tag.end()
        self._plain(self.source[end:])
        if self.open:
            raise self.bad(f"“if {self.open[-1].name}” has no end. Add {{end}}.", self.open[-1].at)
        return Compiled(tuple(self.nodes[0]), self.line)

    def bad(self, problem: str, at: int) -> BadWording:
        before = self.source[:at]
        return BadWording(problem, before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1)

    def _plain(self, text: str) -> None:
        if text:
            self.nodes[-1].append(fit(text, self.line))

    def _tag(self, tag: re.Match[str]) -> None:
        at, inner = tag.start(), tag["inner"]
        if tag[0] in ("{{", "}}"):
            self.nodes[-1].append(tag[0][0])
        elif inner is None and tag[0] == "{":
            raise self.bad("“{” is not closed on its line. Add “}”, or write “{{” for a brace.", at)
        elif inner is None:
            raise self.bad("“}” closes nothing. Write placeholders like {first_name}, or “}}” for a brace.", at)
        else:
            self._inner(inner.strip(), at)

    def _inner(self, inner: str, at: int) -> None:
        word, _, rest = inner.partition(" ")
        if word == "if":
            self._if(rest, at)
        elif inner == "else":
            self._else(at)
        elif inner == "end":
            self._end(at)
        elif inner.startswith("write:"):
            self._gap(inner.removeprefix("write:").strip(), at)
        else:
            name, bar, default = inner.partition("|")
            self.nodes[-1].append(_Field(self._known(name, at), fit(default, self.line) if bar else None))

    def _known(self, said: str, at: int) -> str:
        said = said.strip()
        if not said:
            raise self.bad(f"A placeholder is missing in the braces. There are: {self._all()}.", at)
        name = said.lower().replace(" ", "_")
        if _WORD.fullmatch(said) and name in self.names:
            return name
        near = get_close_matches(name[:40], self.names, 1, 0.5)
        remedy = f"Did you mean {{{near[0]}}}?" if near else f"There are: {self._all()}."
        raise self.bad(f"There is no placeholder “{said[:40]}”. {remedy}", at)

    def _all(self) -> str:
        return ", ".join(self.names)

    def _gap(self, what: str, at: int) -> None:
        if not what:
            raise self.bad("Say what is to be written: {write: what they gain}.", at)
        self.nodes[-1].append(_Gap(fit(what, self.line)))

    def _if(self, name: str, at: int) -> None:
        if len(self.open) >= DEPTH_MAX:
            raise self.bad(f"There are more than {DEPTH_MAX} “if” inside one another. Make it simpler.", at)
        self.open.append(_Open(at, self._known(name, at)))
        self.nodes.append([])

    def _else(self, at: int) -> None:
        if not self.open:
            raise self.bad("“else” stands without an “if” before it.", at)
        if self.open[-1].known is not None:
            raise self.bad(f"“if {self.open[-1].name}” has an “else” already. Keep one.", at)
        self.open[-1].known = tuple(self.nodes.pop())
        self.nodes.append([])

    def _end(self, at: int) -> None:
        if not self.open:
            raise self.bad("“end” stands without an “if” before it.", at)
        begun, last = self.open.pop(), tuple(self.nodes.pop())
        known, otherwise = (last, ()) if begun.known is None else (begun.known, last)
        self.nodes[-1].append(_If(begun.name, known, otherwise))
