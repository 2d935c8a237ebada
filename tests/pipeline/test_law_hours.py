"""B4: an owner reads the law's table otherwise, with a reason; members keep stricter hours; the plan follows."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from fifthcall.journal.models import Event
from fifthcall.people.models import ContactPoint, Person
from fifthcall.people.reach import add_point
from fifthcall.pipeline import editing, law_hours, slipping
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Hours
from fifthcall.rules.windows import wall
from fifthcall.touches import card
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAILY = frozenset(range(7))
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    """Somebody in Kentucky, where the table begins at ten."""
    found = editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)
    person = Person.objects.create(workspace=team.space, name="Anna", key="anna", zone="America/New_York")
    add_point(person, ContactPoint.Kind.PHONE, "+1 502 555 0123")
    found.person = Person.objects.get(pk=person.pk)
    found.save()
    team.ada.blocks.update(start=time(8), end=time(22))
    slipping.decide_again(Opportunity.objects.filter(pk=found.pk), NOW)
    found.refresh_from_db()
    return found


def starts(row: Opportunity) -> str:
    row.refresh_from_db()
    assert row.next_due_at
    return f"{wall(row.next_due_at, 'America/New_York'):%H:%M}"


def said(row: Opportunity) -> str:
    row.refresh_from_db()
    return " ".join(one["words"] for one in (*card.why(row), *card.refused(row)))


def test_the_table_moves_the_step_and_says_so(row: Opportunity) -> None:
    assert starts(row) == "10:00"
    assert "Kentucky are every day 10:00–21:00" in said(row)


def test_looser_needs_a_reason_and_the_plan_follows(team: Cast, row: Opportunity) -> None:
    wide = Hours(DAILY, time(8), time(21))
    with pytest.raises(law_hours.NeedsReason):
        law_hours.read_otherwise(team.ada, "US-KY", wide, "  ", NOW)
    law_hours.read_otherwise(team.ada, "US-KY", wide, "Existing customers only.", NOW)
    assert starts(row) == "08:00" and "Existing customers only." in said(row)
    event = Event.objects.filter(verb="law_hours_changed").latest("id")
    assert event.data["region"] == "US-KY" and event.data["said"]["by"] == "Ada"
    law_hours.take_back(team.ada, "US-KY", NOW)
    assert starts(row) == "10:00" and "Existing" not in said(row)


def test_stricter_needs_none(team: Cast, row: Opportunity) -> None:
    law_hours.read_otherwise(team.ada, "US-KY", Hours(DAILY, time(12), time(20)), "", NOW)
    assert starts(row) == "12:00"
    law_hours.read_otherwise(team.ada, "", Hours(DAILY - {6}, time(13), time(20)), "", NOW)
    assert starts(row) == "13:00"


def test_own_hours_are_only_ever_stricter(team: Cast, row: Opportunity) -> None:
    law_hours.keep_own_hours(team.ada, Hours(DAILY, time(11), time(18)), NOW)
    assert starts(row) == "11:00" and "Your own hours" in said(row)
    law_hours.keep_own_hours(team.ada, Hours(DAILY, time(6), time(23)), NOW)
    assert starts(row) == "10:00"
    law_hours.keep_own_hours(team.ada, None, NOW)
    assert starts(row) == "10:00" and Event.objects.filter(verb="own_hours_changed").count() == 3


def test_own_hours_that_leave_nothing_are_refused(team: Cast) -> None:
    with pytest.raises(law_hours.NoHours):
        law_hours.keep_own_hours(team.ada, Hours(frozenset({6}), time(8), time(20)), NOW)


def test_own_hours_that_never_meet_the_laws_give_way(team: Cast, row: Opportunity) -> None:
    law_hours.keep_own_hours(team.ada, Hours(DAILY, time(8), time(10)), NOW)
    assert starts(row) == "10:00"


def test_much_is_decided_by_the_worker_in_pieces(team: Cast, row: Opportunity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law_hours, "AT_ONCE", 0)
    monkeypatch.setattr(slipping, "PIECE", 1)
    law_hours.read_otherwise(team.ada, "US-KY", Hours(DAILY, time(12), time(20)), "", NOW)
    assert starts(row) == "10:00"
    assert slipping.go_on_deciding(NOW + timedelta(seconds=1)) == 1 and starts(row) == "12:00"
    slipping.go_on_deciding(NOW)
    team.space.refresh_from_db()
    assert team.space.decide_again_from is None and slipping.go_on_deciding(NOW) == 0


def test_the_page_shows_the_table_and_takes_own_hours(team: Cast) -> None:
    ben, page = team.sign_in(team.ben), reverse("law")
    text = ben.get(page).content.decode()
    assert "Kentucky" in text and "47 CFR 64.1200" in text and "23 Nov 2026" in text and "/law/US-KY/" not in text
    wrong = ben.post(reverse("law_own"), {"weekdays": ["0"], "start": "12:00", "end": "09:00"})
    assert wrong.status_code == 422 and "give a later time" in wrong.content.decode()
    none = ben.post(reverse("law_own"), {"weekdays": ["6"], "start": "09:00", "end": "12:00"})
    assert none.status_code == 422 and "leaves no hour" in none.content.decode()
    ben.post(reverse("law_own"), {"weekdays": ["0", "1"], "start": "09:00", "end": "12:00"})
    team.ben.refresh_from_db()
    assert team.ben.own_hours == "01 09:00-12:00" and "Mon, Tue 09:00–12:00" in ben.get(page).content.decode()
    ben.post(reverse("law_own"), {"none": "1"})
    team.ben.refresh_from_db()
    assert not team.ben.own_hours


def test_only_the_owner_changes_an_entry(team: Cast) -> None:
    url, wide = reverse("law_override", args=["US-KY"]), {"weekdays": list("0123456"), "start": "08:00", "end": "21:00"}
    assert team.sign_in(team.ben).post(url, wide).status_code == 403
    ada = team.sign_in(team.ada)
    assert "write down why" in ada.post(url, wide).content.decode()
    assert ada.post(url, wide | {"reason": "Customers."}).status_code == 302
    assert "Customers." in ada.get(reverse("law")).content.decode()
    assert "Take it back" in ada.get(url).content.decode()
    ada.post(reverse("law_retraction", args=["US-KY"]))
    team.space.refresh_from_db()
    assert team.space.law_hours == {}
    assert ada.get(reverse("law_override", args=["US-XX"])).status_code == 404
    assert ada.get(reverse("law_override", args=["everywhere"])).status_code == 200
