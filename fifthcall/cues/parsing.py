"""A mail's raw bytes as plain values: whatever they are, what comes out is bounded (RFC 5322, RFC 2045)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime

from fifthcall.cues.plain import from_html

MOST_PARTS = 200
MOST_TEXT = 500_000  # characters of text, and of HTML, that are looked at
MOST_HEADER = 4_000
MOST_REFERENCES = 50
_ID = re.compile(r"<[^<>\s]{1,290}>")
#: Headers that tell machines apart, by their lower-case names.
TELLING = (
    *("auto-submitted", "precedence", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-autoresponder"),
    *("x-auto-reply", "list-id", "list-unsubscribe", "feedback-id", "x-failed-recipients", "return-path"),
    *("x-ms-exchange-generated-message-source", "x-mailer", "x-loop", "x-vacation", "x-precedence", "x-cron-env"),
)


@dataclass(frozen=True, slots=True)
class Recipient:
    """What a delivery report says of one recipient (RFC 3464)."""

    address: str
    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # "5.1.1"
    diagnostic: str = ""


@dataclass(frozen=True, slots=True)
class Invitation:
    """A calendar part (RFC 6047)."""

    method: str  # REQUEST, REPLY, CANCEL, COUNTER
    uid: str
    partstat: str  # ACCEPTED, DECLINED, TENTATIVE, or ""
    text: str = ""  # the whole part


@dataclass(frozen=True, slots=True)
class Parsed:
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    from_name: str = ""
    from_address: str = ""
    sender_address: str = ""
    reply_to: str = ""
    to: tuple[str, ...] = ()  # To and Cc
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    html: str = ""
    telling: dict[str, str] = field(default_factory=dict)  # of TELLING, what there was
    content_type: str = ""
    report_type: str = ""  # of a multipart/report: delivery-status, disposition-notification, feedback-report
    recipients: tuple[Recipient, ...] = ()
    reported_id: str = ""  # the Message-ID of the mail that a report is about
    invitation: Invitation | None = None
    cut: bool = False  # there was more than is looked at


def parse(raw: bytes) -> Parsed:
    """The mail as values. Raises ValueError when it can't be made sense of."""
    try:
        mail = message_from_bytes(raw, policy=compat32)
        found = _Found()
        found.look(mail)
        return _parsed(mail, found)
    except (MessageError, LookupError, RecursionError, AttributeError, TypeError, AssertionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}"[:200]) from error


