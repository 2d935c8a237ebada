"""How many parts a text is sent in, which is what is paid for (3GPP TS 23.038 §6.2.1, TS 23.040 §9.2.3.24.1)."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Each takes two places: an escape goes before it.
_EXTENDED = frozenset("\f^{}\\[~]|€")
#: Places in a text that goes as one, and in each part of one that doesn't.
PLAIN, WIDE = (160, 153), (70, 67)


@dataclass(frozen=True, slots=True)
class Length:
    """`used` of `room` places in the parts it takes so far; `wide_because`: the first letter that halves the room."""

    parts: int
    used: int
    room: int
    wide_because: str = ""


def length_of(text: str) -> Length:
    """The parts of `text`: 160 places each (153 when there are several), 70 (67) with letters beyond GSM-7."""
    wide = next((letter for letter in text if letter not in _BASIC and letter not in _EXTENDED), "")
    if wide:
        sizes, (one, each) = [len(letter.encode("utf-16-be")) // 2 for letter in text], WIDE
    else:
        sizes, (one, each) = [1 + (letter in _EXTENDED) for letter in text], PLAIN
    used = sum(sizes)
    if used <= one:
        return Length(1 if text else 0, used, one, wide)
    parts = _filled(sizes, each)
    return Length(parts, used, parts * each, wide)


def _filled(sizes: list[int], each: int) -> int:
    """Parts when no letter of two places is cut in half."""
    parts, left = 1, each
    for size in sizes:
        if size > left:
            parts, left = parts + 1, each
        left -= size
    return max(parts, ceil(sum(sizes) / each))
