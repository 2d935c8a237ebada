"""Real workers, in processes of their own, on the tests' own database: to kill them.

`python -m tests.worker_process` loads the product once; each line it reads forks a worker off, with the failpoint that
the line names, and prints the worker's number. When a worker has ended, it prints `ended NUMBER SIGNAL`.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


class Workers:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def start(self, failpoint: str = "") -> int:
        """Fork a worker off; its process number."""
        assert self.process.stdin
        self.process.stdin.write(f"{failpoint}\n")
        self.process.stdin.flush()
        word, number = self._line().split()
        assert word == "started"
        return int(number)

    def ended(self, within: float) -> int:
        """Wait for the worker's end: the signal it died of, 0 when it stopped by itself."""
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], within)
        assert ready, f"the worker still runs after {within} s"
        word, _, number = self._line().split()
        assert word == "ended"
        return int(number)

    def kill(self, number: int, how: signal.Signals = signal.SIGKILL) -> int:
        os.kill(number, how)
        return self.ended(30)

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()


@contextmanager
def workers() -> Iterator[Workers]:
    """Where workers can be started from as long as the block lasts."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.worker_process"],
        env=os.environ | _database(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        start_new_session=True,
    )
    try:
        yield Workers(process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe
            pipe.close()


def _database() -> dict[str, str]:
    """The environment in which the product finds the tests' database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "postgresql":
        return {"DATABASE_URL": os.environ["TEST_DATABASE_URL"].rpartition("/")[0] + f"/{name}"}
    place = Path(settings.DATA) / "fifthcall.sqlite3"
    if not place.exists():
        place.symlink_to(name)
    return {"DATABASE_URL": ""}


def _serve() -> None:
    import django

    django.setup()
    from fifthcall import failpoints, work

    running: set[int] = set()
    signal.signal(signal.SIGCHLD, lambda *_: None)  # so that the wait below ends
    waker, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    while True:
        ready, _, _ = select.select([0, waker], [], [])
        if waker in ready:
            os.read(waker, 100)
            for number in sorted(running):
                gone, status = os.waitpid(number, os.WNOHANG)
                if gone:
                    running.discard(number)
                    _say(f"ended {number} {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}")
        if 0 in ready:
            line = _read_line()
            if not line:
                return
            child = os.fork()
            if child == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                failpoints._AT = line.strip()
                work.run_until_told()
                os._exit(0)
            running.add(child)
            _say(f"started {child}")


def _read_line() -> str:
    read = b""
    while not read.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            return ""
        read += byte
    return read.decode()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _serve()
