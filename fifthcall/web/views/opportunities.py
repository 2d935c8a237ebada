"""The list of opportunities, one opportunity's page, and the small verbs on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.calendars.models import BookingLink
from fifthcall.cues.signs import signs_of
from fifthcall.erasing import erase
from fifthcall.fairs.models import CardPhoto
from fifthcall.journal.models import note_event
from fifthcall.people.models import ContactPoint, Fact, Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_assistant, add_point
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.pipeline.settle import settle, to_change
from fifthcall.rules.case import Kind, Status
from fifthcall.rules.outcomes import WHY_LOST
from fifthcall.rules.situations import NAMES
from fifthcall.rules.windows import wall
from fifthcall.rules.words import KIND_NAMES, day
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.touches import playing
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import UNDO_WITHIN, log
from fifthcall.touches.models import Touch
from fifthcall.touches.promises import promises_of
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.web.meeting_form import meeting_shown
from fifthcall.web.post_forms import AddressForm
from fifthcall.web.views.consents import consents_of
from fifthcall.web.views.mail import mails, written_here
from fifthcall.web.views.note_quality import asking
from fifthcall.web.views.texts import texts_of
from fifthcall.wording.saying import words_of

_DAY = forms.DateInput(attrs={"type": "date"})
PAGE = 50


class Filter(forms.Form):
    q = forms.CharField(required=False, label="Search", widget=forms.TextInput(attrs={"type": "search"}))
    status = forms.ChoiceField(
        required=False, choices=[("", "Not closed"), ("all", "All"), *[(s.value, s.value.title()) for s in Status]]
    )
    owner = forms.ModelChoiceField(required=False, queryset=Membership.objects.none(), empty_label="Everybody")


class NoteForm(forms.Form):
    note = forms.CharField(max_length=5000, label="Note", widget=forms.Textarea(attrs={"rows": 2}))


class FactForm(forms.Form):
    text = forms.CharField(max_length=500, label="What they confirmed")
    confirmed_on = forms.DateField(label="On", widget=_DAY)


class PersonForm(forms.Form):
    name = forms.CharField(max_length=200)
    title = forms.CharField(max_length=120, required=False, label="Role")
    phone = forms.CharField(max_length=60, required=False)
    email = forms.EmailField(max_length=254, required=False)
    assists = forms.BooleanField(required=False, label="Looks after the calendar of the person we call")


class WayForm(forms.Form):
    kind = forms.ChoiceField(choices=ContactPoint.Kind.choices, label="What")
    value = forms.CharField(max_length=300, label="Number or address")


class KnownForm(forms.Form):
    best_times = forms.CharField(max_length=120, required=False, label="Best times")
    interests = forms.CharField(
        max_length=300, required=False, label="Likes, outside work", help_text="With commas between: sailing, jazz."
    )
    note = forms.CharField(max_length=2000, required=False, label="Good to know", widget=forms.Textarea({"rows": 2}))


class CloseForm(forms.Form):
    reason = forms.ChoiceField(choices=[("won", "Won"), *WHY_LOST.items()], label="How it ended")
    note = forms.CharField(max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class SituationForm(forms.Form):
    situation = forms.ChoiceField(
        required=False, label="Which one", choices=[("", "As it is recognised"), *NAMES.items()]
    )


class RestForm(forms.Form):
    reason_until = forms.DateField(label="Come back on", widget=_DAY)
    reason_note = forms.CharField(max_length=200, label="Why")


@require_GET
def opportunities(request: MemberRequest) -> HttpResponse:
    member = request.member
    form = Filter(request.GET)
    owners = Membership.objects.filter(workspace=member.workspace) if member.leads else Membership.objects.none()
    form.fields["owner"].queryset = owners.order_by("name")  # type: ignore[attr-defined]
    if not member.leads:
        del form.fields["owner"]
    rows = Opportunity.objects.visible_to(member).select_related("organization", "owner", "person", "product")
    if form.is_valid():
        rows = _narrowed(rows, form.cleaned_data)
    now = clock.now()
    found = Paginator(rows.order_by("next_due_at", "-id"), PAGE).get_page(request.GET.get("page"))
    found.object_list = [_row(row, member, now) for row in found.object_list]  # type: ignore[misc]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page_obj": found,
        "query": query.urlencode(),
        "workspace_empty": not Opportunity.objects.visible_to(member).exists(),
    }
    return render(request, f"fifthcall/opportunities.html{'#results' if request.htmx else ''}", context)  # type: ignore[attr-defined]


def _narrowed(rows: Any, wanted: dict[str, Any]) -> Any:
    status = wanted["status"]
    if not status:
        rows = rows.unfinished()
    elif status != "all":
        rows = rows.filter(status=status)
    if wanted.get("owner"):
        rows = rows.filter(owner=wanted["owner"])
    for word in wanted["q"].split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(organization__name__icontains=word)
            | Q(person__name__icontains=word)
            | Q(external_id__iexact=word)
        )
    return rows


def _row(row: Opportunity, member: Membership, now: Any) -> dict[str, Any]:
    step = None
    if row.next_due_at:
        kind = Kind(row.next_kind)
        step = {
            "icon": cards.ICONS[kind],
            "words": KIND_NAMES[kind],
            "when": cards.when(row.next_due_at, now, member.zone),
        }
    return {
        "pk": row.pk,
        "name": row.name,
        "organisation": row.organization.name if row.organization else "",
        "owner": row.owner.name if row.owner else "Nobody",
        "stage": row.stage,
        "status": row.status,
        "status_words": row.get_status_display(),
        "value_display": cards.money(row.value, member.workspace.currency),
        "next": step,
    }


@require_GET
def opportunity(request: MemberRequest, pk: int) -> HttpResponse:
    return page(request, one_visible(request.member, pk))


def page(request: MemberRequest, row: Opportunity, status: int = 200, **forms_: forms.Form) -> HttpResponse:
    member, now = request.member, clock.now()
    row.workspace = member.workspace
    words = row.get_status_display() + (f" on {day(row.closed_on)}" if row.closed_on else "")
    context = {
        "card": cards.card(row, member, now),
        "merged_into": row.merged_into,
        "status": row.status,
        "status_words": words + (f": {row.close_reason.lower()}" if row.close_reason else ""),
        "owner": row.owner.name if row.owner else "",
        "timeline": _timeline(row, member, now),
        "facts": [{"text": f.text, "on": day(f.confirmed_on)} for f in row.facts.order_by("-confirmed_on", "-id")],
        "people": _people(row, member, now),
        "company_pk": row.organization_id,
        "address_form": AddressForm.of(row.organization, member.zone) if row.organization else None,
        "texts": texts_of(row, member, now),
        "booking_open": BookingLink.objects.filter(opportunity=row, closed_at=None).exists(),
        "mails": mails(row, request, now),
        "note_form": NoteForm(prefix="note"),
        "fact_form": FactForm(prefix="fact", initial={"confirmed_on": wall(now, member.zone).date()}),
        "person_form": PersonForm(prefix="person"),
        "situation_form": None
        if row.finished
        else SituationForm(prefix="situation", initial={"situation": row.situation}),
        "ahead": [] if row.finished else _ahead(row, member, now),
        "changes": [] if row.finished else playing.changes(row, now, member.zone),
        "known": [] if row.finished else playing.known(row, now),
        **meeting_shown(row, member),
        "promises": promises_of(row, now, member.zone),
        "thanks": _thanks(row, member, now),
        "asking": asking(row),
        "close_form": None if row.finished else CloseForm(prefix="close"),
        "rest_form": None if row.finished else RestForm(prefix="rest"),
    }
    return render(request, "fifthcall/opportunity.html", context | forms_, status=status)


def _situation_form(row: Opportunity) -> SituationForm:
    return SituationForm(prefix="situation", initial={"situation": row.situation})


def _ahead(row: Opportunity, member: Membership, now: Any) -> list[dict[str, Any]]:
    steps = playing.if_nothing_happens(row, now)
    return [step | {"when": cards.when(step["at"], now, member.zone)} for step in steps]


def _thanks(row: Opportunity, member: Membership, now: datetime) -> str:
    """A9: a word of thanks for their no, until it is said."""
    theirs = {WHY_LOST[reason] for reason in ("said_no", "not_interested", "competitor", "breakup_answered")}
    if row.status != Status.LOST or row.close_reason not in theirs or row.touches.filter(outcome="thanked").exists():
        return ""
    return words_of("thank_you", row, member, now).text


@require_POST
def thanks(request: MemberRequest, pk: int) -> HttpResponse:
    return _logged(request, pk, Draft("thanked"))


@require_POST
def situation(request: MemberRequest, pk: int) -> HttpResponse:
    """Say which situation it is; "" leaves it to what is recognised. The next step follows.

    `back` is "pipeline" where that page asked.
    """
    row, form = one_visible(request.member, pk), SituationForm(request.POST, prefix="situation")
    if not form.is_valid():
        return page(request, row, 422, situation_form=form)
    editing.edit(pk, request.member, {"situation": form.cleaned_data["situation"]}, clock.now())
    if request.POST.get("back") == "pipeline":
        row.refresh_from_db()
        when = cards.when(row.next_due_at, clock.now(), request.member.zone) if row.next_due_at else ""
        messages.success(request, f"The next step with {cards.whom(row)}: {KIND_NAMES[Kind(row.next_kind)]}, {when}.")
        return redirect("pipeline")
    return redirect("opportunity", pk)


def _timeline(row: Opportunity, member: Membership, now: Any) -> list[dict[str, Any]]:
    touches = Touch.of(row).filter(retracts=None).select_related("member", "retraction")
    told = [
        cards.said(touch, now, member.zone)
        | {
            "at": touch.at,
            "iso": wall(touch.at, touch.zone).isoformat(),
            "gone": hasattr(touch, "retraction"),
            "retractable": touch.member_id == member.pk and now - touch.at < UNDO_WITHIN,
        }
        for touch in touches.order_by("-at", "-id")[:200]
    ]
    return sorted([*told, *signs_of(row, now, member.zone)], key=lambda line: line["at"], reverse=True)


def _people(row: Opportunity, member: Membership, now: Any) -> list[dict[str, Any]]:
    people = Person.objects.filter(organization=row.organization, merged_into=None)
    if row.organization is None:
        people = people.none()
    found = list(people.order_by("name")[:20])
    if row.person and row.person not in found:
        found.insert(0, row.person)
    return [
        {
            "pk": person.pk,
            "name": person.name,
            "role": person.title,
            "relation_words": f"{person.assists.name}’s assistant" if person.assists else "",
            "ways": written_here(ways, row.pk) if person == row.person else ways,
            "best_times": person.best_times,
            "interests": person.interests,
            "note": person.note,
            "answered": cards.answered(person, now, member.zone),
            "known_form": KnownForm(
                prefix=f"known{person.pk}",
                initial={"best_times": person.best_times, "interests": person.interests, "note": person.note},
            ),
            "twins": [other for other in found if other.key == person.key and other.pk != person.pk],
            "may_erase": member.leads,
            "way_form": WayForm(prefix=f"way{person.pk}"),
            "photos": list(CardPhoto.objects.filter(person=person).values_list("pk", flat=True)),
            "consents": consents_of(person, row.organization, member, now),
        }
        for person, ways in ((person, cards.ways_of(person, "")) for person in found)
    ]


def _logged(request: MemberRequest, pk: int, draft: Draft) -> HttpResponse:
    one_visible(request.member, pk)
    try:
        log(pk, request.member, draft, clock.now())
    except Incomplete as missing:
        messages.error(request, str(missing))
    return redirect("opportunity", pk)


@require_POST
def note_add(request: MemberRequest, pk: int) -> HttpResponse:
    form = NoteForm(request.POST, prefix="note")
    if not form.is_valid():
        return page(request, one_visible(request.member, pk), 422, note_form=form)
    return _logged(request, pk, Draft("note", note=form.cleaned_data["note"]))


@require_POST
def closure(request: MemberRequest, pk: int) -> HttpResponse:
    if request.POST.get("_method") == "DELETE":
        return _logged(request, pk, Draft("reopened"))
    form = CloseForm(request.POST, prefix="close")
    if not form.is_valid():
        return page(request, one_visible(request.member, pk), 422, close_form=form)
    return _logged(request, pk, Draft("closed", note=form.cleaned_data["note"], reason=form.cleaned_data["reason"]))


@require_POST
def rest(request: MemberRequest, pk: int) -> HttpResponse:
    form = RestForm(request.POST, prefix="rest")
    if not form.is_valid():
        return page(request, one_visible(request.member, pk), 422, rest_form=form)
    until, why = form.cleaned_data["reason_until"], form.cleaned_data["reason_note"]
    return _logged(request, pk, Draft("rested", reason="waiting", reason_note=why, reason_until=until))


@require_POST
def fact_add(request: MemberRequest, pk: int) -> HttpResponse:
    row, form = one_visible(request.member, pk), FactForm(request.POST, prefix="fact")
    if not form.is_valid():
        return page(request, row, 422, fact_form=form)
    with transaction.atomic():
        fact = Fact.objects.create(workspace_id=row.workspace_id, opportunity=row, **form.cleaned_data)
        note_event(row.workspace_id, request.member.pk, "fact_confirmed", row, clock.now(), fact=fact.pk)
    return redirect("opportunity", pk)


@require_POST
def person_add(request: MemberRequest, pk: int) -> HttpResponse:
    row, form = one_visible(request.member, pk), PersonForm(request.POST, prefix="person")
    if not form.is_valid():
        return page(request, row, 422, person_form=form)
    data, now = form.cleaned_data, clock.now()
    with transaction.atomic():
        row = to_change(pk, request.member)
        key = matching_key(data["name"])
        if data["assists"] and row.person:
            person = add_assistant(row.person, data["name"], key)
        else:
            person = Person.objects.create(
                workspace_id=row.workspace_id, organization_id=row.organization_id, name=data["name"], key=key
            )
        person.title = data["title"]
        person.save(update_fields=["title"])
        for kind in (ContactPoint.Kind.PHONE, ContactPoint.Kind.EMAIL):
            if data[kind.value]:
                add_point(person, kind, data[kind.value])
        if row.person_id is None:
            row.person = person
        note_event(row.workspace_id, request.member.pk, "person_added", row, now, person=person.pk)
        settle(row, now, "person_id")
    return redirect("opportunity", pk)


def _person_seen(request: MemberRequest, pk: int) -> tuple[Person, Opportunity]:
    """A person with an opportunity through which the member may see them; a 404 otherwise."""
    person = Person.objects.filter(workspace=request.member.workspace, pk=pk).first()
    mine = Opportunity.objects.visible_to(request.member)
    whose = Q(person=person) | Q(organization__people=person) | Q(person__assistants=person)
    seen = mine.filter(whose).order_by("id").first() if person else None
    if person is None or seen is None:
        raise Http404
    return person, seen


@require_POST
def person_known(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep when somebody is best reached, and what is good to know of them (C9)."""
    person, seen = _person_seen(request, pk)
    back = request.POST.get("back", "")
    form = KnownForm(request.POST, prefix=f"known{pk}")
    if form.is_valid():
        fields = ("best_times", "interests", "note")
        before = {name: getattr(person, name) for name in fields}
        for name in fields:
            setattr(person, name, form.cleaned_data[name])
        with transaction.atomic():
            person.save(update_fields=fields)
            note_event(person.workspace_id, request.member.pk, "person_known", person, clock.now(), before=before)
        messages.success(request, f"Kept what is known of {person.name}.")
    else:
        field, problems = next(iter(form.errors.items()))
        messages.error(request, f"{form.fields[field].label}: {problems[0]}")
    return redirect("opportunity", int(back) if back.isdecimal() else seen.pk)


