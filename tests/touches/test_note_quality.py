"""D1: a conversation that leaves open why they could not act is asked about at once, and counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from fifthcall import clock
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.touches import card
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log
from fifthcall.touches.note_quality import Quality, asked_for, missing, of_member
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    return editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)


def next_step(row: Opportunity) -> tuple[str, str, datetime | None]:
    row.refresh_from_db()
    return row.next_kind, row.next_purpose, row.next_due_at


def test_d1_what_was_left_open_is_asked_until_it_is_noted(team: Cast, row: Opportunity) -> None:
    log(row.pk, team.ada, Draft("connected", reason="unknown"), NOW)
    row.refresh_from_db()
    before = next_step(row)
    assert asked_for(row) and card.why_not(row) is None
    assert of_member(team.ada, NOW) == Quality(1, 0) and len(missing(team.ada, NOW)) == 1
    log(row.pk, team.ada, Draft("why_not", reason="budget", reason_note="Next quarter"), NOW)
    assert asked_for(row) is None and next_step(row) == before
    assert of_member(team.ada, NOW) == Quality(1, 1) and missing(team.ada, NOW) == []
    assert (card.why_not(row) or {})["words"] == "Next quarter"


def test_d1_noted_with_a_day_it_becomes_the_next_step(team: Cast, row: Opportunity) -> None:
    log(row.pk, team.ada, Draft("connected", reason="unknown"), NOW)
    log(
        row.pk,
        team.ada,
        Draft("why_not", reason="contract", reason_until=date(2027, 1, 12)),
        NOW + timedelta(minutes=1),
    )
    kind, purpose, due = next_step(row)
    assert (kind, purpose) == ("call", "reason_ends") and due and due.date() == date(2027, 1, 12)


def test_d1_it_does_not_wake_what_rests(team: Cast, row: Opportunity) -> None:
    log(row.pk, team.ada, Draft("connected", reason="unknown"), NOW)
    log(row.pk, team.ada, Draft("rested", reason="waiting", reason_until=date(2027, 3, 1)), NOW)
    log(row.pk, team.ada, Draft("why_not", reason="budget"), NOW)
    row.refresh_from_db()
    assert row.status == "resting"


def test_d1_it_needs_a_reason(team: Cast, row: Opportunity) -> None:
    with pytest.raises(Incomplete, match="why they could not act"):
        log(row.pk, team.ada, Draft("why_not"), NOW)


@pytest.mark.parametrize(
    ("draft", "noted"),
    [
        (Draft("connected", reason="budget"), 1),
        (Draft("curious", reason_until=date(2027, 1, 5)), 0),
        (Draft("meeting_held", reason="unknown"), 0),
    ],
)
def test_d1_what_counts(team: Cast, row: Opportunity, draft: Draft, noted: int) -> None:
    log(row.pk, team.ada, draft, NOW)
    assert of_member(team.ada, NOW) == Quality(1, noted)
    assert of_member(team.ada, NOW + timedelta(days=31)) == Quality()


def test_d1_the_pages_ask_and_show_it(team: Cast, row: Opportunity) -> None:
    ada = team.sign_in(team.ada)
    with clock.at(NOW):
        saved = ada.post(
            reverse("outcome_save", args=[row.pk, "connected"]), {"reason": "unknown"}, headers={"HX-Request": "true"}
        ).content.decode()
        assert "You have just spoken with Alder" in saved and "noted in 0 of 1" in saved
        page = reverse("opportunity", args=[row.pk])
        assert "left it open" in ada.get(page).content.decode()
        notes = ada.get(reverse("note_quality")).content.decode()
        assert "0 of 1" in notes and "Still to be asked" in notes and "The team" in notes
        assert "The team" not in team.sign_in(team.ben).get(reverse("note_quality")).content.decode()
        answer = reverse("why_not_add", args=[row.pk])
        wrong = ada.post(answer, {f"why{row.pk}-reason": ""}, follow=True).content.decode()
        assert "Choose what held them back" in wrong
        ada.post(answer, {f"why{row.pk}-reason": "budget", "back": "today"})
        assert "left it open" not in ada.get(page).content.decode()
        assert "1 of 1" in ada.get(reverse("note_quality")).content.decode()


def test_d1_each_name_of_the_team_leads_to_the_conversations_behind_it_and_nobody_is_ranked(team: Cast) -> None:
    for owner, reasons in ((team.ben, ("unknown",)), (team.ada, ("budget", "unknown"))):
        for reason in reasons:
            row = editing.add(owner, {"name": f"{owner.name} {reason}", "owner_id": owner.pk}, NOW)
            log(row.pk, owner, Draft("connected", reason=reason), NOW)
    ada = team.sign_in(team.ada)
    with clock.at(NOW):
        page = ada.get(reverse("note_quality")).content.decode()
        places = []
        for who in (team.ada, team.ben):
            link = f"{reverse('habit_cases', args=['why_not_yet'])}?who={who.pk}&amp;days=30"
            places.append(page.index(f'<a href="{link}">{who.name}</a>'))
            cases = ada.get(link.replace("&amp;", "&"))
            assert [one["name"] for one in cases.context["rows"]] == [f"{who.name} unknown"]
    assert places == sorted(places), "by name: not by what they noted"
