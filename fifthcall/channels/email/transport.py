"""The one way a mail leaves: by SMTP, or by a provider's API. What went wrong is told apart by what it means."""

from __future__ import annotations

import base64
import smtplib
import socket
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from typing import Any

from fifthcall.channels.email.oauth import TakenBack, access_token
from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import NotLetIn, Refused, TryLater, Unknown
from fifthcall.failpoints import failpoint

TIMEOUT = 30  # seconds


def deliver(mailbox: Mailbox, mail: EmailMessage, to_address: str, begin: Callable[[], bool]) -> bool:
    """Hand the mail to the mailbox's server; False when `begin`, asked at the last moment, says no.

    Raises Trouble when it has not gone out, Unknown when nobody can tell.
    """
    if mailbox.provider:
        from fifthcall.channels.email.providers import deliver_by_api

        return deliver_by_api(mailbox, mail, to_address, begin)
    try:
        server = _connect(mailbox)
    except smtplib.SMTPAuthenticationError as error:
        raise NotLetIn(f"{mailbox.smtp_host} does not accept the user name or password: {_said(error)}") from error
    except TakenBack as error:
        raise NotLetIn(str(error)) from error
    except smtplib.SMTPResponseException as error:
        raise TryLater(f"{mailbox.smtp_host} can't take mail now: {_said(error)}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(f"{mailbox.smtp_host} can't be reached: {error}") from error
    try:
        return _hand_over(server, mailbox, mail, to_address, begin)
    finally:
        server.close()


def check(mailbox: Mailbox) -> None:
    """Sign in at the mailbox's server and leave again. Raises Trouble."""
    deliver(mailbox, EmailMessage(), mailbox.address, lambda: False)


def _connect(mailbox: Mailbox) -> smtplib.SMTP:
    host, port = mailbox.smtp_host, mailbox.smtp_port
    if mailbox.smtp_security == Mailbox.Security.TLS:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, _own_name(), timeout=TIMEOUT, context=_secure())
    else:
        server = smtplib.SMTP(host, port, _own_name(), timeout=TIMEOUT)
    try:
        if server.sock:  # the content goes in two pieces: the second must not wait for the first's receipt
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if mailbox.smtp_security == Mailbox.Security.STARTTLS:
            server.starttls(context=_secure())
        server.ehlo_or_helo_if_needed()
        _sign_in(server, mailbox)
    except BaseException:
        server.close()
        raise
    return server


@cache
def _own_name() -> str:
    return socket.getfqdn()  # asking for it takes a while


@cache
def _secure() -> ssl.SSLContext:
    return ssl.create_default_context()  # reading the machine's certificates takes a while


def _sign_in(server: smtplib.SMTP, mailbox: Mailbox) -> None:
    user = mailbox.username or mailbox.address
    if mailbox.auth == Mailbox.Auth.PASSWORD:
        server.login(user, mailbox.secrets()["password"])
    elif mailbox.auth == Mailbox.Auth.OAUTH2:
        said = f"user={user}\x01auth=Bearer {access_token(mailbox)}\x01\x01"
        code, answer = server.docmd("AUTH", "XOAUTH2 " + base64.b64encode(said.encode()).decode())
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)


def _hand_over(
    server: smtplib.SMTP, mailbox: Mailbox, mail: EmailMessage, to_address: str, begin: Callable[[], bool]
) -> bool:
    handed_over = False
    try:
        _expect(server.mail(mailbox.address), 250)
        _expect(server.rcpt(to_address), 250, 251)
        failpoint("after_rcpt")
        if not begin():
            return False
        failpoint("begun")
        _expect(server.docmd("DATA"), 354)
        content = _dotted(mail)
        server.send(content[: len(content) // 2])
        failpoint("mid_data")
        server.send(content[len(content) // 2 :])
        handed_over = True
        failpoint("after_dot")
        _expect(server.getreply(), 250)
        failpoint("after_250")
    except smtplib.SMTPResponseException as error:
        words, code = _said(error), error.smtp_code
        if code == 421 and handed_over:  # it closes the line instead of answering: who knows
            raise Unknown(words) from error
        if 500 <= code < 600:
            raise Refused(words, dead=words[:9].partition(" ")[2].startswith("5.1.")) from error
        raise TryLater(words) from error
    except (OSError, smtplib.SMTPException) as error:
        if handed_over:
            raise Unknown(str(error)) from error
        raise TryLater(f"The line to {mailbox.smtp_host} broke: {error}") from error
    return True


def _expect(answer: tuple[int, Any], *codes: int) -> None:
    if answer[0] not in codes:
        raise smtplib.SMTPResponseException(*answer)


def _dotted(mail: EmailMessage) -> bytes:
    """The mail's lines as DATA takes them: CRLF, dots doubled, the closing dot (RFC 5321 §4.5.2)."""
    lines = mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines) + b".\r\n"


def _said(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
    return f"{error.smtp_code} {' '.join(str(text).split())}"[:250]
