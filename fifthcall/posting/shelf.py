"""The shelf: what can be given to whom, and that it was (C7). Nothing is proposed to anybody twice."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from fifthcall.journal.models import note_event
from fifthcall.people.models import Person
from fifthcall.pipeline.settle import to_change
from fifthcall.posting.models import Given, Idea
from fifthcall.rules.case import Channel, Kind
from fifthcall.teams.models import Membership
from fifthcall.touches.draft import Incomplete
from fifthcall.touches.log import record
from fifthcall.touches.models import Touch

#: What can be given without the post, with the words for it.
GIFTS = {
    "sent": "An article or a link",
    "invited": "An invitation to an event",
    "lead_given": "A business lead for them",
    "introduction_made": "An introduction to somebody",
}
#: Rows of the shelf that are looked through; more than anybody keeps in mind.
MOST = 500


@dataclass(frozen=True, slots=True)
class Proposed:
    """An idea for somebody, with the interests of theirs that it goes with."""

    idea: Idea
    shared: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.idea.name} (they like {', '.join(self.shared)})" if self.shared else self.idea.name


def tags_of(said: str) -> tuple[str, ...]:
    """Interests as they are compared: "Sailing, jazz" → ("sailing", "jazz")."""
    parts = (" ".join(part.split()).casefold() for part in said.replace(";", ",").split(","))
    return tuple(dict.fromkeys(part for part in parts if part))


def given_to(person: Person) -> set[int]:
    """Ids of the ideas that this person (or one merged into them) has had; what was taken back doesn't count."""
    whose = Q(person=person) | Q(person__merged_into=person)
    return set(Given.objects.filter(whose, touch__retraction=None).values_list("idea_id", flat=True))


def proposals(person: Person, today: date, kinds: Collection[str] = (), most: int = 3) -> list[Proposed]:
    """Ideas they have not had, those that go with more of their interests first, then the newest."""
    rows = Idea.objects.on_the_shelf().filter(Q(on=None) | Q(on__gte=today), workspace_id=person.workspace_id)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    liked, had = tags_of(person.interests), given_to(person)
    found = []
    for idea in rows.exclude(pk__in=had).order_by("-id")[:MOST]:
        tags = tags_of(idea.tags)
        found.append(Proposed(idea, tuple(one for one in liked if one in tags)))
    return sorted(found, key=lambda one: -len(one.shared))[:most]


def note_given(idea: Idea | None, person: Person | None, touch: Touch) -> None:
    if idea and person:
        Given.objects.create(idea=idea, person=person, touch=touch)


def give(opportunity_id: int, member: Membership, what: str, idea_id: int | None, note: str, now: datetime) -> Touch:
    """Log that something of value went to them, by mail, and which idea it was.

    Raises Incomplete, NotVisible.
    """
    if what not in GIFTS:
        raise Incomplete("what", f"There is no such gift. One of: {', '.join(GIFTS)}.")
    with transaction.atomic():
        row = to_change(opportunity_id, member)
        idea = Idea.objects.filter(pk=idea_id, workspace=member.workspace).first() if idea_id else None
        said = ": ".join(part for part in (idea.name if idea else "", note.strip()) if part)
        if row.finished or row.merged_into_id:
            raise Incomplete("what", "It is closed. Reopen it first.")
        if row.person and {"email", "all"} & set(row.person.stopped.split(",")):
            raise Incomplete("what", "They asked us to stop writing to them.")
        if not said:
            raise Incomplete("note", "Say what it was: choose from the shelf, or write it down.")
        if idea and row.person and idea.pk in given_to(row.person):
            raise Incomplete("idea", f"{row.person.name} has had “{idea.name}” already. Choose something else.")
        email = row.next_kind and Kind(row.next_kind).channel is Channel.EMAIL
        purpose = row.next_purpose if email else ""
        touch = record(row.pk, what, now, now, Channel.EMAIL, said, member_id=member.pk, purpose=purpose)
        note_given(idea, row.person, touch)
        return touch


def save(idea: Idea, member: Membership, now: datetime) -> Idea:
    """Put an idea, which has been checked, on the shelf, or change it."""
    with transaction.atomic():
        new = idea.pk is None
        if new:
            idea.workspace, idea.created_at = member.workspace, now
        idea.tags = ", ".join(tags_of(idea.tags))[:300]
        idea.save()
        note_event(member.workspace_id, member.pk, "created" if new else "changed", idea, now, name=idea.name)
    return idea


def retire(idea: Idea, member: Membership, now: datetime, back: bool = False) -> None:
    """Propose it no more (what was given stays known), or put it back."""
    with transaction.atomic():
        idea.retired_at = None if back else now
        idea.save(update_fields=["retired_at"])
        note_event(member.workspace_id, member.pk, "put_back" if back else "retired", idea, now)
