"""What if: a cadence is tried on the past year or on a made market, before it is switched on. Nothing is saved."""

from __future__ import annotations

import threading
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from fifthcall import clock
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.what_if import telling
from fifthcall.insights.what_if.answers import ASSUMED, Rates
from fifthcall.insights.what_if.drawing import picture
from fifthcall.insights.what_if.market import Market, made
from fifthcall.insights.what_if.measured import came_in, rates_of
from fifthcall.insights.what_if.past import past
from fifthcall.insights.what_if.trying import MOST_DAYS, MOST_OPPORTUNITIES, Trial, attempt, with_book
from fifthcall.rules.case import Playbook
from fifthcall.rules.playbook import IDS, BadPlaybook, builtin_text, read
from fifthcall.rules.situations import NAMES
from fifthcall.teams.models import Membership
from fifthcall.web.access import MemberRequest
from fifthcall.web.figures import as_file
from fifthcall.web.views.playbooks import PlaybookForm
from fifthcall.wording import library

RUNS = 20
#: It keeps a processor busy for seconds: one at a time leaves the other pages theirs.
_ONE = threading.Lock()
_MEANT = ("what_if_reached", "what_if_difference", "what_if_load", "what_if_collisions")
_KINDS = {
    "call": "Calls",
    "text": "Texts",
    "email": "Emails",
    "post": "Post",
    "desk": "At the desk",
    "meeting": "Meetings",
}
_RATES = {"call": "Calls answered", "text": "Texts answered", "email": "Emails answered", "meeting": "Meetings set",
          "refusal": "Not interested"}  # fmt: skip


class WhatIfForm(forms.Form):
    market = forms.ChoiceField(
        label="Played on",
        choices=[("past", "the opportunities of the last year"), ("made", "a made-up market")],
        widget=forms.RadioSelect,
    )
    seed = forms.IntegerField(
        label="Seed", min_value=0, max_value=10**9, help_text="The same seed gives the same luck, to the last digit."
    )
    opportunities = forms.IntegerField(
        label="Opportunities of a made-up market", min_value=1, max_value=MOST_OPPORTUNITIES
    )
    days = forms.IntegerField(label="Days of a made-up market", min_value=7, max_value=MOST_DAYS)
    text = forms.CharField(
        max_length=20_000,
        required=False,
        label="The changed playbook",
        help_text="Nothing is saved. Without one, your cadence is played as it is.",
        widget=PlaybookForm.base_fields["text"].widget,
    )

    def __init__(self, data: Any, member: Membership, **more: Any) -> None:
        super().__init__(data, **more)
        self.member = member
        self.book: Playbook | None = None

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if text.strip():
            try:
                self.book = read(text, library.own_codes(self.member.workspace_id))
                with_book(self.member.workspace.policy(), self.book)
            except BadPlaybook as problem:
                raise forms.ValidationError(str(problem)) from None
        return text


@require_http_methods(["GET", "POST"])
def what_if(request: MemberRequest) -> HttpResponse:
    """GET shows the form, with `?playbook=` that one's text; POST plays it, `as` gives the figures as a file."""
    form = _form(request)
    context: dict[str, Any] = {
        "form": form,
        "starts": [] if form.is_bound else list(NAMES.items()),
        "definitions": [NUMBERS[key] for key in _MEANT],
    }
    if not form.is_bound or not form.is_valid():
        return render(request, "fifthcall/what_if.html", context, status=422 if form.is_bound else 200)
    if not _ONE.acquire(blocking=False):
        form.add_error(None, "Another try is being played. Wait a few seconds, then play yours.")
        return render(request, "fifthcall/what_if.html", context, status=503)
    try:
        trial = _tried(form)
    finally:
        _ONE.release()
    if trial is None:
        form.add_error("market", "No opportunity of yours came in within the last year. Take a made-up market.")
        return render(request, "fifthcall/what_if.html", context, status=422)
    if kind := request.POST.get("as", ""):
        return as_file(kind, "what_if", telling.COLUMNS, telling.rows(trial))
    return render(request, "fifthcall/what_if.html", context | _shown(trial, form.book))


def _form(request: MemberRequest) -> WhatIfForm:
    """From the playbook's editor comes its text alone: the rest is as it is on a fresh page."""
    some = came_in(request.member, clock.now()).filter(owner__isnull=False).exists()
    initial = {"market": "past" if some else "made", "seed": 1, "opportunities": 100, "days": 60}
    if request.method == "POST":
        return WhatIfForm(initial | request.POST.dict(), request.member)
    code = request.GET.get("playbook", "")
    if code in IDS:
        initial["text"] = request.member.workspace.playbooks.get(code) or builtin_text(code)
    return WhatIfForm(None, request.member, initial=initial)


def _tried(form: WhatIfForm) -> Trial | None:
    said, space = form.cleaned_data, form.member.workspace
    market, rates = _market(form)
    if market is None:
        return None
    policy = space.policy()
    changed = with_book(policy, form.book) if form.book else None
    return attempt(market, rates, policy, changed, said["seed"], RUNS)


def _market(form: WhatIfForm) -> tuple[Market | None, Rates]:
    said, space, now = form.cleaned_data, form.member.workspace, clock.now()
    if said["market"] == "past":
        return past(form.member, now), rates_of(form.member, now)
    situation = form.book.id if form.book else ""
    market = made(
        said["seed"], said["opportunities"], said["days"], situation=situation, zone=space.zone, country=space.country
    )
    return market, ASSUMED


def _shown(trial: Trial, book: Playbook | None) -> dict[str, Any]:
    both = [one for one in (trial.today, trial.changed) if one]
    names = sorted({name for one in both for name in one.load.by_channel})
    return {
        "trial": trial,
        "book": book,
        "cadences": ["As it is", "Changed"][: len(both)],
        "words": telling.sentences(trial),
        "source": telling.source(trial.rates),
        "estimates": [(words, [getattr(one, name) for one in both]) for name, words in telling.ESTIMATES.items()],
        "loads": [(words, [getattr(one.load, name) for one in both]) for name, words in telling.LOADS.items()]
        + [(_KINDS[name], [one.load.by_channel.get(name, 0.0) for one in both]) for name in names],
        "counts": [(words, [getattr(one, name) for one in both]) for name, words in telling.COUNTS.items()],
        "rates": [
            one | {"what": _RATES[one["what"]], "percent": 100 * one["share"]} for one in telling.rates(trial.rates)
        ],
        "picture": picture(trial),
    }
