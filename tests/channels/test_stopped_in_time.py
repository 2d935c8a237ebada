"""What stops a mail, committed around the moment it is claimed: no mail begins after the stop is committed."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from fifthcall import clock
from fifthcall.channels import stopping
from fifthcall.channels.email import sending
from fifthcall.channels.models import Mailbox, Message
from fifthcall.erasing import erase
from fifthcall.rules.case import Channel, Meeting
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log, record
from tests import smtp_sink
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with

#: Trials of each; a reply, which matters most, has 200 everywhere.
TRIALS = int(os.environ.get("RACE_TRIALS", "30"))
State = Message.State
pytestmark = pytest.mark.usefixtures("committed")
HOUR = timedelta(hours=1)


def replied(team: Cast, message: Message) -> None:
    record(message.opportunity_id, "replied", clock.now(), clock.now(), Channel.EMAIL)


def bounced(team: Cast, message: Message) -> None:
    record(message.opportunity_id, "bounced", clock.now(), clock.now(), Channel.EMAIL)


def wrote_themselves(team: Cast, message: Message) -> None:
    record(message.opportunity_id, "sent", clock.now(), clock.now(), Channel.EMAIL, member_id=team.ben.pk)


def unsubscribed(team: Cast, message: Message) -> None:
    stopping.stop_by_token(message.stop_token, clock.now())


def asked_to_stop(team: Cast, message: Message) -> None:
    log(message.opportunity_id, team.ada, Draft("not_interested", stop="all"), clock.now())


def met(team: Cast, message: Message) -> None:
    now = clock.now()
    log(message.opportunity_id, team.ada, Draft("meeting_set", meeting=Meeting(now, now + HOUR, "UTC")), now)


def closed(team: Cast, message: Message) -> None:
    log(message.opportunity_id, team.ada, Draft("closed", reason="said_no"), clock.now())


def paused(team: Cast, message: Message) -> None:
    sending.pause(message.mailbox_id, "paused by hand", clock.now())


def erased(team: Cast, message: Message) -> None:
    assert message.person_id
    erase(message.person_id, team.ada, "asked", clock.now())


STOPS = [erased, replied, bounced, wrote_themselves, unsubscribed, asked_to_stop, met, closed, paused]


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.__name__)
def test_no_mail_begins_after(team: Cast, stop: Callable[[Cast, Message], None]) -> None:
    chance, met_before, met_after = random.Random(7), 0, 0
    with smtp_sink.running() as sink:
        mailbox = mailbox_at(sink, team.ada, clock.now())
        for trial in range(200 if stop is replied else TRIALS):
            Mailbox.objects.update(paused_at=None)
            message = by_itself(opportunity_with(team.ada, f"P{trial}", clock.now()), mailbox, clock.now())
            team.space.refresh_from_db()
            begun_before_stop = race(team, message, stop, chance.uniform(-0.05, 0.05))
            message.refresh_from_db()
            gone = message.message_id in sink.ids()
            assert gone == (message.state == State.SENT)
            assert begun_before_stop or not gone, (trial, message.why)
            met_before, met_after = met_before + (not gone), met_after + gone
    assert met_before, "the stop never came first"


def race(team: Cast, message: Message, stop: Callable[[Cast, Message], None], head_start: float) -> bool:
    """Send and stop at the same time; whether the sending had been marked as begun when the stop was committed."""
    seen: list[bool] = []

    def act() -> None:
        time.sleep(max(0, head_start))
        with transaction.atomic():
            stop(team, message)
            seen.append(Message.objects.values_list("begun_at", flat=True).get(pk=message.pk) is not None)
        connection.close()

    other = threading.Thread(target=act)
    other.start()
    time.sleep(max(0, -head_start))
    sending.send(message.pk, clock.now())
    other.join(30)
    assert seen
    return seen[0]