@require_POST
def person_erase(request: MemberRequest, pk: int) -> HttpResponse:
    """GDPR Art. 17; asked for in words, so that nobody does it by mistake."""
    person = Person.objects.filter(workspace=request.member.workspace, pk=pk, merged_into=None).first()
    if person is None:
        raise Http404
    back = request.POST.get("back", "")
    if request.POST.get("sure", "").strip().casefold() != person.name.strip().casefold():
        messages.error(request, f"Not erased: type “{person.name}” to say that you are sure.")
    else:
        erase(pk, request.member, request.POST.get("why", "") or "They asked for it.", clock.now())
        messages.success(request, "Erased. Nobody writes to them or calls them any more.")
    return redirect("opportunity", int(back)) if back.isdecimal() else redirect("opportunities")


@require_POST
def way_add(request: MemberRequest, pk: int) -> HttpResponse:
    """A number or address for a person; their opportunities are decided again."""
    person, seen = _person_seen(request, pk)
    form, now = WayForm(request.POST, prefix=f"way{pk}"), clock.now()
    if not form.is_valid():
        messages.error(request, "Give a number or an address.")
        return redirect("opportunity", seen.pk)
    with transaction.atomic():
        point = add_point(person, form.cleaned_data["kind"], form.cleaned_data["value"])
        note_event(person.workspace_id, request.member.pk, "way_added", person, now, point=point.pk)
        for row in Opportunity.objects.filter(person=person).unfinished().select_related(*RELATED):
            settle(row, now)
    return redirect("opportunity", seen.pk)
