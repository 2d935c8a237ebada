"""The worker is killed while mail goes out: nothing is lost, nothing goes out twice, what is unsure is shown."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from signal import SIGKILL, SIGTERM

import pytest

from fifthcall import clock
from fifthcall.channels.models import Mailbox, Message
from fifthcall.pipeline.models import Opportunity
from tests import smtp_sink
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with
from tests.smtp_sink import Sink
from tests.worker_process import workers

#: Kills while a thousand mails go out.
KILLS = int(os.environ.get("KILLS", "50"))
MAILS = KILLS * 20
State = Message.State
pytestmark = pytest.mark.usefixtures("committed")


def wanted(team: Cast, mailbox: Mailbox, many: int) -> None:
    """Mails that somebody wrote, five to each of many prospects."""
    now = clock.now() - timedelta(seconds=1)
    rows = [opportunity_with(team.ada, f"P{number}", now) for number in range(0, many, 5)]
    for number in range(many):
        key = f"<{number}@sales.example>"
        by_itself(rows[number // 5], mailbox, now, purpose=str(number), automatic=False, message_id=key)


def wait(until: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, Counter(Message.objects.values_list("state", "why"))
        time.sleep(0.05)


def settled() -> bool:
    return not Message.objects.filter(state__in=(State.WAITING, State.SENDING)).exists()


def check(sink: Sink, kills: int) -> None:
    accepted = Counter(sink.ids())
    assert [found for found, times in accepted.items() if times > 1] == []
    sent = set(Message.objects.filter(state=State.SENT).values_list("message_id", flat=True))
    unsure = set(Message.objects.filter(state=State.UNCERTAIN).values_list("message_id", flat=True))
    assert sent <= set(accepted) <= sent | unsure
    assert len(unsure) <= kills
    assert len(sent) + len(unsure) == Message.objects.count()
    assert not Message.objects.filter(state=State.UNCERTAIN, why="").exists()


@pytest.mark.parametrize(
    ("at", "state"),
    [
        ("after_claim", State.SENT),
        ("after_rcpt", State.SENT),
        ("begun", State.UNCERTAIN),
        ("mid_data", State.UNCERTAIN),
        ("after_dot", State.UNCERTAIN),
        ("after_250", State.UNCERTAIN),
        ("after_commit", State.SENT),
    ],
)
def test_killed_at(team: Cast, at: str, state: str) -> None:
    with smtp_sink.running() as sink, workers() as crew:
        wanted(team, mailbox_at(sink, team.ada, clock.now()), 3)
        crew.start(at)
        assert crew.ended(60) == SIGKILL
        Message.objects.filter(state=State.SENDING).update(
            claimed_until=clock.now()
        )  # the lease need not be waited for
        crew.start()
        wait(settled, 60)
        check(sink, 1)
        assert Message.objects.order_by("id")[0].state == state


def test_killed_at_any_moment(team: Cast) -> None:
    chance = random.Random(5)
    with smtp_sink.running() as sink, workers() as crew:
        wanted(team, mailbox_at(sink, team.ada, clock.now()), MAILS)
        for _ in range(KILLS):
            worker, before = crew.start(), len(sink.taken)
            wait(lambda: len(sink.taken) > before or settled(), 60)  # noqa: B023  # it has found its work
            time.sleep(chance.uniform(0, 0.3))
            assert crew.kill(worker) == SIGKILL
        crew.start()
        wait(settled, 240)
        check(sink, KILLS)
        held = Message.objects.filter(crashes__gt=0).count() + Message.objects.filter(state=State.UNCERTAIN).count()
        assert held > 0, "no kill ever met a mail on its way"


def test_told_to_stop_it_finishes_what_has_begun(team: Cast) -> None:
    with smtp_sink.running() as sink, workers() as crew:
        wanted(team, mailbox_at(sink, team.ada, clock.now()), 60)
        for _ in range(5):
            worker, before = crew.start(), len(sink.taken)
            wait(lambda: len(sink.taken) > before or settled(), 60)  # noqa: B023
            assert crew.kill(worker, SIGTERM) == 0
        assert not Message.objects.filter(state__in=(State.SENDING, State.UNCERTAIN)).exists()
        crew.start()
        wait(settled, 60)
        check(sink, 0)


def test_many_workers_send_each_mail_once(team: Cast) -> None:
    with smtp_sink.running() as sink, workers() as crew:
        wanted(team, mailbox_at(sink, team.ada, clock.now()), 150)
        for _ in range(4):
            crew.start()
        wait(settled, 120)
        check(sink, 0)
        assert not Opportunity.objects.filter(next_due_at=None).exists()
