"""Erasing a person (GDPR Art. 17): what says who they were goes, what we did and when stays, and nobody writes again.

Of the numbers and addresses a keyed digest is kept, so that they stay stopped when somebody imports them anew.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fifthcall.calendars.models import Appointment
from fifthcall.channels.email.wanting import cancel_automatic
from fifthcall.channels.models import UNFINISHED, Message
from fifthcall.cues.models import Hit, Received
from fifthcall.fairs.models import CardPhoto
from fifthcall.journal.models import Door, Event, note_event
from fifthcall.people.models import Fact, Person, Suppression
from fifthcall.people.reach import hidden, refresh
from fifthcall.phoning.models import UNFINISHED as NOT_SENT
from fifthcall.phoning.models import Call, Text
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import settle, to_change
from fifthcall.posting.models import Given, Piece
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch

ERASED = "Erased person"


def erase(person_id: int, member: Membership, why: str, now: datetime) -> None:
    """Erase the person, for good. Raises NotVisible when `member` may not see an opportunity of theirs."""
    with transaction.atomic():
        theirs = Opportunity.objects.filter(person=person_id, merged_into=None).order_by("id")
        rows = [to_change(pk, member) for pk in theirs.values_list("pk", flat=True)]
        person = Person.objects.select_for_update(of=("self",)).get(pk=person_id, workspace=member.workspace)
        for row in rows:
            cancel_automatic(row, "The person was erased.")
        _stop_for_good(person, now)
        _forget_mails(person)
        _forget_phone(person)
        _forget_post(person, now)
        _forget_words(person, [row.pk for row in rows], why, now)
        Fact.objects.filter(opportunity__in=rows).delete()
        Appointment.objects.filter(opportunity__in=rows).update(email="", title="", place="", tell_at=None)
        person.points.all().delete()
        person.consents.all().delete()
        CardPhoto.objects.filter(person=person).delete()
        person.name, person.key, person.title, person.helpers = ERASED, f"erased {person.pk}", "", ""
        person.note, person.best_times, person.interests = "", "", ""
        person.save(update_fields=["name", "key", "title", "helpers", "note", "best_times", "interests"])
        refresh(person)
        note_event(member.workspace_id, member.pk, "erased", person, now, why=why)
        for row in rows:
            row.person, row.note = person, ""
            if row.finished:
                row.save(update_fields=["note"])
            else:
                settle(row, now, "note")


def _stop_for_good(person: Person, now: datetime) -> None:
    Suppression.objects.filter(person=person).exclude(target__startswith="person:").delete()
    for target in [f"person:{person.pk}", *(hidden(point.normal) for point in person.points.all())]:
        Suppression.objects.get_or_create(
            workspace_id=person.workspace_id,
            person=person,
            target=target,
            channel="all",
            defaults={"reason": "erased", "at": now},
        )


def _forget_mails(person: Person) -> None:
    mails = Message.objects.filter(person=person)
    mails.filter(state__in=UNFINISHED).exclude(state=Message.State.SENDING).update(
        state=Message.State.CANCELLED, why="The person was erased."
    )
    Hit.objects.filter(message__in=mails).delete()
    mails.update(to_name="", subject="", text="", calendar="", to_address="erased@invalid.invalid")
    Received.objects.filter(person=person).delete()


def _forget_phone(person: Person) -> None:
    texts = Text.objects.filter(person=person)
    texts.filter(state__in=NOT_SENT).exclude(state=Text.State.SENDING).update(
        state=Text.State.CANCELLED, why="The person was erased."
    )
    texts.update(number="erased", text="")
    Call.objects.filter(person=person).update(number="erased")


def _forget_post(person: Person, now: datetime) -> None:
    pieces = Piece.objects.filter(person=person)
    pieces.written().update(state=Piece.State.DROPPED, ended_at=now)
    pieces.update(text="", about="", to="", tracking="")
    Given.objects.filter(person=person).delete()


def _forget_words(person: Person, opportunities: list[int], why: str, now: datetime) -> None:
    """Notes go, and what was changed in them, through the one audited door; what was done and when stays."""
    Door.objects.create(opened_at=now, why=why[:200])
    Touch.objects.filter(person=person).update(note="", reason_note="")
    Event.objects.filter(subject="person", subject_id=person.pk).update(data={})
    Event.objects.filter(subject="opportunity", subject_id__in=opportunities, verb="edited").update(data={})
    Door.objects.all().delete()
