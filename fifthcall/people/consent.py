"""What people agreed to: a ledger that only grows. The latest entry of a kind holds."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from fifthcall.journal.models import note_event
from fifthcall.people.models import Consent, Person
from fifthcall.teams.models import Membership


def note_consent(
    person: Person, kind: str, given: bool | None, how: str, member: Membership, at: datetime, now: datetime
) -> Consent:
    """Write down that `person` gave or took back their consent at `at`; `how` says in what words or where.

    None takes back our own "no", and is no consent.
    """
    with transaction.atomic():
        entry = Consent.objects.create(
            workspace_id=person.workspace_id,
            person=person,
            kind=kind,
            given=given,
            at=at,
            how=how.strip()[:200],
            by=member,
        )
        note_event(person.workspace_id, member.pk, "consent_noted", person, now, consent=entry.pk)
    return entry


#: How a "no" of our own is written down, which we may take back ourselves.
SWITCHED_OFF, SWITCHED_ON = "Switched off here", "Switched on again here"


def latest(person: Person, kind: str) -> Consent | None:
    """The entry that holds, whoever of the merged ones it was made for."""
    return ledger(person).filter(kind=kind).last()


def ledger(person: Person) -> QuerySet[Consent]:
    """All entries about a person, oldest first."""
    return Consent.objects.filter(Q(person=person) | Q(person__merged_into=person)).order_by("at", "id")
