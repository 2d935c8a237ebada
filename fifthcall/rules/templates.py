"""D3: what is said, to begin with; a template for each kind of touch."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

FIELDS = ("person", "organisation", "product", "rep", "company", "why", "promise")


@dataclass(frozen=True, slots=True)
class Template:
    name: str
    kind: str
    text: str

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its merge fields; what isn't known is left out."""
        known = {field: values.get(field) or "" for field in FIELDS}
        return " ".join(self.text.format(**known).split())


def _read() -> dict[str, Template]:
    said = tomllib.loads(files("fifthcall.rules").joinpath("templates.toml").read_text(encoding="utf-8"))
    found = {name: Template(name, one["kind"], one["text"]) for name, one in said.items()}
    for template in found.values():
        fields = {field for _, field, _, _ in string.Formatter().parse(template.text) if field}
        assert fields <= set(FIELDS), f"{template.name}: {fields - set(FIELDS)} are no merge fields"
    return found


TEMPLATES: dict[str, Template] = _read()
