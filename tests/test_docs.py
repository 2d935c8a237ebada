"""The reference is complete: what a person can set, type, press or open is written down in docs/reference."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from fifthcall import cli
from fifthcall.rules.book import BOOK
from fifthcall.rules.outcomes import OUTCOMES, WHY_LOST, WHY_NOT, WHY_SNOOZED
from tests import doctrine_table

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def missing(wanted: Iterable[str], name: str) -> list[str]:
    text = page(name)
    return sorted({word for word in wanted if f"`{word}`" not in text})


def rows(name: str) -> list[list[str]]:
    """The cells of every table row of a page."""
    return [[c.strip() for c in line.strip("|").split("|")] for line in page(name).splitlines() if line.startswith("|")]


def settings_read() -> set[str]:
    source = (ROOT / "fifthcall" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'"(FIFTHCALL_[A-Z_]+|DATABASE_URL)"', source))


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command a person may type; those that begin with _ are started by others."""
    actions = cli.parser()._actions
    subs = next(action for action in actions if isinstance(action, argparse._SubParsersAction))
    return {name: sub for name, sub in subs.choices.items() if not name.startswith("_")}


def url_names(entries: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, URLResolver):
            yield from url_names(entry.url_patterns)
        elif entry.name:
            yield entry.name


def test_settings():
    read = settings_read()
    assert "FIFTHCALL_DATA" in read
    assert not missing(read, "settings")


def test_no_setting_is_described_that_is_not_read():
    described = {row[0].strip("`") for row in rows("settings") if row[0].startswith("`FIFTHCALL_")}
    tests = {"FIFTHCALL_BROWSER", "FIFTHCALL_CHROMIUM", "FIFTHCALL_REQUIRE_BROWSER"}
    assert described - tests == settings_read() - {"DATABASE_URL"}


def test_outcomes():
    assert not missing(OUTCOMES, "outcomes")
    assert not missing([*WHY_NOT, *WHY_SNOOZED, *WHY_LOST], "outcomes")


def test_outcomes_have_the_key_that_is_written_down():
    written = {row[1].strip("`"): row[0] for row in rows("outcomes") if row[1].startswith("`")}
    assert written == {outcome.code: outcome.key for outcome in OUTCOMES.values()}


def test_the_table_of_the_doctrine_is_the_one_that_is_made():
    """Mend with `python -m tests.doctrine_table > docs/reference/doctrine.md`."""
    assert (ROOT / "docs" / "reference" / "doctrine.md").read_text(encoding="utf-8") == doctrine_table.page()


def test_every_rule_has_words_code_a_test_and_a_place_on_screen():
    listed = {rule for rule, *_ in doctrine_table.rows()}
    assert not {rule.id for rule in BOOK} - listed
    for rule, what, where, code, tested in doctrine_table.rows():
        assert what and where and code and tested, rule
        assert all((ROOT / "fifthcall" / file).is_file() for file in code), rule


def test_urls():
    names = set(url_names(get_resolver().url_patterns))
    assert "today" in names
    assert not missing(names, "urls")


def test_urls_have_the_path_and_the_people_that_are_written_down():
    written = {row[1].strip("`"): (row[0].strip("`"), row[2].split()[0]) for row in rows("urls") if len(row) == 4}
    for entry in get_resolver().url_patterns:
        if isinstance(entry, URLPattern) and entry.name:
            path = re.sub(r"<\w+:(\w+)>", lambda found: found[1].replace("pk", "id").upper(), str(entry.pattern))
            who = getattr(entry.callback, "who", None)
            assert who and written.get(entry.name) == (f"/{path}", who.value), entry.name


def test_commands():
    assert not missing((f"fifthcall {name}" for name in commands()), "commands")


def test_commands_say_what_they_do():
    for name, command in commands().items():
        assert command.format_help().startswith(f"usage: fifthcall {name}"), name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path):
    targets = [target for target in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in target]
    # Pictures are made by the browser tests.
    gone = [t for t in targets if not t.endswith(".png") and not (path.parent / t).exists()]
    assert not gone
