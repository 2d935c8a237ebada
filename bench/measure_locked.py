"""locked: tracked mail's picture and links while the database is locked, from a real server, read by a real worker."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from statistics import quantiles
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from bench.measuring import Measurement, Sizes
from bench.office import NOW, salesperson, workspace
from fifthcall.channels.email.tracked import address_of, track
from fifthcall.channels.models import Link, Mailbox, Message
from fifthcall.cues.models import Hit
from fifthcall.pipeline import editing

RATE, CLIENTS, MESSAGES, LINKS = 200, 10, 50, 3
WAITING = 40  # pages that wait for the database meanwhile
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"


def mails() -> list[tuple[str, str]]:
    """(path, target) of every picture ("") and link of some tracked mails."""
    settings.URL, space = "https://follow.example", workspace("Locked")
    space.tracking, space.country = True, "US"
    space.save()
    member = salesperson(space, "Seller")
    box = Mailbox.objects.create(workspace=space, member=member, address="s@x.example", zone="UTC", created_at=NOW)
    for number in range(MESSAGES):
        row = editing.add(
            member, {"name": f"Roof {number}", "person_name": f"Ida {number}", "owner_id": member.pk}, NOW
        )
        _write(row, member, box, number)
    links = Link.objects.exclude(kind=Link.Kind.TRAP).order_by("id")
    return [(urlsplit(address_of(link)).path, link.target) for link in links]


def _write(row: Any, member: Any, box: Mailbox, number: int) -> None:
    from fifthcall.people.models import Person

    row.person = Person.objects.create(workspace=row.workspace, name=f"Ida {number}", key=f"ida {number}")
    row.save(update_fields=["person"])
    message = Message.objects.create(
        workspace=row.workspace, mailbox=box, opportunity=row, person=row.person, member=member, key=f"m{number}",
        to_address="i@x.example", subject="Roof", text="x", message_id=f"<m{number}@x.example>", tracked=True,
        state=Message.State.SENT, sent_at=NOW, wanted_at=NOW, due_at=NOW, created_at=NOW,
    )  # fmt: skip
    track(message, "".join(f'<a href="https://x.example/{number}/{n}">x</a>' for n in range(LINKS)), NOW)


@contextmanager
def serving() -> Iterator[int]:
    """A web server and a worker of the product's own, on the same data; the server's port."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    fifthcall = [sys.executable, "-m", "fifthcall"]
    web = [*fifthcall, "_web", "--host", "127.0.0.1", "--port", str(port)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
        for command in (web, [*fifthcall, "worker"])
    ]
    try:
        _await(port)
        yield port
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)


def _await(port: int) -> None:
    for _ in range(300):
        try:
            asked(http.client.HTTPConnection("127.0.0.1", port, timeout=2), "/o/x.gif")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("The server doesn't answer.")


@contextmanager
def locked() -> Iterator[None]:
    """The whole database, for nobody else to write, and on PostgreSQL to read, inside the block."""
    other = connection.copy()
    with other.cursor() as cursor:
        if other.vendor == "sqlite":
            other.connection.execute("COMMIT") if other.connection.in_transaction else None
            cursor.execute("BEGIN EXCLUSIVE")
        else:
            cursor.execute("BEGIN")
            for table in other.introspection.table_names(cursor):
                cursor.execute(f"LOCK TABLE {other.ops.quote_name(table)} IN ACCESS EXCLUSIVE MODE")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")
            other.close()


def asked(line: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, str]:
    line.request("GET", path, headers={"User-Agent": CHROME, "Accept-Language": "en"} | headers)
    answer = line.getresponse()
    answer.read()
    return answer.status, answer.getheader("Location") or ""


class Load:
    """So many requests a second from several clients, each at its appointed time whatever became of the one before."""

    def __init__(self, port: int, paths: list[tuple[str, str]], seconds: float) -> None:
        self.port, self.paths, self.count = port, paths, int(RATE * seconds)
        self.took: list[float] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        self.began = time.perf_counter()
        clients = [Thread(target=self._client, args=(number,)) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()

    def _client(self, number: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for turn in range(number, self.count, CLIENTS):
            path, target = self.paths[turn % len(self.paths)]
            due = self.began + turn / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            try:
                status, location = asked(line, path)
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(repr(error))
                line.close()
                continue
            self.took.append(time.perf_counter() - due)
            if (status, location) != ((302, target) if target else (200, "")):
                self.wrong.append(f"{status} {location}")


def crowd(port: int, over: Event) -> list[Thread]:
    """People who ask for pages that need the database, and wait."""

    def ask() -> None:
        while not over.is_set():
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                asked(line, "/today/", Cookie=f"{settings.SESSION_COOKIE_NAME}={'x' * 32}")
            except (OSError, http.client.HTTPException):
                pass
            finally:
                line.close()
            over.wait(0.2)

    threads = [Thread(target=ask) for _ in range(WAITING)]
    for thread in threads:
        thread.start()
    return threads


def measure(sizes: Sizes) -> list[Measurement]:
    seconds = sizes.of(30, 3)
    paths = mails()
    with serving() as port:
        over = Event()
        with locked():
            threads = crowd(port, over)
            time.sleep(0.5)
            load = Load(port, paths, seconds)
            load.run()
            over.set()
        for thread in threads:
            thread.join()
        kept = _kept(load.count)
    for words in sorted(set(load.wrong))[:5]:
        print(f"locked: {words}", file=sys.stderr)
    name = f"{RATE} a second for {seconds} s, the database locked, {WAITING} people waiting for pages"
    p99 = quantiles(load.took, n=100)[98] * 1000 if len(load.took) > 1 else float("inf")
    right = 1 - len(load.wrong) / load.count
    return [
        Measurement("locked.p99", f"picture and links, {name}", "ms", p99, None, 300, "most", load.count),
        Measurement("locked.answered", f"answered as they should, {name}", "of 1", right, None, 1, "least", load.count),
        Measurement("locked.kept", "in the database afterwards, each once", "of 1", kept, None, 1, "least", load.count),
    ]


def _kept(wanted: int) -> float:
    """The part that has arrived, once nothing more does."""
    for _ in range(240):
        if Hit.objects.count() >= wanted:
            break
        time.sleep(0.25)
    time.sleep(1)
    found = Hit.objects.count()
    return found / wanted if found <= wanted else wanted / found - 1  # more than were sent is as wrong as fewer
