"""Which font can print a text. One that comes with the PDF library is always there; it knows Western letters only.

A font of the machine, or one named in FIFTHCALL_PRINT_FONTS, helps with the rest. What none of them has, and writing
that needs more than one letter after the other (right to left, joined signs), is not printed at all but told.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

log = logging.getLogger(__name__)
WESTERN = "Vera.ttf"
#: Where machines keep a font with many letters: the first found is tried before the Western one.
_USUAL = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/segoeui.ttf",
    "C:/Windows/Fonts/arial.ttf",
)


@cache
def _font(path: str) -> str:
    """The name under which the file is registered, "" where it is no font that can be used."""
    name = f"print-{Path(path).stem}"
    try:
        pdfmetrics.registerFont(TTFont(name, path))
    except (TTFError, OSError) as problem:
        log.warning("The font %s can't be used for printing: %s", path, problem)
        return ""
    return name


def fonts() -> tuple[str, ...]:
    """Registered fonts in the order in which they are tried."""
    chosen = settings.PRINT_FONTS or [path for path in _USUAL if Path(path).is_file()][:1]
    return tuple(name for path in (*chosen, WESTERN) if (name := _font(path)))


def font_for(text: str, names: Iterable[str] | None = None) -> str:
    """The first font that has every letter, "" where none has."""
    letters = {letter for letter in text if not letter.isspace()}
    if any(_joined(letter) for letter in letters):
        return ""
    for name in fonts() if names is None else names:
        known = pdfmetrics.getFont(name).face.charToGlyph
        if all(ord(letter) in known for letter in letters):
            return name
    return ""


def unprintable(text: str) -> str:
    """The letters that no font has, each once; "" where everything can be printed."""
    text = plain(text)
    return "".join(dict.fromkeys(letter for letter in text if not letter.isspace() and not font_for(letter)))


def plain(text: str) -> str:
    """The text with letters and accents in one, and without what has no picture (PDF lines have no tabs)."""
    whole = unicodedata.normalize("NFC", text).replace("\t", " ")
    return "".join(c for c in whole if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf"))


def _joined(letter: str) -> bool:
    """Letters that only make sense when they are laid out together."""
    return unicodedata.bidirectional(letter) in ("R", "AL") or unicodedata.category(letter) in ("Mn", "Mc", "Me")
