"""Which folders are read, and when two mails are the same."""

from __future__ import annotations

import pytest

from fifthcall.channels.email.imap import Listed, _bodies, _listed
from fifthcall.cues.digests import digest_of
from fifthcall.cues.folders import sent_folder, worth_reading


def listed(*names: str) -> list[Listed]:
    """ "Name \\flag \\flag" each."""
    return [Listed(name.split(" \\")[0], frozenset("\\" + flag for flag in name.split(" \\")[1:])) for name in names]


@pytest.mark.parametrize(
    ("folders", "read"),
    [
        (["Sent \\sent", "Drafts \\drafts", "inbox", "A/B", "A \\noselect"], ["INBOX", "Sent", "A/B"]),
        (["INBOX", "INBOX.Gesendet", "INBOX.Entwürfe", "x"], ["INBOX", "INBOX.Gesendet", "x"]),
        (["All \\all", "INBOX", "Starred \\flagged"], ["INBOX"]),
        (
            [
                "INBOX", "Label", "[Gmail] \\noselect", "[Gmail]/All Mail \\all", "[Gmail]/Sent Mail \\sent",
                "[Gmail]/Spam \\junk", "[Gmail]/Bin \\trash", "[Gmail]/Important \\important",
            ],
            ["[Gmail]/Sent Mail", "[Gmail]/All Mail", "[Gmail]/Spam", "[Gmail]/Bin"],
        ),
    ],
)  # fmt: skip
def test_folders_worth_reading(folders: list[str], read: list[str]) -> None:
    assert worth_reading(listed(*folders)) == read


def test_the_sent_folder_is_what_the_server_says_else_what_it_is_called() -> None:
    assert sent_folder(listed("Sent", "Out \\sent")) == "Out"
    assert sent_folder(listed("INBOX", "INBOX/Éléments envoyés")) == "INBOX/Éléments envoyés"
    assert sent_folder(listed("INBOX")) is None


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (b'(\\HasNoChildren \\Sent) "/" Sent', "Sent"),
        (b'(\\Sent) "/" "Sent Items"', "Sent Items"),
        (b'(\\Sent) NIL "a \\"b\\" \\\\ c"', 'a "b" \\ c'),
        ((b'(\\Sent) "." {6}', b'a "b" '), 'a "b" '),
        (b'(\\Sent) "\\\\" "Entw&APw-rfe"', "Entwürfe"),
    ],
)
def test_names_of_folders_in_every_spelling(answer: bytes | tuple[bytes, bytes], name: str) -> None:
    found = _listed(answer)
    assert found and found.name == name and "\\sent" in found.flags


def test_mails_are_found_in_answers_of_every_form() -> None:
    answers = [
        (b"1 (UID 5 BODY[] {3}", b"abc"), b")",
        (b"2 (BODY[]<0> {3}", b"def"), b" UID 6)",
        b'3 (UID 7 BODY[] "g\\"h")',
        b"4 (UID 8 BODY[] NIL)",
        b"5 (FLAGS (\\Seen) UID 9)",
    ]  # fmt: skip
    assert dict(_bodies(answers)) == {5: b"abc", 6: b"def", 7: b'g"h'}


def test_two_mails_are_the_same_apart_from_what_servers_add() -> None:
    first = b"Received: by a\r\n\tfor b\r\nFrom: a@x.example\r\nSubject: Hi\r\n there\r\n\r\nReceived: no header\r\n"
    assert digest_of(first) == digest_of(first.replace(b"by a\r\n\tfor b", b"by c").replace(b"\r\n", b"\n"))
    assert digest_of(first) == digest_of(b"X-Spam: no\r\nReturn-Path: <a@x.example>\r\n" + first)
    for change in (b"no header", b" there", b"a@x.example"):
        assert digest_of(first) != digest_of(first.replace(change, b"other"))
    assert digest_of(b"") != digest_of(b"\n\n")
