"""Room for tracked mail's pictures and links: they never queue behind pages that wait for the database.

The web server gives each request a thread. Those for pages hand their work to a few others, which hold the
connections to the database, and wait; when all of these wait and so do many before them, a page is told to come back.
A number of the server's threads is thereby always left for what needs no database.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

#: Requests to the database at once, as many as before there was a second kind.
AT_WORK = 4
#: The server's threads, and how many of them pages may take.
THREADS = 40
FOR_PAGES = 32
#: Chunks of an answer that are made ahead of being sent.
AHEAD = 8
#: Paths that need no database: the picture and the links of tracked mail.
LIGHT = ("/o/", "/l/")
App = Callable[[dict[str, Any], Any], Any]
_END = object()


class Rooms:
    """A WSGI application (PEP 3333) around another."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._door = threading.BoundedSemaphore(FOR_PAGES)
        self._tasks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._started = False
        self._starting = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        if environ.get("PATH_INFO", "").startswith(LIGHT):
            return self._app(environ, start_response)
        if not self._door.acquire(blocking=False):
            start_response("503 Service Unavailable", [("Retry-After", "2"), ("Content-Type", "text/plain")])
            return [b"Very busy just now. Please try again in a moment."]
        self._start()
        return _Answer(self._app, environ, start_response, self._tasks, self._door)

    def _start(self) -> None:
        with self._starting:
            if not self._started:
                for number in range(AT_WORK):
                    threading.Thread(target=self._work, daemon=True, name=f"page-{number}").start()
                self._started = True

    def _work(self) -> None:
        while True:
            self._tasks.get()()


class _Answer:
    """An answer made in another thread, chunk by chunk, and sent from this one."""

    def __init__(
        self, app: App, environ: dict[str, Any], start_response: Any, tasks: Any, door: threading.BoundedSemaphore
    ) -> None:
        self._app, self._environ, self._start_response = app, environ, start_response
        self._door, self._gone = door, threading.Event()
        self._chunks: queue.Queue[Any] = queue.Queue(AHEAD)
        tasks.put(self._make)
        first = self._chunks.get()  # the status and headers, or what went wrong
        if isinstance(first, BaseException):
            self.close()
            raise first
        start_response(*first)

    def _make(self) -> None:
        """In the other thread: everything that may touch the database, to the very end of the answer."""
        said: list[Any] = []
        made: Any = ()
        try:
            if self._gone.is_set():
                return
            made = self._app(self._environ, lambda status, headers, error=None: said.append((status, headers)))
            self._put(said[-1])
            for chunk in made:
                if not self._put(chunk):
                    break
        except BaseException as error:  # handed on to whoever waits for it
            self._put(error)
        finally:
            if hasattr(made, "close"):
                made.close()
            self._put(_END)

    def _put(self, chunk: Any) -> bool:
        while not self._gone.is_set():
            try:
                self._chunks.put(chunk, timeout=0.5)
            except queue.Full:
                continue
            return True
        return False

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self._chunks.get()) is not _END:
            if isinstance(chunk, BaseException):
                raise chunk
            yield chunk

    def close(self) -> None:
        if not self._gone.is_set():
            self._gone.set()
            self._door.release()
