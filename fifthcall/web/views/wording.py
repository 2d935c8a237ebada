"""Templates: what is said at each kind of touch, in which version, and what came of each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.insights.wording_results import Key, Result, results
from fifthcall.rules.case import Kind
from fifthcall.rules.windows import wall
from fifthcall.rules.words import KIND_NAMES, moment
from fifthcall.touches import words as offered
from fifthcall.touches.card import ICONS, ways
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.wording import library, saving
from fifthcall.wording.checking_in import bare_check_in
from fifthcall.wording.library import NoSuchTemplate, Saved
from fifthcall.wording.models import GOALS
from fifthcall.wording.odds import Score, verdict
from fifthcall.wording.saying import left_open, words_of


class TrialForm(forms.Form):
    one = forms.TypedChoiceField(coerce=int, label="One")
    other = forms.TypedChoiceField(coerce=int, label="The other")
    goal = forms.ChoiceField(choices=list(GOALS.items()), label="What decides")

    def __init__(self, versions: list[Saved], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        choices = [(saved.number, _version_name(saved.number)) for saved in versions]
        for name, place in (("one", 0), ("other", 1)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices, field.initial = choices, choices[place][0] if len(choices) > place else None


def _version_name(number: int) -> str:
    return f"Version {number}" if number else "Built in"


def entry_of(request: MemberRequest, code: str) -> library.Entry:
    try:
        return library.entry(request.member.workspace_id, code)
    except NoSuchTemplate:
        raise Http404("There is no such template.") from None


@require_GET
def wording(request: MemberRequest) -> HttpResponse:
    """All templates by the kind of touch they are for, each with the results of the version in use."""
    found = results(request.member.workspace_id, clock.now())
    groups: dict[str, list[dict[str, Any]]] = {kind: [] for kind in saving.KINDS}
    for entry in library.entries(request.member.workspace_id):
        groups[entry.words.kind].append(_line(entry, found))
    context = {
        "groups": [
            {"name": KIND_NAMES[Kind(kind)], "icon": ICONS[Kind(kind)], "rows": rows}
            for kind, rows in groups.items()
            if rows
        ],
        "may_change": request.member.leads,
    }
    return render(request, "fifthcall/wording.html", context)


def _line(entry: library.Entry, found: Any) -> dict[str, Any]:
    number = library.BUILTIN if entry.off else entry.words.number
    return {
        "code": entry.words.code,
        "title": entry.words.title,
        "purpose": entry.words.purpose,
        "own": entry.row is not None and not entry.off,
        "off": entry.off,
        "trial": entry.trial is not None,
        "version": _version_name(number),
        "result": _result_words(found.get((entry.words.code, number), Result())),
    }


def _result_words(result: Result) -> str:
    if not result.sent:
        return "Not used yet"
    words = f"Used {result.sent:,} time{'s' if result.sent != 1 else ''}"
    if result.replied.of:
        words += f", {result.replied.good:,} of {result.replied.of:,} replied"
    return words


@require_GET
def template(request: MemberRequest, code: str) -> HttpResponse:
    return _page(request, entry_of(request, code))


def _page(
    request: MemberRequest, entry: library.Entry, status: int = 200, form: TrialForm | None = None
) -> HttpResponse:
    member, words = request.member, entry.words
    versions = library.versions(member.workspace_id, words.code)
    found = results(member.workspace_id, clock.now())
    context = {
        "entry": entry,
        "kind": KIND_NAMES[Kind(words.kind)],
        "arrived": "Reached" if words.kind == Kind.CALL.value else "Delivered",
        "builtin_stands_behind": library.builtin(words.code) is not None,
        "versions": [_version(saved, entry, found, member.zone) for saved in versions],
        "apart": _apart(versions, entry, found),
        "trial": entry.trial and [_version_name(number) for number in entry.trial],
        "goal": entry.row.trial_goal if entry.row else "",
        "trial_form": form or (TrialForm(versions) if len(versions) > 1 and entry.row else None),
        "may_change": member.leads,
    }
    return render(request, "fifthcall/template.html", context, status=status)


def _version(saved: Saved, entry: library.Entry, found: Any, zone: str) -> dict[str, Any]:
    result: Result = found.get((saved.code, saved.number), Result())
    shares = (("Delivered", result.delivered), ("Replied", result.replied), ("Met", result.met), ("Won", result.won))
    used = library.BUILTIN if entry.off else entry.words.number
    return {
        "saved": saved,
        "name": _version_name(saved.number),
        "since": moment(wall(saved.since, zone)) if saved.since else "",
        "in_use": saved.number in entry.trial if entry.trial and not entry.off else saved.number == used,
        "result": result,
        "shares": [_share(name, score) for name, score in shares],
        "bare": bare_check_in(saved.text),
    }


def _share(name: str, score: Score) -> dict[str, Any]:
    low, high = score.shown.low, score.shown.high
    return {
        "name": name,
        "score": score,
        "rate": f"{100 * score.rate:.0f} %",
        "between": f"{100 * low:.0f}–{100 * high:.0f} %",
        "left": round(100 * low),
        "width": max(1, round(100 * (high - low))),
        "at": min(99, round(100 * score.rate)),
    }


def _apart(versions: list[Saved], entry: library.Entry, found: Any) -> str:
    """What can be said of two versions: those on trial, else the latest two that were used. "" for fewer."""
    numbers = entry.trial or tuple(v.number for v in versions if (v.code, v.number) in found)[:2]
    if len(numbers) < 2:
        return ""
    goal = "met" if entry.row and entry.row.trial_goal == "meeting" else "replied"
    one, other = (_score(found, (entry.words.code, number), goal) for number in numbers)
    told = verdict(one, other)
    names = [_version_name(number) for number in numbers]
    if not told.enough:
        return f"{names[0]} or {names[1].lower()}? About {told.more:,} more messages are needed to tell them apart."
    if not told.winner:
        return f"{names[0]} and {names[1].lower()} do equally well, as far as can be told."
    best = names[0] if told.winner == "one" else names[1]
    return f"{best} does better: more {'meetings' if goal == 'met' else 'replies'}, beyond chance."


def _score(found: Any, key: Key, goal: str) -> Score:
    result: Result = found.get(key, Result())
    return result.met if goal == "met" else result.replied


@require_GET
def words(request: MemberRequest, pk: int) -> HttpResponse:
    """The words for an opportunity's next step, and those one may take instead (`?template=CODE`)."""
    row, member, now = one_visible(request.member, pk), request.member, clock.now()
    code = request.GET.get("template", "")
    choice = library.offered(member.workspace_id, row.next_kind)
    known = code in dict(choice)
    said = words_of(code, row, member, now) if known else offered.to_say(row, member, now)
    context = offered.shown(row, said, ways(row)) | {"others": choice}
    return render(request, "fifthcall/_words.html", context)


