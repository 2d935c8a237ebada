"""The playbooks: what goes wrong, what to do, and a workspace's own version of each."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from fifthcall import clock
from fifthcall.journal.models import note_event
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.c1_playbook import books
from fifthcall.rules.case import Playbook
from fifthcall.rules.playbook import IDS, BadPlaybook, builtin_text, complete, read
from fifthcall.rules.situations import NAMES
from fifthcall.rules.words import KIND_NAMES
from fifthcall.teams.models import Workspace
from fifthcall.touches.card import ICONS
from fifthcall.web.access import MemberRequest
from fifthcall.wording import library

_DAYS = {"hour": 1 / 24, "day": 1.0, "working day": 1.4}  # calendar days, roughly, for the picture


class PlaybookForm(forms.Form):
    text = forms.CharField(
        max_length=20_000,
        label="The playbook",
        help_text="Steps with kind, after, do, template, voicemail; “then” says what follows the last one.",
        widget=forms.Textarea({"rows": 24, "spellcheck": "false", "class": "code"}),
    )


def timeline(book: Playbook) -> list[dict[str, Any]]:
    """The steps with where they stand on a line from the first day to the last (per cent)."""
    days, at = [], 0.0
    for step in book.steps:
        at += step.amount * _DAYS[step.unit]
        days.append(at)
    whole = max(at, 1.0)
    return [
        {
            "number": number,
            "icon": ICONS[step.kind],
            "kind": KIND_NAMES[step.kind],
            "do": step.do,
            "after": f"{step.amount} {step.unit}{'s' if step.amount != 1 else ''} later",
            "day": round(day),
            "left": round(100 * day / whole),
        }
        for number, (step, day) in enumerate(zip(book.steps, days, strict=True), 1)
    ]


def ending(book: Playbook) -> str:
    if book.then == "rest":
        return f"Then it rests, and comes back after {book.rest_days} days."
    return f"Then it goes on with: {NAMES[book.then].lower()}."


def _one(code: str, workspace: Workspace) -> Playbook:
    if code not in IDS:
        raise Http404("There is no such playbook.")
    return books(workspace.policy())[code]


@require_GET
def playbooks(request: MemberRequest) -> HttpResponse:
    space = request.member.workspace
    on = Counter(purpose.partition(".")[0] for purpose in _purposes(space))
    rows = [
        {"id": book.id, "name": book.name, "wrong": book.wrong, "steps": len(book.steps), "count": on[book.id],
         "own": book.id in space.playbooks}
        for book in books(space.policy()).values()
    ]  # fmt: skip
    return render(request, "fifthcall/playbooks.html", {"rows": rows})


def _purposes(space: Workspace) -> list[str]:
    steps = Opportunity.objects.filter(workspace=space, next_due_at__isnull=False, next_purpose__startswith="S")
    return list(steps.values_list("next_purpose", flat=True))


@require_GET
def playbook(request: MemberRequest, code: str) -> HttpResponse:
    book = _one(code, request.member.workspace)
    context = {"book": book, "timeline": timeline(book), "ending": ending(book), "may_change": request.member.leads}
    return render(request, "fifthcall/playbook.html", context)


def playbook_edit(request: MemberRequest, code: str) -> HttpResponse:
    """First shows what a change would mean; saves when it is confirmed."""
    space = request.member.workspace
    _one(code, space)
    text = space.playbooks.get(code) or builtin_text(code)
    form = PlaybookForm(request.POST or None, initial={"text": text})
    context: dict[str, Any] = {"form": form, "code": code, "own": code in space.playbooks}
    if request.method == "POST" and "builtin" in request.POST:
        _save(request, code, "")
        return redirect("playbook", code)
    if not form.is_valid():
        return render(request, "fifthcall/playbook_edit.html", context, status=422 if form.is_bound else 200)
    try:
        book = read(form.cleaned_data["text"], library.own_codes(space.pk))
        if book.id != code:
            raise BadPlaybook(f"This is {code}: leave its id.", 1)
        complete(books(space.policy()) | {code: book})
    except BadPlaybook as problem:
        form.add_error("text", str(problem))
        return render(request, "fifthcall/playbook_edit.html", context, status=422)
    if "confirm" in request.POST:
        _save(request, code, form.cleaned_data["text"])
        return redirect("playbook", code)
    context |= {"book": book, "timeline": timeline(book), "ending": ending(book)} | _touched(space, code, clock.now())
    return render(request, "fifthcall/playbook_edit.html", context)


def _touched(space: Workspace, code: str, now: datetime) -> dict[str, Any]:
    """Whom a change would touch: those whose next step is one of this playbook's, and how many a day come up."""
    steps = Opportunity.objects.filter(
        workspace=space, next_due_at__isnull=False, next_purpose__startswith=f"{code}."
    ).order_by("next_due_at", "id")
    days = Counter(due.date() for due in steps.values_list("next_due_at", flat=True) if due)
    load = [(now.date() + timedelta(days=n), days[now.date() + timedelta(days=n)]) for n in range(14)]
    most = max((count for _, count in load), default=0) or 1
    return {
        "touched": steps.count(),
        "some": steps[:10],
        "load": [{"day": day, "count": count, "height": round(100 * count / most)} for day, count in load],
    }


def _save(request: MemberRequest, code: str, text: str) -> None:
    """Keep the workspace's own playbook ("" for the built-in one). Planned steps stay until they are next decided."""
    with transaction.atomic():
        space = Workspace.objects.select_for_update().get(pk=request.member.workspace_id)
        before = space.playbooks.get(code, "")
        space.playbooks = {k: v for k, v in space.playbooks.items() if k != code} | ({code: text} if text else {})
        space.save(update_fields=["playbooks"])
        note_event(space.pk, request.member.pk, "playbook_changed", space, clock.now(), code=code, before=before)
