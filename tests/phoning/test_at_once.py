"""Several at once: eight who text or call the same person, a stop that comes while a text goes out, and kills."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import time as day_time
from datetime import timedelta
from functools import partial
from signal import SIGKILL

import pytest
from django.db import connection

from fifthcall import clock
from fifthcall.phoning import sending
from fifthcall.phoning.calls import NotCalled, place
from fifthcall.phoning.models import Call, Text
from fifthcall.phoning.stopping import stop
from fifthcall.pipeline.law_hours import read_otherwise
from fifthcall.rules.case import Hours
from tests import phone_provider
from tests.cast import Cast
from tests.phone_provider import Provider
from tests.phoning.lines import NOON, THEIRS, line_for, prospect, written
from tests.worker_process import workers

#: Trials of a stop and a text at the same moment.
TRIALS = int(os.environ.get("RACE_TRIALS", "20"))
#: Kills while texts go out.
KILLS = int(os.environ.get("KILLS", "8"))
State = Text.State
pytestmark = pytest.mark.usefixtures("committed")


def together(acts: list[Callable[[], object]]) -> None:
    gate = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        gate.wait(20)
        act()
        connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_eight_senders_never_make_a_fourth(team: Cast, provider: Provider) -> None:
    """Each has a line and an opportunity of their own, and all write to one person; two of them call."""
    first = prospect(team.ada)
    line_for(team.ada)
    rows = [first, *(prospect(team.ada, f"P{number}", f"+49151111111{number:02}") for number in range(7))]
    for row in rows[1:]:
        type(row).objects.filter(pk=row.pk).update(person=first.person)
        row.refresh_from_db()
    texts = [written(row, team.ada, f"Text {number}") for number, row in enumerate(rows)]

    def call(number: int) -> None:
        with suppress(NotCalled):
            place(rows[number].pk, team.ada, THEIRS, f"press {number}", NOON)

    acts: list[Callable[[], object]] = [partial(sending.send, text.pk, NOON) for text in texts]
    together([*acts[:6], lambda: call(6), lambda: call(7)])
    gone = Text.objects.filter(state=State.SENT).count() + Call.objects.exclude(state=Call.State.FAILED).count()
    assert gone == 3
    assert len(provider.texts) + len(provider.calls) == 3
    sending.send_due(NOON + timedelta(hours=23))
    assert len(provider.texts) + len(provider.calls) == 3


def test_no_text_begins_after_a_stop_is_committed(team: Cast, provider: Provider) -> None:
    line_for(team.ada)
    chance, before, after = random.Random(3), 0, 0
    for trial in range(TRIALS):
        row = prospect(team.ada, f"P{trial}", f"+49152{trial:08}")
        text = written(row, team.ada)
        begun: list[bool] = []
        wait = chance.uniform(-0.04, 0.04)

        def stops(text: Text = text, begun: list[bool] = begun, wait: float = wait) -> None:
            time.sleep(max(0, wait))
            stop(text, NOON)
            begun.append(Text.objects.values_list("begun_at", flat=True).get(pk=text.pk) is not None)

        def sends(text: Text = text, wait: float = wait) -> None:
            time.sleep(max(0, -wait))
            sending.send(text.pk, NOON)

        together([stops, sends])
        went = any(one["to"] == text.number for one in provider.texts)
        assert begun[0] or not went
        before, after = before + (not went), after + went
    assert before, "the stop never came first"


def _always_open(team: Cast) -> None:
    """Whatever the time is while the test runs: workers have a clock of their own."""
    hours = Hours(frozenset(range(7)), day_time(0), day_time(23, 59, 59))
    read_otherwise(team.ada, "", hours, "for the test", clock.now())
    team.ada.workspace.refresh_from_db()


def _wait(until: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, Counter(Text.objects.values_list("state", "why"))
        time.sleep(0.05)


def _settled() -> bool:
    return not Text.objects.filter(state__in=(State.WAITING, State.SENDING, State.UNCERTAIN)).exists()


def _lost_no_lease() -> None:
    now = clock.now()
    Text.objects.filter(state=State.SENDING).update(claimed_until=now)
    Text.objects.filter(state=State.UNCERTAIN).update(look_at=now)


def _wanted(team: Cast, many: int) -> None:
    line_for(team.ada, clock.now())
    _always_open(team)
    now = clock.now() - timedelta(seconds=1)
    for number in range(many):
        written(prospect(team.ada, f"P{number}", f"+49152{number:08}", now), team.ada, f"Text {number}", now)


@pytest.mark.parametrize("at", ["text_claimed", "text_begun", "text_taken", "text_committed"])
def test_killed_at(team: Cast, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with phone_provider.running() as provider:
        monkeypatch.setenv("FIFTHCALL_PHONE_API", provider.url)
        with workers() as crew:
            _wanted(team, 2)
            crew.start(at)
            assert crew.ended(60) == SIGKILL
            _lost_no_lease()
            crew.start()
            if at == "text_begun":  # the provider never had it: a person is asked, after it was looked for
                _wait(lambda: Text.objects.filter(state=State.UNCERTAIN, looks__gte=1).exists(), 60)
            else:
                _wait(_settled_or_looked, 60)
            bodies = Counter(one["body"] for one in provider.texts)
            assert set(bodies.values()) <= {1}
            known = Text.objects.filter(state=State.SENT).count()
            assert known == len(bodies)
            assert known == (1 if at == "text_begun" else 2)


def _settled_or_looked() -> bool:
    _lost_no_lease()
    return _settled()


def test_killed_at_any_moment(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(5)
    with phone_provider.running() as provider:
        monkeypatch.setenv("FIFTHCALL_PHONE_API", provider.url)
        with workers() as crew:
            _wanted(team, KILLS * 6)
            for _ in range(KILLS):
                worker, before = crew.start(), len(provider.texts)
                _wait(lambda: len(provider.texts) > before or _settled_or_looked(), 60)  # noqa: B023
                time.sleep(chance.uniform(0, 0.2))
                assert crew.kill(worker) == SIGKILL
            crew.start()
            _wait(_settled_or_never_had, 120)
        bodies = Counter(one["body"] for one in provider.texts)
        assert set(bodies.values()) == {1}
        sent = set(Text.objects.filter(state=State.SENT).values_list("text", flat=True))
        assert sent == set(bodies)
        assert Text.objects.filter(state=State.UNCERTAIN).count() == KILLS * 6 - len(bodies) <= KILLS


def _settled_or_never_had() -> bool:
    _lost_no_lease()
    open_ = Text.objects.filter(state__in=(State.WAITING, State.SENDING, State.UNCERTAIN))
    return not open_.exclude(state=State.UNCERTAIN, looks__gte=3).exists()
