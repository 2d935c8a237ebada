"""decide: the pure rules on one case."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from fifthcall import clock
from fifthcall.cli import WrongUse
from fifthcall.commands.common import Subparsers, add_at, say
from fifthcall.rules.case import Case, Decision, Policy
from fifthcall.rules.decide import decide, preview
from fifthcall.rules.words import sentence

CASE = TypeAdapter(Case)
DECISION = TypeAdapter(Decision)


def schemas() -> dict[str, dict[str, Any]]:
    """The JSON Schemas of a case and of a decision, made from the dataclasses."""
    return {"case": CASE.json_schema(), "decision": DECISION.json_schema()}


def add_decide(subs: Subparsers) -> None:
    command = subs.add_parser("decide", help="run the rules on one case and print the decision")
    command.add_argument("case", nargs="?", help="a JSON file (docs/reference/case.schema.json), - for standard input")
    command.add_argument("--schema", choices=("case", "decision"), help="print the JSON Schema instead")
    command.add_argument("--json", action="store_true", help="JSON is the only answer; accepted for uniformity")
    add_at(command)
    command.set_defaults(run=_decide)


def _decide(arguments: argparse.Namespace) -> int:
    if arguments.schema:
        say(schemas()[arguments.schema])
        return 0
    if not arguments.case:
        raise WrongUse("name a case: a JSON file, or - for standard input.")
    case, now = _read(arguments.case), _at(arguments.at)
    try:
        decision = decide(case, now)
    except ValueError as problem:
        raise WrongUse(str(problem)) from None
    answer = DECISION.dump_python(decision, mode="json")
    answer["words"] = [f"{r.rule}: {sentence(r.rule, r.code, r.facts)}" for r in decision.reasons]
    answer["if_nothing_happens"] = [
        {"kind": step.kind.value, "purpose": step.purpose, "starts_at": step.window.starts_at.isoformat()}
        for step in preview(case, now, Policy())
    ]
    say(answer)
    return 0


def _read(name: str) -> Case:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        return CASE.validate_json(text)
    except OSError as problem:
        raise WrongUse(f"{name}: {problem.strerror}.") from None
    except (ValidationError, json.JSONDecodeError, UnicodeDecodeError) as problem:
        lines = (
            [f"{'.'.join(map(str, e['loc'])) or 'the case'}: {e['msg']}" for e in problem.errors()]
            if isinstance(problem, ValidationError)
            else [str(problem)]
        )
        raise WrongUse(f"{name}: " + "; ".join(lines)) from None


def _at(text: str | None) -> datetime:
    if not text:
        return clock.now()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"--at {text}: give a time like 2026-11-23T08:00Z.") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
