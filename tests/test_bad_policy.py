"""A bad playbook is refused with its line and the reason, and what was in force before stays in force."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from fifthcall.pipeline import editing
from fifthcall.rules.playbook import builtin_text
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
OWN = builtin_text("S1").replace('after = "48 hours"', 'after = "96 hours"')
pytestmark = pytest.mark.django_db


def line_of(text: str, start: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kind = "call"', 'kind = "pigeon"', "“pigeon” is no way to reach them"),
        ('after = "96 hours"', 'after = "-2 days"', "“-2 days” is no time after the step before"),
        ('then = "S9"', 'then = "S1"', "goes on with itself, without end"),
        ('template = "propose_time"', 'template = "nothing"', "There is no template “nothing”"),
        ('then = "S9"', 'then = ""', "“then” is missing"),
    ],
)
def test_it_is_refused_by_line_and_the_old_one_holds(team: Cast, old: str, new: str, reason: str) -> None:
    client, url = team.sign_in(team.ada), reverse("playbook_edit", args=["S1"])
    assert client.post(url, {"text": OWN, "confirm": "1"}).status_code == 302
    assert old in OWN
    bad = OWN.replace(old, new, 1)
    refused = client.post(url, {"text": bad, "confirm": "1"})
    said = refused.content.decode()
    assert refused.status_code == 422 and reason in said
    line = 1 if new == 'then = ""' else line_of(bad, new)
    assert re.search(rf"Line {line}: ", said)
    assert new.replace('"', "&quot;") in said, "what was typed is still there"
    team.space.refresh_from_db()
    assert team.space.playbooks == {"S1": OWN.strip()}
    row = editing.add(team.ada, {"name": "Roof", "owner_id": team.ada.pk}, NOW)
    log(row.pk, team.ada, Draft("connected", reason="budget"), NOW)
    row.refresh_from_db()
    assert row.next_purpose == "S1.1" and row.next_due_at
    assert row.next_due_at.date().isoformat() == "2026-11-27", "four days later, as in the one that was saved"


def test_a_circle_over_several_is_refused_too(team: Cast) -> None:
    client = team.sign_in(team.ada)
    into_s1 = builtin_text("S9").replace('then = "', 'then = "S1"  # "', 1)
    refused = client.post(reverse("playbook_edit", args=["S9"]), {"text": into_s1, "confirm": "1"})
    assert refused.status_code == 422 and "S1 → S9 → S1: that has no end" in refused.content.decode()
    team.space.refresh_from_db()
    assert team.space.playbooks == {}
