"""The real thing: `fifthcall serve` on a fresh data folder, and a real Chromium."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import chromium

WAIT = 30  # seconds for the server to answer


@dataclass(frozen=True)
class Server:
    url: str
    link: str  # the one-time set-up link
    data: Path
    env: dict[str, str]

    def fifthcall(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line against the same data."""
        command = [sys.executable, "-m", "fifthcall", *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FIFTHCALL_") and k != "DATABASE_URL"}
    env = clean | {
        "FIFTHCALL_DATA": str(tmp_path / "data"),
        "FIFTHCALL_PORT": port,
        "FIFTHCALL_ZONE": "Europe/Berlin",
        "PYTHONUNBUFFERED": "1",
    }
    said = tmp_path / "serve.log"
    with said.open("w") as out:
        command = [sys.executable, "-m", "fifthcall", "serve"]
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process, said)
        link = next(line.strip() for line in said.read_text().splitlines() if "/set-up/" in line)
        yield Server(url, link, tmp_path / "data", env)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _await(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(WAIT * 10):
        try:
            opener.open(f"{url}/accounts/login/", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError):
            assert process.poll() is None, said.read_text()
            time.sleep(0.1)
    raise AssertionError(f"no answer: {said.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield found
        found.close()
