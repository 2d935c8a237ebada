"""Matching names that are written differently."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=65_536)
def matching_key(text: str) -> str:
    """What stays the same when a name is spelled another way: its letters and digits, without case (“GTXPro” and
    “GTX Pro”). A name without any keeps all it has."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(c for c in folded if c.isalnum() or unicodedata.category(c)[0] == "M")  # M: vowels of some scripts
    return unicodedata.normalize("NFKC", kept) or folded.strip()
