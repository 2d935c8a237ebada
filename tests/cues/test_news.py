"""An open Today page asks for what has come in, cheaply."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from fifthcall.cues.arrivals import announce
from fifthcall.cues.models import Arrival
from fifthcall.rules.case import Channel
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log, record
from tests.cast import Cast
from tests.channels.mail import opportunity_with

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def arrive(team: Cast, name: str = "Ida") -> int:
    row = opportunity_with(team.ada, name, NOW)
    announce(record(row.pk, "clicked", NOW, NOW, Channel.EMAIL), NOW)
    return row.pk


def test_nothing_new_is_an_empty_answer_of_few_queries(team: Cast, django_assert_max_num_queries: Any) -> None:
    client = team.sign_in(team.ada)
    arrive(team)
    with django_assert_max_num_queries(4):  # the session, the user, the membership, and the one row
        answer = client.get("/today/news/?since=1")
    assert (answer.status_code, answer.content) == (204, b"")


def test_what_is_new_names_who_and_shows_what_follows(team: Cast) -> None:
    client = team.sign_in(team.ada)
    pk = arrive(team)
    page = client.get("/today/news/?since=0").content.decode()
    assert 'data-number="1"' in page and "<b>Ida</b>: they followed a link" in page
    assert f"/today/?opportunity={pk}" in page and 'id="queue"' in page and 'id="card"' not in page
    arrive(team, "Jo")
    assert 'data-number="2"' in client.get("/today/news/?since=1").content.decode()
    assert 'data-number="2"' in client.get("/today/").content.decode()


def test_it_is_for_the_owner_only(team: Cast) -> None:
    arrive(team)
    assert team.sign_in(team.ben).get("/today/news/?since=0").status_code == 204
    assert Arrival.objects.get().member == team.ada


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30, "٣"])
def test_a_strange_number_is_no_trouble(team: Cast, since: str) -> None:
    assert team.sign_in(team.ada).get("/today/news/", {"since": since, "card": since}).status_code == 204


def test_what_is_closed_is_not_announced(team: Cast) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    log(row.pk, team.ada, Draft("closed", reason="won"), NOW)
    announce(record(row.pk, "opened", NOW, NOW, Channel.EMAIL), NOW)
    assert not Arrival.objects.exists()
