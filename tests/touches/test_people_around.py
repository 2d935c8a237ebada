"""C9: assistants have notes, best times and outcomes of their own, and stand on the card."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from fifthcall import clock
from fifthcall.people.models import Person
from fifthcall.people.reach import add_assistant
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.touches import card
from fifthcall.touches.models import Touch
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    anna = Person.objects.create(workspace=team.space, name="Anna", key="anna", ways="call")
    add_assistant(anna, "Kim Berg", "kimberg")
    return editing.add(team.ada, {"name": "Roof", "owner_id": team.ada.pk, "person_id": anna.pk}, NOW)


def test_c9_what_is_known_of_an_assistant_stands_on_the_card(team: Cast, row: Opportunity) -> None:
    kim, ada = Person.objects.get(name="Kim Berg"), team.sign_in(team.ada)
    form = {f"known{kim.pk}-best_times": "after four", f"known{kim.pk}-note": "Likes to be asked.", "back": str(row.pk)}
    assert ada.post(reverse("person_known", args=[kim.pk]), form)["Location"] == reverse("opportunity", args=[row.pk])
    with clock.at(NOW):
        shown = ada.get(reverse("today_card", args=[row.pk])).content.decode()
    assert "Kim Berg" in shown and "best after four" in shown and "Likes to be asked." in shown
    too_long = {f"known{kim.pk}-best_times": "x" * 200}
    assert "Best times:" in ada.post(reverse("person_known", args=[kim.pk]), too_long, follow=True).content.decode()
    kim.refresh_from_db()
    assert kim.best_times == "after four"


def test_c9_who_answered_has_outcomes_of_their_own(team: Cast, row: Opportunity) -> None:
    kim, ada = Person.objects.get(name="Kim Berg"), team.sign_in(team.ada)
    with clock.at(NOW):
        assert "Who answered" in ada.get(reverse("outcome_panel", args=[row.pk, "gatekeeper_blocked"])).content.decode()
        save = reverse("outcome_save", args=[row.pk, "gatekeeper_message"])
        assert ada.post(save, {"answered_by": str(kim.pk)}).status_code == 302
        away = reverse("outcome_save", args=[row.pk, "away"])
        ada.post(away, {"answered_by": str(kim.pk), "reason_until": "2026-12-07"})
        assert "Answered 2 times; the last time, today, 09:00: away until" in card.answered(kim, NOW, "Europe/Berlin")
    row.refresh_from_db()
    assert row.next_due_at and row.next_due_at.date() == date(2026, 12, 7)
    assert Touch.objects.filter(answered_by=kim).count() == 2


def test_c9_nobody_is_asked_who_answered_where_there_is_no_assistant(team: Cast) -> None:
    alone = editing.add(team.ada, {"name": "Wall", "owner_id": team.ada.pk}, NOW)
    panel = team.sign_in(team.ada).get(reverse("outcome_panel", args=[alone.pk, "gatekeeper_blocked"]))
    assert "Who answered" not in panel.content.decode()


def test_c9_an_answer_cannot_name_somebody_elses_assistant(team: Cast, row: Opportunity) -> None:
    other = Person.objects.create(workspace=team.space, name="Otto", key="otto")
    refused = team.sign_in(team.ada).post(
        reverse("outcome_save", args=[row.pk, "gatekeeper_message"]), {"answered_by": str(other.pk)}
    )
    assert refused.status_code == 422
