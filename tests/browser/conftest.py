"""The real thing: `fifthcall serve` on a fresh data folder, and a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import chromium
from tests.browser.looks import SIZES, watch

WAIT = 30  # seconds for the server to answer
SLOW = 20_000  # milliseconds for a page to show what is expected: a busy machine is no failure
PASSWORD = "correct horse battery"  # a test's


@dataclass(frozen=True)
class Server:
    url: str
    link: str  # the one-time set-up link
    data: Path
    env: dict[str, str]
    log: Path

    def fifthcall(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line against the same data."""
        command = [sys.executable, "-m", "fifthcall", *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=120, check=False)

    def python(self, code: str) -> str:
        """Run `code` in the product, against the same data; what it printed."""
        command = [sys.executable, "-c", f"import django; django.setup(); {code}"]
        env = self.env | {"DJANGO_SETTINGS_MODULE": "fifthcall.settings", "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True).stdout.strip()


def set_up(page: Page, server: Server) -> None:
    page.goto(server.link)
    page.get_by_label("Your name").fill("Ada Berg")
    page.get_by_label("Your email").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Company").fill("Berg & Daughters")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Ada Berg")).to_be_visible()


def sign_in(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#card-title")).to_be_visible()


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder just laid out, to be copied: each test would else spend seconds on the same migrations."""
    folder = tmp_path_factory.mktemp("blank") / "data"
    command = [sys.executable, "-m", "fifthcall", "set-up-link"]
    subprocess.run(command, env=_surroundings(folder), capture_output=True, timeout=120, check=True)
    return folder


def _surroundings(data: Path) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FIFTHCALL_") and k != "DATABASE_URL"}
    return clean | {"FIFTHCALL_DATA": str(data), "FIFTHCALL_ZONE": "Europe/Berlin", "PYTHONUNBUFFERED": "1"}


@contextmanager
def _running(blank: Path, folder: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    shutil.copytree(blank, folder / "data")
    env = _surroundings(folder / "data") | {"FIFTHCALL_PORT": port}
    said = folder / "serve.log"
    with said.open("w") as out:
        command = [sys.executable, "-m", "fifthcall", "serve"]
        process = subprocess.Popen(command, env=env, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process, said)
        link = next(line.strip() for line in said.read_text().splitlines() if "/set-up/" in line)
        yield Server(url, link, folder / "data", env, said)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture
def server(blank: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, not set up yet."""
    with _running(blank, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def sampled(blank: Path, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    """A server with sample data that tests share: they look, and change nothing another would notice."""
    with _running(blank, tmp_path_factory.mktemp("sampled")) as found:
        page = browser.new_page()
        set_up(page, found)
        page.keyboard.press("2")
        expect(page.locator("#card-title")).to_be_visible()
        page.context.close()
        yield found


def _await(url: str, process: subprocess.Popen[bytes], said: Path) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(WAIT * 10):
        try:
            opener.open(f"{url}/accounts/login/", timeout=2).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            assert process.poll() is None, said.read_text()
            time.sleep(0.1)
    raise AssertionError(f"no answer: {said.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=SLOW)
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield found
        found.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of its own (no shared cookies); at the end of the test nothing may have gone wrong on any."""
    pages: list[tuple[Page, list[str]]] = []

    def open_one(size: str = "desk") -> Page:
        context = browser.new_context(viewport=SIZES[size], reduced_motion="reduce")
        context.set_default_timeout(SLOW)
        page = context.new_page()
        pages.append((page, watch(page)))
        return page

    yield open_one
    for page, _ in pages:
        page.context.close()
    assert [trouble for _, troubles in pages for trouble in troubles] == []
