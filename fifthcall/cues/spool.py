"""Hits on their way in: each web process appends lines to a file of its own, and never waits for the database.

    DATA/hits/HOUR-PROCESS.hits     one JSON object a line, read by the worker on the same machine

A line is whole once its newline is there: what a crash tore off is left out by the reader. Lines are on the disk's
surface within SYNC_WITHIN seconds. A file gets no more lines after its hour.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets
import threading
import time
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

from django.conf import settings

log = logging.getLogger(__name__)
SYNC_WITHIN = 0.2  # seconds
#: A file that got no line for so long gets none any more.
DONE_AFTER = 2 * 3600  # seconds
#: Of one address and hour; more tell nothing new.
MOST_A_LINK = 500
READ_AT_ONCE = 1_000_000  # bytes


class Writer:
    """Appends to this process's file. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._hour, self._file, self._process = "", -1, 0
        self._name = ""
        self._dirty = threading.Event()
        self._counted: dict[str, int] = {}

    def add(self, line: dict[str, Any], at: datetime, counted: str = "") -> bool:
        """Append one line; False when it could not be written, or `counted` had more than enough this hour."""
        content = json.dumps(line, separators=(",", ":"), ensure_ascii=True).encode() + b"\n"
        with self._lock:
            try:
                self._open(f"{at:%Y%m%d%H}")
                self._counted[counted] = self._counted.get(counted, 0) + bool(counted)
                if self._counted[counted] > MOST_A_LINK:
                    return False
                written = os.write(self._file, content)
                if written != len(content):
                    os.write(self._file, b"\n")  # so that the next line begins on its own
                    raise OSError(f"only {written} of {len(content)} bytes were written")
            except OSError:
                log.exception("A hit could not be kept.")
                return False
        self._dirty.set()
        return True

    def _open(self, hour: str) -> None:
        if hour == self._hour and self._process == os.getpid():
            return
        if self._process == os.getpid() and self._file >= 0:
            os.fsync(self._file)
            os.close(self._file)
        if self._process != os.getpid():  # the first line of this process, or of a child forked from it
            self._process, self._name = os.getpid(), f"{os.getpid()}-{secrets.token_hex(6)}"
            threading.Thread(target=self._sync, daemon=True, name="hits").start()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{hour}-{self._name}.hits"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._hour, self._counted = hour, {}

    def _sync(self) -> None:
        while self._dirty.wait():
            self._dirty.clear()
            with self._lock:
                copy = os.dup(self._file)
            try:
                os.fsync(copy)
            finally:
                os.close(copy)
            time.sleep(SYNC_WITHIN)


def folder() -> Path:
    return Path(settings.DATA) / "hits"


@cache
def writer() -> Writer:
    return Writer(folder())


def pending() -> list[Path]:
    """The files there are, oldest first."""
    return sorted(folder().glob("*.hits")) if folder().is_dir() else []


def read_from(path: Path, offset: int) -> tuple[list[dict[str, Any]], int]:
    """Whole lines from `offset` on (at most READ_AT_ONCE bytes), and the offset after them."""
    with path.open("rb") as file:
        file.seek(offset)
        content = file.read(READ_AT_ONCE)
    whole, newline, _ = content.rpartition(b"\n")
    return list(_lines(whole, path)), offset + len(whole) + len(newline)


def _lines(content: bytes, path: Path) -> Iterator[dict[str, Any]]:
    for line in content.split(b"\n"):
        try:
            found = json.loads(line) if line.strip() else None
        except ValueError:
            log.warning("%s has a line that was torn off; it is left out.", path.name)
            continue
        if isinstance(found, dict):
            yield found


def digest(text: str) -> str:
    """128 bits that stand for an address or a session, and can't be turned back without the signing key."""
    return hmac.new(settings.SECRET_KEY.encode(), b"hit:" + text.encode(), sha256).hexdigest()[:32] if text else ""


@lru_cache(maxsize=5000)
def network_of(address: str) -> str:
    """The known network an address lies in, "" for any other."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return next((name for network, name in _networks() if found.version == network.version and found in network), "")


@cache
def _networks() -> tuple[tuple[IPv4Network | IPv6Network, str], ...]:
    table = tomllib.loads(files("fifthcall.cues").joinpath("machines.toml").read_text(encoding="utf-8"))
    return tuple((ip_network(text), name) for name, texts in table["networks"].items() for text in texts)
