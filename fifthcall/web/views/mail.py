"""Writing to the prospect, what becomes of it, and what they wrote back."""

from __future__ import annotations

import secrets
from datetime import datetime, time
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.channels import stopping
from fifthcall.channels.email import sending, wanting
from fifthcall.channels.email.mailboxes import mailbox_of
from fifthcall.channels.email.wanting import Letter, Unfit
from fifthcall.channels.models import Message
from fifthcall.cues.cleaning import cleaned
from fifthcall.cues.judging import Sort
from fifthcall.cues.models import Received
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel, Kind, Window
from fifthcall.rules.windows import instant
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.touches.words import to_say
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.web.views.texts import shown as text_shown
from fifthcall.web.views.texts import to_look_at as texts_to_look_at
from fifthcall.wording import library
from fifthcall.wording.saying import Words, words_of

State = Message.State


class LetterForm(forms.Form):
    to = forms.ChoiceField(label="To")
    subject = forms.CharField(max_length=300, required=False)
    text = forms.CharField(label="Mail", required=False, widget=forms.Textarea(attrs={"rows": 12}))
    promise_on = forms.DateField(
        required=False, label="I promise to call on", widget=forms.DateInput(attrs={"type": "date"})
    )
    promise_from = forms.TimeField(required=False, label="From", widget=forms.TimeInput(attrs={"type": "time"}))
    promise_until = forms.TimeField(required=False, label="Until", widget=forms.TimeInput(attrs={"type": "time"}))
    key = forms.CharField(widget=forms.HiddenInput, max_length=40)
    words = forms.RegexField(r"^\w{1,40}:\d{1,6}$", required=False, widget=forms.HiddenInput)  # template:version

    def __init__(self, addresses: list[str], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"].choices = [(a, a) for a in addresses]  # type: ignore[attr-defined]

    def letter(self, opportunity: Opportunity) -> Letter:
        """What was written. Raises Unfit."""
        data = self.cleaned_data
        before = _before(opportunity)
        again = before if before and data["subject"].lower().startswith("re:") else None
        template, _, number = data["words"].partition(":")
        return Letter(
            data["to"],
            data["subject"],
            data["text"],
            data["key"],
            in_reply_to=again.message_id if again else "",
            references=f"{again.references} {again.message_id}".strip() if again else "",
            promise=self._promise(opportunity.prospect_zone),
            template=template,
            template_version=int(number) if number else None,
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


def mail_write(request: MemberRequest, pk: int) -> HttpResponse:
    """The mail to write; without a mailbox, the draft opens in one's own mail program."""
    opportunity = one_visible(request.member, pk)
    addresses = wanting.addresses_of(opportunity.person)
    mailbox = mailbox_of(request.member)
    form = LetterForm(addresses, request.POST or None, initial=_draft(opportunity, request))
    if request.method == "POST" and form.is_valid():
        try:
            wanting.write(pk, request.member, form.letter(opportunity), clock.now())
        except Unfit as unfit:
            form.add_error(unfit.field if unfit.field in form.fields else None, str(unfit))
        else:
            return redirect("opportunity", pk)
    context = {
        "opportunity": opportunity,
        "form": form,
        "addresses": addresses,
        "mailbox": mailbox,
        "promise": [form["promise_on"], form["promise_from"], form["promise_until"]],
        "mailto": "" if mailbox or not addresses else _mailto(addresses[0], form),
        "templates": library.offered(request.member.workspace_id, Kind.EMAIL.value),
        "zone_words": cards.local_time(opportunity, clock.now()),
    }
    return render(request, "fifthcall/mail_write.html", context, status=422 if form.errors else 200)


def written_here(ways: list[dict[str, str]], pk: int) -> list[dict[str, str]]:
    """The ways to reach somebody, with mails written in Fifthcall."""
    page = reverse("mail_write", args=[pk])
    return [way | {"href": page} if way["kind"] == "email" and way["href"] else way for way in ways]


def _draft(opportunity: Opportunity, request: MemberRequest) -> dict[str, str]:
    """The mail to begin with: the words of the template that was chosen (`?template=CODE`), else the step's.

    A subject of the template's own begins a new thread: only where there is none yet, or it was chosen.
    """
    before, chosen = _before(opportunity), _chosen(request)
    words = _words(opportunity, request, chosen)
    subject = words.subject or opportunity.name
    return {
        "subject": wanting.again(before.subject) if before and not chosen else subject,
        "text": words.text,
        "words": f"{words.template_key}:{words.version}" if words.template_key else "",
        "template": words.template_key,
        "key": secrets.token_urlsafe(12),
    }


def _before(opportunity: Opportunity) -> Message | Received | None:
    """The latest mail of the thread, theirs or ours: the one to answer."""
    theirs = Received.objects.filter(opportunity=opportunity, verdict=Sort.PERSON.value).order_by("came_at").last()
    ours = Message.objects.filter(opportunity=opportunity, state=State.SENT).order_by("sent_at").last()
    if theirs and ours and ours.sent_at:
        return theirs if theirs.came_at > ours.sent_at else ours
    return theirs or ours


def _chosen(request: MemberRequest) -> str:
    code = request.GET.get("template", "")
    return code if code in dict(library.offered(request.member.workspace_id, Kind.EMAIL.value)) else ""


def _words(opportunity: Opportunity, request: MemberRequest, chosen: str) -> Words:
    if chosen:
        return words_of(chosen, opportunity, request.member, clock.now())
    is_mail = opportunity.next_kind and Kind(opportunity.next_kind).channel is Channel.EMAIL
    return to_say(opportunity, request.member, clock.now()) if is_mail else Words()


def _mailto(address: str, form: LetterForm) -> str:
    fields = {"subject": form["subject"].value() or "", "body": form["text"].value() or ""}
    return f"mailto:{quote(address)}?{urlencode(fields, quote_via=quote)}"


def mails(opportunity: Opportunity, request: MemberRequest, now: datetime) -> list[dict[str, Any]]:
    """Our mails and theirs, the latest first."""
    ours = Message.objects.filter(opportunity=opportunity).exclude(state=State.CANCELLED, automatic=True)
    ours = ours.select_related("member").order_by("-id")
    theirs = Received.objects.filter(opportunity=opportunity).exclude(verdict=Sort.OWN.value)
    shown = [
        (m.sent_at or m.wanted_at, _shown(m, request, now)) for m in ours.select_related("member").order_by("-id")[:20]
    ]
    shown += [(mail.came_at, _theirs(mail, request, now)) for mail in theirs.order_by("-id")[:20]]
    return [mail for _, mail in sorted(shown, key=lambda pair: pair[0], reverse=True)]


_SORTS = {
    Sort.PERSON: "They wrote",
    Sort.OUT_OF_OFFICE: "Out of office",
    Sort.AUTO_REPLY: "A machine answered",
    Sort.BOUNCED: "Could not be delivered",
    Sort.DELAYED: "Delayed",
    Sort.CALENDAR: "Answer to an invitation",
    Sort.BULK: "From a list",
}


def _theirs(mail: Received, request: MemberRequest, now: datetime) -> dict[str, Any]:
    return {
        "pk": mail.pk,
        "theirs": True,
        "subject": mail.subject or "(no subject)",
        "from": mail.from_name or mail.from_address,
        "words": f"{_SORTS.get(Sort(mail.verdict), '')} {cards.when(mail.came_at, now, request.member.zone)}"
        if mail.verdict
        else "Could not be read",
        "person": mail.verdict == Sort.PERSON.value,
        "text": mail.text,
        "why": mail.why,
        "evidence": mail.evidence,
        "has_html": bool(mail.html),
    }


def _shown(message: Message, request: MemberRequest, now: datetime) -> dict[str, Any]:
    zone, mine = request.member.zone, message.member_id == request.member.pk
    waits = message.state == State.WAITING and not message.tries
    words = {
        State.WAITING: "Goes out "
        + ("in a moment" if message.due_at <= now else cards.when(message.due_at, now, zone)),
        State.SENDING: "Going out now",
        State.SENT: f"Sent {cards.when(message.sent_at, now, zone)}" if message.sent_at else "Sent",
        State.UNCERTAIN: "Nobody can tell whether it arrived",
        State.FAILED: "Not sent",
        State.CANCELLED: "Not sent",
        State.ASKED: "Late: should it still go out?",
    }[State(message.state)]
    return {
        "pk": message.pk,
        "state": message.state,
        "subject": message.subject,
        "to": message.to_address,
        "words": words + (", by itself" if message.automatic and message.state == State.SENT else ""),
        "why": message.why,
        "by": message.member.name,
        "seconds": max(0, int((message.due_at - now).total_seconds())) if waits and not message.automatic else 0,
        "can_take_back": mine and waits and not message.automatic,
        "can_confirm": message.state == State.UNCERTAIN,
        "can_send_still": message.state in (State.UNCERTAIN, State.ASKED),
    }


@require_POST
def mail_state(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """Take it back, say that it arrived, or send it (again)."""
    now = clock.now()
    message = Message.objects.filter(pk=pk, workspace=request.member.workspace).first()
    if message is None or act not in ("take-back", "arrived", "send", "drop"):
        raise Http404
    one_visible(request.member, message.opportunity_id)
    if act == "take-back" and not wanting.take_back(pk, request.member):
        messages.warning(request, "Too late: it has gone out.")
    elif act == "arrived":
        sending.confirm(pk, now)
    elif act == "send":
        wanting.send_still(pk, request.member, now)
    elif act == "drop":
        wanting.drop(pk)
    return redirect("opportunity", message.opportunity_id)


@require_GET
def mails_to_look_at(request: MemberRequest) -> HttpResponse:
    """Mails that a person should read: from strangers in our threads, about closed opportunities, not readable."""
    now = clock.now()
    rows = _to_look_at(request.member).select_related("opportunity").order_by("-id")[:100]
    shown = [_theirs(mail, request, now) | {"opportunity": mail.opportunity} for mail in rows]
    texts = [text_shown(text, request.member, now) for text in texts_to_look_at(request.member).order_by("-id")[:100]]
    return render(request, "fifthcall/mails_to_look_at.html", {"mails": shown, "texts": texts})


@require_GET
@xframe_options_sameorigin
def received_html(request: MemberRequest, pk: int) -> HttpResponse:
    """A mail as it was sent, made safe, for the frame it is shown in: nothing in it runs or reaches out."""
    mail = Received.objects.filter(pk=pk, workspace=request.member.workspace, opportunity__isnull=False).first()
    if mail is None or mail.opportunity_id is None:
        raise Http404
    one_visible(request.member, mail.opportunity_id)
    response = HttpResponse(cleaned(mail.html))
    response["Content-Security-Policy"] = "sandbox allow-popups; default-src 'none'; img-src data:; style-src 'none'"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def mail_looked_at(request: MemberRequest, pk: int) -> HttpResponse:
    if not _to_look_at(request.member).filter(pk=pk).update(state=Received.State.READ, why=""):
        raise Http404
    return redirect("mails_to_look_at")


def _to_look_at(member: Membership) -> QuerySet[Received]:
    """One's own mailbox's; for managers, the workspace's."""
    states = (Received.State.FLAGGED, Received.State.QUARANTINED)
    rows = Received.objects.filter(workspace=member.workspace, state__in=states)
    return rows if member.leads else rows.filter(mailbox__member=member)


def count_to_look_at(member: Membership) -> int:
    """Mails and texts that need a person's eyes."""
    return _to_look_at(member).count() + texts_to_look_at(member).count()


@csrf_exempt  # RFC 8058: the reader's mail provider posts it, without having seen the page
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """The way out in our mails. Looking changes nothing; saying it needs no sign-in and never expires."""
    message = stopping.message_of(token)
    if message is None:
        raise Http404
    if request.method == "POST":
        stopping.stop_by_token(token, clock.now())
    elif request.method not in ("GET", "HEAD"):
        return HttpResponse(status=405)
    context = {"company": message.workspace.name, "done": stopping.stopped_already(message)}
    return render(request, "fifthcall/stop.html", context)
