"""Listening without pause: in the worker, a thread for each mailbox reads it every minute, and at once when its server
tells that something came (IDLE, RFC 2177). A slow or dead server holds nobody up but its own mailbox.
"""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import connections

from fifthcall import clock
from fifthcall.channels.email.imap import Line, connect
from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import Trouble
from fifthcall.cues.folders import INBOX
from fifthcall.cues.listening import fetch

log = logging.getLogger(__name__)
#: Seconds from one reading to the next; IDLE is begun anew after each, long before a server gives it up (29 minutes).
EVERY = 60.0
#: Seconds until a line for waiting is opened again after it broke: doubled each time.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: Seconds the threads are given to end. One that hangs on a dead server is left: nothing it does needs an end.
TO_END = 1.5


class Ears:
    """One ear per mailbox that can be read."""

    def __init__(self) -> None:
        self.open: dict[int, Ear] = {}

    def tend(self, now: datetime) -> None:
        """Listen to new mailboxes, and no longer to those taken away."""
        wanted = set(Mailbox.objects.filter(removed_at=None).exclude(imap_host="").values_list("pk", flat=True))
        for pk in self.open.keys() - wanted:
            self.open.pop(pk).tell()
        for pk in wanted:
            if pk not in self.open or not self.open[pk].is_alive():
                self.open[pk] = Ear(pk)
                self.open[pk].start()

    def close(self) -> None:
        """Stop listening, within two seconds."""
        for ear in self.open.values():
            ear.tell()
        until = time.monotonic() + TO_END
        for ear in self.open.values():
            ear.join(max(0.0, until - time.monotonic()))
        self.open.clear()


class Ear(threading.Thread):
    """Reads a mailbox, then waits for more, until told to stop."""

    def __init__(self, mailbox_id: int) -> None:
        super().__init__(name=f"ear-{mailbox_id}", daemon=True)
        self.mailbox_id = mailbox_id
        self.line: Line | None = None
        self.as_it_was: tuple[Any, ...] = ()
        self.pause, self.not_before = FIRST_PAUSE, 0.0
        self.stopping = threading.Event()
        self.woken, self.waker = socket.socketpair()

    def tell(self) -> None:
        """Ask it to stop."""
        self.stopping.set()
        with suppress(OSError):  # it has ended already
            self.waker.send(b"!")

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                mailbox = self._read()
                until = time.monotonic() + EVERY
                while not self.stopping.is_set() and time.monotonic() < until and not self._hears(mailbox, until):
                    pass
        finally:
            self._hang_up()
            self.woken.close()
            self.waker.close()

    def _read(self) -> Mailbox | None:
        """Read the mailbox; it, if it can be waited at."""
        try:
            fetch(self.mailbox_id, clock.now())
            mailbox = Mailbox.objects.get(pk=self.mailbox_id)
        except Exception:  # whatever it is, the next reading is in a minute
            log.exception("Mailbox %s could not be read.", self.mailbox_id)
            return None
        finally:
            connections.close_all()  # else every mailbox would keep a database connection while it waits
        access = (mailbox.imap_host, mailbox.imap_port, mailbox.imap_security, mailbox.username, mailbox.sealed)
        if access != self.as_it_was:
            self._hang_up()
            self.as_it_was, self.not_before = access, 0.0
        return None if mailbox.read_problem or mailbox.removed_at else mailbox

    def _hears(self, mailbox: Mailbox | None, until: float) -> bool:
        """Wait for a while; whether something came."""
        now = time.monotonic()
        if mailbox is None or now < self.not_before:
            self.stopping.wait(until - now if mailbox is None else min(until, self.not_before) - now)
            return False
        try:
            if self.line is None:
                self.line = connect(mailbox)
                self.line.open(INBOX)
                if self.line.can_tell:
                    return True  # what came between the last reading and the opening isn't told
            if not self.line.can_tell:
                self.stopping.wait(until - now)
                return False
            heard = self.line.wait(until - now, self.woken)
            self.pause = FIRST_PAUSE
        except Trouble as error:
            log.info("No longer waiting at mailbox %s: %s", self.mailbox_id, error)
            self._hang_up()
            self.not_before = time.monotonic() + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            return False
        return heard and not self.stopping.is_set()

    def _hang_up(self) -> None:
        if self.line:
            self.line.close()
            self.line = None
