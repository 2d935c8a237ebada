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


#: Words of a column that answers "was it won?".
_YES = frozenset(("yes", "y", "true", "1", "ja", "oui", "si", "sim", "success", "converted", "subscribed", "sold"))
_NO = frozenset(("no", "n", "false", "0", "nein", "non", "nao", "failure", "unsuccessful", "not converted", "unsold"))


def was_won(said: str) -> bool | None:
    """Whether a finished one was won, by a yes or no or by the words of a stage; None where that isn't clear."""
    plain = unicodedata.normalize("NFKD", said.casefold().strip())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    if plain in _YES or plain in _NO:
        return plain in _YES
    return {"won": True, "lost": False}.get(status_of_stage(said))
