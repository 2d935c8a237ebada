"""Everything that happens by itself, in one list: what is due, done by calling a verb."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection

from fifthcall import clock
from fifthcall.channels.email.inviting import want_invitations
from fifthcall.channels.email.reminding import want_reminders
from fifthcall.channels.email.sending import send_due
from fifthcall.channels.email.wanting import want_automatic
from fifthcall.cues.ears import Ears
from fifthcall.cues.gathering import gather
from fifthcall.cues.incoming import take_in_all
from fifthcall.cues.phone_hooks import take_kept
from fifthcall.imports.running import resume_all
from fifthcall.insights.budget import keep_weeks
from fifthcall.insights.digest_mail import send_digests
from fifthcall.insights.kept import keep_up
from fifthcall.insights.next_touch import first_worth, refresh_worth
from fifthcall.insights.wording_results import refresh_trials
from fifthcall.phoning.calls import end_forgotten
from fifthcall.phoning.sending import look_for_lost
from fifthcall.phoning.sending import send_due as send_texts
from fifthcall.pipeline.slipping import flow_on, go_on_deciding
from fifthcall.syncing.agreeing import sync_due

log = logging.getLogger(__name__)
TICK = 0.5  # seconds


@dataclass(slots=True)
class Task:
    verb: Callable[[datetime], object]
    every: timedelta
    name: str = ""
    apart: bool = False  # in a thread of its own: what others wait for must not hold it up
    due_at: datetime | None = None


def schedule(alive: Callable[[], bool] = lambda: True, ears: Ears | None = None) -> tuple[Task, ...]:
    """`alive` is asked by what takes long, between one piece and the next; `ears` are kept listening."""
    return (
        Task(resume_all, timedelta(seconds=1)),  # imports that were started, or whose worker died
        Task(flow_on, timedelta(minutes=1)),  # steps whose window has passed
        Task(go_on_deciding, timedelta(seconds=1)),  # after a change of the law's hours
        Task(want_automatic, timedelta(seconds=2)),  # steps that go out by themselves
        Task(want_invitations, timedelta(seconds=2)),  # appointments they have to know of
        Task(want_reminders, timedelta(seconds=30)),  # appointments that are near
        Task(take_in_all, timedelta(seconds=1)),  # mail that came in, before any goes out
        Task(lambda now: send_due(now, alive), timedelta(seconds=1), "mail"),
        Task(take_kept, timedelta(seconds=1)),  # what the phone provider reported while the database was busy
        Task(lambda now: send_texts(now, alive), timedelta(seconds=1), "texts"),
        Task(look_for_lost, timedelta(seconds=5)),  # texts that nobody knows of whether they went out
        Task(end_forgotten, timedelta(minutes=10)),  # calls whose end nobody reported
        *([Task(ears.tend, timedelta(seconds=5))] if ears else []),  # mail that comes in
        Task(gather, timedelta(seconds=0.2), apart=True),  # opens and clicks
        Task(sync_due, timedelta(seconds=10), apart=True),  # other calendars, whose servers may be slow
        # Apart: counting a year of others' touches, and a slow server, must not hold up the mail.
        Task(lambda now: send_digests(now, alive), timedelta(minutes=1), "digests", apart=True),
        Task(refresh_trials, timedelta(minutes=10), apart=True),  # what two versions on trial have come to
        Task(keep_up, timedelta(seconds=20), apart=True),  # the sums behind the numbers
        Task(keep_weeks, timedelta(seconds=20), apart=True),  # and who was touched too often
        Task(first_worth, timedelta(seconds=20), apart=True),  # what attempts have come to, for the first time
        Task(refresh_worth, timedelta(hours=1), apart=True),  # and again
    )


def run_forever(alive: Callable[[], bool]) -> None:
    """Perform what is due until `alive` says no. A verb that fails is logged and comes up again."""
    ears = Ears()
    tasks = schedule(alive, ears)
    apart = [threading.Thread(target=_run, args=([task], alive), daemon=True) for task in tasks if task.apart]
    for thread in apart:
        thread.start()
    try:
        _run([task for task in tasks if not task.apart], alive)
    finally:
        ears.close()
    for thread in apart:
        thread.join(10)


def _run(tasks: list[Task], alive: Callable[[], bool]) -> None:
    tick = min(TICK, *(task.every.total_seconds() for task in tasks))
    while alive():
        now = clock.now()
        for task in tasks:
            if alive() and (task.due_at is None or task.due_at <= now):
                _perform(task, now)
        time.sleep(tick)


@contextmanager
def alone() -> Iterator[None]:
    """On SQLite, one worker at a time: another that was started by mistake waits until this one ends."""
    if connection.vendor != "sqlite":
        yield
        return
    with (Path(settings.DATA) / "worker.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log.warning("Another worker is at work in %s; this one waits until it ends.", settings.DATA)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run_until_told() -> None:
    """Perform what is due until SIGTERM or SIGINT says stop, or the parent dies; what has begun is finished."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    lives = parent_lives()
    run_forever(lambda: lives() and not told.is_set())


def _perform(task: Task, now: datetime) -> None:
    task.due_at = now + task.every
    close_old_connections()
    try:
        task.verb(now)
    except Exception:
        log.exception("%s failed; it is tried again.", task.name or getattr(task.verb, "__name__", task.verb))


def parent_lives() -> Callable[[], bool]:
    """Whether the process that started this one is still there."""
    parent = os.getppid()
    return lambda: os.getppid() == parent
