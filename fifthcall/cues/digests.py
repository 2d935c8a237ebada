"""The same mail is one, in whichever folder and however often it is found."""

from __future__ import annotations

from hashlib import sha256

#: Headers that servers add or change on the way to a mailbox, and within it.
_ADDED = (
    b"received", b"return-path", b"delivered-to", b"envelope-to", b"delivery-date", b"authentication-results",
    b"arc-", b"received-spf", b"x-", b"status", b"content-length", b"lines",
)  # fmt: skip


def digest_of(raw: bytes) -> str:
    """SHA-256 in hexadecimal over the mail with LF line ends, without the headers that servers add.

    It looks at lines only and understands nothing, so that no mail can harm it.
    """
    text = raw.replace(b"\r\n", b"\n")
    head, gap, body = text.partition(b"\n\n")
    hashed = sha256()
    kept = False
    for line in head.split(b"\n"):
        if not line.startswith((b" ", b"\t")):
            kept = not line.lower().startswith(_ADDED)
        if kept:
            hashed.update(line + b"\n")
    hashed.update(gap)
    hashed.update(body.rstrip(b"\n"))
    return hashed.hexdigest()


def digest_of_place(folder: str, uidvalidity: int, uid: int) -> str:
    """For a mail whose content can't be had."""
    return sha256(f"{folder}\n{uidvalidity}\n{uid}".encode()).hexdigest()
