"""The shelf of things of value, and what is given from it without the post."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from fifthcall import clock
from fifthcall.journal.models import note_event
from fifthcall.people.models import Organization
from fifthcall.people.reach import set_address
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import NotVisible
from fifthcall.posting import shelf as things
from fifthcall.posting.addresses import decide_again
from fifthcall.posting.models import Idea
from fifthcall.touches.draft import Incomplete
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.web.post_forms import AddressForm, GiveForm, IdeaForm


@require_http_methods(["GET", "HEAD", "POST"])
def shelf(request: MemberRequest) -> HttpResponse:
    """What is on it, and a form to add to it."""
    form = IdeaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        things.save(form.instance, request.member, clock.now())
        messages.success(request, "It is on the shelf.")
        return redirect("shelf")
    stands = Q(given__touch__retraction=None) & Q(given__isnull=False)
    rows = Idea.objects.filter(workspace=request.member.workspace).annotate(times=Count("given", filter=stands))
    context = {
        "form": form,
        "ideas": rows.filter(retired_at=None).order_by("kind", "name"),
        "retired": rows.exclude(retired_at=None).order_by("name"),
    }
    return render(request, "fifthcall/shelf.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def idea_edit(request: MemberRequest, pk: int) -> HttpResponse:
    idea = _one(request, pk)
    form = IdeaForm(request.POST or None, instance=idea)
    if request.method == "POST" and form.is_valid():
        things.save(form.instance, request.member, clock.now())
        messages.success(request, "Changed.")
        return redirect("shelf")
    context = {"form": form, "idea": idea}
    return render(request, "fifthcall/idea_edit.html", context, status=422 if form.errors else 200)


@require_POST
def idea_retirement(request: MemberRequest, pk: int) -> HttpResponse:
    """POST: propose it no more; with _method=DELETE: put it back."""
    things.retire(_one(request, pk), request.member, clock.now(), back=request.POST.get("_method") == "DELETE")
    return redirect("shelf")


def _one(request: MemberRequest, pk: int) -> Idea:
    found = Idea.objects.filter(pk=pk, workspace=request.member.workspace).first()
    if found is None:
        raise Http404("There is no such thing on the shelf.")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: MemberRequest, pk: int) -> HttpResponse:
    """Log an invitation, a lead, an introduction or an article that went to them."""
    opportunity, now = one_visible(request.member, pk), clock.now()
    asked = {name: request.GET.get(name, "") for name in ("what", "idea")}
    form = GiveForm(opportunity, data=request.POST or None, initial=asked)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            things.give(pk, request.member, data["what"], data["idea"].pk if data["idea"] else None, data["note"], now)
        except Incomplete as missing:
            form.add_error(missing.field if missing.field in form.fields else None, str(missing))
        except NotVisible:
            raise Http404("There is no such opportunity.") from None
        else:
            messages.success(request, "Logged. It is not proposed to them again.")
            return redirect("today")
    person = opportunity.person
    ideas = things.proposals(person, now.date()) if person else ()
    context = {"opportunity": opportunity, "form": form, "ideas": ideas}
    return render(request, "fifthcall/give.html", context, status=422 if form.errors else 200)


@require_POST
def company_address(request: MemberRequest, pk: int) -> HttpResponse:
    """Where a company's post goes; its people who can be written to by it now are decided again."""
    member, now = request.member, clock.now()
    seen = Opportunity.objects.visible_to(member).filter(organization=pk).first()
    company = Organization.objects.filter(pk=pk, workspace=member.workspace).first()
    if company is None or seen is None:
        raise Http404("There is no such company.")
    form = AddressForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            before = company.address
            people = set_address(company, form.cleaned_data["address"])
            note_event(member.workspace_id, member.pk, "address_changed", company, now, before=before)
            decide_again(people, now)
        messages.success(request, f"{company.name}’s address is kept.")
    else:
        messages.error(request, "An address has at most 300 letters.")
    back = request.POST.get("back", "")
    return redirect(reverse("opportunity", args=[int(back) if back.isdecimal() else seen.pk]))
