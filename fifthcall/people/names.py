"""Matching names that are written differently."""

from __future__ import annotations

import unicodedata


def matching_key(text: str) -> str:
    """`text` folded for comparison: compatibility form, case folded, letters and digits only ("GTXPro" = "GTX Pro")."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())
