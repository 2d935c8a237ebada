"""What a person agreed to, noted on the opportunity's page."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from fifthcall import clock
from fifthcall.people.consent import SWITCHED_OFF, SWITCHED_ON, latest, ledger, note_consent
from fifthcall.people.models import Consent, Organization, Person
from fifthcall.people.tracking import tracking_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.windows import instant, wall
from fifthcall.rules.words import day
from fifthcall.teams.models import Membership
from fifthcall.web.access import MemberRequest


class ConsentForm(forms.Form):
    kind = forms.ChoiceField(choices=Consent.Kind.choices, label="For")
    given = forms.ChoiceField(choices=[("yes", "They agree"), ("no", "They don’t want it")], label="What they said")
    on = forms.DateField(label="When", widget=forms.DateInput(attrs={"type": "date"}))
    how = forms.CharField(max_length=200, label="How they said it", help_text="“In our call”, “on the form”.")


def consents_of(person: Person, organization: Organization | None, member: Membership, now: datetime) -> dict[str, Any]:
    """For a person's block: whether their mail is tracked and why, what they said, and the form for more."""
    may = tracking_of(member.workspace, person, organization)
    last = ledger(person).filter(kind=Consent.Kind.TRACKING).last()
    return {
        "pk": person.pk,
        "yes": may.yes,
        "why": may.why,
        "off_by_us": bool(last and last.given is False and last.how == SWITCHED_OFF),
        "chosen": member.workspace.tracking,
        "entries": [
            {
                "kind": entry.get_kind_display(),
                "words": entry.words,
                "how": entry.how,
                "on": day(wall(entry.at, member.zone).date()),
                "by": entry.by.name,
            }
            for entry in reversed(ledger(person).select_related("by"))
        ],
        "form": ConsentForm(prefix=f"consent{person.pk}", initial={"on": wall(now, member.zone).date()}),
    }


@require_POST
def consent_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Note a consent or its end. `off=1` alone switches tracking off for the person, `on=1` takes that back."""
    member, now = request.member, clock.now()
    person = Person.objects.filter(workspace=member.workspace, pk=pk).first()
    if person is None:
        raise Http404
    theirs = Opportunity.objects.visible_to(member).filter(Q(person=person) | Q(organization__people=person))
    seen = theirs.filter(pk=_number(request.POST.get("back", ""))).first() or theirs.order_by("id").first()
    if seen is None:
        raise Http404
    if "off" in request.POST:
        note_consent(person, Consent.Kind.TRACKING, False, SWITCHED_OFF, member, now, now)
        messages.success(request, f"Opens and clicks of mail to {person.name} are not seen any more.")
        return redirect("opportunity", seen.pk)
    last = latest(person, Consent.Kind.TRACKING)
    if "on" in request.POST and last and last.how == SWITCHED_OFF:
        note_consent(person, Consent.Kind.TRACKING, None, SWITCHED_ON, member, now, now)
        return redirect("opportunity", seen.pk)
    form = ConsentForm(request.POST, prefix=f"consent{pk}")
    if not form.is_valid():
        said = "; ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())
        messages.error(request, f"The consent was not noted. {said}")
        return redirect("opportunity", seen.pk)
    data = form.cleaned_data
    at = min(now, instant(datetime.combine(data["on"], time(12)), member.zone))
    if data["on"] == wall(now, member.zone).date():
        at = now  # so that of two on one day the later one holds
    note_consent(person, data["kind"], data["given"] == "yes", data["how"], member, at, now)
    messages.success(request, "Noted.")
    return redirect("opportunity", seen.pk)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 18 else 0
