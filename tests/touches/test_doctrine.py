"""The doctrine in the product: what its rules ask of the verbs and the pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from fifthcall.calendars.models import Block
from fifthcall.people.models import Fact, Person
from fifthcall.people.reach import add_assistant
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import case_of
from fifthcall.rules.case import Agreed, Basis, Kind, Meeting, Window
from fifthcall.rules.playbook import BUILTIN, builtin_text
from fifthcall.rules.templates import TEMPLATES
from fifthcall.touches import playing
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log
from fifthcall.touches.promises import promises_of
from fifthcall.touches.share import share_words
from fifthcall.touches.words import to_say
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    return editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)


def test_a8_a_proposal_goes_out_with_its_review_or_the_reason_why_not(team: Cast, row: Opportunity) -> None:
    with pytest.raises(Incomplete, match="review"):
        Draft("proposal_sent").check()
    Draft("proposal_sent", meeting=Meeting(NOW, NOW + HOUR, "UTC")).check()
    log(row.pk, team.ada, Draft("proposal_sent", reason="tender"), NOW)
    row.refresh_from_db()
    assert row.next_purpose == "S2.1"


def test_a9_their_no_is_thanked_for(team: Cast, row: Opportunity) -> None:
    log(row.pk, team.ada, Draft("closed", reason="said_no"), NOW)
    client, page = team.sign_in(team.ada), reverse("opportunity", args=[row.pk])
    assert b"thank you for the plain answer" in client.get(page).content
    client.post(reverse("thanks", args=[row.pk]))
    assert b"thank you for the plain answer" not in client.get(page).content
    row.refresh_from_db()
    assert row.status == "lost"


def test_b1_everybody_has_an_early_and_a_late_block(team: Cast) -> None:
    assert [str(block) for block in Block.objects.filter(member=team.ben)] == ["08:00–09:30", "16:30–18:00"]


def test_b2_a_block_is_never_removed(team: Cast) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Block.objects.filter(member=team.ben).delete()


def test_c9_whoever_answers_says_until_when_they_are_away(team: Cast, row: Opportunity) -> None:
    log(row.pk, team.ada, Draft("away", reason_until=date(2026, 12, 7)), NOW)
    row.refresh_from_db()
    assert row.next_due_at and row.next_due_at.date() == date(2026, 12, 7)


def test_c9_assistants_are_people_on_the_record(team: Cast, row: Opportunity) -> None:
    person = Person.objects.create(workspace=team.space, name="Anna", key="anna")
    add_assistant(person, "Kim Berg", "kimberg")
    row.person = Person.objects.get(pk=person.pk)
    assert case_of(row, NOW).assistants == ("Kim Berg",)


def test_c11_the_breakup_comes_last_and_its_answer_may_close(team: Cast, row: Opportunity) -> None:
    assert BUILTIN["S7"].steps[-1].template == "breakup" and BUILTIN["S7"].then == "rest"
    log(row.pk, team.ada, Draft("closed", reason="breakup_answered"), NOW)
    row.refresh_from_db()
    assert row.close_reason == "They answered the breakup: close it"


def test_c13_we_may_walk_away_with_the_reason(team: Cast, row: Opportunity) -> None:
    log(row.pk, team.ada, Draft("closed", reason="not_qualified"), NOW)
    row.refresh_from_db()
    assert (row.status, row.next_due_at) == ("lost", None)


def test_c14_two_cold_voicemails_then_an_introduction(team: Cast, row: Opportunity) -> None:
    for hours in (0, 48):
        log(row.pk, team.ada, Draft("voicemail"), NOW + hours * HOUR)
    row.refresh_from_db()
    assert row.next_kind == Kind.INTRO and row.next_why["reasons"][1][:2] == ["S3", "evidence"]


def test_c15_a_touch_keeps_its_time_and_zone(team: Cast, row: Opportunity) -> None:
    touch = log(row.pk, team.ada, Draft("no_answer"), NOW)
    assert (touch.at, touch.zone) == (NOW, "Europe/Berlin")
    touch.at = NOW + HOUR
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        touch.save()


def test_d2_confirmed_facts_become_questions(team: Cast, row: Opportunity) -> None:
    Fact.objects.create(workspace=team.space, opportunity=row, text="The roof leaks", confirmed_on=date(2026, 11, 1))
    assert playing.to_ask(row) == ("You told me: The roof leaks. Is that still so?",)


def test_d3_the_card_has_words_to_begin_with(team: Cast, row: Opportunity) -> None:
    said = to_say(row, team.ada, NOW)
    assert "Ada" in said.text and "Berg" in said.text and "{" not in said.text
    assert {template.kind for template in TEMPLATES.values()} >= {"call", "text", "email", "note", "parcel", "invite"}


@pytest.mark.parametrize(
    ("outcome", "hours", "verdict"),
    [("no_answer", 25, "kept"), ("no_answer", 30, "late"), ("no_answer", 2, "broken"), ("note", 25, "broken")],
)
def test_c5_what_was_promised_is_kept_late_or_broken(
    team: Cast, row: Opportunity, outcome: str, hours: int, verdict: str
) -> None:
    window = Window(NOW + 24 * HOUR, NOW + 26 * HOUR, "Europe/Berlin")
    log(row.pk, team.ada, Draft("voicemail", agreed=Agreed(Basis.PROMISE, window)), NOW)
    assert promises_of(row, NOW + HOUR, "Europe/Berlin")[0]["code"] == "ahead"
    log(row.pk, team.ada, Draft(outcome, note="x"), NOW + hours * HOUR)
    assert promises_of(row, NOW + 48 * HOUR, "Europe/Berlin")[0]["code"] == verdict


def test_d5_their_no_reaches_every_opportunity_of_theirs_at_once(team: Cast, row: Opportunity) -> None:
    person = Person.objects.create(workspace=team.space, name="Anna", key="anna", ways="call")
    other = editing.add(team.ada, {"name": "Wall", "owner_id": team.ben.pk, "person_id": person.pk}, NOW)
    Opportunity.objects.filter(pk=row.pk).update(person=person)
    log(row.pk, team.ada, Draft("not_interested", stop="all"), NOW)
    other.refresh_from_db()
    assert (other.next_kind, other.next_purpose) == (Kind.REVIEW, "all_stopped")


def test_c4_a_colleagues_touch_counts_for_the_same_person(team: Cast, row: Opportunity) -> None:
    person = Person.objects.create(workspace=team.space, name="Anna", key="anna", ways="call")
    other = editing.add(team.ada, {"name": "Wall", "owner_id": team.ben.pk, "person_id": person.pk}, NOW)
    Opportunity.objects.filter(pk=row.pk).update(person=person)
    for hours in range(0, 120, 24):
        log(row.pk, team.ada, Draft("gatekeeper_blocked"), NOW + hours * HOUR)
    other.refresh_from_db()
    assert any(code == "week_together" for _, code, *_ in other.next_why["refusals"])
    assert other.next_due_at and other.next_due_at >= NOW + timedelta(days=7)


def test_the_situation_is_shown_and_changed(team: Cast, row: Opportunity) -> None:
    client, page = team.sign_in(team.ada), reverse("opportunity", args=[row.pk])
    assert b"No situation yet" in client.get(page).content
    client.post(reverse("opportunity_situation", args=[row.pk]), {"situation-situation": "S7"})
    row.refresh_from_db()
    assert row.situation == "S7"
    shown = client.get(page).content.decode()
    assert "Keen, then gone dark" in shown and "If nothing happens" in shown


def test_a_workspaces_own_playbook_is_checked_shown_and_saved(team: Cast, row: Opportunity) -> None:
    client, url = team.sign_in(team.ada), reverse("playbook_edit", args=["S3"])
    broken = builtin_text("S3").replace('kind = "intro"', 'kind = "pigeon"')
    refused = client.post(url, {"text": broken, "confirm": "1"})
    assert refused.status_code == 422 and "pigeon" in refused.content.decode()
    own = builtin_text("S3").replace("rest 60 days", "rest 9 days")
    assert "comes back after 9 days" in client.post(url, {"text": own}).content.decode()
    team.space.refresh_from_db()
    assert team.space.playbooks == {}
    assert client.post(url, {"text": own, "confirm": "1"}).status_code == 302
    team.space.refresh_from_db()
    assert team.space.policy().playbooks[0].rest_days == 9
    client.post(url, {"builtin": "1"})
    team.space.refresh_from_db()
    assert team.space.playbooks == {}


def test_a_member_reads_playbooks_and_changes_none(team: Cast) -> None:
    client = team.sign_in(team.ben)
    assert client.get(reverse("playbooks")).status_code == 200
    for code in BUILTIN:
        assert client.get(reverse("playbook", args=[code])).status_code == 200
    assert client.get(reverse("playbook", args=["S11"])).status_code == 404
    assert client.get(reverse("playbook_edit", args=["S1"])).status_code == 403


def test_a_stored_playbook_that_cannot_be_followed_leaves_the_built_in_ones_in_force(team: Cast) -> None:
    team.space.playbooks = {"S3": "nonsense ="}
    assert team.space.policy().playbooks == ()


def test_d4_the_card_says_how_large_the_deal_is_against_all(team: Cast) -> None:
    def row(value: int | None, owner: int) -> Opportunity:
        return editing.add(team.ada, {"name": f"Roof {value}", "value": value, "owner_id": owner}, NOW)

    only = row(500, team.ada.pk)
    assert share_words(only) == "the only one open with a value"
    small, none, others = row(1, team.ada.pk), row(None, team.ada.pk), row(9_000, team.ben.pk)
    row(1_499, team.ada.pk)
    assert share_words(only) == "25 % of what is open, one of 3" and share_words(small).startswith("under 1 %")
    assert share_words(none) == "" and share_words(others) == "the only one open with a value"
    log(only.pk, team.ada, Draft("closed", reason="said_no"), NOW)
    assert share_words(Opportunity.objects.get(pk=only.pk)) == ""
    page = team.sign_in(team.ada).get(reverse("opportunity", args=[small.pk])).content.decode()
    assert "under 1 % of what is open, one of 2" in page
