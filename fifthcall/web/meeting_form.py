"""The meeting on an opportunity's page: what is said of it, and the form to book or move it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Meeting
from fifthcall.rules.windows import instant, wall
from fifthcall.rules.words import moment
from fifthcall.teams.models import Membership
from fifthcall.touches.meetings import email_of, meeting_of

ANSWERS = {
    "ACCEPTED": "They accepted.",
    "TENTATIVE": "They said maybe.",
    "COUNTER": "They ask for another time.",
}


class MeetingForm(forms.Form):
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}))
    at = forms.TimeField(label="Time", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    minutes = forms.IntegerField(label="Minutes", min_value=5, max_value=12 * 60, initial=30)
    zone = forms.ChoiceField(label="In whose time")
    place = forms.CharField(required=False, max_length=300, label="Where, or the number to call")

    def __init__(self, opportunity: Opportunity, member: Membership, **kwargs: Any) -> None:
        super().__init__(prefix="meeting", **kwargs)
        theirs = opportunity.prospect_zone
        zones = [(theirs, f"Theirs ({theirs.replace('_', ' ')})"), (member.zone, "Mine")]
        field = self.fields["zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = zones if theirs != member.zone else zones[1:]

    def meeting(self) -> Meeting:
        data = self.cleaned_data
        starts_at = instant(datetime.combine(data["day"], data["at"]), data["zone"])
        return Meeting(starts_at, starts_at + timedelta(minutes=data["minutes"]), data["zone"])


def meeting_shown(row: Opportunity, member: Membership) -> dict[str, Any]:
    """What an opportunity's page says of its meeting, and the form to book or move it."""
    booked = meeting_of(row) if row.has_appointment else None
    form = None if row.finished else MeetingForm(row, member)
    if booked is None:
        return {"meeting": None, "meeting_form": form, "meeting_email": email_of(row)}
    here = wall(booked.starts_at, member.zone)
    there = wall(booked.starts_at, booked.zone)
    told = (
        "Their invitation is on its way." if booked.tell_at else "Nothing was sent: give them the file, or tell them."
    )
    if booked.told == booked.sequence:
        told = f"Invited: {booked.email}."
    meeting = {
        "pk": booked.pk,
        "when": f"{moment(here)}–{wall(booked.until, member.zone):%H:%M}",
        "theirs": f"{moment(there)} in {booked.zone.replace('_', ' ')}" if there != here else "",
        "place": booked.place,
        "told": told,
        "answer": ANSWERS.get(booked.answer, ""),
        "asked": moment(wall(booked.asked_from, member.zone)) if booked.asked_from else "",
    }
    return {"meeting": meeting, "meeting_form": form, "meeting_email": booked.email}
