"""What a file of text doesn't say of itself: its encoding, delimiter and escape character."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path

DELIMITERS = ",;\t|"
SAMPLE = 65_536
CHUNK = 1_048_576
_LEGACY = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp932", "gb18030", "big5", "cp949")


def declared(head: bytes) -> str | None:
    """The codec that a byte order mark names, or UTF-16 without one, told by its plain letters."""
    for mark, codec in (
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return codec
    nuls = head.count(0)
    if not nuls or (nuls * 4 < len(head) and not re.search(rb"[\x01-\x08\x0e-\x1f\x7f-\xff]", head)):
        return None  # plain ASCII with some stray NULs
    texts = {codec: head.decode(codec, "replace") for codec in ("utf-16-le", "utf-16-be")}
    plain = {codec: len(re.findall(r"[\t\n\r -~]", text)) for codec, text in texts.items()}
    few, many = sorted(plain, key=lambda codec: plain[codec])
    share = plain[many] / max(1, len(texts[many]))
    sure = share > 0.3 or (share > 0.02 and re.search(r"[\r\n]", texts[many]))
    return many if sure and plain[many] > 10 * plain[few] else None


def legacy(path: Path) -> str:
    """The likeliest older codec, by the lines that are not ASCII: Windows-1252 unless another is clearly better."""
    from charset_normalizer import from_bytes  # slow to import, seldom needed

    odd = b""
    with path.open("rb") as file:
        while len(odd) < SAMPLE and (piece := file.read(CHUNK)):
            odd += b"\n".join(line for line in piece.splitlines() if not line.isascii())[:SAMPLE] + b"\n"
    if len({byte for byte in odd if byte > 127}) < 5:
        return "cp1252"  # too little to go by
    found = list(from_bytes(odd, cp_isolation=list(_LEGACY)))
    if not found or "cp1252" in found[0].could_be_from_charset:
        return "cp1252"
    western = next((match for match in found if "cp1252" in match.could_be_from_charset), None)
    if western and western.chaos <= found[0].chaos and western.coherence > found[0].coherence - 0.1:
        return "cp1252"
    return found[0].encoding


def dialect(sample: str) -> tuple[str, str | None]:
    """Delimiter and escape character. The sniffer's word counts where the rows agree with it on their width."""
    from clevercsv import Detector  # slow to import

    if told := re.match(r'"?sep=([,;\t|])"?\r?\n', sample, re.IGNORECASE):
        return told[1], None
    rows = {mark: _agreement(sample, mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: rows[mark])
    try:
        found = Detector().detect(sample[: SAMPLE // 4], delimiters=DELIMITERS)
    except Exception:  # its own trouble with odd input must not become the user's
        found = None
    sniffed = found.delimiter if found else None
    delimiter = (sniffed if sniffed and rows.get(sniffed, 0) > 0.8 * rows[best] else best) or ","
    escapes = '\\"' in sample and _sound_rows(sample, delimiter, "\\") > _sound_rows(sample, delimiter, None)
    return delimiter, "\\" if escapes else None


def _sound_rows(sample: str, delimiter: str, escape: str | None) -> int:
    """How far the sample can be read without meeting a broken quotation mark."""
    count = 0
    with suppress(csv.Error):
        for _ in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter, escapechar=escape, strict=True):
            count += 1
    return count


def _agreement(sample: str, delimiter: str) -> float:
    """How well rows cut at `delimiter` agree with each other, and with the first, on having several cells: 0 to 1."""
    try:
        widths = [len(row) for row in csv.reader(sample.splitlines(keepends=True), delimiter=delimiter) if row]
    except csv.Error:
        return 0
    if len(widths) > 1 and len(sample) == SAMPLE:
        del widths[-1]  # cut off in the middle
    usual, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
    return 0 if usual < 2 else count / len(widths) * (1 if widths[0] == usual else 0.6)
