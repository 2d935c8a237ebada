"""What we need of CalDAV (RFC 4791): find calendars, list them, read, write and delete an entry. Nothing else.

Answers are bounded, XML with a document type is refused, nothing is followed to another host, and passwords go over
HTTPS only (this machine itself excepted).
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import httpx
from django.conf import settings

from fifthcall.channels.trouble import NotLetIn, Refused, Trouble, TryLater, Unknown

TIMEOUT = httpx.Timeout(15.0, connect=5.0)
LARGEST = 20_000_000  # bytes of an answer
AT_A_TIME = 50
_DAV, _CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"


class Changed(Exception):
    """Somebody was faster: the entry isn't (or is already) as we know it (RFC 9110, 412)."""


class Gone(Trouble):
    """There is no such calendar or entry any more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A calendar and what it is called."""

    url: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the server has it: its path, its version, its text."""

    href: str
    etag: str
    text: str


class Client:
    """One server, one sign-in. Close it, or use it in a with block."""

    def __init__(self, url: str, username: str, password: str) -> None:
        refuse_unsafe(url)
        self.url = url
        self._http = httpx.Client(auth=(username, password), timeout=TIMEOUT, follow_redirects=False)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def calendars(self) -> list[Found]:
        """The calendars that can be had from the address: itself, or those of whoever signs in (RFC 5397, 6764)."""
        wanted = "<d:current-user-principal/><d:resourcetype/><d:displayname/><c:calendar-home-set/>"
        start = self._properties(self.url, wanted, missing_ok=True) or self._properties(
            urljoin(self.url, "/.well-known/caldav"), wanted
        )
        href, node = start[0]
        if node.find(f".//{_CAL}calendar") is not None:
            return [Found(self._at(href), _text(node, f"{_DAV}displayname") or "Calendar")]
        home = _href(node, f"{_CAL}calendar-home-set")
        principal = _href(node, f"{_DAV}current-user-principal")
        if not home and principal:
            found = self._properties(self._move_to(principal), "<c:calendar-home-set/>")
            home = _href(found[0][1], f"{_CAL}calendar-home-set") if found else ""
        rows = self._properties(self._move_to(home or href), "<d:resourcetype/><d:displayname/>", depth="1")
        return [
            Found(self._at(path), _text(one, f"{_DAV}displayname") or unquote(path.rstrip("/").rpartition("/")[2]))
            for path, one in rows
            if one.find(f".//{_CAL}calendar") is not None
        ]

    def versions(self) -> dict[str, str]:
        """Path → version of every entry of the calendar."""
        rows = self._properties(self.url, "<d:getetag/><d:resourcetype/>", depth="1")
        own = urlsplit(self.url).path.rstrip("/")
        return {
            path: _text(node, f"{_DAV}getetag")
            for path, node in rows
            if unquote(path).rstrip("/") != unquote(own) and node.find(f".//{_DAV}collection") is None
        }

    def read(self, paths: Iterable[str]) -> list[Entry]:
        """Those entries, as far as they are still there."""
        wanted, found = list(paths), []
        for start in range(0, len(wanted), AT_A_TIME):
            hrefs = "".join(f"<d:href>{escape(path)}</d:href>" for path in wanted[start : start + AT_A_TIME])
            body = (
                '<c:calendar-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
                f"<d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}</c:calendar-multiget>"
            )
            for path, node in self._multi("REPORT", self.url, body, depth="1"):
                text = _text(node, f"{_CAL}calendar-data")
                if text:
                    found.append(Entry(path, _text(node, f"{_DAV}getetag"), text))
        return found

    def write(self, path: str, text: str, etag: str) -> str:
        """Write an entry over the version `etag`, or a new one when that is ""; its new version, "" when untold.

        Raises Changed when it isn't that version.
        """
        condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        headers = condition | {"Content-Type": "text/calendar; charset=utf-8"}
        answer = self._ask("PUT", self._at(path), text.encode(), headers)
        return str(answer.headers.get("ETag", ""))

    def delete(self, path: str, etag: str) -> None:
        """Raises Changed when it isn't that version; that it is gone already is no trouble."""
        try:
            self._ask("DELETE", self._at(path), b"", {"If-Match": etag} if etag else {})
        except Gone:
            return

    def _move_to(self, where: str) -> str:
        """Where one's calendars are, which may be another server of the same house (iCloud's p42-caldav.icloud.com)."""
        url = urljoin(self.url, where)
        if urlsplit(url)[:2] != urlsplit(self.url)[:2]:
            if not same_house(self.url, url):
                raise Refused("The calendar server points to another host; give that one's address.")
            refuse_unsafe(url)
            self.url = url
        return url

    def _at(self, path: str) -> str:
        url = urljoin(self.url, path)
        if urlsplit(url)[:2] != urlsplit(self.url)[:2]:
            raise Refused("The calendar server points to another host; give that one's address.")
        return url

    def _properties(
        self, url: str, names: str, depth: str = "0", missing_ok: bool = False
    ) -> list[tuple[str, ElementTree.Element]]:
        space = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
        try:
            return self._multi("PROPFIND", url, f"<d:propfind {space}><d:prop>{names}</d:prop></d:propfind>", depth)
        except Gone:
            if missing_ok:
                return []
            raise

    def _multi(self, method: str, url: str, body: str, depth: str) -> list[tuple[str, ElementTree.Element]]:
        headers = {"Depth": depth, "Content-Type": "application/xml; charset=utf-8"}
        answer = self._ask(method, url, body.encode(), headers)
        if b"<!DOCTYPE" in answer.content or b"<!ENTITY" in answer.content:
            raise Refused("The calendar server's answer can't be read.")
        try:
            tree = ElementTree.fromstring(answer.content)  # noqa: S314  # without a document type, and bounded
        except ElementTree.ParseError as error:
            raise Refused("The calendar server's answer can't be read. Is it the address of a calendar?") from error
        found = []
        for row in tree.iter(f"{_DAV}response"):
            path = urlsplit(_text(row, f"{_DAV}href")).path
            good = [part for part in row.iter(f"{_DAV}propstat") if " 200" in _text(part, f"{_DAV}status")]
            if path and good:
                node = ElementTree.Element("found")
                for part in good:
                    node.extend(part)
                found.append((path, node))
        return found

    def _ask(self, method: str, url: str, content: bytes, headers: dict[str, str]) -> Any:
        """The answer. Raises Trouble or Changed; Unknown when a change may have been made."""
        changes = method in ("PUT", "DELETE")
        try:
            for _ in range(3):
                with self._http.stream(method, url, content=content, headers=headers) as answer:
                    if answer.is_redirect:
                        url = self._at(urljoin(url, answer.headers.get("Location", "")))
                        continue
                    size = 0
                    parts = []
                    for part in answer.iter_bytes():
                        size += len(part)
                        if size > LARGEST:
                            raise Refused("The calendar server's answer is too large.")
                        parts.append(part)
                    answer._content = b"".join(parts)
                    return _checked(answer)
            raise Refused("The calendar server sends us in circles.")
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise TryLater(f"{urlsplit(url).hostname} can't be reached.") from error
        except httpx.HTTPError as error:
            if changes:
                raise Unknown("the line to the calendar server broke") from error
            raise TryLater(f"{urlsplit(url).hostname} did not answer in time.") from error


