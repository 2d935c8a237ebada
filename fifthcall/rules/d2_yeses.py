"""D2: two or three facts they have confirmed, as questions they will say yes to before the ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fifthcall.rules.rule import Rule

MOST = 3


def questions(facts: Iterable[tuple[date, str]]) -> tuple[str, ...]:
    """Questions from confirmed facts (the day, the words), the latest ones, in the order in which they were told."""
    return tuple(f"You told me: {_plain(text)} Is that still so?" for _, text in sorted(facts)[-MOST:])


def _plain(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


RULE = Rule("D2", "Build on what they said yes to")
