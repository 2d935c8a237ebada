"""A piece of post from its writing to the call after it lands."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from fifthcall import clock
from fifthcall.cli import main
from fifthcall.people.reach import set_address, suppress
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import NotVisible, settle
from fifthcall.posting import desk
from fifthcall.posting.models import Habits, Piece
from fifthcall.posting.own_words import NotOwn
from fifthcall.posting.steps import drop, land, post, write
from fifthcall.rules.windows import wall
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log, next_step_after, retract
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.posting.letters import NOON, idea, met, prospect, wish

pytestmark = pytest.mark.django_db


def due_on(piece: Piece) -> date:
    piece.opportunity.refresh_from_db()
    assert piece.opportunity.next_due_at
    return wall(piece.opportunity.next_due_at, "Europe/Berlin").date()


def test_c8_after_a_meeting_the_note_names_a_part_of_it(team: Cast) -> None:
    opportunity = met(prospect(team.ada))
    with pytest.raises(NotOwn) as said:
        write(opportunity.pk, team.ada, wish(about=""), NOON)
    assert said.value.field == "about"
    with pytest.raises(NotOwn, match="is still open"):
        write(opportunity.pk, team.ada, wish(text="Dear Anna, thank you for [one thing from your meeting]."), NOON)
    assert not Piece.objects.exists()
    write(opportunity.pk, team.ada, wish(), NOON)
    assert not Touch.objects.filter(outcome="posted").exists(), "writing it is not posting it"


def test_posted_arrived_and_the_call_the_day_after(team: Cast) -> None:
    opportunity = met(prospect(team.ada))
    opportunity.refresh_from_db()
    assert (opportunity.next_kind, opportunity.next_purpose) == ("note", "meeting_note")
    piece = write(opportunity.pk, team.ada, wish(), NOON)
    touch = post(piece.pk, team.ada, NOON)
    assert (touch.purpose, touch.template, touch.channel) == ("meeting_note", "handwritten", "post")
    # Posted on Tuesday, it lands on Friday: the call is on Monday.
    assert due_on(piece) == date(2026, 11, 30)
    assert piece.opportunity.next_purpose == "after_it_lands"
    land(piece.pk, team.ada, False, NOON + timedelta(days=1))
    assert due_on(piece) == date(2026, 11, 26)
    piece.refresh_from_db()
    assert piece.state == "arrived"


def test_what_came_back_is_not_sent_there_again(team: Cast) -> None:
    piece = write(prospect(team.ada).pk, team.ada, wish(), NOON)
    post(piece.pk, team.ada, NOON)
    land(piece.pk, team.ada, True, NOON + timedelta(days=3))
    assert piece.person
    piece.person.refresh_from_db()
    assert piece.person.ways == "call"
    piece.opportunity.refresh_from_db()
    assert piece.opportunity.next_why["reasons"][0][1] == "came_back"


def test_what_came_back_from_a_company_is_sent_to_nobody_there(team: Cast) -> None:
    first, second = (prospect(team.ada, name, address="", company="Vogel AG") for name in ("Anna Vogel", "Ben Ott"))
    company = first.organization
    assert company
    company.country = "DE"
    for person in set_address(company, "Lindenweg 4\n10115 Berlin, Germany"):
        assert person.ways == "call,post"
    with transaction.atomic():
        settle(second, NOON)
    met(second)
    assert second.next_kind == "note"
    piece = write(first.pk, team.ada, wish(to=desk.label_for(first)), NOON)
    post(piece.pk, team.ada, NOON)
    land(piece.pk, team.ada, True, NOON + timedelta(hours=1))
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.person and first.person.ways == second.person.ways == "call"  # type: ignore[union-attr]
    assert second.next_kind == "call", "the note that was due to a colleague there is not written any more"
    assert first.organization
    first.organization.refresh_from_db()
    assert desk.label_for(first) == "" and first.organization.address, "it is kept, to be mended"
    page = team.sign_in(team.ada).get(f"/opportunities/{first.pk}/").content.decode()
    assert "Post to it came back on Tue 24 Nov 2026" in page
    # Kept again, it is good again.
    ada = team.sign_in(team.ada)
    with clock.at(NOON + timedelta(hours=2)):
        ada.post(f"/companies/{company.pk}/address/", {"address": "Ufer 9, 10999 Berlin"})
    second.refresh_from_db()
    assert second.next_kind == "note"


def test_what_came_back_from_a_persons_own_address_leaves_the_companys(team: Cast) -> None:
    opportunity = prospect(team.ada, company="Vogel AG")
    assert opportunity.organization
    set_address(opportunity.organization, "Hafen 1, 20457 Hamburg")
    piece = write(opportunity.pk, team.ada, wish(), NOON)
    post(piece.pk, team.ada, NOON)
    land(piece.pk, team.ada, True, NOON + timedelta(days=3))
    opportunity = Opportunity.objects.get(pk=opportunity.pk)
    assert "Hafen 1" in desk.label_for(opportunity)


def test_taken_back_it_lies_on_the_desk_again(team: Cast) -> None:
    opportunity = met(prospect(team.ada))
    piece = write(opportunity.pk, team.ada, wish(idea=idea(team.ada).pk), NOON)
    touch = post(piece.pk, team.ada, NOON)
    assert not desk.written(team.ada).exists()
    retract(touch.pk, team.ada, NOON + timedelta(seconds=5))
    assert desk.written(team.ada).get() == piece
    assert not desk.spent(team.ada)
    opportunity.refresh_from_db()
    assert opportunity.next_purpose == "meeting_note"
    post(piece.pk, team.ada, NOON + timedelta(seconds=9))
    assert [one.pieces for one in desk.spent(team.ada)] == [1]


def test_nothing_is_posted_twice_or_by_somebody_else(team: Cast) -> None:
    piece = write(prospect(team.ada).pk, team.ada, wish(), NOON)
    with pytest.raises(NotVisible):
        post(piece.pk, team.ben, NOON)
    post(piece.pk, team.ada, NOON)
    with pytest.raises(NotVisible):
        post(piece.pk, team.ada, NOON)
    with pytest.raises(NotVisible):
        drop(piece.pk, team.ada, NOON)
    assert Touch.objects.filter(outcome="posted").count() == 1


def test_d5_who_said_stop_gets_no_post(team: Cast) -> None:
    opportunity = prospect(team.ada)
    piece = write(opportunity.pk, team.ada, wish(), NOON)
    assert opportunity.person
    suppress(opportunity.person, "all", NOON, "asked")
    with pytest.raises(NotOwn, match="asked us to stop"):
        post(piece.pk, team.ada, NOON)
    with pytest.raises(NotOwn, match="asked us to stop"):
        write(opportunity.pk, team.ada, wish(), NOON)


def test_posted_is_not_said_without_something_written(team: Cast) -> None:
    opportunity = prospect(team.ada)
    for outcome in ("posted", "arrived", "came_back"):
        with pytest.raises(Incomplete):
            log(opportunity.pk, team.ada, Draft(outcome), NOON)


def test_c8_no_way_leads_round_the_words(team: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    opportunity = met(prospect(team.ada))
    with pytest.raises(Incomplete, match="in your own words"):
        log(opportunity.pk, team.ada, Draft("sent"), NOON)
    with pytest.raises(Incomplete, match="in your own words"):
        next_step_after(opportunity.pk, team.ada, Draft("sent"), NOON)
    at = ("--at", "2026-11-24T16:00")
    assert main(["log", str(opportunity.pk), "sent", *at]) == 2
    assert "in your own words" in capsys.readouterr().err
    page = f"/opportunities/{opportunity.pk}/touches/sent/"
    with clock.at(NOON):
        assert team.sign_in(team.ada).post(page, {"version": opportunity.version}).status_code == 422
    assert set(Touch.of(opportunity).values_list("outcome", flat=True)) == {"meeting_held"}
    # What is mailed beside it leaves the note owed, too.
    log(opportunity.pk, team.ada, Draft("proposal_sent", reason="tender"), NOON)
    assert Touch.of(opportunity).get(outcome="proposal_sent").channel == "email"
    opportunity.refresh_from_db()
    assert opportunity.next_purpose == "meeting_note"


def test_c8_a_note_written_before_the_meeting_is_checked_when_it_goes_out(team: Cast) -> None:
    opportunity = prospect(team.ada)
    text = "Dear Anna, our brochure on cold storage is in the envelope. Ada"
    piece = write(opportunity.pk, team.ada, wish(text=text, about=""), NOON - timedelta(hours=5))
    met(opportunity)
    with pytest.raises(NotOwn) as said:
        post(piece.pk, team.ada, NOON)
    assert said.value.field == "about" and not Touch.objects.filter(outcome="posted").exists()
    write(opportunity.pk, team.ada, wish(), NOON, piece.pk)
    assert post(piece.pk, team.ada, NOON).outcome == "posted"


def test_costs_are_kept_and_counted_by_the_month(team: Cast) -> None:
    Habits.objects.create(workspace=team.space, note_cost=Decimal("1.50"), courier_cost=Decimal(40))
    pieces = [
        write(prospect(team.ada, name).pk, team.ada, more, NOON)
        for name, more in (("Anna", wish()), ("Ben", wish(kind="courier")), ("Cy", wish(cost=Decimal("2.25"))))
    ]
    assert [piece.cost for piece in pieces] == [Decimal("1.50"), Decimal(40), Decimal("2.25")]
    post(pieces[0].pk, team.ada, NOON)
    post(pieces[1].pk, team.ada, NOON)
    post(pieces[2].pk, team.ada, NOON + timedelta(days=10))
    told = [(one.month, one.pieces, one.cost, one.each) for one in desk.spent(team.ada)]
    assert told == [
        ("2026-12", 1, Decimal("2.25"), Decimal("2.25")),
        ("2026-11", 2, Decimal("41.50"), Decimal("20.75")),
    ]
    assert desk.spent(team.ben) == [], "only of what one may see"


def test_a_parcel_without_words_keeps_its_tracking(team: Cast) -> None:
    piece = write(prospect(team.ada).pk, team.ada, wish(kind="parcel", text="", carrier="DHL", tracking="JD014"), NOON)
    touch = post(piece.pk, team.ada, NOON)
    assert touch.note == "Parcel: DHL, JD014"
