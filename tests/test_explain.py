"""`fifthcall explain`: the facts, the rules, the step, the next three if nothing happens, and what would change it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse

from fifthcall import clock
from fifthcall.cli import main
from fifthcall.people.models import ContactPoint, Person
from fifthcall.people.reach import add_point
from fifthcall.pipeline import editing, law_hours
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.pipeline.settle import settle
from fifthcall.rules.case import Agreed, Basis, Hours, Window
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
AT = "2026-11-23T09:00"  # the same, in Berlin
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    found = editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW - 90 * HOUR)
    person = Person.objects.create(workspace=team.space, name="Anna Vogel", key="anna", zone="Europe/Berlin")
    add_point(person, ContactPoint.Kind.MOBILE, "+49 171 5550123")
    Opportunity.objects.filter(pk=found.pk).update(person=person)
    return Opportunity.objects.select_related(*RELATED).get(pk=found.pk)


def explained(row: Opportunity, capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], str]:
    """As JSON, and as people read it."""
    assert main(["explain", str(row.pk), "--at", AT, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["explain", str(row.pk), "--at", AT]) == 0
    return told, capsys.readouterr().out


def test_a_new_one(row: Opportunity, capsys: pytest.CaptureFixture[str]) -> None:
    told, text = explained(row, capsys)
    assert told["facts"][0] == "No touch yet." and any("call, text" in words for words in told["facts"])
    assert told["next"]["why"][0].startswith("A1:")
    assert len(told["if_nothing_happens"]) == 3
    starts = [step["starts_at"] for step in told["if_nothing_happens"]]
    assert starts == sorted(starts) and len(set(starts)) == 3
    order = ["Next: Call Anna Vogel", "Known:", "Because:", "If nothing happens:", "What would change it:"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_each_outcome_says_what_it_would_change_the_plan_into(
    row: Opportunity, team: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = " ".join(explained(row, capsys)[0]["what_would_change_it"])
    assert "You speak, and no meeting is set: call on Wed 25 Nov 2026" in changes
    assert "You leave a voicemail: text on Mon 23 Nov 2026, 09:00" in changes
    assert "They say stop" in changes and "They name a day" in changes
    log(row.pk, team.ada, Draft("voicemail"), NOW)  # and it does
    assert explained(row, capsys)[0]["next"]["kind"] == "text"


def test_a_conversation_without_a_commitment(row: Opportunity, team: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    log(row.pk, team.ada, Draft("connected", reason="budget"), NOW - 3 * HOUR)
    told, text = explained(row, capsys)
    assert told["situation"]["id"] == "S1" and "S1, You spoke, and nothing was agreed: You spoke on" in text
    assert any("Connected" in words for words in told["facts"])
    assert any(words.startswith("S1:") for words in told["next"]["why"])


def test_a_promise(row: Opportunity, team: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    window = Window(NOW + 26 * HOUR, NOW + 28 * HOUR, "Europe/Berlin")
    log(row.pk, team.ada, Draft("gatekeeper_message", agreed=Agreed(Basis.PROMISE, window)), NOW)
    told, _ = explained(row, capsys)
    assert told["next"]["firm"] and told["next"]["due_at"] == window.starts_at.isoformat()
    assert any(words.startswith("C5:") for words in told["next"]["why"])


def test_why_not_yet_with_its_day(row: Opportunity, team: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    log(row.pk, team.ada, Draft("not_now", reason="contract", reason_until=date(2027, 2, 1)), NOW)
    told, _ = explained(row, capsys)
    assert told["next"]["due_at"].startswith("2027-02-01")
    assert any(words.startswith("D1:") and "1 Feb 2027" in words for words in told["next"]["why"])


def test_the_guard_is_named_with_its_facts_and_when_it_is_possible(
    row: Opportunity, team: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    for days in (5, 4, 3, 2, 1):
        log(row.pk, team.ada, Draft("gatekeeper_blocked"), NOW - timedelta(days=days))
    told, text = explained(row, capsys)
    assert any(words.startswith("C4: They have had 5 touches in a week") for words in told["refused"])
    assert "Not now: C4:" in text and "Wed 25 Nov 2026" in text


def test_ones_own_hours_are_named_on_the_card_too(
    row: Opportunity, team: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    settle(row, NOW)
    law_hours.keep_own_hours(team.ada, Hours(frozenset(range(7)), time(11), time(18)), NOW)
    told, _ = explained(row, capsys)
    assert any("Your own hours" in words for words in told["refused"])
    with clock.at(NOW):
        page = team.sign_in(team.ada).get(reverse("today_card", args=[row.pk])).content.decode()
    assert "Not now: Your own hours" in page


def test_a_closed_one(row: Opportunity, team: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    log(row.pk, team.ada, Draft("closed", reason="won"), NOW)
    told, text = explained(row, capsys)
    assert told["status"] == "won" and "Closed as won" in text
