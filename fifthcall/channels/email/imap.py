"""A mailbox's IMAP line (RFC 3501), and what can go wrong on it told apart by what it means.

Reading never changes anything on the server: folders are opened by EXAMINE, mails fetched by BODY.PEEK. Mails come as
raw bytes, unparsed: whoever parses them does so within bounds.
"""

from __future__ import annotations

import imaplib
import re
import selectors
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.imap_utf7 import utf7_decode
from imap_tools.utils import encode_folder

from fifthcall.channels.email.oauth import TakenBack, access_token
from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import NotLetIn, Trouble, TryLater

TIMEOUT = 30  # seconds, for each answer
#: A server that refuses a sign-in for now (RFC 5530, and what the large providers say).
_FOR_NOW = re.compile(
    r"\[(UNAVAILABLE|LIMIT|INUSE|SERVERBUG)\]|too many|busy|try again|temporar|unavailable", re.IGNORECASE
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LISTED = re.compile(rb"\((?P<flags>[^)]*)\) (?:NIL|\"(?:[^\"\\]|\\.)*\") (?P<name>.*)", re.DOTALL)
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
_QUOTED = re.compile(rb'\bBODY\[[A-Z]*\](?:<\d+>)? "((?:[^"\\]|\\.)*)"', re.DOTALL)


class Declined(Trouble):
    """The server won't do this one thing; the line still stands."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder, and its flags in lower case: "\\sent", "\\junk", "\\noselect" (RFC 3501, RFC 6154)."""

    name: str
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a folder says of itself when it is opened."""

    uidvalidity: int
    uidnext: int  # 0: it doesn't say


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail on the server; `size` in bytes, as the server has it, `came_at` when it arrived there."""

    uid: int
    size: int
    came_at: datetime | None


class Line:
    """A line to a mailbox that is signed in. Every method raises Trouble."""

    def __init__(self, box: BaseMailBox, host: str) -> None:
        self.client: Any = box.client  # Any: not all that we need of imaplib has types
        self.host = host

    def folders(self) -> list[Listed]:
        """All folders, with what they are for as far as the server knows."""
        with _told_apart(self.host):
            special = "SPECIAL-USE" in self.client.capabilities
            data = self._ask("LIST", '""', '"*"', *(("RETURN", "(SPECIAL-USE)") if special else ()))
        return [listed for item in data if (listed := _listed(item))]

    def open(self, folder: str) -> Opened:
        """Open a folder for reading only."""
        with _told_apart(self.host):
            _expect(self.client.select(encode_folder(folder), readonly=True))
            said = {name: self.client.response(name)[1] for name in ("UIDVALIDITY", "UIDNEXT")}
        numbers = {name: int(data[-1]) if data and data[-1] else 0 for name, data in said.items()}
        return Opened(numbers["UIDVALIDITY"], numbers["UIDNEXT"])

    def newer(self, uid: int, since: date) -> list[int]:
        """The UIDs above `uid` of mails that arrived on `since` or later (by the server's own date), rising."""
        day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        return [found for found in self._search(f"UID {uid + 1}:* SINCE {day}") if found > uid]

    def holds(self, message_id: str) -> bool:
        """Whether the open folder holds a mail with this Message-ID."""
        return bool(self._search(f'HEADER Message-ID "{_plain(message_id)}"'))

    def waiting(self, uids: Sequence[int]) -> list[Waiting]:
        """Size and date of each mail that is still there."""
        found = []
        for chunk in range(0, len(uids), 200):
            for item in self._fetch(uids[chunk : chunk + 200], "(UID RFC822.SIZE INTERNALDATE)"):
                text = item[0] if isinstance(item, tuple) else item
                if (uid := _UID.search(text)) and (size := _SIZE.search(text)):
                    found.append(Waiting(int(uid[1]), int(size[1]), _date(text)))
        return sorted(found, key=lambda mail: mail.uid)

    def bring(self, uids: Sequence[int], part: str = "[]") -> dict[int, bytes]:
        """The mails, or a `part` of each ("[HEADER]", "[]<0.1000>"), as they are; those gone meanwhile are left out."""
        return dict(_bodies(self._fetch(uids, f"(UID BODY.PEEK{part})")))

    def append(self, folder: str, raw: bytes, at: datetime) -> None:
        """Put a mail into a folder, as read."""
        with _told_apart(self.host):
            _expect(self.client.append(encode_folder(folder), r"(\Seen)", imaplib.Time2Internaldate(at), raw))

    @property
    def can_tell(self) -> bool:
        """Whether the server tells by itself that something came (IDLE, RFC 2177)."""
        return "IDLE" in self.client.capabilities

    def wait(self, seconds: float, wake: socket.socket) -> bool:
        """Wait in IDLE until something changes in the open folder (True), the time is over or `wake` can be read."""
        client = self.client
        with _told_apart(self.host):
            client.untagged_responses.pop("EXISTS", None)
            tag = client._command("IDLE")
            while client._get_response() is not None:  # what came since the last time is told before "+ idling"
                if client.tagged_commands[tag]:
                    raise Declined(f"{self.host} doesn't wait.")
            told = "EXISTS" in client.untagged_responses
            if not told:
                _until_readable(client, seconds, wake)
            client.send(b"DONE\r\n")
            while not client.tagged_commands[tag]:
                client._get_response()
            client.tagged_commands.pop(tag)
        return bool(client.untagged_responses.pop("EXISTS", None)) or told

    def close(self) -> None:
        """Sign out, without waiting long for the answer."""
        with suppress(OSError, imaplib.IMAP4.error):
            self.client.sock.settimeout(2)
            self.client.logout()
        with suppress(OSError):
            self.client.shutdown()

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        answer = self.client._simple_command(command, *arguments)
        _expect(answer)
        data: list[Any] = self.client._untagged_response(*answer, command)[1]
        return data

    def _search(self, criteria: str) -> list[int]:
        with _told_apart(self.host):
            data = _expect(self.client.uid("SEARCH", criteria))
        return sorted(int(uid) for line in data if line for uid in line.split())

    def _fetch(self, uids: Sequence[int], items: str) -> list[Any]:
        if not uids:
            return []
        with _told_apart(self.host):
            data = _expect(self.client.uid("FETCH", ",".join(map(str, uids)), items))
        return [item for item in data if item]


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[Line]:
    """A line to the mailbox's IMAP server as long as the block lasts. Raises NotLetIn, TryLater."""
    line = connect(mailbox)
    try:
        yield line
    finally:
        line.close()


def connect(mailbox: Mailbox) -> Line:
    """Sign in at the mailbox's IMAP server. Raises NotLetIn, TryLater."""
    host = mailbox.imap_host
    try:
        box = _reach(mailbox)
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise TryLater(f"{host} can't be reached: {_said(error)}") from error
    try:
        _sign_in(box, mailbox)
        box.client._get_capabilities()  # more is offered once we are in
    except BaseException as error:
        with suppress(OSError):
            box.client.shutdown()
        if not isinstance(error, (OSError, imaplib.IMAP4.error, ImapToolsError)):
            raise
        raise _not_in(error, host) from error
    return Line(box, host)


def _reach(mailbox: Mailbox) -> BaseMailBox:
    host, port = mailbox.imap_host, mailbox.imap_port
    secure = ssl.create_default_context()
    if mailbox.imap_security != Mailbox.Security.TLS:
        box = MailBoxUnencrypted(host, port, timeout=TIMEOUT)
        if mailbox.imap_security == Mailbox.Security.STARTTLS:
            try:
                box.client.starttls(secure)
            except BaseException:
                with suppress(OSError):
                    box.client.shutdown()
                raise
        return box
    return MailBox(host, port, timeout=TIMEOUT, ssl_context=secure)


def _sign_in(box: BaseMailBox, mailbox: Mailbox) -> None:
    user = mailbox.username or mailbox.address
    if mailbox.auth == Mailbox.Auth.OAUTH2:
        said = f"user={user}\x01auth=Bearer {access_token(mailbox)}\x01\x01".encode()
        box.client.authenticate("XOAUTH2", lambda challenge: b"" if challenge else said)  # a challenge is a refusal
        return
    password = str(mailbox.secrets().get("password", ""))
    if user.isascii() and password.isascii():
        box.login(user, password, initial_folder=None)
    else:
        box.login_utf8(user, password, initial_folder=None)


def _not_in(error: Exception, host: str) -> Trouble:
    """What a failed sign-in means: wrong for good, or only now."""
    words = _said(error)
    if isinstance(error, TakenBack):
        return NotLetIn(words)
    if isinstance(error, (OSError, imaplib.IMAP4.abort)):
        return TryLater(f"{host} can't be reached: {words}")
    if _FOR_NOW.search(words):
        return TryLater(f"{host} lets nobody in now: {words}")
    return NotLetIn(f"{host} does not accept the user name or password: {words}")


@contextmanager
def _told_apart(host: str) -> Iterator[None]:
    try:
        yield
    except (OSError, imaplib.IMAP4.abort) as error:
        raise TryLater(f"The line to {host} broke: {_said(error)}") from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        raise Declined(f"{host}: {_said(error)}") from error


def _until_readable(client: Any, seconds: float, wake: socket.socket) -> None:
    if _has_more(client):
        return
    with selectors.DefaultSelector() as either:
        either.register(client.sock, selectors.EVENT_READ)
        either.register(wake, selectors.EVENT_READ)
        either.select(seconds)


def _has_more(client: Any) -> bool:
    """Whether more was read already than the library has looked at: no selector would tell of that."""
    if hasattr(client, "_readbuf"):  # Python 3.14
        return bool(client._readbuf)
    client.sock.settimeout(0)
    try:
        return bool(client.file.peek(1))
    except ssl.SSLWantReadError:
        return False
    finally:
        client.sock.settimeout(TIMEOUT)


def _expect(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(data[-1] if data else status)
    return data


def _said(error: Exception) -> str:
    said: Any = error.args[0] if len(error.args) == 1 else error
    if isinstance(error, ImapToolsError) and hasattr(error, "command_result"):
        said = error.command_result[1][-1]
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:250]


def _plain(text: str) -> str:
    """A quoted string's inside: nothing that would end it, or begin another command."""
    return re.sub(r'[^\x20-\x7e]|["\\]', "", text)


def _listed(item: Any) -> Listed | None:
    """One answer to LIST; a name with signs of its own comes as a literal beside it."""
    text = item[0] if isinstance(item, tuple) else item
    found = _LISTED.search(text) if text else None
    if not found:
        return None
    name = item[1] if isinstance(item, tuple) else found["name"].strip()
    if not isinstance(item, tuple) and name.startswith(b'"') and name.endswith(b'"'):
        name = re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return Listed(utf7_decode(name), frozenset(found["flags"].decode("ascii", "replace").lower().split()))


def _date(text: bytes) -> datetime | None:
    found = _DATE.search(text)
    try:
        at = parsedate_to_datetime(found[1].decode("ascii", "replace").strip().replace("-", " ", 2)) if found else None
        return at.astimezone(UTC) if at else None
    except (ValueError, OverflowError):
        return None


def _bodies(items: list[Any]) -> Iterator[tuple[int, bytes]]:
    """UID and content from the answers to FETCH: the content a literal, a quoted string or nothing at all; the UID
    before or after it. What the server says unasked (changed flags) has no content and is passed over.
    """
    for place, item in enumerate(items):
        if isinstance(item, tuple):
            after = items[place + 1] if place + 1 < len(items) and isinstance(items[place + 1], bytes) else b""
            if uid := _UID.search(item[0]) or _UID.search(after):
                yield int(uid[1]), item[1]
        elif (uid := _UID.search(item)) and (quoted := _QUOTED.search(item)):
            yield int(uid[1]), re.sub(rb"\\(.)", rb"\1", quoted[1])
