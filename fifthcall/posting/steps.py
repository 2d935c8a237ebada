"""A piece of post from its writing to its landing. Each verb is one transaction with the next step decided again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from fifthcall.journal.models import note_event
from fifthcall.people.models import ContactPoint
from fifthcall.people.reach import mark_address_wrong, mark_wrong
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import NotVisible, to_change
from fifthcall.posting import own_words
from fifthcall.posting.addresses import decide_again, on_label
from fifthcall.posting.models import Habits, Idea, Piece
from fifthcall.posting.own_words import NotOwn
from fifthcall.posting.shelf import given_to, note_given
from fifthcall.rules.case import Channel, Kind
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.touches.log import record
from fifthcall.touches.models import Touch
from fifthcall.wording import library
from fifthcall.wording.saying import left_open

_MET = ("meeting_held", "came")
#: Channels on which a stop ends post, too.
_STOPS = frozenset({Channel.POST.value, "all"})


@dataclass(frozen=True, slots=True)
class Wish:
    """A piece as it was written, before it is checked."""

    kind: str
    text: str
    to: str
    about: str = ""
    idea: int | None = None
    carrier: str = ""
    tracking: str = ""
    cost: Decimal | None = None  # None: as is usual here
    words: tuple[str, int] = ("", 0)  # the template it began with, and its version


def met_lately(opportunity: Opportunity) -> Touch | None:
    """The meeting that a note must speak of: the last conversation, where nothing was posted since (C8)."""
    talks = [code for code, outcome in OUTCOMES.items() if outcome.connect]
    rows = Touch.of(opportunity).filter(retracts=None, retraction=None, outcome__in=(*talks, "posted"))
    last = rows.order_by("-at", "-id").first()
    return last if last and last.outcome in _MET else None


def write(opportunity_id: int, member: Membership, wish: Wish, now: datetime, piece_id: int | None = None) -> Piece:
    """Keep what was written, or written anew. Nothing is logged yet. Raises NotOwn, NotVisible."""
    with transaction.atomic():
        row = to_change(opportunity_id, member)
        _may_post(row)
        idea = _idea(row, wish)
        if wish.kind == Piece.Kind.NOTE or wish.text.strip():
            _check_words(row, member, wish)
        if not wish.to.strip():
            raise NotOwn("to", "Say where it goes: their postal address.")
        if piece_id is None:
            piece = Piece(workspace=row.workspace, opportunity=row, member=member, written_at=now)
        else:
            piece = _mine(Piece.objects.written().filter(opportunity=row), piece_id, member)
        piece.person, piece.kind, piece.idea = row.person, wish.kind, idea
        piece.text, piece.about, piece.to = wish.text.strip(), wish.about.strip(), wish.to.strip()
        piece.carrier, piece.tracking = wish.carrier.strip(), wish.tracking.strip()
        piece.cost = usual_cost(Habits.of(row.workspace), wish.kind) if wish.cost is None else wish.cost
        piece.template, piece.template_version = wish.words
        piece.state, piece.touch, piece.posted_at = Piece.State.WRITTEN, None, None
        piece.save()
        note_event(row.workspace_id, member.pk, "written", piece, now, kind=piece.kind)
        return piece


def usual_cost(habits: Habits, kind: str) -> Decimal:
    return {Piece.Kind.NOTE: habits.note_cost, Piece.Kind.COURIER: habits.courier_cost}.get(
        Piece.Kind(kind), habits.parcel_cost
    )


def post(piece_id: int, member: Membership, now: datetime) -> Touch:
    """It went out: its words are checked again, the touch is logged, the call after it lands becomes the next step.

    Raises NotOwn, NotVisible.
    """
    with transaction.atomic():
        piece = _mine(Piece.objects.written(), piece_id, member)
        row = to_change(piece.opportunity_id, member)
        row = to_change(row.merged_into_id, member) if row.merged_into_id else row
        _may_post(row)
        if piece.kind == Piece.Kind.NOTE:  # they may have met since it was written (C8)
            words = (piece.template, piece.template_version)
            _check_words(row, member, Wish(piece.kind, piece.text, piece.to, piece.about, words=words))
        idea = piece.idea
        if idea and row.person and idea.pk in given_to(row.person):
            raise NotOwn("idea", f"{row.person.name} has had “{idea.name}” already. Choose something else.")
        by_post = row.next_kind and Kind(row.next_kind).channel is Channel.POST
        said = ", ".join(part for part in (idea.name if idea else "", piece.carrier, piece.tracking) if part)
        note = "\n".join(
            part for part in (f"{piece.get_kind_display()}{f': {said}' if said else ''}", piece.text) if part
        )
        touch = record(
            row.pk, "posted", now, now, Channel.POST, note, member_id=member.pk,
            purpose=row.next_purpose if by_post else "", words=(piece.template, piece.template_version),
        )  # fmt: skip
        piece.state, piece.posted_at, piece.touch = Piece.State.POSTED, now, touch
        piece.save(update_fields=["state", "posted_at", "touch"])
        note_given(idea, row.person, touch)
        return touch


def land(piece_id: int, member: Membership, came_back: bool, now: datetime) -> Touch:
    """It has arrived, or come back: then the address is used no more. Raises NotVisible."""
    with transaction.atomic():
        piece = _mine(Piece.objects.on_the_way(), piece_id, member)
        state = Piece.State.CAME_BACK if came_back else Piece.State.ARRIVED
        if came_back:
            _wrong_address(piece, now)
        touch = record(piece.opportunity_id, state.value, now, now, Channel.DESK, member_id=member.pk)
        piece.state, piece.ended_at = state, now
        piece.save(update_fields=["state", "ended_at"])
        return touch


def drop(piece_id: int, member: Membership, now: datetime) -> None:
    """It is not sent after all. Raises NotVisible."""
    with transaction.atomic():
        piece = _mine(Piece.objects.written(), piece_id, member)
        piece.state, piece.ended_at = Piece.State.DROPPED, now
        piece.save(update_fields=["state", "ended_at"])
        note_event(piece.workspace_id, member.pk, "dropped", piece, now)


def _mine(rows: object, piece_id: int, member: Membership) -> Piece:
    """The piece among `rows`, locked, if the member may see its opportunity."""
    seen = Opportunity.objects.visible_to(member)
    found = rows.filter(pk=piece_id, opportunity__in=seen)  # type: ignore[attr-defined]
    related = ("person", "idea", "workspace", "opportunity__organization")
    piece: Piece | None = found.select_for_update(of=("self",)).select_related(*related).first()
    if piece is None:
        raise NotVisible
    return piece


def _may_post(row: Opportunity) -> None:
    if row.finished:
        raise NotOwn("text", "It is closed. Reopen it first.")
    if row.person and _STOPS & set(row.person.stopped.split(",")):
        raise NotOwn("text", f"{row.person.name} asked us to stop writing to them.")


def _idea(row: Opportunity, wish: Wish) -> Idea | None:
    if wish.idea is None:
        return None
    idea = Idea.objects.filter(pk=wish.idea, workspace_id=row.workspace_id).first()
    if idea is None:
        raise NotOwn("idea", "It is no longer on the shelf. Choose something else.")
    if row.person and idea.pk in given_to(row.person):
        raise NotOwn("idea", f"{row.person.name} has had “{idea.name}” already. Choose something else.")
    return idea


def _check_words(row: Opportunity, member: Membership, wish: Wish) -> None:
    code, number = wish.words
    gap = left_open(row.workspace_id, code, number, wish.text) if code else ""
    if gap:
        raise NotOwn("text", f"“{gap}” is still open: put your own words there.")
    names = tuple(
        part.name for part in (row.person, row.organization, row.product, member, member.workspace) if part is not None
    )
    about = wish.about if wish.kind == Piece.Kind.NOTE and met_lately(row) else None
    own_words.check(wish.text, template_text(row.workspace_id, code, number), names, about)


def template_text(workspace_id: int, code: str, number: int) -> str:
    """The template's own text, "" where there is none."""
    try:
        return library.version(workspace_id, code, number).text if code else ""
    except library.NoSuchTemplate:
        return ""


def _wrong_address(piece: Piece, now: datetime) -> None:
    """Marks what the label carried: addresses of theirs, else their company's, for everybody there."""
    company = piece.opportunity.organization
    where = (company.country if company else "", piece.workspace.country)
    points = piece.person.points.filter(kind=ContactPoint.Kind.ADDRESS, wrong_since=None) if piece.person else ()
    theirs = [point for point in points if on_label(piece.to, point.value, *where)]
    for point in theirs:
        assert piece.person
        point.person = piece.person
        mark_wrong(point, now)
    if company and not theirs and on_label(piece.to, company.good_address, *where):
        people = mark_address_wrong(company, now)
        note_event(company.workspace_id, piece.member_id, "address_wrong", company, now, address=company.address)
        decide_again(people, now)
