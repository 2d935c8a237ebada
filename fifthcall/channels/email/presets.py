"""Where the mail of well-known addresses is sent from and read, so that nobody has to know."""

from __future__ import annotations

from typing import NamedTuple

from fifthcall.channels.models import Mailbox

TLS, STARTTLS = Mailbox.Security.TLS, Mailbox.Security.STARTTLS


class Servers(NamedTuple):
    smtp_host: str
    smtp_port: int
    smtp_security: str
    imap_host: str
    imap_port: int = 993
    imap_security: str = TLS


_GOOGLE = Servers("smtp.gmail.com", 465, TLS, "imap.gmail.com")
_MICROSOFT = Servers("smtp.office365.com", 587, STARTTLS, "outlook.office365.com")
_APPLE = Servers("smtp.mail.me.com", 587, STARTTLS, "imap.mail.me.com")
_YAHOO = Servers("smtp.mail.yahoo.com", 465, TLS, "imap.mail.yahoo.com")
_GMX = Servers("mail.gmx.net", 465, TLS, "imap.gmx.net")
_KNOWN = {
    "gmail.com": _GOOGLE,
    "googlemail.com": _GOOGLE,
    "outlook.com": _MICROSOFT,
    "hotmail.com": _MICROSOFT,
    "live.com": _MICROSOFT,
    "icloud.com": _APPLE,
    "me.com": _APPLE,
    "yahoo.com": _YAHOO,
    "gmx.de": _GMX,
    "gmx.net": _GMX,
    "web.de": Servers("smtp.web.de", 587, STARTTLS, "imap.web.de"),
    "t-online.de": Servers("securesmtp.t-online.de", 465, TLS, "secureimap.t-online.de"),
    "fastmail.com": Servers("smtp.fastmail.com", 465, TLS, "imap.fastmail.com"),
}


def servers_of(address: str) -> Servers:
    """The servers for an address; for one that isn't known, the names most hosters use."""
    domain = address.rpartition("@")[2].lower()
    return _KNOWN.get(domain) or Servers(f"smtp.{domain}", 465, TLS, f"imap.{domain}")
