"""Writing words: the editor with its preview, and the snippets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from fifthcall import clock
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.rules.case import Kind
from fifthcall.rules.words import KIND_NAMES
from fifthcall.touches.card import whom
from fifthcall.web.access import MemberRequest
from fifthcall.web.views.wording import entry_of
from fifthcall.wording import library, saving
from fifthcall.wording.checking_in import bare_check_in
from fifthcall.wording.fields import FIELDS, SNIPPET_NAMES, SNIPPETS
from fifthcall.wording.library import Saved
from fifthcall.wording.saying import filled

#: Prospects to look at a text with: those that come up next.
PROSPECTS = 50


class TextForm(forms.Form):
    """A text being written; `subject` only where its kind has one."""

    subject = forms.CharField(max_length=saving.SUBJECT_MAX, required=False)
    text = forms.CharField(max_length=20_000, widget=forms.Textarea({"rows": 10, "spellcheck": "true"}))
    prospect = forms.ModelChoiceField(
        Opportunity.objects.none(), required=False, label="As it reads for", empty_label="An example"
    )

    def __init__(self, request: MemberRequest, kind: str, **kwargs: Any) -> None:
        super().__init__(data=request.POST or None, **kwargs)
        if kind and kind not in library.WITH_SUBJECT:
            del self.fields["subject"]
        elif kind:
            self.fields["subject"].required = True
        visible = Opportunity.objects.visible_to(request.member).select_related(*RELATED)
        prospect = self.fields["prospect"]
        assert isinstance(prospect, forms.ModelChoiceField)
        prospect.queryset = visible
        shown = visible.filter(next_due_at__isnull=False).order_by("next_due_at", "id")[:PROSPECTS]
        prospect.choices = [("", "An example"), *((row.pk, _name(row)) for row in shown)]


class NewForm(TextForm):
    name = forms.CharField(max_length=120)
    kind = forms.ChoiceField(choices=[(kind, KIND_NAMES[Kind(kind)]) for kind in saving.KINDS], label="For")
    purpose = forms.CharField(max_length=200, required=False, help_text="When to use it.")
    subject = forms.CharField(max_length=saving.SUBJECT_MAX, required=False, help_text="For emails and invitations.")
    field_order = ("name", "kind", "purpose", "subject", "text", "prospect")


class SnippetForm(forms.Form):
    text = forms.CharField(
        max_length=saving.SNIPPET_MAX, required=False, widget=forms.Textarea({"rows": 3}), label="Your words"
    )
    shared = forms.BooleanField(required=False, label="For everybody who has none of their own")


def _name(row: Opportunity) -> str:
    return f"{whom(row)}, {row.organization.name}" if row.organization and row.person else whom(row)


def template_edit(request: MemberRequest, code: str) -> HttpResponse:
    """Each save is a new version; the ones before keep their results."""
    entry, member = entry_of(request, code), request.member
    start = {"subject": entry.words.subject, "text": entry.words.text, "prospect": request.GET.get("prospect")}
    form = TextForm(request, entry.words.kind, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            subject = form.cleaned_data.get("subject", "")
            saving.new_version(member, code, subject, form.cleaned_data["text"], clock.now())
            return redirect("template", code)
        except saving.Refused as problem:
            form.add_error(problem.field, str(problem))
    return _editor(request, form, entry.words, title=f"Change “{entry.words.title}”")


def template_new(request: MemberRequest) -> HttpResponse:
    kind = request.POST.get("kind", "")
    form = NewForm(request, "", initial={"kind": "email"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            version = saving.new_template(
                request.member, data["name"], data["kind"], data["purpose"], data["subject"], data["text"], clock.now()
            )
            return redirect("template", version.template.code)
        except saving.Refused as problem:
            form.add_error(problem.field, str(problem))
    return _editor(request, form, Saved("", "", kind, "", 0, "", ""), title="A new template")


def _editor(request: MemberRequest, form: TextForm, words: Saved, title: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "code": words.code,
        "fields": FIELDS.values(),
        "preview": _preview(request, words) if not form.is_bound else None,
    }
    return render(request, "fifthcall/template_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def template_preview(request: MemberRequest) -> HttpResponse:
    """How the text being written reads for a prospect; nothing is saved."""
    words = Saved("", "", "", "", 0, request.POST.get("subject", ""), request.POST.get("text", ""))
    return render(request, "fifthcall/template_edit.html#preview", {"preview": _preview(request, words)})


def _preview(request: MemberRequest, words: Saved) -> dict[str, Any]:
    """For a prospect the member may see, else for the example; what is missing, and what gives it away (C4)."""
    try:
        saving.check("", words.subject, words.text)
    except saving.Refused as problem:
        return {"problem": str(problem)}
    row = _prospect(request)
    shown = filled(words, row, request.member, clock.now()) if row else _example(words)
    return {"words": shown, "bare": bare_check_in(words.text), "prospect": row and _name(row)}


def _example(words: Saved) -> Any:
    values = {field.name: field.example for field in FIELDS.values()}
    subject, text = words.subject_compiled.fill(values), words.compiled.fill(values)
    return {"subject": subject.text, "text": text.text, "gaps": (*subject.gaps, *text.gaps)}


def _prospect(request: MemberRequest) -> Opportunity | None:
    wanted = request.POST.get("prospect") or request.GET.get("prospect") or ""
    if not wanted.isdecimal():
        return None
    visible = Opportunity.objects.visible_to(request.member).select_related(*RELATED)
    return visible.filter(pk=int(wanted)).first()


def snippets(request: MemberRequest) -> HttpResponse:
    """A member's own words for each snippet; those who lead may set everybody's."""
    wrong: SnippetForm | None = None
    code = request.POST.get("code", "")
    if request.method == "POST":
        wrong = SnippetForm(request.POST, prefix=code)
        if _keep_snippet(request, code, wrong, clock.now()):
            return redirect("snippets")
    rows = [_snippet(request, one, wrong if one == code else None) for one in SNIPPETS]
    context = {"rows": rows, "names": [FIELDS[name] for name in SNIPPET_NAMES]}
    return render(request, "fifthcall/snippets.html", context, status=422 if wrong else 200)


def _keep_snippet(request: MemberRequest, code: str, form: SnippetForm, now: datetime) -> bool:
    if not form.is_valid():
        return False
    try:
        saving.keep_snippet(request.member, code, form.cleaned_data["text"], now, form.cleaned_data["shared"])
    except saving.Refused as problem:
        form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        return False
    return True


def _snippet(request: MemberRequest, code: str, wrong: SnippetForm | None) -> dict[str, Any]:
    now_used = library.snippets(request.member, [code])[code]
    form = wrong or SnippetForm(prefix=code, initial={"text": now_used})
    if not request.member.leads:
        form.fields.pop("shared", None)
    return {"code": code, "about": SNIPPETS[code].about, "title": SNIPPETS[code].title, "form": form}
