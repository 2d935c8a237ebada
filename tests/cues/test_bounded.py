"""Whatever comes in, it is read within 2 s and 200 MB or set aside; and the next mail is read as ever."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from fifthcall.cues import bounded, parsing
from fifthcall.cues.bounded import Reader, Unreadable
from tests.cues.corpus.mail import mail


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.end()


def _nested(levels: int) -> bytes:
    opened = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(levels))
    return b"From: a@b.example\nMIME-Version: 1.0\n" + opened.encode() + b"Content-Type: text/plain\n\ndeep\n"


def _forwarded(levels: int) -> bytes:
    return b"From: a@b.example\n" + b"Content-Type: message/rfc822\n\n" * levels + b"\ndeep"


def _parts(count: int) -> bytes:
    head = b'From: a@b.example\nContent-Type: multipart/mixed; boundary="b"\n\n'
    return head + b"--b\n\nx\n" * count + b"--b--\n"


BOMBS = {
    "300,000 parts": _parts(300_000),
    "2,000 levels": _nested(2_000),
    "20,000 levels": _nested(20_000),
    "5,000 forwarded": _forwarded(5_000),
    "100,000 header lines": b"X-A: b\n" * 100_000 + b"\nx",
    "an encoded header of 5 MB": b"Subject: " + b"=?utf-8?B?QUFBQQ==?=\n " * 200_000 + b"\n\nx",
    "an address list of 5 MB": b"From: a@b.example\nTo: " + b"a@b.example, " * 400_000 + b"\n\nx",
    "brackets in addresses": b"From: " + b"(" * 500_000 + b"\n\nx",
    "quotes in parameters": b'Content-Type: text/plain; charset="' + b'\\"' * 500_000 + b"\n\nx",
    "continued parameters": b"Content-Type: text/plain;\n"
    + b"".join(b" a*%d=b;\n" % n for n in range(50_000))
    + b"\nx",
    "40 MB of HTML": b"From: a@b.example\nContent-Type: text/html\n\n" + b"<div>" * 8_000_000,
    "open tags": b"Content-Type: text/html\n\n" + b"<a " * 1_000_000,
    "comments": b"Content-Type: text/html\n\n" + b"<!--" * 1_000_000,
    "references": b"References: " + b"<" * 1_000_000 + b"\n\nx",
    "calendar folds": b"Content-Type: text/calendar\n\nMETHOD:REPLY\n" + b" \n" * 1_000_000,
    "60 MB of base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n" + b"QUFB" * 15_000_000,
    "uuencoded": b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n" + b"M" * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_read_in_bounds_or_set_aside_and_the_next_mail_goes_on(reader: Reader, name: str) -> None:
    began = time.monotonic()
    try:
        found = reader.read(BOMBS[name])
    except Unreadable as error:
        why = str(error)
        assert 10 < len(why) <= 300
    else:
        assert len(found.text) <= parsing.MOST_TEXT and len(found.html) <= parsing.MOST_TEXT
    assert time.monotonic() - began < bounded.SECONDS + 30  # a new reader is begun on nobody's time
    assert reader.read(mail("Call me tomorrow.")).text.strip() == "Call me tomorrow."


def test_what_takes_far_too_much_is_ended_soon(reader: Reader) -> None:
    began = time.monotonic()
    with pytest.raises(Unreadable, match=r"more than (2 seconds|200 MB)|too much memory"):
        reader.read(BOMBS["300,000 parts"] * 12)
    assert time.monotonic() - began < 40
    assert reader.read(mail("Yes.")).text.strip() == "Yes."


def test_what_takes_too_much_memory_is_ended(reader: Reader) -> None:
    with pytest.raises(Unreadable, match=r"MB|memory"):
        reader.read(b"Content-Type: text/plain\n\n" + b"x" * (bounded.MEGABYTES * 1024**2))
    assert reader.read(mail("Yes.")).text.strip() == "Yes."


def test_a_reader_that_dies_is_replaced(reader: Reader) -> None:
    reader.read(mail("One."))
    child = reader._child
    assert child
    child.kill()
    child.wait()
    assert reader.read(mail("Two.")).text.strip() == "Two."
    assert reader._child is not child


ODD = {
    "an unknown charset": (b"Content-Type: text/plain; charset=x-klingon\n\ncaf\xc3\xa9", "café"),
    "a wrong charset": (b"Content-Type: text/plain; charset=utf-8\n\ncaf\xe9", "café"),
    "a charset that is a codec for bytes": (b"Content-Type: text/plain; charset=hex\n\ncall me", "call me"),
    "a charset with NUL": (b'Content-Type: text/plain; charset="a\x00b"\n\ncall me', "call me"),
    "NUL bytes": (b"Content-Type: text/plain\n\ncall\x00 me", "call me"),
    "bad base64": (b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\nY2FsbCBtZQ=!!", "call me"),
    "bad quoted-printable": (
        b"Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\ncall=ZZ me=",
        "call=ZZ me",
    ),
    "UTF-7": (b"Content-Type: text/plain; charset=utf-7\n\ncall +AG0-e", "call me"),
    "UTF-16": (b"Content-Type: text/plain; charset=utf-16\n\n" + "call me".encode("utf-16"), "call me"),
    "half a character": (b"Content-Type: text/plain; charset=utf-16-le\n\n\x00\xd8c\x00", "c"),
    "no headers": (b"\ncall me", "call me"),
    "no end of a part": (b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\ncall me', "call me"),
    "a boundary that is never there": (b'Content-Type: multipart/mixed; boundary="b"\n\ncall me', ""),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_mails_are_read_as_far_as_they_go(reader: Reader, name: str) -> None:
    raw, text = ODD[name]
    found = reader.read(raw)
    assert text in found.text
    assert "\x00" not in found.text
    found.text.encode()  # no half characters
