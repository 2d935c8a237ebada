"""Mails damaged and put together by chance: each is read or set aside, and what comes out fits the database.

`MAIL_FUZZ=10000 pytest tests/cues/test_fuzz.py` tries more of them; `MAIL_FUZZ_SEED` tries others.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
from django.db.models import CharField

from fifthcall.cues.bounded import Reader, Unreadable
from fifthcall.cues.cleaning import MOST, cleaned
from fifthcall.cues.judging import judge
from fifthcall.cues.models import Received
from fifthcall.cues.parsing import MOST_TEXT, Parsed
from tests.cues.corpus import MAILS, OURS, TODAY

COUNT = int(os.environ.get("MAIL_FUZZ", "2000"))
SEED = int(os.environ.get("MAIL_FUZZ_SEED", "5"))

_KINDS: tuple[str, ...] = (
    "text/plain",
    "text/html",
    "multipart/mixed",
    "multipart/report",
    "message/rfc822",
    "message/delivery-status",
)
_KINDS += (
    "text/calendar",
    "message/feedback-report",
    "multipart/alternative",
    "text/rfc822-headers",
    "x/y",
    "message/x",
)
_CHARSETS = (
    "utf-8",
    "utf-16",
    "utf-7",
    "iso-2022-jp",
    "punycode",
    "idna",
    "hex",
    "unknown",
    "cp037",
    "",
    "unicode_escape",
)
_REPORTS = ("delivery-status", "disposition-notification", "feedback-report", "x")
_ENCODINGS = ("base64", "quoted-printable", "7bit", "8bit", "x-uuencode", "nonsense")
_PIECES: tuple[bytes, ...] = (
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\r",
    b"\n\n",
    b"=?utf-8?Q?=ED=A0=80?=",
    b"=?x?B?!!?=",
    b"<",
    b">",
    b'"',
)
_PIECES += (
    b"--b0",
    b"\xc3",
    b"=",
    b";",
    b": ",
    b"@",
    b"(",
    b"\\",
    b"a" * 5_000,
    b"&#xD800;",
    b"&#0;",
    b"<blockquote>",
    b"%",
)


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.end()


def _damaged(chance: random.Random) -> bytes:
    """A mail of the corpus with bytes changed, cut, doubled, or mixed with another's."""
    raw = bytearray(chance.choice(MAILS).raw)
    for _ in range(chance.randint(1, 12)):
        at, length = chance.randrange(len(raw) + 1), chance.randint(1, 60)
        what = chance.randrange(6)
        if what == 0:
            raw[at : at + 1] = bytes([chance.randrange(256)])
        elif what == 1:
            raw[at:at] = chance.choice(_PIECES)
        elif what == 2:
            del raw[at : at + length]
        elif what == 3:
            raw[at:at] = raw[at : at + length] * chance.randint(1, 20)
        elif what == 4:
            raw[at : at + length] = bytes(chance.randrange(256) for _ in range(length))
        else:
            other = chance.choice(MAILS).raw
            begin = chance.randrange(len(other))
            raw[at : at + length] = other[begin : begin + chance.randint(1, 400)]
    return bytes(raw)


def _built(chance: random.Random, depth: int = 0) -> bytes:
    """A mail of parts within parts, each of a kind and an encoding that need not be what it says."""
    kind = chance.choice(_KINDS)
    head = f'Content-Type: {kind}; charset="{chance.choice(_CHARSETS)}"; boundary="b{depth}"; '
    head += f"report-type={chance.choice(_REPORTS)}\n"
    head += f"Content-Transfer-Encoding: {chance.choice(_ENCODINGS)}\n" if chance.random() < 0.5 else ""
    for line in chance.choice(MAILS).raw.partition(b"\n\n")[0].split(b"\n"):
        if chance.random() < (0.6 if not depth else 0.1) and not line.lower().startswith(b"content-"):
            head += line.decode() + "\n"
    if depth < 5 and chance.random() < 0.6:
        inside = [_built(chance, depth + 1) for _ in range(chance.randint(0, 4))]
        body = b"".join(f"--b{depth}\n".encode() + one + b"\n" for one in inside) + f"--b{depth}--\n".encode()
    else:
        body = chance.choice(MAILS).raw.partition(b"\n\n")[2]
        if chance.random() < 0.3:
            body = chance.choice(_PIECES).join(body[at : at + 30] for at in range(0, len(body), 30))
    return head.encode() + b"\n" + body


def _length(name: str) -> int:
    field = Received._meta.get_field(name)
    assert isinstance(field, CharField) and field.max_length
    return field.max_length


def _fits(found: Parsed) -> None:
    verdict = judge(found, OURS, TODAY)
    html = cleaned(found.html[:20_000])
    for value, most in (
        (found.message_id, _length("message_id")),
        (found.in_reply_to, _length("message_id")),
        (found.reported_id, _length("message_id")),
        (found.from_address, _length("from_address")),
        (found.from_name, _length("from_name")),
        (found.subject, _length("subject")),
        (verdict.sort.value, _length("verdict")),
        (verdict.failed_address, _length("from_address")),
        (" ".join(found.references), 50 * 300),
        (found.text, MOST_TEXT),
        (found.html, MOST_TEXT),
        (verdict.text, MOST_TEXT),
        (html, MOST),
        *((one, 1_000) for one in verdict.evidence),
        *((one, 300) for one in found.telling.values()),
        *((one, 254) for one in found.to),
        *((one.diagnostic, 300) for one in found.recipients),
        *(((found.invitation.uid, 300), (found.invitation.text, 100_000)) if found.invitation else ()),
    ):
        assert len(value) <= most
        assert "\x00" not in value
        value.encode()  # no half characters
    assert verdict.until is None or abs((verdict.until - TODAY).days) < 400


@pytest.mark.parametrize("make", [_damaged, _built])
def test_every_mail_is_read_or_set_aside_and_what_comes_out_fits(reader: Reader, make) -> None:
    aside = 0
    for number in range(COUNT // 2):
        raw = make(random.Random(SEED * 1_000_003 + number))
        try:
            found = reader.read(raw)
        except Unreadable:
            aside += 1
            continue
        try:
            _fits(found)
        except Exception as error:
            error.add_note(f"Mail {number} of {make.__name__}, seed {SEED}: {raw[:2_000]!r}")
            raise
    assert aside <= COUNT * 0.05  # setting everything aside would pass the rest
