"""A message as it goes out: headers, plain text, the same as simple HTML, and the way out of it."""

from __future__ import annotations

import html
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings

from fifthcall.channels.email.tracked import track
from fifthcall.channels.models import Mailbox, Message

_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
#: What would begin a new header or line (CR, LF, NUL and Unicode's line breaks).
BREAKS = re.compile(r"[\r\n\x00\v\f\x1c-\x1e\x85\u2028\u2029]+")


def one_line(text: str) -> str:
    """A header's text: whatever would break it becomes a space."""
    return " ".join(BREAKS.sub(" ", text).split())


def compose(message: Message, mailbox: Mailbox, postal_address: str, now: datetime) -> EmailMessage:
    """The mail (RFC 5322). One that goes out by itself carries its way out (RFC 2369, RFC 8058)."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(mailbox.name, mailbox.address)
    mail["To"] = _address(message.to_name, message.to_address)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message.message_id
    if message.in_reply_to:
        mail["In-Reply-To"] = one_line(message.in_reply_to)
        mail["References"] = one_line(message.references or message.in_reply_to)
    text = message.text.rstrip()
    if mailbox.signature.strip():
        text += f"\n\n-- \n{mailbox.signature.strip()}"
    way_out = ""
    if message.automatic:
        way_out = stop_url(message)
        mail["List-Unsubscribe"] = f"<{way_out}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        text += f"\n\n{postal_address}\nNo more mail from us: {way_out}"
    mail.set_content(text + "\n", charset="utf-8", cte="quoted-printable")
    page = track(message, as_html(text), now) if message.tracked else as_html(text)
    mail.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    if message.calendar:
        # A calendar takes up the last of the alternatives; its method stands in the MIME type too (RFC 6047).
        mail.add_alternative(message.calendar, subtype="calendar", charset="utf-8", cte="base64")
        mail.get_payload()[-1].set_param("method", message.calendar_method)  # type: ignore[union-attr, index]
    return mail


def stop_url(message: Message) -> str:
    """Where the reader says: no more. It never expires."""
    return f"{settings.URL}/stop/{message.stop_token}/"


def as_html(text: str) -> str:
    """Paragraphs and links, nothing else."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    body = "\n".join(f"<p>{_linked(part)}</p>" for part in paragraphs if part.strip())
    return f'<!DOCTYPE html>\n<html><body style="font-family: sans-serif">\n{body}\n</body></html>\n'


def _linked(text: str) -> str:
    made, end = [], 0
    for found in _LINK.finditer(text):
        made += [html.escape(text[end : found.start()]), _anchor(found[0])]
        end = found.end()
    return "".join([*made, html.escape(text[end:])]).replace("\n", "<br>\n")


def _anchor(url: str) -> str:
    return f'<a href="{html.escape(url)}">{html.escape(url)}</a>'


def _address(name: str, address: str) -> Address:
    return Address(one_line(name), addr_spec=address)
