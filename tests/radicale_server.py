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

import httpx

USER, PASSWORD = "ada", "app password"


@dataclass(frozen=True)
class Server:
    """`url` of the server, `calendar` of the one calendar in it."""

    url: str
    process: subprocess.Popen[bytes]

    @property
    def calendar(self) -> str:
        return f"{self.url}/ada/work/"

    def ask(self, method: str, path: str, content: str = "", **headers: str) -> httpx.Response:
        """As another program of the user's would."""
        url = path if path.startswith("http") else f"{self.url}{path}"
        return httpx.request(method, url, content=content, headers=headers, auth=(USER, PASSWORD), timeout=10)

    def entries(self) -> dict[str, str]:
        """Path → text of every entry."""
        found = self.ask("PROPFIND", self.calendar, Depth="1").text
        paths = [part.partition("</")[0] for part in found.split("href>")[1:] if ".ics</" in part]
        return {path: self.ask("GET", path).text for path in paths}


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
    server = Server(f"http://127.0.0.1:{port}", process)
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
