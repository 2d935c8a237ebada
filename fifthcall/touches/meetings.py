"""A meeting as a fact of the case: set or moved (the same one, told anew), called off, and each of it undone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fifthcall.calendars.models import TOLD_AFTER, Appointment
from fifthcall.people.models import ContactPoint
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Meeting


def meeting_of(opportunity: Opportunity) -> Appointment | None:
    """The one that is booked and not yet accounted for."""
    booked = Appointment.objects.filter(opportunity=opportunity, state=Appointment.State.BOOKED)
    return booked.select_related("member").order_by("-starts_at").first()


def email_of(opportunity: Opportunity) -> str:
    """Where an invitation goes: their first good address; "" when there is none or they said no to mail (D5)."""
    person = opportunity.person
    if person is None or {"email", "all"} & set(person.stopped.split(",")):
        return ""
    points = person.points.filter(kind=ContactPoint.Kind.EMAIL, wrong_since=None).order_by("id")
    return points.values_list("value", flat=True).first() or ""


def meet(opportunity: Opportunity, meeting: Meeting, now: datetime, place: str = "") -> dict[str, Any]:
    """Book the meeting, or move the one that is booked; on the unsaved opportunity. What was done, for `unmeet`."""
    opportunity.has_appointment = True
    booked = meeting_of(opportunity)
    if booked:
        was = [booked.starts_at.isoformat(), booked.until.isoformat(), booked.zone, booked.place]
        booked.place = place.strip() or booked.place
        booked.move(meeting.starts_at, meeting.until, meeting.zone, now)
        return {"moved": booked.pk, "was": was}
    email = email_of(opportunity)
    made = Appointment.objects.create(
        workspace_id=opportunity.workspace_id,
        opportunity_id=opportunity.pk,
        member_id=opportunity.owner_id,
        starts_at=meeting.starts_at,
        until=meeting.until,
        zone=meeting.zone,
        title=opportunity.name,
        place=place.strip(),
        email=email,
        tell_at=now + TOLD_AFTER if email and opportunity.owner_id else None,
        created_at=now,
    )
    made.take()
    return {"appointment": made.pk}


def unmeet(made: dict[str, Any], now: datetime) -> None:
    """Undo what `meet` did."""
    for booked in Appointment.objects.filter(pk=made.get("appointment", 0)):
        booked.call_off(now)
    for moved in Appointment.objects.filter(pk=made.get("moved", 0)):
        starts_at, until, zone, moved.place = made["was"]
        moved.move(datetime.fromisoformat(starts_at), datetime.fromisoformat(until), zone, now)
