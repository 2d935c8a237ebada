"""Pages that wait leave room for the pictures and links of tracked mail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fifthcall.web import rooms
from fifthcall.web.rooms import FOR_PAGES, Rooms


class Server:
    """An application whose pages wait until they are let go; what it is called from is noted."""

    def __init__(self) -> None:
        self.go, self.closed = threading.Event(), threading.Event()
        self.threads: set[str] = set()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
        path = environ["PATH_INFO"]
        self.threads.add(threading.current_thread().name)
        if path == "/broken/":
            raise ValueError("broken")
        if path.startswith("/today"):
            self.go.wait(10)
        start_response("200 OK", [("X-Path", path)])
        return self._chunks(path)

    def _chunks(self, path: str) -> Iterator[bytes]:
        try:
            for number in range(100 if path == "/long/" else 2):
                yield b"%d." % number
        finally:
            self.closed.set()


def get(app: Callable[..., Any], path: str) -> tuple[str, bytes]:
    said: list[str] = []
    answer = app({"PATH_INFO": path}, lambda status, headers: said.append(status))
    content = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    return said[0], content


def test_a_page_is_made_in_one_of_few_threads_and_sent_whole() -> None:
    server = Server()
    app = Rooms(server)
    for _ in range(20):
        assert get(app, "/long/") == ("200 OK", b"".join(b"%d." % n for n in range(100)))
    assert len(server.threads) <= rooms.AT_WORK and all(name.startswith("page-") for name in server.threads)


def test_links_are_answered_while_all_pages_wait_and_too_many_pages_are_told_to_come_back() -> None:
    server = Server()
    app = Rooms(server)
    found: list[str] = []
    waiting = [threading.Thread(target=lambda: found.append(get(app, "/today/")[0])) for _ in range(FOR_PAGES)]
    for thread in waiting:
        thread.start()
    for _ in range(100):
        if app._door._value == 0:
            break
        time.sleep(0.02)
    assert get(app, "/l/x") == ("200 OK", b"0.1.")
    assert get(app, "/o/x.gif") == ("200 OK", b"0.1.")
    assert get(app, "/today/")[0] == "503 Service Unavailable"
    server.go.set()
    for thread in waiting:
        thread.join(10)
    assert found == ["200 OK"] * FOR_PAGES
    assert get(app, "/today/")[0] == "200 OK"


def test_what_goes_wrong_is_told_and_takes_no_room() -> None:
    app = Rooms(Server())
    for _ in range(FOR_PAGES + 5):
        with pytest.raises(ValueError, match="broken"):
            get(app, "/broken/")
    assert get(app, "/")[0] == "200 OK"


def test_a_reader_who_leaves_midway_takes_no_room_either() -> None:
    server = Server()
    app = Rooms(server)
    answer = app({"PATH_INFO": "/long/"}, lambda *_: None)
    assert next(iter(answer)) == b"0."
    answer.close()
    assert server.closed.wait(5)
    assert get(app, "/")[0] == "200 OK" and app._door._value == FOR_PAGES
