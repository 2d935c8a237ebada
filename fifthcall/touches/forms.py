"""The fields of an outcome, from a browser's form or the command line, into a Draft."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Agreed, Basis, Kind, Meeting, Window
from fifthcall.rules.outcomes import OUTCOMES, reasons_of
from fifthcall.rules.windows import instant
from fifthcall.teams.models import Membership
from fifthcall.touches.draft import Draft, Incomplete

#: How long a call-back or a step set by hand has its place.
AT_A_TIME = timedelta(minutes=30)
MEETING_LENGTH = timedelta(minutes=30)
STOPS = {
    "": "Only this opportunity",
    "call": "Don't call them again",
    "text": "Don't text them again",
    "email": "Don't email them again",
    "all": "Don't contact them at all",
}
#: Which of the form's inputs belong to a need or an offer of an outcome.
INPUTS = {
    "when": ("when_on", "when_at", "zone"),
    "meeting": ("meeting_on", "meeting_at", "zone", "place"),
    "promise": ("promise_on", "promise_from", "promise_until", "zone"),
    "reason": ("reason", "reason_note"),
    "reason_until": ("reason_until",),
    "person": ("person",),
    "phone": ("phone",),
    "answered": ("answered_by",),
    "stop": ("stop",),
}
_DAY = forms.DateInput(attrs={"type": "date"})
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


def _choices(words: dict[str, str]) -> list[tuple[str, str]]:
    return [("", "Choose…"), *words.items()]


class OutcomeForm(forms.Form):
    """All the inputs an outcome may have; `shown` are those of this one."""

    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))
    when_on = forms.DateField(required=False, label="Day", widget=_DAY)
    when_at = forms.TimeField(required=False, label="Time", widget=_TIME)
    meeting_on = forms.DateField(required=False, label="Meeting on", widget=_DAY)
    meeting_at = forms.TimeField(required=False, label="At", widget=_TIME)
    zone = forms.ChoiceField(required=False, label="In whose time")
    place = forms.CharField(required=False, max_length=300, label="Where, or the number to call")
    promise_on = forms.DateField(required=False, label="I said I'd be in touch on", widget=_DAY)
    promise_from = forms.TimeField(required=False, label="Between", widget=_TIME)
    promise_until = forms.TimeField(required=False, label="And", widget=_TIME)
    reason = forms.ChoiceField(required=False, label="Why not yet")
    reason_note = forms.CharField(required=False, max_length=200, label="In their words")
    reason_until = forms.DateField(required=False, label="Until", widget=_DAY)
    person = forms.CharField(required=False, max_length=200, label="Their name")
    phone = forms.CharField(required=False, max_length=60, label="Number")
    answered_by = forms.ChoiceField(required=False, label="Who answered")
    stop = forms.ChoiceField(required=False, label="And", choices=list(STOPS.items()))
    words = forms.RegexField(r"^\w{1,40}:\d{1,6}$", required=False, widget=forms.HiddenInput)  # template:version
    next_kind = forms.ChoiceField(
        required=False, label="What", choices=[(k.value, k.value.title()) for k in (Kind.CALL, Kind.TEXT, Kind.EMAIL)]
    )
    next_on = forms.DateField(required=False, label="Day", widget=_DAY)
    next_at = forms.TimeField(required=False, label="Time", widget=_TIME)

    def __init__(self, outcome: str, opportunity: Opportunity, member: Membership, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome, self.opportunity, self.member = OUTCOMES[outcome], opportunity, member
        theirs = opportunity.prospect_zone
        zones = [(member.zone, f"My time ({_city(member.zone)})")]
        if theirs != member.zone:
            zones.append((theirs, f"Their time ({_city(theirs)})"))
        self._set_choices("zone", zones)
        self._set_choices("reason", _choices(reasons_of(outcome)))
        helpers = opportunity.person.assistants.order_by("name") if opportunity.person else ()
        self._set_choices("answered_by", [("", "Somebody else"), *((str(one.pk), one.name) for one in helpers)])
        if outcome == "snoozed":
            self.fields["reason"].label = "Why"

    def _set_choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def shown(self) -> list[forms.BoundField]:
        """The inputs of this outcome, those it needs first."""
        names = [name for part in (*self.outcome.needs, *self.outcome.asks) for name in INPUTS[part]]
        if self.opportunity.prospect_zone == self.member.zone:
            names = [name for name in names if name != "zone"]
        if not (self.opportunity.person and self.opportunity.person.helpers):
            names = [name for name in names if name != "answered_by"]
        return [self[name] for name in dict.fromkeys(names)]

    def draft(self) -> Draft:
        """The draft these inputs make. Raises Incomplete naming the field that can't be read or is missing."""
        if not self.is_valid():
            field, problems = next(iter(self.errors.items()))
            raise Incomplete(field, str(problems[0]))
        data = self.cleaned_data
        template, _, number = data["words"].partition(":")
        draft = Draft(
            outcome=self.outcome.code,
            note=data["note"],
            agreed=self._agreed(data),
            reason=data["reason"],
            reason_note=data["reason_note"],
            reason_until=data["reason_until"],
            meeting=self._meeting(data),
            place=data["place"],
            person=data["person"],
            phone=data["phone"],
            answered_by=int(data["answered_by"]) if data["answered_by"] else None,
            stop=data["stop"],
            template=template,
            template_version=int(number or 0),
        )
        draft.check()
        return draft

    def _agreed(self, data: dict[str, Any]) -> Agreed | None:
        """The time agreed on: a step changed by hand goes before a call-back, that before a promise."""
        if data["next_on"]:
            window = self._window(data["next_on"], data["next_at"] or time(9), self.member.zone)
            return Agreed(Basis.CHOSEN, window, Kind(data["next_kind"] or Kind.CALL))
        zone = data["zone"] or self.member.zone
        if data["when_on"] and "when" in self.outcome.needs:
            basis = Basis.SNOOZE if self.outcome.code == "snoozed" else Basis.CALL_BACK
            kind = Kind(self.opportunity.next_kind or Kind.CALL) if basis is Basis.SNOOZE else Kind.CALL
            return Agreed(basis, self._window(data["when_on"], data["when_at"] or time(9), zone), kind)
        if data["promise_on"] and data["promise_from"]:
            until = data["promise_until"]
            if until and until <= data["promise_from"]:
                raise Incomplete("promise_until", "The promised window ends before it begins: check the two times.")
            return Agreed(Basis.PROMISE, self._window(data["promise_on"], data["promise_from"], zone, until))
        return None

    def _meeting(self, data: dict[str, Any]) -> Meeting | None:
        if not data["meeting_on"] or not data["meeting_at"]:
            return None
        zone = data["zone"] or self.member.zone
        starts_at = instant(datetime.combine(data["meeting_on"], data["meeting_at"]), zone)
        return Meeting(starts_at, starts_at + MEETING_LENGTH, zone)

    @staticmethod
    def _window(on: date, at: time, zone: str, until: time | None = None) -> Window:
        start = instant(datetime.combine(on, at), zone)
        end = instant(datetime.combine(on, until), zone) if until else start + AT_A_TIME
        return Window(start, max(end, start + timedelta(minutes=5)), zone)


def _city(zone: str) -> str:
    return zone.split("/")[-1].replace("_", " ")
