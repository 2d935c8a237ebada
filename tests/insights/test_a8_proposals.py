"""A8 counted: proposals with their review booked, and the reasons of the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fifthcall.insights.proposals import proposals
from fifthcall.pipeline import editing
from fifthcall.rules.case import Meeting
from fifthcall.teams.models import Membership
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.wording.odds import Score
from tests.cast import Cast

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def send(member: Membership, reason: str = "") -> None:
    row = editing.add(member, {"name": "Roof", "owner_id": member.pk}, NOW)
    review = Meeting(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=1), "UTC")
    draft = Draft("proposal_sent", reason=reason) if reason else Draft("proposal_sent", meeting=review)
    log(row.pk, member, draft, NOW)


def test_a8_exceptions_are_counted_with_their_reasons(team: Cast) -> None:
    ada = team.sign_in(team.ada)
    assert "No proposal has been sent yet" in ada.get("/insights/").content.decode()
    for reason in ("", "", "tender", "they_asked", "they_asked"):
        send(team.ada, reason)
    send(team.ben)
    assert proposals(team.ben) == (Score(1, 1), [])
    score, reasons = proposals(team.ada)
    assert (score, reasons) == (Score(3, 6), [("They asked for it first", 2), ("A tender with a date", 1)])
    page = ada.get("/insights/").content.decode()
    assert "<strong>3 of 6</strong> proposals went out with their review booked: 50.0 %" in page
    assert "they asked for it first (2), a tender with a date (1)" in page
