"""C4: tells an email that merely checks in: it asks nothing, brings nothing, and could have gone to anybody."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: How people say it, by language; folded (small letters, no accents, plain apostrophes).
_PHRASES = {
    "English": (
        r"\bcheck(ing)? (back )?in\b",
        r"touch(ing)? base",
        r"following up\b",
        r"quick follow[- ]?up",
        r"circl(e|ing) back",
        r"bump(ing)? this",
        r"\bany (updates?|news|thoughts)\b",
        r"did you (get|see|receive) my",
        r"ping(ing)? you",
        r"to the top of your inbox",
        r"have you had (a|the) chance",
        r"wanted to see (if|where|how)",
    ),
    "German": (
        r"wollte (nur )?(ein)?(mal )?(kurz )?(nachfragen|nachhaken|horen)",
        r"\bnur (mal )?kurz nach(fragen|haken)",
        r"gibt es (schon )?(etwas )?neu(es|igkeiten)",
        r"kurze[s]? (nachfrage|update)",
        r"haben sie meine .{0,20}(mail|nachricht)",
    ),
    "French": (
        r"je (voulais|souhaitais|me permets de) .{0,12}(prendre des nouvelles|relancer|revenir vers vous)",
        r"petite relance",
        r"avez[- ]vous (eu|pu) .{0,20}(temps|lire|voir)",
        r"prendre des nouvelles",
    ),
    "Spanish": (
        r"queria (saber si|hacer (un )?seguimiento)",
        r"haciendo seguimiento",
        r"alguna novedad",
        r"retomo el contacto",
    ),
    "Dutch": (r"\beven (checken|informeren|opvolgen)", r"nog (iets )?vernomen", r"is er al (iets|nieuws)"),
    "Italian": (r"volevo (solo )?(sapere se|fare un punto)", r"ci sono novita", r"la ricontatto per"),
}
_SAID = {language: re.compile("|".join(f"(?:{one})" for one in some)) for language, some in _PHRASES.items()}
#: Questions that are none: they ask for an answer, not about the reader.
_STOCK = re.compile(r"(updates?|news|thoughts)\b|did you|chance to|neuigkeiten|neues|nouvelles|novedad|novita|nieuws")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
#: Something of worth: an address, a figure, a quotation, an enclosure, a place where something of theirs is put in.
_WORTH = re.compile(
    r"https?://|\d|“|\{(topic|why_not|promise\w*|write:)|\battached\b|\banbei\b|ci-joint|adjunto|bijlage|allegat"
)
_ADDRESS = re.compile(r"^(hello|hi|dear|hallo|guten|bonjour|hola|ciao|best|kind|viele|mit freundlichen|cordialement)\b")
_LONG = 9  # words of a sentence that is a thought of its own


@dataclass(frozen=True, slots=True)
class Bare:
    """What gave it away: the words as they stand, and their language."""

    words: str
    language: str


def bare_check_in(text: str) -> Bare | None:
    """The check-in phrase, if nothing of worth stands beside it: no question about them, no figure, no thought.

    A guess meant as a hint while writing, never a gate.
    """
    folded = _folded(text)
    for language, said in _SAID.items():
        found = said.search(folded)
        if found and not any(_of_worth(sentence.strip(), said) for sentence in _SENTENCE.findall(folded)):
            return Bare(" ".join(text[found.start() : found.end()].split()), language)
    return None


def _of_worth(sentence: str, said: re.Pattern[str]) -> bool:
    if _WORTH.search(sentence):
        return True
    if said.search(sentence) or _ADDRESS.match(sentence):
        return False
    return (sentence.endswith("?") and not _STOCK.search(sentence)) or len(sentence.split()) >= _LONG


def _folded(text: str) -> str:
    """Small letters without accents, one for one, so that places stay the same."""
    plain = "".join("'" if c == "’" else unicodedata.normalize("NFKD", c)[0] for c in text)
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in plain)
