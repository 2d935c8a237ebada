"""Two that are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from fifthcall.people.models import ContactPoint, Person
from fifthcall.people.reach import add_point, suppress
from fifthcall.pipeline import editing
from fifthcall.pipeline.merging import Unmergeable, merge, merge_people
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import history
from fifthcall.pipeline.settle import Changed, NotVisible
from fifthcall.touches.doctor import examine
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log, retract
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def added(team: Cast, name: str, **values: object) -> Opportunity:
    return editing.add(team.ada, {"name": name, "owner_id": team.ada.pk, **values}, NOW)


def person(team: Cast, name: str) -> Person:
    return Person.objects.create(workspace=team.space, name=name, key=name.lower())


def test_the_one_that_stays_goes_on_with_both_histories(team: Cast) -> None:
    keep, gone = added(team, "Roof"), added(team, "Roof again", value=900)
    log(gone.pk, team.ada, Draft("no_answer"), NOW)
    log(keep.pk, team.ada, Draft("voicemail"), NOW + timedelta(hours=1))
    merged = merge(keep.pk, gone.pk, team.ada, NOW + timedelta(hours=2))
    assert [touch.outcome for touch in history(merged)] == ["no_answer", "voicemail"]
    assert merged.value == 900 and merged.next_why["attempt"] == 3
    gone.refresh_from_db()
    assert (gone.status, gone.merged_into_id, gone.next_due_at) == ("lost", keep.pk, None)
    assert examine() == []


def test_a_merged_one_takes_no_more_touches(team: Cast) -> None:
    keep, gone = added(team, "Roof"), added(team, "Roof again")
    merge(keep.pk, gone.pk, team.ada, NOW)
    for outcome in ("no_answer", "reopened", "note"):
        with pytest.raises(Incomplete, match="merged"):
            log(gone.pk, team.ada, Draft(outcome), NOW)


def test_what_was_logged_before_a_merge_is_not_taken_back_after_it(team: Cast) -> None:
    keep, gone = added(team, "Roof"), added(team, "Roof again")
    touches = [log(row.pk, team.ada, Draft("no_answer"), NOW) for row in (keep, gone)]
    merge(keep.pk, gone.pk, team.ada, NOW)
    for touch in touches:
        with pytest.raises(Changed):
            retract(touch.pk, team.ada, NOW)


def test_what_cannot_be_one(team: Cast) -> None:
    keep, gone, third = added(team, "Roof"), added(team, "Again"), added(team, "Once more")
    with pytest.raises(Unmergeable, match="same"):
        merge(keep.pk, keep.pk, team.ada, NOW)
    merge(keep.pk, gone.pk, team.ada, NOW)
    with pytest.raises(Unmergeable, match="before"):
        merge(third.pk, gone.pk, team.ada, NOW)
    with pytest.raises(NotVisible):
        merge(keep.pk, third.pk, team.ben, NOW)


def test_chains_end_in_the_last_one(team: Cast) -> None:
    first, second, third = added(team, "A"), added(team, "B"), added(team, "C")
    log(first.pk, team.ada, Draft("no_answer"), NOW)
    merge(second.pk, first.pk, team.ada, NOW)
    last = merge(third.pk, second.pk, team.ada, NOW)
    assert len(history(last)) == 1


def test_people_keep_every_way_and_every_no(team: Cast) -> None:
    keep, gone = person(team, "Anna Lund"), person(team, "A. Lund")
    add_point(keep, ContactPoint.Kind.PHONE, "+49 30 5550100")
    add_point(gone, ContactPoint.Kind.EMAIL, "anna@example.com")
    row = added(team, "Roof")
    Opportunity.objects.filter(pk=row.pk).update(person=gone)
    suppress(gone, "email", NOW, "asked")
    merge_people(keep, gone, team.ada, NOW)
    keep.refresh_from_db()
    row.refresh_from_db()
    assert (keep.ways, keep.stopped, row.person_id) == ("call,email", "email", keep.pk)
    assert examine() == []


def test_the_page_offers_and_does_it(team: Cast) -> None:
    keep, gone = added(team, "Roof", organization="Alder"), added(team, "Wall", organization="Alder")
    client = team.sign_in(team.ada)
    page = client.get(reverse("opportunity_edit", args=[keep.pk]))
    assert b"Merge into this one" in page.content
    client.post(reverse("opportunity_merge", args=[keep.pk]), {"other": gone.pk})
    gone.refresh_from_db()
    assert gone.merged_into_id == keep.pk
    assert b"Open Roof" in client.get(reverse("opportunity", args=[gone.pk])).content