@require_POST
def words_hint(request: MemberRequest) -> HttpResponse:
    """While a mail is being written: what still stands in brackets, and whether it merely checks in (C4)."""
    text = request.POST.get("text", "")[:20_000]
    code, _, number = request.POST.get("words", "").partition(":")
    open_ = left_open(request.member.workspace_id, code, int(number), text) if number.isdecimal() else ""
    return render(request, "fifthcall/_hint.html", {"bare": bare_check_in(text), "open": open_})


@require_POST
def template_use(request: MemberRequest, code: str) -> HttpResponse:
    """POST: use the workspace's own words; with _method=DELETE: don't."""
    entry_of(request, code)
    try:
        saving.turn(request.member, code, request.POST.get("_method") != "DELETE", clock.now())
    except NoSuchTemplate:
        raise Http404("There are no own words for it.") from None
    return redirect("template", code)


@require_POST
def template_trial(request: MemberRequest, code: str) -> HttpResponse:
    """POST: let two versions share what comes up; with _method=DELETE: end that."""
    entry, now = entry_of(request, code), clock.now()
    if entry.row is None:
        raise Http404("There is only the built-in version.")
    if request.POST.get("_method") == "DELETE":
        saving.end_trial(request.member, code, now)
        return redirect("template", code)
    form = TrialForm(library.versions(request.member.workspace_id, code), data=request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            saving.begin_trial(request.member, code, (data["one"], data["other"]), data["goal"], now)
            return redirect("template", code)
        except saving.Refused as problem:
            form.add_error(problem.field, str(problem))
    return _page(request, entry, 422, form)
