"""Makes docs/reference/doctrine.md: `python -m tests.doctrine_table > docs/reference/doctrine.md`."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from fifthcall.rules import book
from fifthcall.rules.rule import Rule

ROOT = Path(__file__).parents[1]

SEEN: dict[str, dict[str, str]] = tomllib.loads(
    (ROOT / "docs" / "reference" / "doctrine.toml").read_text(encoding="utf-8")
) | {
    f"S{number}": {
        "see": "Recognised by what has happened, with the evidence; its playbook shapes the step.",
        "where": f"The opportunity; playbook S{number}",
    }
    for number in range(1, 11)
}

HEAD = """# Doctrine

Made by `python -m tests.doctrine_table`; a test fails when a rule has no words, no code, no test or no place on screen.

Each rule is pure: a case and an instant in, a proposal or a refusal out. The book (`fifthcall/rules/book.py`) holds
their order: the first that proposes wins; the situation's playbook shapes a step that nobody has agreed on; guards
come last.

| Rule | What you see | Where | Code in `fifthcall/` | Test in `tests/` |
| --- | --- | --- | --- | --- |
"""


def modules() -> dict[str, list[str]]:
    """rule id → the files of the book that speak for it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "fifthcall" / "rules").glob("*.py")):
        module = sys.modules.get(f"fifthcall.rules.{path.stem}")
        rules = [value for value in vars(module).values() if isinstance(value, Rule)] if module else []
        for rule in rules:
            if any(rule is one for one in book.BOOK) and path.name not in found.setdefault(rule.id, []):
                found[rule.id].append(f"rules/{path.name}")
    return {rule: list(dict.fromkeys(files)) for rule, files in found.items()}


def tests() -> dict[str, list[str]]:
    """rule id → the files with a test that names it."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        named = set(re.findall(r"^ *def test_([abcdefgs]\d+)_", path.read_text(encoding="utf-8"), re.MULTILINE))
        named |= set(re.findall(r"^test_([abcdefg]\d+)_", path.name))
        if path.name == "test_situations.py":
            named |= {f"s{n}" for n in range(1, 11)}
        for rule in named:
            found.setdefault(rule.upper(), []).append(path.relative_to(ROOT / "tests").as_posix())
    return found


def rows() -> Iterator[tuple[str, str, str, list[str], list[str]]]:
    """rule, what you see, where on screen, code, tests."""
    code, tested = modules(), tests()
    for rule, said in SEEN.items():
        files = [*code.get(rule, []), *([said["kept"]] if "kept" in said else [])]
        yield rule, said["see"], said["where"], list(dict.fromkeys(files)), tested.get(rule, [])


def page() -> str:
    lines = [
        f"| {rule} | {what} | {where} | {', '.join(f'`{f}`' for f in code)} | {', '.join(f'`{t}`' for t in tested)} |"
        for rule, what, where, code, tested in rows()
    ]
    tail = (
        "\n\nThe numbers are the defaults of `Policy` in `fifthcall/rules/case.py`. A workspace can set touches an\n"
        "hour, the hours until a check-in, the law's hours with a reason, and its own playbooks.\n"
    )
    return HEAD + "\n".join(lines) + tail


if __name__ == "__main__":
    sys.stdout.write(page())
