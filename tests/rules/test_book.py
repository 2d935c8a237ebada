from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from fifthcall import rules
from fifthcall.rules.book import BOOK
from fifthcall.rules.rule import Rule

MODULES = [m.name for m in pkgutil.iter_modules(rules.__path__) if m.name[0] in "abcdefg" and m.name[1:2].isdigit()]


def test_every_rule_file_is_registered_and_tested() -> None:
    assert MODULES
    for name in MODULES:
        module = import_module(f"fifthcall.rules.{name}")
        mine = [value for value in vars(module).values() if isinstance(value, Rule)]
        assert mine, name
        assert all(rule in BOOK for rule in mine), name
        assert (Path(__file__).parent / f"test_{name}.py").is_file(), name
