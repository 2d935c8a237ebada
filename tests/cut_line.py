"""A line to a server that can be cut, or fall silent, after so many bytes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Cut:
    """`after` so many bytes from the server (None: never) each line is cut, or with `silent` says nothing more."""

    host: str
    port: int
    after: int | None = None
    silent: bool = False
    lines: int = 0  # how many were opened
    passed: int = 0  # bytes from the server, over all lines
    listener: socket.socket = field(init=False)
    open: list[socket.socket] = field(default_factory=list)

    def serve(self) -> None:
        """Take lines until the listener is closed."""
        with suppress(OSError):
            while True:
                client = self.listener.accept()[0]
                self.lines += 1
                server = socket.create_connection((self.host, self.port))
                self.open += [client, server]
                threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def cut_all(self) -> None:
        """Cut every open line now."""
        while self.open:
            with suppress(OSError):
                self.open.pop().shutdown(socket.SHUT_RDWR)

    def _pass_on(self, source: socket.socket, sink: socket.socket, counted: bool) -> None:
        left = self.after if counted else None
        with suppress(OSError), source:
            while data := source.recv(4096):
                if left is not None and len(data) >= left:
                    sink.sendall(data[:left])
                    self.passed += left
                    if self.silent:
                        continue
                    break
                left = None if left is None else left - len(data)
                sink.sendall(data)
                self.passed += len(data) if counted else 0
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


@contextmanager
def before(host: str, port: int) -> Iterator[tuple[Cut, int]]:
    """The switch, and the port to connect to instead, as long as the block lasts."""
    cut = Cut(host, port)
    with socket.create_server((host, 0)) as cut.listener:
        thread = threading.Thread(target=cut.serve, daemon=True)
        thread.start()
        try:
            yield cut, cut.listener.getsockname()[1]
        finally:
            with suppress(OSError):
                cut.listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            cut.cut_all()
