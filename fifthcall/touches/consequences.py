"""What a touch changes besides the next step: an appointment, a wrong number, a referral, a stop, a closing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fifthcall.calendars.models import Appointment
from fifthcall.people.models import ContactPoint, Person, Suppression
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point, mark_wrong, refresh, suppress
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import WHY_LOST
from fifthcall.rules.windows import wall
from fifthcall.touches.draft import Draft
from fifthcall.touches.meetings import meet, unmeet

#: The opportunity's own columns that a touch may change.
COLUMNS = ("status", "person_id", "has_appointment", "closed_on", "close_reason")

#: A resting opportunity rests on after these; anything else brings it back.
LETS_REST = ("why_not", "snoozed", "bounced", "auto_reply", "out_of_office", "unsubscribed")


def follow(opportunity: Opportunity, draft: Draft, now: datetime) -> dict[str, Any]:
    """Carry out the consequences on the (unsaved) opportunity and around it; what was made, by id, for `reverse`."""
    made: dict[str, Any] = {}
    if opportunity.has_appointment and draft.outcome in ("meeting_held", "meeting_missed", "came", "stayed_away"):
        made["accounted"] = _account(opportunity, held=draft.outcome in ("meeting_held", "came"))
    if draft.meeting:
        made |= meet(opportunity, draft.meeting, now, draft.place)
    if draft.outcome == "wrong_number":
        made |= _wrong_number(opportunity, now)
    if draft.outcome == "referred":
        made["person"] = _refer(opportunity, draft)
    if draft.phone and draft.outcome != "referred":
        made["point"] = _new_number(opportunity, draft.phone)
    if draft.stop and opportunity.person:
        made["suppressions"] = [row.pk for row in suppress(opportunity.person, draft.stop, now, draft.outcome)]
    if draft.outcome in ("closed", "not_interested"):
        _close(opportunity, draft.reason or "not_interested", now)
    if draft.outcome == "rested":
        opportunity.status = Status.RESTING.value
    elif draft.outcome == "reopened" or (opportunity.status == Status.RESTING and draft.outcome not in LETS_REST):
        opportunity.status, opportunity.closed_on, opportunity.close_reason = Status.OPEN.value, None, ""
    return made


def reverse(opportunity: Opportunity, data: dict[str, Any], now: datetime) -> None:
    """Undo what `follow` did."""
    for column, old in data["before"].items():
        value = date.fromisoformat(old) if column == "closed_on" and old else old
        setattr(opportunity, column, value)
    made = data["made"]
    wrong, point = made.get("wrong", 0), made.get("point", 0)
    unmeet(made, now)
    if made.get("accounted"):
        Appointment.objects.filter(pk=made["accounted"]).update(state=Appointment.State.BOOKED)
    ContactPoint.objects.filter(pk=wrong).update(wrong_since=None)
    ContactPoint.objects.filter(pk=point).update(wrong_since=now)
    Suppression.objects.filter(pk__in=made.get("suppressions", ())).update(lifted_at=now)
    opportunity.person = Person.objects.filter(pk=opportunity.person_id or 0).first()
    if opportunity.person:
        refresh(opportunity.person)


def _account(opportunity: Opportunity, held: bool) -> int | None:
    booked = opportunity.appointments.filter(state=Appointment.State.BOOKED).order_by("-starts_at").first()
    if booked:
        booked.state = Appointment.State.HELD if held else Appointment.State.MISSED
        booked.save(update_fields=["state"])
    opportunity.has_appointment = False
    return booked.pk if booked else None


def _wrong_number(opportunity: Opportunity, now: datetime) -> dict[str, Any]:
    """The number the card offered first is the one that was dialled."""
    if opportunity.person is None:
        return {}
    number = numbers_of(opportunity.person).first()
    if number is None:
        return {}
    number.person = opportunity.person
    mark_wrong(number, now)
    return {"wrong": number.pk}


def numbers_of(person: Person) -> Any:
    """The good numbers of a person in the order in which they are dialled."""
    kinds = (ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE)
    return person.points.filter(kind__in=kinds, wrong_since=None).order_by("id")


def _refer(opportunity: Opportunity, draft: Draft) -> int:
    name = draft.person.strip()[:200]
    person = Person.objects.create(
        workspace_id=opportunity.workspace_id,
        organization_id=opportunity.organization_id,
        name=name,
        key=matching_key(name),
    )
    opportunity.person = person
    if draft.phone:
        add_point(person, ContactPoint.Kind.PHONE, draft.phone)
    return person.pk


def _new_number(opportunity: Opportunity, phone: str) -> int:
    if opportunity.person is None:
        name = opportunity.organization.name if opportunity.organization else opportunity.name
        opportunity.person = Person.objects.create(
            workspace_id=opportunity.workspace_id,
            organization_id=opportunity.organization_id,
            name=name,
            key=matching_key(name),
        )
    return add_point(opportunity.person, ContactPoint.Kind.PHONE, phone).pk


def _close(opportunity: Opportunity, reason: str, now: datetime) -> None:
    won = reason == "won"
    opportunity.status = Status.WON.value if won else Status.LOST.value
    opportunity.closed_on = wall(now, opportunity.workspace.zone).date()
    opportunity.close_reason = "" if won else WHY_LOST[reason]
