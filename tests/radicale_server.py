"""A real Radicale on loopback, with one user and an empty calendar."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import httpx

USER, PASSWORD = "ada", "app password"


@dataclass(frozen=True)
class Server:
    """`url` of the server, `calendar` of the one calendar in it."""

    url: str
    process: subprocess.Popen[bytes]
    client: httpx.Client

    @property
    def calendar(self) -> str:
        return f"{self.url}/ada/work/"

    def ask(self, method: str, path: str, content: str = "", **headers: str) -> httpx.Response:
        """As another program of the user's would."""
        url = path if path.startswith("http") else f"{self.url}{path}"
        return self.client.request(method, url, content=content, headers=headers)

    def entries(self) -> dict[str, str]:
        """Path → text of every entry."""
        query = (
            '<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
            '<d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"/></c:filter>'
            "</c:calendar-query>"
        )
        rows = ElementTree.fromstring(self.ask("REPORT", self.calendar, query, Depth="1").content)  # noqa: S314
        return {
            str(row.findtext("{DAV:}href")): str(row.findtext(".//{urn:ietf:params:xml:ns:caldav}calendar-data"))
            for row in rows.iter("{DAV:}response")
        }


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server that keeps its calendars in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\n"
        f"htpasswd_encryption = plain\ndelay = 0\n[storage]\nfilesystem_folder = {folder}/store\n"
        "[logging]\nlevel = error\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "radicale", "--config", str(folder / "config")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = httpx.Client(auth=(USER, PASSWORD), timeout=10, verify=False)  # noqa: S501  # there is no TLS on loopback
    server = Server(f"http://127.0.0.1:{port}", process, client)
    try:
        _wait(port)
        body = (
            '<mkcalendar xmlns="urn:ietf:params:xml:ns:caldav" xmlns:d="DAV:"><d:set><d:prop>'
            "<d:displayname>Work</d:displayname></d:prop></d:set></mkcalendar>"
        )
        made = server.ask("MKCALENDAR", "/ada/work/", body)
        assert made.status_code == 201, made.text
        yield server
    finally:
        client.close()
        process.kill()
        process.wait()


def _wait(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < end, "the calendar server did not start"
            time.sleep(0.05)
