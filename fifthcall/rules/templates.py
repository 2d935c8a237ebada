"""D3: what is said, to begin with; a template for each kind of touch. `wording.merge` reads and fills their texts."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Template:
    """A built-in text in the merge language; `title` is its name on screen, `kind` that of the step it is for."""

    name: str
    title: str
    kind: str
    purpose: str
    text: str
    subject: str = ""


def _read() -> dict[str, Template]:
    said = tomllib.loads(files("fifthcall.rules").joinpath("templates.toml").read_text(encoding="utf-8"))
    return {name: Template(name, **one) for name, one in said.items()}


TEMPLATES: dict[str, Template] = _read()
