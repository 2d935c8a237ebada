"""Two rows that are one: the one that stays goes on with the whole history of both."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from fifthcall.calendars.models import Appointment
from fifthcall.journal.models import note_event
from fifthcall.people.models import ContactPoint, Person
from fifthcall.people.reach import add_point, refresh
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.pipeline.settle import NotVisible, settle, to_change
from fifthcall.rules.case import Status
from fifthcall.rules.windows import wall
from fifthcall.teams.models import Membership

#: Filled in from the merged one where the other has nothing.
_FILLED = ("organization_id", "person_id", "product_id", "stage", "value", "source", "engaged_on", "note")
MERGED = "Merged into another"


class Unmergeable(ValueError):
    """These two can't be one; the text says why."""


def merge(keep_id: int, gone_id: int, member: Membership, now: datetime) -> Opportunity:
    """Merge one opportunity into another. Touches stay where they were written, and count for the one that stays.

    Raises NotVisible or Unmergeable.
    """
    if keep_id == gone_id:
        raise Unmergeable("That is the same opportunity.")
    with transaction.atomic():
        first, second = (to_change(pk, member) for pk in sorted((keep_id, gone_id)))  # always locked in one order
        keep, gone = (first, second) if first.pk == keep_id else (second, first)
        if keep.merged_into_id or gone.merged_into_id:
            raise Unmergeable("One of them was merged before. Open the one it was merged into.")
        for column in _FILLED:
            if not getattr(keep, column):
                setattr(keep, column, getattr(gone, column))
        gone.facts.update(opportunity=keep)
        _move_appointment(gone, keep, now)
        gone.merged.update(merged_into=keep)
        gone.merged_into, gone.status = keep, Status.LOST.value
        gone.closed_on, gone.close_reason = wall(now, keep.workspace.zone).date(), MERGED
        note_event(keep.workspace_id, member.pk, "merged", keep, now, gone=gone.pk)
        settle(gone, now, "merged_into_id", "status", "closed_on", "close_reason", "has_appointment")
        keep.has_merged = True
        settle(keep, now, *_FILLED, "has_merged", "has_appointment")
        return keep


def _move_appointment(gone: Opportunity, keep: Opportunity, now: datetime) -> None:
    """The meeting that is booked comes along; where both have one, the earlier counts."""
    booked = Appointment.objects.filter(
        Q(opportunity=gone) | Q(opportunity=keep), state=Appointment.State.BOOKED
    ).order_by("starts_at", "id")
    for place, meeting in enumerate(booked):
        meeting.opportunity = keep
        meeting.save(update_fields=["opportunity"])
        if place:
            meeting.call_off(now)
    keep.has_appointment, gone.has_appointment = bool(booked), False


def merge_people(keep: Person, gone: Person, member: Membership, now: datetime) -> None:
    """Merge one person into another: ways to reach them, what they said no to, and their opportunities.

    Raises NotVisible for somebody else's, Unmergeable for the same.
    """
    if keep.pk == gone.pk:
        raise Unmergeable("That is the same person.")
    if {keep.workspace_id, gone.workspace_id} != {member.workspace_id}:
        raise NotVisible
    with transaction.atomic():
        for point in gone.points.filter(wrong_since=None):
            add_point(keep, ContactPoint.Kind(point.kind), point.value)
        gone.suppressions.filter(target=f"person:{gone.pk}").update(target=f"person:{keep.pk}")
        gone.suppressions.update(person=keep)
        gone.assistants.update(assists=keep)
        for column in ("organization_id", "title", "zone"):
            if not getattr(keep, column):
                setattr(keep, column, getattr(gone, column))
        gone.merged_into = keep
        gone.save(update_fields=["merged_into"])
        refresh(keep)
        keep.save()
        note_event(keep.workspace_id, member.pk, "merged", keep, now, gone=gone.pk)
        theirs = Opportunity.objects.filter(Q(person=gone) | Q(person=keep), workspace_id=keep.workspace_id)
        for row in theirs.select_related(*RELATED):
            row.person = keep
            settle(row, now, "person_id")
