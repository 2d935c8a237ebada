"""What the name of a stage says about how a deal stands."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NOT = frozenset(("not", "nicht", "non", "pas", "no"))
# fmt: off
_WON = frozenset((
    "won", "closedwon", "gewonnen", "gagne", "gagnee", "ganado", "ganada", "vinto", "vinta", "ganho", "ganha",
    "vunnen", "vundet", "wygrana",
))
_LOST = frozenset((
    "lost", "closedlost", "dead", "disqualified", "unqualified", "cancelled", "canceled", "abandoned", "rejected",
    "declined", "verloren", "abgesagt", "storniert", "perdu", "perdue", "annule", "annulee", "perdido", "perdida",
    "cancelado", "perso", "persa", "forlorad", "tabt", "przegrana",
))
# fmt: on


@lru_cache(maxsize=1_024)
def status_of_stage(stage: str) -> str:
    """`won`, `lost` or `open`, by the words of a stage in several languages. What isn't clearly closed stays open."""
    plain = unicodedata.normalize("NFKD", re.sub("['’]", "", stage.casefold()))
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    said = {word for before, word in zip(["", *words], words, strict=False) if before not in _NOT}
    if said & _LOST or words == ["not", "interested"]:
        return "lost"
    return "won" if said & _WON else "open"
