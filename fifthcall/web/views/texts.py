"""Texting the prospect: what to write, how long it is, what becomes of it."""

from __future__ import annotations

import secrets
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from fifthcall import clock
from fifthcall.people.reach import readable
from fifthcall.phoning import sending, texts
from fifthcall.phoning.lines import line_of
from fifthcall.phoning.may_phone import stopped
from fifthcall.phoning.models import Line, Text
from fifthcall.phoning.parts import length_of
from fifthcall.phoning.texts import Note, Unfit
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Agreed, Kind, Window
from fifthcall.rules.windows import instant
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.touches.words import to_say
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.wording import library
from fifthcall.wording.saying import words_of

State = Text.State


class TextForm(forms.Form):
    number = forms.ChoiceField(label="To")
    text = forms.CharField(label="Text", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    agreed = forms.CharField(
        label="How they agreed to texts",
        required=False,
        max_length=160,
        help_text="“Asked me to text on the phone”, “on the form”. Noted once, with the day.",
    )
    promise_on = forms.DateField(
        required=False, label="I promise to call on", widget=forms.DateInput(attrs={"type": "date"})
    )
    promise_from = forms.TimeField(required=False, label="From", widget=forms.TimeInput(attrs={"type": "time"}))
    promise_until = forms.TimeField(required=False, label="Until", widget=forms.TimeInput(attrs={"type": "time"}))
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    words = forms.RegexField(r"^\w{1,40}:\d{1,6}$", required=False, widget=forms.HiddenInput)

    def __init__(self, opportunity: Opportunity, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.opportunity = opportunity
        numbers = texts.numbers_of(opportunity.person)
        self.fields["number"].choices = [(one, readable(one)) for one in numbers]  # type: ignore[attr-defined]
        if not texts.agreement_wanted(opportunity.person):
            del self.fields["agreed"]

    def note(self) -> Note:
        """What was written. Raises Unfit."""
        data = self.cleaned_data
        template, _, number = data["words"].partition(":")
        return Note(
            data["number"],
            data["text"],
            data["key"],
            data.get("agreed", ""),
            self._promise(self.opportunity.prospect_zone),
            template,
            int(number) if number else None,
        )

    def _promise(self, zone: str) -> Window | None:
        day = self.cleaned_data["promise_on"]
        if day is None:
            return None
        start = instant(datetime.combine(day, self.cleaned_data["promise_from"] or time(9)), zone)
        end = instant(datetime.combine(day, self.cleaned_data["promise_until"] or time(11)), zone)
        if end <= start:
            raise Unfit("promise_until", "The promise ends after it starts.")
        if start <= clock.now():
            raise Unfit("promise_on", "Promise a time to come.")
        return Window(start, end, zone)


def text_write(request: MemberRequest, pk: int) -> HttpResponse:
    """The text to write; without a line, the draft opens on one's own phone."""
    opportunity, line = one_visible(request.member, pk), line_of(request.member)
    form = TextForm(opportunity, request.POST or None, initial=_draft(opportunity, request))
    if request.method == "POST" and form.is_valid():
        try:
            texts.write(pk, request.member, form.note(), clock.now())
        except Unfit as unfit:
            form.add_error(unfit.field if unfit.field in form.fields else None, str(unfit))
        else:
            return redirect("opportunity", pk)
    numbers = texts.numbers_of(opportunity.person)
    context = {
        "opportunity": opportunity,
        "form": form,
        "numbers": numbers,
        "line": line,
        "promise": [form["promise_on"], form["promise_from"], form["promise_until"]],
        "own_phone": "" if line or not numbers else f"sms:{numbers[0]}?body={quote(form['text'].value() or '')}",
        "length": length_words(form["text"].value() or "", line, request.member),
        "templates": library.offered(request.member.workspace_id, Kind.TEXT.value),
        "zone_words": cards.local_time(opportunity, clock.now()),
    }
    return render(request, "fifthcall/text_write.html", context, status=422 if form.errors else 200)


def _draft(opportunity: Opportunity, request: MemberRequest) -> dict[str, str]:
    chosen = request.GET.get("template", "")
    if chosen in dict(library.offered(request.member.workspace_id, Kind.TEXT.value)):
        words = words_of(chosen, opportunity, request.member, clock.now())
    else:
        words = to_say(opportunity, request.member, clock.now())
    fits = words.kind == Kind.TEXT.value
    return {
        "text": words.text if fits else "",
        "words": f"{words.template_key}:{words.version}" if fits and words.template_key else "",
        "template": words.template_key if fits else "",
        "key": secrets.token_urlsafe(12),
    }


@require_POST
def text_length(request: MemberRequest) -> HttpResponse:
    """How long the text being written is, and what it costs; nothing is saved."""
    words = length_words(
        request.POST.get("text") or request.POST.get("pair_text", ""), line_of(request.member), request.member
    )
    return render(request, "fifthcall/text_write.html#length", {"length": words})


def length_words(text: str, line: Line | None, member: Membership) -> dict[str, str]:
    """Its parts, its room and its cost, in words."""
    found = length_of(text.strip())
    if not found.parts:
        return {"words": "", "hint": ""}
    parts = f"{found.parts} part{'s' if found.parts != 1 else ''}, {found.used} of {found.room} letters"
    price = line.part_price if line else None
    cost = f", about {_cost(price * found.parts)} {member.workspace.currency}" if price and found.parts else ""
    wide = f"“{found.wide_because}” halves the room of each part." if found.wide_because else ""
    return {"words": parts + cost, "hint": wide if found.parts > 1 or found.used > 50 else ""}


def _cost(value: Decimal) -> str:
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


_WORDS = {
    State.SENDING: "Going out now",
    State.SENT: "Sent",
    State.DELIVERED: "Delivered",
    State.UNDELIVERED: "Not delivered",
    State.UNCERTAIN: "Nobody can tell whether it arrived",
    State.FAILED: "Not sent",
    State.CANCELLED: "Not sent",
    State.ASKED: "Should it still go out?",
    State.CAME: "They texted",
    State.FLAGGED: "They texted",
}


def shown(text: Text, member: Membership, now: datetime) -> dict[str, Any]:
    """A text for the screen of `member`."""
    at = cards.when(text.sent_at or text.wanted_at, now, member.zone)
    waits = text.state == State.WAITING
    words = _WORDS.get(State(text.state), "")
    if waits:
        words = "Goes out " + ("in a moment" if text.due_at <= now else cards.when(text.due_at, now, member.zone))
    elif text.theirs or text.state in (State.SENT, State.DELIVERED):
        words += f" {at}"
    return {
        "pk": text.pk,
        "theirs": text.theirs,
        "state": text.state,
        "text": text.text,
        "number": readable(text.number),
        "words": words,
        "why": text.why,
        "by": text.member.name if text.member else "",
        "can_take_back": waits and text.member_id == member.pk,
        "can_confirm": text.state == State.UNCERTAIN,
        "can_send_still": text.state in (State.UNCERTAIN, State.ASKED),
        "opportunity": text.opportunity if text.opportunity_id else None,
    }


def texts_of(opportunity: Opportunity, member: Membership, now: datetime) -> list[dict[str, Any]]:
    """Our texts and theirs, the latest first."""
    rows = Text.objects.filter(opportunity=opportunity, service=False).select_related("member").order_by("-id")[:30]
    return [shown(text, member, now) for text in rows]


@require_POST
def text_state(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """Take it back, say that it arrived, or send it (again)."""
    text = Text.objects.filter(pk=pk, workspace=request.member.workspace).first()
    if text is None or text.opportunity_id is None or act not in ("take-back", "arrived", "send", "drop"):
        raise Http404
    one_visible(request.member, text.opportunity_id)
    if act == "take-back" and not texts.take_back(pk, request.member):
        messages.warning(request, "Too late: it has gone out.")
    elif act == "arrived":
        sending.confirm(pk, clock.now())
    elif act == "send":
        texts.send_still(pk, request.member, clock.now())
    elif act == "drop":
        texts.drop(pk)
    return redirect("opportunity", text.opportunity_id)


@require_POST
def text_looked_at(request: MemberRequest, pk: int) -> HttpResponse:
    if not to_look_at(request.member).filter(pk=pk).update(state=State.CAME, why=""):
        raise Http404
    return redirect("mails_to_look_at")


def to_look_at(member: Membership) -> QuerySet[Text]:
    """Texts that a person should read: one's own line's; for managers, the workspace's."""
    rows = Text.objects.filter(workspace=member.workspace, state=State.FLAGGED)
    return rows if member.leads else rows.filter(line__member=member)


def texted_here(ways: list[dict[str, str]], pk: int) -> list[dict[str, str]]:
    """The ways to reach somebody, with texts written in Fifthcall."""
    page = reverse("text_write", args=[pk])
    return [way | {"href": page} if way["kind"] == "text" and way["href"] else way for way in ways]


def pair_of(opportunity: Opportunity, request: MemberRequest, now: datetime) -> dict[str, Any] | None:
    """C2: the text that goes with a voicemail, to be sent in the same gesture; None where it can't go out from here."""
    line, numbers = line_of(request.member), texts.numbers_of(opportunity.person)
    if line is None or line.paused_at or not numbers:
        return None
    if stopped(line.workspace_id, opportunity.person, numbers[0], "text"):
        return None
    said = request.POST
    words = words_of("paired_text", opportunity, request.member, now)
    text = said.get("pair_text", words.text)
    return {
        "key": said.get("pair") or secrets.token_urlsafe(12),
        "on": "pair" in said or request.method == "GET",
        "text": text,
        "number_words": readable(numbers[0]),
        "length": length_words(text, line, request.member),
        "agreed": texts.agreement_wanted(opportunity.person),
        "agreed_words": said.get("pair_agreed", ""),
        "problem": "",
    }


def send_pair(opportunity: Opportunity, request: MemberRequest, promise: Agreed | None, now: datetime) -> None:
    """Send that text, if it is wanted; words that nobody has changed name the promise (C5). Raises Unfit."""
    said, numbers = request.POST, texts.numbers_of(opportunity.person)
    if not said.get("pair") or not numbers:
        return
    version, text = words_of("paired_text", opportunity, request.member, now), said.get("pair_text", "")
    if promise and text.split() == version.text.split():
        version = words_of("paired_text", opportunity, request.member, now, agreed=promise)
        text = version.text
    agreed = said.get("pair_agreed", "")[:160]
    note = Note(
        numbers[0],
        text,
        said["pair"][:40],
        agreed,
        template=version.template_key,
        template_version=version.version if version.template_key else None,
    )
    texts.write(opportunity.pk, request.member, note, now)
