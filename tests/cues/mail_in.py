"""Mails that come in, and mailboxes that are read at a Dovecot."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fifthcall.channels.models import Mailbox
from fifthcall.teams.models import Membership
from tests.dovecot import PASSWORD, Dovecot


def mailbox_read_at(server: Dovecot, member: Membership, now: datetime, **more: Any) -> Mailbox:
    """A mailbox of `member`'s that is read there and sends nowhere."""
    name = member.name.lower()
    values = {
        "address": f"{name}@sales.example",
        "name": member.name,
        "username": name,
        "imap_host": server.host,
        "imap_port": server.port,
        "imap_security": Mailbox.Security.NONE,
        "zone": member.zone,
        "created_at": now,
    }
    mailbox = Mailbox(workspace=member.workspace, member=member, **(values | more))
    if mailbox.auth == Mailbox.Auth.PASSWORD:
        mailbox.keep_secrets(password=PASSWORD)
    mailbox.save()
    return mailbox


def letter(number: int = 1, text: str = "Yes, please call.", **headers: str) -> bytes:
    """A mail as it lies on a server; `number` makes it another one. Header names with _ for -."""
    lines = {
        "Received": f"from mx.example by mail.example; Mon, 23 Nov 2026 08:00:0{number % 10} +0000",
        "From": "Ida <ida@buyers.example>",
        "To": "ada@sales.example",
        "Subject": f"Re: The roof {number}",
        "Message-ID": f"<{number}@buyers.example>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return (head + "\r\n" + text + "\r\n").encode()
