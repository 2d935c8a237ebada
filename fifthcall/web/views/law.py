"""The law's hours for calls and texts: the table, what holds here, and each member's own, stricter hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.pipeline import law_hours as verbs
from fifthcall.rules.case import Hours, Policy
from fifthcall.rules.law import TABLE, Entry, hours_of, hours_words
from fifthcall.rules.words import day
from fifthcall.teams.models import Role
from fifthcall.web.access import MemberRequest
from fifthcall.web.views.team import BlockForm

EVERYWHERE = "everywhere"
SAVED = "Saved. What was planned outside these hours has moved."


class HoursForm(BlockForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "end" in self.errors and data.get("start"):
            self.errors["end"] = self.error_class(["The hours end after they start: give a later time."])
        return data

    def hours(self) -> Hours:
        data = self.cleaned_data
        return Hours(frozenset(map(int, data["weekdays"])), data["start"], data["end"])


class OverrideForm(HoursForm):
    reason = forms.CharField(
        max_length=200,
        required=False,
        label="Your reason",
        help_text="Needed for hours that allow more than the table. It is shown wherever they decide.",
        widget=forms.Textarea({"rows": 2}),
    )


def _initial(hours: Hours) -> dict[str, Any]:
    return {"weekdays": [str(n) for n in sorted(hours.weekdays)], "start": hours.start, "end": hours.end}


@require_GET
def law_hours(request: MemberRequest) -> HttpResponse:
    return _page(request)


def _page(request: MemberRequest, form: HoursForm | None = None) -> HttpResponse:
    member = request.member
    usual = hours_of(member.own_hours) if member.own_hours else Policy().law_hours
    context = {
        "rows": [_everywhere(request), *(_row(request, entry) for entry in TABLE.values())],
        "own": hours_words((hours_of(member.own_hours),)) if member.own_hours else "",
        "form": form or HoursForm(initial=_initial(usual)),
        "may_change": member.role == Role.OWNER,
    }
    return render(request, "fifthcall/law.html", context, status=422 if form else 200)


def _everywhere(request: MemberRequest) -> dict[str, Any]:
    return {
        "code": EVERYWHERE,
        "name": "Everywhere",
        "table": hours_words((Policy().law_hours,)),
        "more": "held besides every other entry",
        "source": "No law's text: a careful default",
        "checked": "",
        "own": _own(request, ""),
    }


def _row(request: MemberRequest, entry: Entry) -> dict[str, Any]:
    more = [f"{entry.a_day} calls and texts in 24 hours at most"] if entry.a_day else []
    more += ["not on public holidays"] if entry.not_on_holidays else []
    return {
        "code": entry.region,
        "name": entry.name,
        "table": hours_words(entry.hours),
        "more": ", ".join(more),
        "source": entry.source,
        "checked": day(entry.checked),
        "own": _own(request, entry.region),
    }


def _own(request: MemberRequest, region: str) -> dict[str, str] | None:
    said = request.member.workspace.law_hours.get(region)
    return said and {**said, "hours": hours_words((hours_of(said["hours"]),))}


@require_POST
def own_hours(request: MemberRequest) -> HttpResponse:
    """Only ever stricter: the law's hours hold besides."""
    if "none" in request.POST:
        verbs.keep_own_hours(request.member, None, clock.now())
        messages.success(request, "The law's hours alone hold again.")
        return redirect("law")
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            verbs.keep_own_hours(request.member, form.hours(), clock.now())
        except verbs.NoHours:
            form.add_error("start", "That leaves no hour in which a call is allowed: choose hours within the table's.")
        else:
            messages.success(request, SAVED)
            return redirect("law")
    return _page(request, form)


def override(request: MemberRequest, region: str) -> HttpResponse:
    key = _known(region)
    table, said = verbs.table_hours(key), request.member.workspace.law_hours.get(key)
    hours = hours_of(said["hours"]) if said else table[0]
    form = OverrideForm(request.POST or None, initial={**_initial(hours), "reason": said["reason"] if said else ""})
    if form.is_valid():
        try:
            verbs.read_otherwise(request.member, key, form.hours(), form.cleaned_data["reason"], clock.now())
        except verbs.NeedsReason:
            form.add_error("reason", "These hours allow more than the table: write down why.")
        else:
            messages.success(request, SAVED)
            return redirect("law")
    row = _row(request, TABLE[key]) if key else _everywhere(request)
    return render(
        request, "fifthcall/law_override.html", {"row": row, "form": form}, status=422 if form.is_bound else 200
    )


@require_POST
def retraction(request: MemberRequest, region: str) -> HttpResponse:
    verbs.take_back(request.member, _known(region), clock.now())
    messages.success(request, "The table's hours hold again.")
    return redirect("law")


def _known(region: str) -> str:
    if region != EVERYWHERE and region not in TABLE:
        raise Http404("The table has no such entry.")
    return "" if region == EVERYWHERE else region
