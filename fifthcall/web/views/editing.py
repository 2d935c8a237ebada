"""Adding an opportunity by hand, changing what is known of it, and merging two that are one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from fifthcall import clock
from fifthcall.people.models import Person
from fifthcall.pipeline import editing, merging
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.settle import Changed, NotVisible
from fifthcall.teams.models import Membership
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible

_DAY = forms.DateInput(attrs={"type": "date"})


class OpportunityForm(forms.Form):
    name = forms.CharField(max_length=200, label="What it is about")
    organization = forms.CharField(max_length=200, required=False, label="Company")
    product = forms.CharField(max_length=200, required=False, widget=forms.TextInput(attrs={"list": "products"}))
    value = forms.DecimalField(max_digits=18, decimal_places=2, min_value=0, required=False)
    stage = forms.CharField(max_length=80, required=False)
    source = forms.CharField(max_length=120, required=False, label="Where it came from")
    engaged_on = forms.DateField(required=False, label="Last in contact on", widget=_DAY)
    owner = forms.ModelChoiceField(queryset=Membership.objects.none(), required=False, empty_label="Nobody yet")
    note = forms.CharField(max_length=5000, required=False, label="What you know", widget=forms.Textarea({"rows": 4}))

    def __init__(self, member: Membership, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True
        if member.leads:
            owner = self.fields["owner"]
            assert isinstance(owner, forms.ModelChoiceField)
            owner.queryset = Membership.objects.filter(workspace=member.workspace).order_by("name")
        else:
            del self.fields["owner"]

    def values(self) -> dict[str, Any]:
        """What the verbs take."""
        values = dict(self.cleaned_data)
        if "owner" in values:
            owner = values.pop("owner")
            values["owner_id"] = owner and owner.pk
        return values


def _page(request: MemberRequest, form: OpportunityForm, row: Opportunity | None, status: int = 200) -> HttpResponse:
    products = Product.objects.filter(workspace=request.member.workspace).order_by("name")
    context = {
        "form": form,
        "opportunity": row,
        "products": products.values_list("name", flat=True)[:200],
        "twins": _twins(row, request.member) if row else (),
    }
    return render(request, "fifthcall/opportunity_form.html", context, status=status)


def opportunity_new(request: MemberRequest) -> HttpResponse:
    member = request.member
    form = OpportunityForm(member, data=request.POST or None, initial={"owner": member.pk})
    if not form.is_valid():
        return _page(request, form, None, 422 if form.is_bound else 200)
    row = editing.add(member, {"owner_id": member.pk} | form.values(), clock.now())
    return redirect("opportunity", row.pk)


def opportunity_edit(request: MemberRequest, pk: int) -> HttpResponse:
    member, row = request.member, one_visible(request.member, pk)
    initial = {
        "organization": row.organization.name if row.organization else "",
        "product": row.product.name if row.product else "",
        "owner": row.owner_id,
    } | {name: getattr(row, name) for name in ("name", "value", "stage", "source", "engaged_on", "note")}
    form = OpportunityForm(member, data=request.POST or None, initial=initial)
    if not form.is_valid():
        return _page(request, form, row, 422 if form.is_bound else 200)
    version = request.POST.get("version", "")
    try:
        editing.edit(pk, member, form.values(), clock.now(), int(version) if version.isdecimal() else None)
    except Changed:
        form.add_error(None, "Somebody else has just changed it. Look again before you save.")
        return _page(request, form, row, 409)
    return redirect("opportunity", pk)


def _twins(row: Opportunity, member: Membership) -> list[Opportunity]:
    """Those that may be the same: of the same company or person, or with the same name."""
    alike = Q(name__iexact=row.name)
    if row.organization_id:
        alike |= Q(organization=row.organization_id)
    if row.person_id:
        alike |= Q(person=row.person_id)
    found = Opportunity.objects.visible_to(member).filter(alike, merged_into=None).exclude(pk=row.pk)
    return list(found.select_related("owner").order_by("-changed_at", "-id")[:10])


@require_POST
def opportunity_merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Merge `other` into this one."""
    keep, other = one_visible(request.member, pk), request.POST.get("other", "")
    if not other.isdecimal():
        raise Http404
    gone = one_visible(request.member, int(other))
    try:
        merging.merge(keep.pk, gone.pk, request.member, clock.now())
    except merging.Unmergeable as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, f"“{gone.name}” is merged into this one.")
    return redirect("opportunity", pk)


@require_POST
def person_merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Merge `other` into this person; back to the opportunity it was done from."""
    back, other = request.POST.get("back", ""), request.POST.get("other", "")
    if not (back.isdecimal() and other.isdecimal()):
        raise Http404
    row = one_visible(request.member, int(back))
    people = Person.objects.filter(workspace=request.member.workspace, organization=row.organization_id)
    keep, gone = people.filter(pk=pk).first(), people.filter(pk=int(other)).first()
    if keep is None or gone is None or row.organization_id is None:
        raise Http404
    try:
        merging.merge_people(keep, gone, request.member, clock.now())
    except (merging.Unmergeable, NotVisible) as problem:
        messages.error(request, str(problem))
    return redirect("opportunity", row.pk)
