"""How a mail of the corpus is written down: its headers, its text, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from email.header import Header

from fifthcall.cues.judging import Sort
from fifthcall.cues.stop_words import Stop

TODAY = date(2026, 11, 24)  # a Tuesday
OURS = frozenset({"rep@ours.example", "sales@ours.example"})
ANSWER = {"In-Reply-To": "<m1.1@ours.example>", "References": "<m1.1@ours.example>"}
AUTO = {"Auto-Submitted": "auto-replied"}


@dataclass(frozen=True)
class Labelled:
    name: str
    raw: bytes
    sort: Sort
    until: date | None = None  # the last day away, where it is said
    dated: bool = False  # `until` is to be right
    stop: Stop | None = None  # YES, or NO for "never YES"
    failed: str = ""


def mail(
    text: str,
    headers: dict[str, str] | None = None,
    *,
    subject: str = "Re: Your roof",
    sender: str = "Anna Berg <anna@customer.example>",
    kind: str = "text/plain; charset=utf-8",
) -> bytes:
    told = {
        "From": sender,
        "To": "Rep <rep@ours.example>",
        "Subject": subject if subject.isascii() else Header(subject, "utf-8").encode(),
        "Date": "Tue, 24 Nov 2026 09:00:00 +0100",
        "Message-ID": "<a1@customer.example>",
        "MIME-Version": "1.0",
        "Content-Type": kind,
        "Content-Transfer-Encoding": "8bit",
    } | (headers or {})
    return ("".join(f"{name}: {value}\n" for name, value in told.items()) + "\n" + text).encode()


def parts(kind: str, *inside: str, headers: dict[str, str] | None = None, **told: str) -> bytes:
    """A multipart: each of `inside` has its own headers, an empty line, its content."""
    body = "".join(f"--b0\n{one}\n" for one in inside) + "--b0--\n"
    return mail(body, headers, kind=f'{kind}; boundary="b0"', **told)
