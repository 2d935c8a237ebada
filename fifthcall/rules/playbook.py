"""Playbooks: for each situation what went wrong, the steps to take, and what comes after the last one.

They are read from TOML (`playbooks/S1.toml` and so on; a workspace can have its own); what can't be followed is refused
with the line and the reason.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from fifthcall.rules.case import Hours, Kind, Play, Playbook
from fifthcall.rules.templates import TEMPLATES
from fifthcall.rules.windows import offset_days
from fifthcall.rules.workweek import workdays_later

IDS = tuple(f"S{number}" for number in range(1, 11))
_AFTER = re.compile(r"(\d+) (hour|day|working day)s?")
_STEP = {"kind", "after", "do", "template", "voicemail", "by", "hours", "only_if"}
_BOOK = {"id", "name", "wrong", "play", "next_time", "then", "step"}
ONLY_IF = ("assistant", "mobile")
LIVES = ("rest",)  # what may follow the last step, besides another playbook


class BadPlaybook(ValueError):
    """A playbook that can't be followed; `line` is where, the text also says why and what would mend it."""

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(f"Line {line}: {problem}" if line else problem)
        self.line, self.problem = line, problem


def due(play: Play, after: datetime, zone: str, hours: Hours, region: str) -> datetime:
    """When a step is due, `after` being the last touch; days are the prospect's."""
    if play.unit == "hour":
        return after + timedelta(hours=play.amount)
    if play.unit == "day":
        return offset_days(after, play.amount, zone)
    return workdays_later(after, play.amount, zone, hours, region)


def read(text: str, own: Collection[str] | None = ()) -> Playbook:
    """A playbook from TOML. `own` are the codes of templates besides the built-in ones; None: any, as one once saved
    may name a template that is off by now. Raises BadPlaybook.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        found = re.search(r"at line (\d+)", str(problem))
        raise BadPlaybook(f"This is not TOML: {problem}.", int(found[1]) if found else 0) from None
    for unknown in said.keys() - _BOOK:
        raise BadPlaybook(f"“{unknown}” is not known. One of: {', '.join(sorted(_BOOK))}.", _line(text, unknown))
    for needed in ("id", "name", "wrong", "play", "next_time", "then"):
        if not said.get(needed):
            raise BadPlaybook(f"“{needed}” is missing.", 1)
    if said["id"] not in IDS:
        raise BadPlaybook(f"There is no situation “{said['id']}”. One of: {', '.join(IDS)}.", _line(text, "id"))
    steps = said.get("step")
    if not isinstance(steps, list) or not steps:
        raise BadPlaybook("There is no step. Add one: [[step]] with kind, after and do.", 1)
    plays = tuple(_play(step, text, number, own) for number, step in enumerate(steps))
    then, days = _then(str(said["then"]), _line(text, "then"))
    if then == said["id"]:
        raise BadPlaybook("It goes on with itself, without end. Let it rest, or name another.", _line(text, "then"))
    return Playbook(said["id"], said["name"], said["wrong"], said["play"], said["next_time"], plays, then, days)


def _then(said: str, line: int) -> tuple[str, int]:
    if said in IDS:
        return said, 60
    found = re.fullmatch(r"rest (\d+) days", said)
    if not found or int(found[1]) < 1:
        raise BadPlaybook(
            "After the last step comes “rest 60 days” or another playbook (S1 to S10), never nothing.", line
        )
    return "rest", int(found[1])


def _play(said: dict[str, Any], text: str, number: int, own: Collection[str] | None) -> Play:
    at = _step_line(text, number)
    for unknown in said.keys() - _STEP:
        raise BadPlaybook(f"“{unknown}” is not known. One of: {', '.join(sorted(_STEP))}.", _line(text, unknown, at))
    kinds = [kind.value for kind in Kind if kind not in (Kind.MEETING, Kind.REVIEW)]
    if said.get("kind") not in kinds:
        raise BadPlaybook(
            f"“{said.get('kind')}” is no way to reach them. One of: {', '.join(kinds)}.", _line(text, "kind", at)
        )
    after = _AFTER.fullmatch(str(said.get("after", "")))
    if after is None:
        raise BadPlaybook(
            f"“{said.get('after')}” is no time after the step before. Like “2 working days”, “48 hours” or “3 days”.",
            _line(text, "after", at),
        )
    if not said.get("do"):
        raise BadPlaybook("“do” is missing: a sentence that says what to do.", at)
    if own is not None and said.get("template", "") not in ("", *TEMPLATES, *own):
        known = ", ".join((*TEMPLATES, *own))
        raise BadPlaybook(f"There is no template “{said['template']}”. One of: {known}.", _line(text, "template", at))
    if said.get("by", "hand") not in ("hand", "itself"):
        raise BadPlaybook("“by” is “hand” or “itself”.", _line(text, "by", at))
    if said.get("hours", "theirs") not in ("theirs", "outside"):
        raise BadPlaybook("“hours” is “theirs” or “outside”.", _line(text, "hours", at))
    if said.get("only_if", "") not in ("", *ONLY_IF):
        raise BadPlaybook(f"“only_if” is one of: {', '.join(ONLY_IF)}.", _line(text, "only_if", at))
    if not isinstance(said.get("voicemail", True), bool):
        raise BadPlaybook("“voicemail” is true or false.", _line(text, "voicemail", at))
    return Play(
        Kind(said["kind"]), int(after[1]), after[2], said["do"], str(said.get("template", "")), said.get("voicemail"),
        said.get("by") == "itself", said.get("hours") == "outside", said.get("only_if", ""),
    )  # fmt: skip


def _step_line(text: str, number: int) -> int:
    heads = [at for at, line in enumerate(text.splitlines(), 1) if line.strip().replace(" ", "") == "[[step]]"]
    return heads[number] if number < len(heads) else 1


def _line(text: str, key: str, start: int = 1) -> int:
    """The line on which `key` is set, from line `start` on."""
    for at, line in enumerate(text.splitlines(), 1):
        if at >= start and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return at
    return start


def complete(books: dict[str, Playbook]) -> dict[str, Playbook]:
    """The books by id, if each ends in a life that is stated. Raises BadPlaybook for a circle or a missing one."""
    for book in books.values():
        seen, at = [book.id], book
        while at.then not in LIVES:
            if at.then not in books:
                raise BadPlaybook(f"{at.id} goes on with {at.then}, which does not exist.")
            if at.then in seen:
                raise BadPlaybook(f"{' → '.join((*seen, at.then))}: that has no end. Let one of them rest.")
            seen.append(at.then)
            at = books[at.then]
    return books


@cache
def builtin_text(playbook_id: str) -> str:
    return files("fifthcall.rules").joinpath("playbooks", f"{playbook_id}.toml").read_text(encoding="utf-8")


BUILTIN: dict[str, Playbook] = complete({name: read(builtin_text(name)) for name in IDS})
