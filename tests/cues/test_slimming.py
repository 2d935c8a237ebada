"""A person's answer is heard however large its attachments are; a reader that dies while answering is replaced."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from fifthcall.cues.bounded import Reader, Unreadable
from fifthcall.cues.slimming import LARGE, slim

BASE64 = b"QUFB" * 19 + b"\n"
SMALL = b"From: anna@buyers.example\n\nYes."


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.end()


def _attached(megabytes: int, *sizes: int, text: bytes = b"Please call me tomorrow.") -> bytes:
    """An answer with attachments of `megabytes`, then of `sizes`; its last part is a delivery report's."""
    head = b'From: anna@buyers.example\nIn-Reply-To: <m1@ours.example>\nContent-Type: multipart/mixed; boundary="b"\n\n'
    parts = b"--b\nContent-Type: text/plain\n\n" + text + b"\n"
    for size in (megabytes, *sizes):
        parts += b"--b\nContent-Type: application/pdf\nContent-Disposition: attachment\n"
        parts += b"Content-Transfer-Encoding: base64\n\n" + BASE64 * (size * 1024**2 // len(BASE64))
    report = b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
    report += b"Final-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n\n--b--\n"
    return head + parts + report


@pytest.mark.parametrize("megabytes", [7, 12, 17, 20, 25, 40])
def test_an_answer_with_a_large_attachment_is_read(reader: Reader, megabytes: int) -> None:
    found = reader.read(_attached(megabytes))
    assert found.text.strip() == "Please call me tomorrow."
    assert found.in_reply_to == "<m1@ours.example>"
    assert [one.address for one in found.recipients] == ["x@y.example"]  # what comes after the attachment
    assert found.cut == (megabytes > 7)


def test_several_attachments_and_much_text_are_read(reader: Reader) -> None:
    found = reader.read(_attached(6, 6, 6, 6, text=b"many words " * 40_000 + b"and my answer: yes"))
    assert found.text.rstrip().endswith("and my answer: yes")
    assert found.recipients


def test_a_large_mail_without_parts_is_read_from_its_beginning(reader: Reader) -> None:
    found = reader.read(b"From: anna@buyers.example\n\nCall me.\n" + b"x" * 30_000_000)
    assert found.text.startswith("Call me.") and found.cut


def test_mails_of_the_usual_size_stay_as_they_are() -> None:
    raw = _attached(7)
    assert len(raw) <= LARGE and slim(raw) is raw


def test_a_reader_that_dies_while_answering_is_replaced() -> None:
    reader = Reader()
    half = "import sys; sys.stdout.buffer.write(bytes([0, 0, 1, 0]) + b'half'); sys.stdout.flush(); sys.stdin.read(30)"
    reader._child = subprocess.Popen([sys.executable, "-c", half], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with pytest.raises(Unreadable, match="broke the reader"):
        reader.read(SMALL)
    assert reader.read(SMALL).text == "Yes."
    reader.end()
