"""The words that tell mails apart, by purpose, from `phrases.toml`: read and compiled once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

#: What a sign in the file stands for; the rest stands for itself. Everything is bounded: nothing tries for long.
_SOME = r"(?:[^.!?¶]|\.(?=\d)|(?<=\d)\.){0,40}?"
_SIGNS = {
    "(": "(?:",
    ")": ")",
    "|": "|",
    "[": "(?:",
    "]": ")?",
    "*": _SOME,
    "∗": f"(?: {_SOME})?? ",  # " * "
    "~": r"\w{0,20}",
    "#": r"\d{1,12}",
    "{": r"\(",
    "}": r"\)",
    "%": "\\#",
}
_UNSPACED = re.compile(r"[\u3040-\u9fff]")  # written without spaces
_CURLED = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "‑": "-", "‐": "-", "\xa0": " ", "¶": " "})


@dataclass(frozen=True, slots=True)
class Found:
    words: str  # as they were written
    start: int
    end: int


def tidy(text: str) -> str:
    """On one line, with plain quotes and hyphens, a paragraph's end as " ¶ ": what phrases are looked for in."""
    paragraphs = re.split(r"\n\s*\n", text.translate(_CURLED))
    return " ¶ ".join(" ".join(paragraph.split()) for paragraph in paragraphs).strip()


def find(purpose: str, text: str, start: int = 0) -> Found | None:
    """The first phrase of `purpose` in `text`, which is `tidy`."""
    low = text.lower()
    found = compiled(purpose).search(low, start)
    if not found:
        return None
    return Found((text if len(text) == len(low) else low)[found.start() : found.end()], found.start(), found.end())


def says(purpose: str, text: str, language: str = "") -> bool:
    return compiled(purpose, language).search(text.lower()) is not None


def all_found(purpose: str, text: str) -> list[str]:
    """Every phrase of `purpose` in `text`, in lower case, each once."""
    return list(dict.fromkeys(match[0] for match in compiled(purpose).finditer(text.lower())))


def begins(purpose: str, text: str) -> Found | None:
    """A phrase of `purpose` that `text` begins with, signs aside."""
    first = re.search(r"[^\W_]|\{|\(", text)
    found = find(purpose, text[first.start() : first.start() + 200]) if first else None
    return found if found and found.start <= 1 else None


def whole(purpose: str, text: str) -> bool:
    """Whether `text` is a phrase of `purpose` and nothing else."""
    return compiled(purpose).fullmatch(text.lower()) is not None


@cache
def compiled(purpose: str, language: str = "") -> re.Pattern[str]:
    """Of all languages, or of one; one that has no list finds nothing."""
    lists = table(purpose)
    chosen = [lists.get(language, [])] if language else lists.values()
    phrases = sorted({one for words in chosen for one in words}, key=len, reverse=True)
    spaced = [expression(one) for one in phrases if not _UNSPACED.match(one)]
    unspaced = [expression(one) for one in phrases if _UNSPACED.match(one)]
    # The edge is looked for once, before all of them: most places in a text are none.
    return re.compile("|".join([rf"(?<!\w)(?:{'|'.join(spaced) or '(?!)'})", *unspaced]))


@cache
def table(purpose: str) -> dict[str, list[str]]:
    """The phrases of `purpose`, by language."""
    found: Any = _file()
    for name in purpose.split("."):
        found = found[name]
    return dict(found)


def expression(phrase: str) -> str:
    """A phrase as a regular expression for text in lower case."""
    inner = "".join(_SIGNS.get(sign) or re.escape(sign) for sign in phrase.lower().replace(" * ", "∗"))
    return inner if _UNSPACED.match(phrase) or phrase.endswith(" ") else rf"(?:{inner})(?!\w)"


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("fifthcall.cues").joinpath("phrases.toml").read_text(encoding="utf-8"))
