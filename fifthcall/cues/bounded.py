"""Mails are parsed in a process of their own, bounded in time and memory: one that is a bomb takes nobody with it."""

from __future__ import annotations

import atexit
import pickle
import resource
import select
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import replace

from fifthcall.cues.parsing import Parsed, parse
from fifthcall.cues.slimming import slim

SECONDS = 2
MEGABYTES = 200
_LENGTH = struct.Struct("!I")


class Unreadable(ValueError):
    """The mail can't be read within the bounds; the text says why."""


class Reader:
    """A child process that parses; begun when it is first needed, and anew after one that had to be ended."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def read(self, raw: bytes) -> Parsed:
        """Raises Unreadable."""
        with self._lock:
            child = self._begun()
            try:
                assert child.stdin and child.stdout
                child.stdin.write(_LENGTH.pack(len(raw)) + raw)
                child.stdin.flush()
                answer = self._answer(child)
            except (OSError, EOFError) as error:
                self.end()
                raise Unreadable("Reading it took too much memory or broke the reader.") from error
        if isinstance(answer, str):
            raise Unreadable(answer)
        return answer

    def end(self) -> None:
        child, self._child = self._child, None
        if child:
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe:
                    with suppress(OSError):  # what was still to be written
                        pipe.close()

    def _begun(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.end()
            self._child = subprocess.Popen(
                [sys.executable, "-m", "fifthcall.cues.bounded"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            self._receive(self._child, 30)  # its word that it is ready: starting is not on the mail's time
        return self._child

    def _answer(self, child: subprocess.Popen[bytes]) -> Parsed | str:
        answer = pickle.loads(self._receive(child, SECONDS + 1))  # noqa: S301  # our own child's
        assert isinstance(answer, Parsed | str)
        return answer

    def _receive(self, child: subprocess.Popen[bytes], seconds: float) -> bytes:
        assert child.stdout
        if not select.select([child.stdout], [], [], seconds)[0]:
            self.end()
            raise Unreadable(f"Reading it took more than {SECONDS} seconds.")
        length = child.stdout.read(_LENGTH.size)
        if len(length) < _LENGTH.size:
            raise EOFError
        (size,) = _LENGTH.unpack(length)
        answer = child.stdout.read(size)
        if len(answer) < size:  # it was ended while it answered
            raise EOFError
        return answer


READER = Reader()
atexit.register(READER.end)


def read(raw: bytes) -> Parsed:
    """The mail as values. Raises Unreadable when that takes more than 2 s or 200 MB, or can't be done at all."""
    return READER.read(raw)


def _serve() -> None:
    """The child: a mail in, its values out, until the pipe ends."""
    import signal

    def too_long(number: int, frame: object) -> None:
        raise TimeoutError(f"Reading it took more than {SECONDS} seconds.")

    signal.signal(signal.SIGALRM, too_long)
    if sys.platform == "linux":  # elsewhere it can't be limited
        resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES * 1024**2, MEGABYTES * 1024**2))
    come, go = sys.stdin.buffer, sys.stdout.buffer
    _say(go, b"ready")
    while len(length := come.read(_LENGTH.size)) == _LENGTH.size:
        raw = come.read(*_LENGTH.unpack(length))
        answer: Parsed | str
        signal.setitimer(signal.ITIMER_REAL, SECONDS)
        try:
            answer = _parsed(raw)
        except (ValueError, TimeoutError) as error:
            answer = str(error)
        except MemoryError:
            answer = f"Reading it took more than {MEGABYTES} MB."
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        del raw
        _say(go, pickle.dumps(answer))


def _parsed(raw: bytes) -> Parsed:
    light = slim(raw)
    found = parse(light)
    return replace(found, cut=True) if len(light) < len(raw) else found


def _say(go: object, words: bytes) -> None:
    go.write(_LENGTH.pack(len(words)) + words)  # type: ignore[attr-defined]
    go.flush()  # type: ignore[attr-defined]


if __name__ == "__main__":
    _serve()
