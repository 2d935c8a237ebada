"""One process tree: a supervisor that starts the web server and the worker, and restarts what dies."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

from django.conf import settings
from django.core.management import call_command

from fifthcall import clock
from fifthcall.teams import set_up

RESTART_AFTER = 1.0  # seconds, so that a process that can't start doesn't spin


def prepare(quiet: bool = False) -> None:
    """Bring the database up to date and lay out the static files."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if not quiet and set_up.needs_set_up():
        print(
            f"Set up Fifthcall here (the link works once):\n  {set_up.new_link(clock.now(), settings.URL)}", flush=True
        )


def supervise(host: str, port: int) -> int:
    """Run the web server and the worker until a signal says stop; 0 when all ended well."""
    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    commands = {
        "web": [sys.executable, "-m", "fifthcall", "_web", "--host", host, "--port", str(port)],
        "worker": [sys.executable, "-m", "fifthcall", "worker"],
    }
    # Each child has a pipe to us as its standard input: when we die, however we die, the pipe ends and so do they.
    children = {name: _start(command) for name, command in commands.items()}
    print(f"Fifthcall is at {settings.URL}  (Ctrl+C stops it)", flush=True)
    while not stopping.wait(0.3):
        for name, child in children.items():
            if child.poll() is not None and not stopping.is_set():
                print(f"The {name} ended (exit {child.returncode}); starting it again.", file=sys.stderr, flush=True)
                time.sleep(RESTART_AFTER)
                children[name] = _start(commands[name])
    for child in children.values():
        child.terminate()
    for child in children.values():
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def end_with_parent() -> None:
    """End this process (and its own children) when the supervisor's end of the pipe closes."""

    def watch() -> None:
        while os.read(0, 1024):  # nothing is ever written: this waits for the end
            pass
        os.killpg(os.getpgid(0), signal.SIGTERM)
        time.sleep(5)
        os.killpg(os.getpgid(0), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def web(host: str, port: int) -> None:
    """The web server, in this process."""
    from granian import Granian
    from granian.constants import Interfaces

    from fifthcall.web import rooms

    end_with_parent()
    # It doubts the number of threads, most of which only wait (see rooms): its other warnings are worth reading.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    Granian(
        "fifthcall.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=rooms.THREADS,
        workers_kill_timeout=10,
        log_level="warning",  # type: ignore[arg-type]
    ).serve()