def _checked(answer: Any) -> Any:
    status = answer.status_code
    if status in (401, 403):
        raise NotLetIn("The calendar server does not accept the user name or password.")
    if status in (404, 410):
        raise Gone("There is no calendar at this address.")
    if status == 412:
        raise Changed
    if status >= 500 or status == 429:
        raise TryLater(f"The calendar server can't answer now ({status}).")
    if status >= 400:
        raise Refused(f"The calendar server refuses ({status}).")
    return answer


def same_house(one: str, other: str) -> bool:
    """Whether a password for `one` may go to `other`: the same host, or one beside it (a and b.example.com).

    A slip is what this prevents: whoever answers at `one` has been given the password already.
    """
    first, second = urlsplit(one), urlsplit(other)
    known, meant = first.hostname or "", second.hostname or ""
    beside = known.partition(".")[2]
    named = not known.replace(".", "").isdigit() and ":" not in known
    near = named and beside.count(".") >= 1 and meant.partition(".")[2] == beside
    return first.scheme == second.scheme and (meant == known or near)


def refuse_unsafe(url: str) -> None:
    """Raise Refused for an address that a password must not go to, or that lies where nobody outside may look."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise Refused("Give the calendar's address as your provider shows it: https://…")
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError as error:
        raise TryLater(f"There is no server called {host}.") from error
    addresses = [ipaddress.ip_address(str(one).partition("%")[0]) for one in found]
    if parts.scheme == "http" and not all(one.is_loopback for one in addresses):
        raise Refused("Only https:// keeps your password to yourself.")
    if not settings.PRIVATE_HOSTS and not all(one.is_global for one in addresses):
        raise Refused(f"{host} lies in this server's own network. An administrator can allow that.")


def _text(node: ElementTree.Element, name: str) -> str:
    found = node.find(f".//{name}")
    return (found.text or "").strip() if found is not None else ""


def _href(node: ElementTree.Element, name: str) -> str:
    found = node.find(f".//{name}/{_DAV}href")
    return (found.text or "").strip() if found is not None else ""
