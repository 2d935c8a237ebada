"""How a text comes to be wanted: somebody writes it. It goes out ten seconds later, or when the law's hours begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from fifthcall.people import consent
from fifthcall.people.models import Consent, ContactPoint, Person
from fifthcall.phoning.lines import line_of
from fifthcall.phoning.may_phone import at_this_hour, stopped
from fifthcall.phoning.models import Line, Text
from fifthcall.phoning.parts import length_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import to_change
from fifthcall.rules.case import Channel, Kind, Window
from fifthcall.teams.models import Membership
from fifthcall.wording.saying import left_open

#: Time to take a text back that somebody has just sent.
UNDO = timedelta(seconds=10)
#: Most that a provider takes in one text.
LONGEST = 1_600  # characters
State = Text.State


class Unfit(ValueError):
    """The text can't be sent as it is; `field` says where, the words how to mend it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote. `key` makes the same form sent twice one text; `agreed`: how they agreed to texts."""

    number: str
    text: str
    key: str
    agreed: str = ""
    promise: Window | None = None  # when we will call (C5)
    template: str = ""
    template_version: int | None = None

    def check(self) -> None:
        """Raise Unfit for the first thing that is missing or can't be sent."""
        if not self.text.strip():
            raise Unfit("text", "Write something.")
        if len(self.text) > LONGEST:
            raise Unfit("text", f"It has {len(self.text):,} characters; a text takes {LONGEST:,}. Shorten it.")


def numbers_of(person: Person | None) -> list[str]:
    """The person's good mobile numbers (E.164), the first the one to use."""
    if person is None:
        return []
    points = person.points.filter(kind=ContactPoint.Kind.MOBILE, wrong_since=None).order_by("id")
    return list(points.values_list("normal", flat=True))


def agreement_wanted(person: Person | None) -> bool:
    """Whether somebody has to say how they agreed to texts: nobody has noted it, and they never texted us."""
    if person is None:
        return False
    said = consent.latest(person, Consent.Kind.TEXTS)
    return (said is None or said.given is None) and not Text.objects.filter(person=person, state=State.CAME).exists()


def write(opportunity_id: int, member: Membership, note: Note, now: datetime) -> Text:
    """Send what `member` wrote, ten seconds from now; outside the law's hours, when they begin.

    Raises Unfit, or NotVisible. The same `note.key` again gives the same text.
    """
    note.check()
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member)
        line = line_of(member)
        _check(opportunity, member, line, note)
        assert line
        if note.agreed.strip() and opportunity.person and agreement_wanted(opportunity.person):
            consent.note_consent(opportunity.person, Consent.Kind.TEXTS, True, note.agreed, member, now, now)
        wait = at_this_hour(opportunity, now)
        step = opportunity.next_kind and Kind(opportunity.next_kind).channel is Channel.TEXT
        made, _ = Text.objects.get_or_create(
            key=f"hand:{member.pk}:{note.key}"[:80],
            defaults={
                **_about(opportunity, member, line),
                "number": note.number,
                "text": note.text.strip(),
                "parts": length_of(note.text.strip()).parts,
                "purpose": opportunity.next_purpose if step else "",
                "template": note.template,
                "template_version": note.template_version,
                "promise": _kept(note.promise),
                "wanted_at": now,
                "due_at": max(now + UNDO, wait.until) if wait and wait.until else now + UNDO,
                "why": wait.why if wait else "",
            },
        )
    return made


def _check(opportunity: Opportunity, member: Membership, line: Line | None, note: Note) -> None:
    if line is None:
        raise Unfit("line", "Set up your line first, or send it from your own phone.")
    if note.number not in numbers_of(opportunity.person):
        raise Unfit("number", "Choose one of their mobile numbers.")
    if no := stopped(opportunity.workspace_id, opportunity.person, note.number, "text"):
        raise Unfit("number", no.why)
    said = opportunity.person and consent.latest(opportunity.person, Consent.Kind.TEXTS)
    if said and said.given is False:
        raise Unfit("number", "They do not want texts.")
    if agreement_wanted(opportunity.person) and not note.agreed.strip():
        raise Unfit("agreed", "Say how they agreed to texts: nothing of it is noted yet.")
    if open_ := left_open(member.workspace_id, note.template, note.template_version or 0, note.text):
        raise Unfit("text", f"“{open_}” still stands in it: write what belongs there, or take it out.")


def _about(opportunity: Opportunity, member: Membership, line: Line) -> dict[str, Any]:
    return {
        "workspace_id": opportunity.workspace_id,
        "line": line,
        "opportunity": opportunity,
        "person": opportunity.person,
        "member": member,
    }


def _kept(promise: Window | None) -> dict[str, str] | None:
    if promise is None:
        return None
    starts, until = promise.starts_at.isoformat(), promise.until.isoformat()
    return {"from": starts, "until": until, "zone": promise.zone, "kind": Kind.CALL.value}


def take_back(pk: int, member: Membership) -> bool:
    """Don't send it after all; False when it has gone out already."""
    mine = Text.objects.filter(pk=pk, member=member, state=State.WAITING)
    return bool(mine.update(state=State.CANCELLED, why="Taken back."))


def send_still(pk: int, member: Membership, now: datetime) -> bool:
    """Somebody says that a late or uncertain text is to go out (again); False when that isn't asked any more.

    Raises NotVisible.
    """
    with transaction.atomic():
        opportunity_id = Text.objects.values_list("opportunity_id", flat=True).get(pk=pk)
        opportunity = to_change(opportunity_id or 0, member)
        asked = Text.objects.filter(pk=pk, opportunity=opportunity, state__in=(State.ASKED, State.UNCERTAIN))
        fresh = {"wanted_at": now, "due_at": now, "begun_at": None, "claimed_until": None, "look_at": None}
        return bool(asked.update(state=State.WAITING, why="", tries=0, looks=0, **fresh))


def drop(pk: int) -> bool:
    """Somebody says that a late text isn't to go out."""
    return bool(Text.objects.filter(pk=pk, state=State.ASKED).update(state=State.CANCELLED, why="It was too late."))


def waiting_for(opportunity_ids: list[int]) -> QuerySet[Text]:
    """Texts of ours that have not gone out yet."""
    return Text.objects.filter(opportunity__in=opportunity_ids, service=False, state__in=(State.WAITING, State.ASKED))


def on_their_way(opportunity_ids: list[int]) -> set[int]:
    """Of these, whose text was sent a moment ago and goes out by itself now."""
    rows = Text.objects.filter(opportunity__in=opportunity_ids, service=False, state__in=(State.WAITING, State.SENDING))
    return set(rows.values_list("opportunity_id", flat=True)) - {None}


def cancel(opportunity_ids: list[int], why: str) -> int:
    """Cancel what has not gone out yet; call it where the opportunities are locked."""
    return waiting_for(opportunity_ids).update(state=State.CANCELLED, why=why[:300])
