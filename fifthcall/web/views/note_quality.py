"""Why not yet (D1): asked for at once where a conversation left it open, and how often each notes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.outcomes import WHY_NOT
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log
from fifthcall.touches.note_quality import asked_for, missing, of_member, qualities
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible


class WhyForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why couldn’t they act yet?",
        choices=[("", "Choose…"), *((code, words) for code, words in WHY_NOT.items() if code != "unknown")],
        error_messages={"required": "Choose what held them back."},
    )
    reason_note = forms.CharField(required=False, max_length=200, label="In their words")
    reason_until = forms.DateField(
        required=False,
        label="Until",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Then the next call is on that day.",
    )


def asking(opportunity: Opportunity) -> dict[str, Any] | None:
    """What a page needs to ask for it, where the last conversation left it open."""
    if asked_for(opportunity) is None:
        return None
    return {"pk": opportunity.pk, "whom": cards.whom(opportunity), "form": WhyForm(prefix=f"why{opportunity.pk}")}


@require_POST
def why_not_add(request: MemberRequest, pk: int) -> HttpResponse:
    """Note it, from whichever page asked; `back` is "today" there."""
    one_visible(request.member, pk)
    form = WhyForm(request.POST, prefix=f"why{pk}")
    if form.is_valid():
        data = form.cleaned_data
        try:
            draft = Draft(
                "why_not", reason=data["reason"], reason_note=data["reason_note"], reason_until=data["reason_until"]
            )
            log(pk, request.member, draft, clock.now())
            messages.success(request, "Noted. The next call opens there.")
        except Incomplete as problem:
            messages.error(request, str(problem))
    else:
        field, problems = next(iter(form.errors.items()))
        messages.error(request, f"{form.fields[field].label} {problems[0]}")
    return redirect("today") if request.POST.get("back") == "today" else redirect("opportunity", pk)


@require_GET
def note_quality(request: MemberRequest) -> HttpResponse:
    """One's own, with what is missing; who leads sees everybody's."""
    now, member = clock.now(), request.member
    open_ones = [
        {
            "pk": touch.opportunity_id,
            "name": touch.opportunity.name,
            "whom": cards.whom(touch.opportunity),
            "when": cards.when(touch.at, now, member.zone),
        }
        for touch in missing(member, now)
    ]
    context = {
        "mine": of_member(member, now),
        "missing": open_ones,
        "team": _team(member, now) if member.leads else None,
    }
    return render(request, "fifthcall/note_quality.html", context)


def _team(member: Membership, now: Any) -> list[dict[str, Any]]:
    everybody = Membership.objects.filter(workspace_id=member.workspace_id)
    found = qualities(everybody, now)
    names = dict(everybody.filter(pk__in=found).values_list("pk", "name"))
    rows = [{"pk": pk, "name": names[pk], "noted": one.noted, "of": one.conversations} for pk, one in found.items()]
    return sorted(rows, key=lambda row: row["name"].casefold())  # for coaching: never an order of people
