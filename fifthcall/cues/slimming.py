"""What a large mail weighs is its attachments: their content is left out, so that a person's answer is heard."""

from __future__ import annotations

import re

#: Bytes up to which a mail is parsed as it is.
LARGE = 8_000_000
#: Bytes of each part that are looked at, at least: more than the text that is looked at has as base64.
MOST_A_PART = 1_000_000
_DELIMITER = re.compile(rb"^--", re.MULTILINE)


def slim(raw: bytes) -> bytes:
    """`raw`, and of a large mail's long parts the beginning, to a line's end. Delimiters stay (RFC 2046 §5.1.1)."""
    if len(raw) <= LARGE:
        return raw
    kept: list[bytes] = []
    start = 0
    for delimiter in _DELIMITER.finditer(raw):
        if delimiter.start() - start > MOST_A_PART:
            kept.append(_beginning(raw, start, delimiter.start()))
            start = delimiter.start()
    kept.append(_beginning(raw, start, len(raw)))
    return b"".join(kept)


def _beginning(raw: bytes, start: int, end: int) -> bytes:
    """Twice a part's due: parts shorter than that may stand before it."""
    if end - start <= 2 * MOST_A_PART:
        return raw[start:end]
    most = start + 2 * MOST_A_PART
    return raw[start : raw.rfind(b"\n", start, most) + 1 or most]
