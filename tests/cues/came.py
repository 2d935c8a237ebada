"""Mails as they come in, for the tests."""

from __future__ import annotations

import hashlib
from datetime import datetime
from email.message import EmailMessage

from fifthcall.channels.models import Mailbox, Message
from fifthcall.cues.models import Received


def came(mailbox: Mailbox, raw: bytes, at: datetime, folder: str = "INBOX") -> Received:
    """The mail as listening has kept it."""
    return Received.objects.create(
        workspace_id=mailbox.workspace_id,
        mailbox=mailbox,
        digest=hashlib.sha256(raw).hexdigest(),
        raw=raw,
        folder=folder,
        came_at=at,
        fetched_at=at,
    )


def answer(
    message: Message | None,
    text: str,
    sender: str = "",
    subject: str = "",
    id_: str = "<a1@buyers.example>",
    **more: str,
) -> bytes:
    """A mail that answers `message`."""
    mail = EmailMessage()
    mail["From"] = sender or (message.to_address if message else "")
    mail["To"] = message.mailbox.address if message else "ada@sales.example"
    mail["Subject"] = subject or f"Re: {message.subject if message else 'Hello'}"
    mail["Message-ID"] = id_
    if message:
        mail["In-Reply-To"] = mail["References"] = message.message_id
    for name, value in more.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()


def bounce(message: Message, status: str = "5.1.1", words: str = "User unknown") -> bytes:
    """A delivery report (RFC 3464)."""
    action = "failed" if status[0] == "5" else "delayed"
    return f"""From: MAILER-DAEMON@mx.buyers.example
To: {message.mailbox.address}
Subject: Undelivered Mail Returned to Sender
Message-ID: <b-{message.pk}-{status}@mx.buyers.example>
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain

I'm sorry: your message could not be delivered.

--=b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.buyers.example

Final-Recipient: rfc822; {message.to_address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} {words}

--=b
Content-Type: message/rfc822

Message-ID: {message.message_id}
Subject: {message.subject}

--=b--
""".replace("\n", "\r\n").encode()