class _Found:
    """What the parts hold, gathered part by part without recursion."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.html: list[str] = []
        self.recipients: list[Recipient] = []
        self.reported_id = ""
        self.invitation: Invitation | None = None
        self.cut = False

    def look(self, mail: Message) -> None:
        waiting: list[tuple[Message, bool]] = [(mail, False)]
        looked = 0
        while waiting:
            part, returned = waiting.pop(0)
            looked += 1
            if looked > MOST_PARTS:
                self.cut = True
                return
            kind = part.get_content_type()
            if kind == "message/delivery-status":
                self._report(part)
            elif kind in ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"):
                self._returned(part, kind)
            elif part.is_multipart():
                inside = [inner for inner in part.get_payload() if isinstance(inner, Message)]
                waiting[:0] = [(inner, returned) for inner in inside[:MOST_PARTS]]
            elif part.get_content_disposition() != "attachment" or kind == "text/calendar":
                self._leaf(part, kind)

    def _leaf(self, part: Message, kind: str) -> None:
        if kind == "text/plain":
            self.text.append(self._decoded(part))
        elif kind == "text/html":
            self.html.append(self._decoded(part))
        elif kind == "text/calendar" and self.invitation is None:
            self.invitation = _invitation(self._decoded(part))

    def _decoded(self, part: Message) -> str:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            return ""
        if len(content) > MOST_TEXT:
            self.cut, content = True, content[:MOST_TEXT]
        charset = part.get_content_charset() or "utf-8"
        return clean(_characters(content, charset))

    def _report(self, part: Message) -> None:
        blocks = part.get_payload()
        for block in blocks[:MOST_PARTS] if isinstance(blocks, list) else ():
            if not isinstance(block, Message):
                continue
            address = header(block, "Final-Recipient") or header(block, "Original-Recipient")
            action = header(block, "Action").lower()
            if address or action:
                self.recipients.append(
                    Recipient(
                        address.rpartition(";")[2].strip().strip("<>").lower()[:254],
                        action.split(" ")[0],
                        header(block, "Status").split(" ")[0],
                        header(block, "Diagnostic-Code")[:300],
                    )
                )

    def _returned(self, part: Message, kind: str) -> None:
        inside = part.get_payload()
        if isinstance(inside, list) and inside and isinstance(inside[0], Message):
            self.reported_id = self.reported_id or _first_id(header(inside[0], "Message-ID"))
        elif isinstance(inside, str):
            match = re.search(r"(?im)^message-id:\s*(<[^<>\s]{1,290}>)", inside[:50_000])
            self.reported_id = self.reported_id or (match[1] if match else "")


def _parsed(mail: Message, found: _Found) -> Parsed:
    names = _people(mail, "From")
    to = tuple(address for _, address in [*_people(mail, "To"), *_people(mail, "Cc")])
    html = "\n".join(found.html)[:MOST_TEXT]
    text = "\n".join(part for part in found.text if part.strip())[:MOST_TEXT]
    report = mail.get_param("report-type") if mail.get_content_type() == "multipart/report" else ""
    return Parsed(
        message_id=_first_id(header(mail, "Message-ID")),
        in_reply_to=_first_id(header(mail, "In-Reply-To")),
        references=tuple(_ID.findall(header(mail, "References"))[-MOST_REFERENCES:]),
        from_name=names[0][0] if names else "",
        from_address=names[0][1] if names else "",
        sender_address=next((address for _, address in _people(mail, "Sender")), ""),
        reply_to=next((address for _, address in _people(mail, "Reply-To")), ""),
        to=to[:100],
        subject=header(mail, "Subject")[:300],
        sent_at=_date(header(mail, "Date")),
        text=text if text.strip() else from_html(html),
        html=html,
        telling={name: header(mail, name)[:300] for name in TELLING if mail.get(name) is not None},
        content_type=mail.get_content_type(),
        report_type=str(report or "").lower(),
        recipients=tuple(found.recipients[:100]),
        reported_id=found.reported_id,
        invitation=found.invitation,
        cut=found.cut,
    )


def clean(text: str) -> str:
    """Text that any database keeps: line feeds only, no NUL and no half characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    return text.encode("utf-8", "replace").decode("utf-8")


def header(mail: Message, name: str) -> str:
    """A header decoded (RFC 2047), on one line; "" when there is none."""
    raw = mail.get(name)
    if raw is None:
        return ""
    text = str(raw)[:MOST_HEADER]
    pieces = []
    try:
        for piece, charset in decode_header(text):
            pieces.append(_characters(piece, charset or "utf-8") if isinstance(piece, bytes) else piece)
        text = "".join(pieces)
    except (MessageError, ValueError, LookupError):  # as it stands, then
        pass
    return " ".join(clean(text).split())


def _characters(content: bytes, charset: str) -> str:
    for name in (charset, "utf-8"):
        try:
            return content.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return content.decode("cp1252", "replace")


def _people(mail: Message, name: str) -> list[tuple[str, str]]:
    found = []
    try:
        pairs = getaddresses([header(mail, name)])
    except RecursionError:  # thousands of brackets
        pairs = []
    for display, address in pairs:
        if "@" in address and " " not in address:
            found.append((display.strip()[:200], address.strip().lower()[:254]))
    return found


def _first_id(text: str) -> str:
    match = _ID.search(text)
    return match[0] if match else ""


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else None


def _invitation(text: str) -> Invitation | None:
    unfolded = re.sub(r"\n[ \t]", "", text)

    def value(name: str) -> str:
        match = re.search(rf"(?im)^{name}(?:;[^:\n]*)?:(.*)$", unfolded)
        return match[1].strip()[:300] if match else ""

    status = re.search(r"(?i)PARTSTAT=([A-Z-]+)", unfolded)
    method = value("METHOD").upper()
    return Invitation(method, value("UID"), status[1].upper() if status else "", text[:100_000]) if method else None
