"""The pages of post and of the shelf: one key writes, one says it is posted, one that it has landed."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from pypdf import PdfReader

from fifthcall import clock
from fifthcall.people.models import Person
from fifthcall.pipeline.models import Opportunity
from fifthcall.posting.models import Given, Habits, Idea, Piece
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.posting.letters import ABOUT, NOON, STREET, idea, met, prospect

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(team: Cast, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return team.sign_in(team.ada)


def form(**more: str) -> dict[str, str]:
    text = "Dear Anna, thank you for [one thing from your meeting]. Ada"
    return {"kind": "note", "about": ABOUT, "text": text, "to": STREET, "words": "handwritten:0", "cost": "2"} | more


def test_the_card_leads_from_the_writing_to_the_landing(team: Cast, ada: Client) -> None:
    opportunity = met(prospect(team.ada))
    card = f"/today/?opportunity={opportunity.pk}"
    page = ada.get(card).content.decode()
    assert f'href="/opportunities/{opportunity.pk}/post/"' in page and "Write it" in page
    write = ada.get(f"/opportunities/{opportunity.pk}/post/").content.decode()
    assert "[one thing from your meeting]" in write
    assert "Lindenweg 4\n10115 Berlin" in write and "Saw the hall." in write
    assert ada.post(f"/opportunities/{opportunity.pk}/post/", form()).status_code == 302
    piece = Piece.objects.get()
    assert piece.text == f"Dear Anna, thank you for {ABOUT}. Ada"
    page = ada.get(card).content.decode()
    assert ABOUT in page and "Write it" not in page
    ada.post(f"/post/{piece.pk}/posted/")
    assert "It has landed" in ada.get(card).content.decode()
    ada.post(f"/post/{piece.pk}/arrived/")
    assert list(Touch.objects.order_by("id").values_list("outcome", flat=True)) == ["meeting_held", "posted", "arrived"]


def test_what_is_missing_is_said_at_its_field(team: Cast, ada: Client) -> None:
    opportunity = met(prospect(team.ada))
    url = f"/opportunities/{opportunity.pk}/post/"
    answer = ada.post(url, form(about="our meeting"))
    assert answer.status_code == 422
    assert "Name one thing from the meeting" in answer.content.decode()
    assert not Piece.objects.exists()


def test_the_batch_is_printed_and_posted_together(team: Cast, ada: Client) -> None:
    for name in ("Anna Vogel", "Зоя", "山田"):
        ada.post(f"/opportunities/{met(prospect(team.ada, name)).pk}/post/", form(to=f"{name}\n{STREET}"))
    page = ada.get("/post/").content.decode()
    assert "no font here has “山田”" in page
    made = ada.get("/post/print/day.pdf", {"sheet": "L7163", "start": "2"})
    assert made["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(made.content)).pages
    assert "By hand: no." in pages[-1].extract_text() and "Anna Vogel" in pages[-1].extract_text()
    assert ada.get("/post/print/other.pdf").status_code == 404
    pieces = [str(pk) for pk in Piece.objects.values_list("pk", flat=True)]
    ada.post("/post/batch/", {"piece": [*pieces, "999"]})
    page = ada.get("/post/").content.decode()
    assert "This month 3 posted for 6.00 USD, 2.00 USD each." in page
    assert "6.00 USD" in ada.get("/insights/").content.decode()
    assert ada.get("/post/print/day.pdf").status_code == 404


def test_a_workspace_has_its_paper_labels_and_costs(team: Cast, ada: Client) -> None:
    kept = {"paper": "letter", "labels": "5163", "note_cost": "1", "parcel_cost": "2", "courier_cost": "3"}
    assert team.sign_in(team.ben).post("/post/habits/", kept).status_code == 403
    ada.post("/post/habits/", kept)
    assert Habits.of(team.space).labels == "5163"
    ada.post("/post/habits/", kept | {"note_cost": "-1"})
    assert Habits.of(team.space).note_cost == 1


def test_things_come_onto_the_shelf_and_off_it(team: Cast, ada: Client) -> None:
    added = {"kind": "event", "name": "Regatta", "tags": "Sailing ,  wine", "link": "", "words": "", "on": ""}
    assert "on which day" in ada.post("/shelf/", added).content.decode()
    ada.post("/shelf/", added | {"on": "2026-12-05"})
    thing = Idea.objects.get()
    assert thing.tags == "sailing, wine"
    ada.post(f"/shelf/{thing.pk}/", added | {"on": "2026-12-06", "name": "Night regatta"})
    assert "Night regatta" in ada.get("/shelf/").content.decode()
    ada.post(f"/shelf/{thing.pk}/retirement/")
    assert "Put it back" in ada.get("/shelf/").content.decode()
    ada.post(f"/shelf/{thing.pk}/retirement/", {"_method": "DELETE"})
    assert Idea.objects.on_the_shelf().get() == thing


def test_what_they_got_is_logged_and_never_proposed_again(team: Cast, ada: Client) -> None:
    opportunity = prospect(team.ada)
    Person.objects.update(interests="Sailing")
    idea(team.ada, "Chess", tags="chess", kind="article")
    thing = idea(team.ada, "Winds", kind="article")
    page = ada.get(f"/opportunities/{opportunity.pk}/give/").content.decode()
    assert page.index("Winds (they like sailing)") < page.index("Chess")
    ada.post(f"/opportunities/{opportunity.pk}/give/", {"what": "sent", "idea": str(thing.pk), "note": ""})
    assert (Touch.objects.get().note, Given.objects.get().idea) == ("Winds", thing)
    page = ada.get(f"/opportunities/{opportunity.pk}/give/").content.decode()
    assert "Winds" not in page and "Chess" in page
    again = ada.post(f"/opportunities/{opportunity.pk}/give/", {"what": "sent", "idea": str(thing.pk), "note": ""})
    assert again.status_code == 422


def test_an_invitation_has_answers_of_its_own(team: Cast, ada: Client) -> None:
    opportunity = prospect(team.ada)
    event = idea(team.ada, "Regatta", kind="event", on=NOON.date())
    ada.post(f"/opportunities/{opportunity.pk}/give/", {"what": "invited", "idea": str(event.pk)})
    card = f"/opportunities/{opportunity.pk}/card/"
    page = ada.get(card, headers={"HX-Request": "true"}).content.decode()
    assert "Accepted the invitation" in page and "Declined the invitation" in page
    when = {"meeting_on": "2026-11-25", "meeting_at": "15:00", "place": "Harbour"}
    ada.post(f"/opportunities/{opportunity.pk}/touches/accepted/", when)
    opportunity.refresh_from_db()
    assert opportunity.next_kind == "meeting"
    page = ada.get(card, headers={"HX-Request": "true"}).content.decode()
    assert "They came" in page and "They stayed away" in page
    ada.post(f"/opportunities/{opportunity.pk}/touches/came/", {"reason": "budget"})
    opportunity.refresh_from_db()
    assert (opportunity.has_appointment, opportunity.next_purpose) == (False, "meeting_note"), "C8 after an event, too"


def test_a_lead_is_thanked_for(team: Cast, ada: Client) -> None:
    opportunity = prospect(team.ada)
    ada.post(f"/opportunities/{opportunity.pk}/give/", {"what": "lead_given", "note": "Birch & Loom need freight"})
    page = ada.get(f"/opportunities/{opportunity.pk}/card/", headers={"HX-Request": "true"}).content.decode()
    assert "They contacted the lead" in page and "They thanked us for it" in page
    opportunity.refresh_from_db()
    due = opportunity.next_due_at
    ada.post(f"/opportunities/{opportunity.pk}/touches/lead_contacted/", {})
    opportunity.refresh_from_db()
    assert opportunity.next_due_at == due, "it says nothing about reaching them"


@pytest.mark.parametrize(("outcome", "key"), [("lead_given", "m"), ("introduction_made", "n")])
def test_business_for_them_is_a_step_with_its_own_answers(team: Cast, ada: Client, outcome: str, key: str) -> None:
    opportunity = prospect(team.ada)
    Opportunity.objects.filter(pk=opportunity.pk).update(next_kind="lead", next_purpose="S7.5")
    page = ada.get(f"/opportunities/{opportunity.pk}/card/", headers={"HX-Request": "true"})
    assert "Bring business to Anna Vogel" in page.content.decode()
    assert {one["code"]: one["key"] for one in page.context["outcomes"]}[outcome] == key
    ada.post(f"/opportunities/{opportunity.pk}/touches/{outcome}/", {"note": "Birch & Loom need freight"})
    touch = Touch.objects.get()
    assert (touch.outcome, touch.channel, touch.purpose) == (outcome, "email", "S7.5")
    page = ada.get(f"/opportunities/{opportunity.pk}/card/", headers={"HX-Request": "true"})
    assert "They contacted the lead" in page.content.decode() and "They thanked us for it" in page.content.decode()


def test_a_companys_address_is_enough(team: Cast, ada: Client) -> None:
    opportunity = prospect(team.ada, address="", company="Alder Freight")
    assert opportunity.organization and opportunity.person
    url = f"/companies/{opportunity.organization_id}/address/"
    ada.post(url, {"address": "Hafen 1\nBremen", "back": str(opportunity.pk)})
    opportunity.person.refresh_from_db()
    assert "post" in opportunity.person.ways
    met(opportunity)
    assert (
        "Anna Vogel\nAlder Freight\nHafen 1\nBremen"
        in ada.get(f"/opportunities/{opportunity.pk}/post/").content.decode()
    )
    ada.post(url, {"address": ""})
    opportunity.person.refresh_from_db()
    assert "post" not in opportunity.person.ways
    assert team.sign_in(team.ben).post(url, {"address": "x"}).status_code == 404


def test_another_workspace_sees_none_of_it(team: Cast, ada: Client) -> None:
    thing = idea(team.ada)
    opportunity = met(prospect(team.ada))
    ada.post(f"/opportunities/{opportunity.pk}/post/", form())
    ben = team.sign_in(team.ben)
    piece = Piece.objects.get()
    assert ben.post(f"/post/{piece.pk}/posted/").status_code == 404
    assert ben.get(f"/opportunities/{opportunity.pk}/post/").status_code == 404
    assert "No. " not in ben.get("/post/").content.decode()
    assert ben.get("/post/print/labels.pdf").status_code == 404
    assert thing.name in ben.get("/shelf/").content.decode(), "the shelf is the workspace's"
