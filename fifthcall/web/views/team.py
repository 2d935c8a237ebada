"""The team, invitations, the workspace's settings, and one's own follow-up blocks."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.calendars.models import Block
from fifthcall.journal.models import note_event
from fifthcall.pipeline.moving_blocks import CannotMove, Shape, move_following
from fifthcall.rules.law import hours_of, hours_words
from fifthcall.rules.windows import wall
from fifthcall.teams import set_up
from fifthcall.teams.models import Membership, User, Workspace
from fifthcall.teams.zones import choices, country_choices
from fifthcall.web.access import MemberRequest
from fifthcall.web.tracking_words import TRACKING_LABEL, TRACKING_WORDS

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    zone = forms.ChoiceField(label="Time zone", choices=lambda: [(z, z.replace("_", " ")) for z in choices()])
    country = forms.ChoiceField(
        label="Country you sell from",
        required=False,
        choices=lambda: [("", "Not said"), *country_choices()],
        help_text="Its law holds where nothing says which country a prospect is in.",
    )

    class Meta:
        model = Workspace
        fields = (
            *("name", "zone", "currency", "touches_an_hour", "check_in_hours"),
            *("postal_address", "sends_by_itself", "country", "tracking"),
        )
        labels = {
            "touches_an_hour": "Touches an hour",
            "check_in_hours": "Check in after (hours)",
            "postal_address": "Postal address, under every mail that goes out by itself",
            "sends_by_itself": "Mails that a playbook marks as automatic go out without me",
            "tracking": TRACKING_LABEL,
        }
        help_texts = {"tracking": TRACKING_WORDS}

    def clean_touches_an_hour(self) -> int:
        value: int = self.cleaned_data["touches_an_hour"]
        if not 1 <= value <= 120:
            raise forms.ValidationError("Between 1 and 120.")
        return value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("sends_by_itself") and not data.get("postal_address", "").strip():
            self.add_error("postal_address", "Mail that goes out by itself must say where you are: give your address.")
        return data


class BlockForm(forms.Form):
    weekdays = forms.MultipleChoiceField(
        choices=[(str(i), name) for i, name in enumerate(DAYS)], widget=forms.CheckboxSelectMultiple
    )
    start = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    end = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("start") and data.get("end") and data["end"] <= data["start"]:
            self.add_error("end", "A block ends after it starts.")
        return data


@require_GET
def team(request: MemberRequest) -> HttpResponse:
    return _team(request)


def _team(request: MemberRequest, invited: dict[str, str] | None = None, **errors: Any) -> HttpResponse:
    open_ones = Count("opportunities", filter=Q(opportunities__next_due_at__isnull=False))
    members = Membership.objects.filter(workspace=request.member.workspace).annotate(open=open_ones)
    rows = [
        {
            "pk": m.pk,
            "name": m.name,
            "email": m.email,
            "role_words": m.get_role_display(),
            "team": m.team,
            "active": m.active,
            "invited_words": "Invited" if m.invitation else "",
            "open_words": f"{m.open:,} open",
            "is_me": m.pk == request.member.pk,
            "can_invite": request.member.leads and not m.active,
            "error": errors.get("problem", "") if errors.get("pk") == m.pk else "",
        }
        for m in members.order_by("-active", "name")
    ]
    context = {"members": rows, "invitation": invited}
    return render(request, "fifthcall/team.html", context, status=422 if errors else 200)


@require_POST
def member_invite(request: MemberRequest, pk: int) -> HttpResponse:
    """A one-time link for an inactive member, to be handed over by hand."""
    member = Membership.objects.filter(workspace=request.member.workspace, pk=pk, active=False).first()
    if member is None:
        raise Http404
    email = request.POST.get("email", "").strip().lower()
    try:
        forms.EmailField(max_length=254).clean(email)
    except forms.ValidationError:
        return _team(request, pk=pk, problem="Give their email address.")
    taken = Membership.objects.filter(workspace=member.workspace, email=email).exclude(pk=pk).exists()
    if taken or User.objects.filter(email=email).exists():
        return _team(request, pk=pk, problem="Somebody has this address already.")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        member.email, member.invitation = email, set_up.digest(token)
        member.save(update_fields=["email", "invitation"])
        note_event(member.workspace_id, request.member.pk, "invited", member, clock.now())
    url = f"{settings.URL}/join/{token}/"
    return _team(request, {"name": member.name, "url": url})


def settings_page(request: MemberRequest) -> HttpResponse:
    member = request.member
    form = WorkspaceForm(request.POST or None, instance=member.workspace) if member.leads else None
    if request.method == "POST" and form and form.is_valid():
        with transaction.atomic():
            form.save()
            note_event(member.workspace_id, member.pk, "settings_changed", member.workspace, clock.now())
        messages.success(request, "Saved. It holds from each opportunity's next decision on.")
        return redirect("settings")
    return _settings(request, form)


def _settings(
    request: MemberRequest, form: WorkspaceForm | None, moved: tuple[int, BlockForm] | None = None
) -> HttpResponse:
    member = request.member
    rate = member.workspace.touches_an_hour
    blocks = [
        {
            "pk": block.pk,
            "title": f"{'Early' if block.start.hour < 12 else 'Late'}, {block}",
            "days_words": _days_words(block.weekdays),
            "capacity_words": f"{_minutes(block) * rate // 60} touches",
            "form": moved[1] if moved and moved[0] == block.pk else _block_form(block),
        }
        for block in member.blocks.all()
    ]
    words = [
        {"label": "Company", "value": member.workspace.name},
        {"label": "Time zone", "value": member.workspace.zone},
        {"label": "Touches an hour", "value": rate},
        {"label": TRACKING_LABEL, "value": "Yes, where we may" if member.workspace.tracking else "No"},
    ]
    own = hours_words((hours_of(member.own_hours),)) if member.own_hours else ""
    context = {"form": form, "workspace_words": words, "blocks": blocks, "own_hours": own}
    return render(request, "fifthcall/settings.html", context, status=422 if moved else 200)


def _block_form(block: Block) -> BlockForm:
    initial = {"weekdays": list(block.weekdays), "start": block.start, "end": block.end}
    return BlockForm(prefix=f"block{block.pk}", initial=initial)


def _minutes(block: Block) -> int:
    return (block.end.hour - block.start.hour) * 60 + block.end.minute - block.start.minute


def _days_words(weekdays: str) -> str:
    return "Monday to Friday" if weekdays == "01234" else ", ".join(DAYS[int(d)] for d in weekdays)


@require_POST
def block_move(request: MemberRequest, pk: int) -> HttpResponse:
    """B2: a block keeps its identity and its history when it moves; the plan follows it."""
    block = Block.objects.filter(member=request.member, pk=pk).first()
    if block is None:
        raise Http404
    form = BlockForm(request.POST, prefix=f"block{pk}")
    if not form.is_valid():
        return _settings(request, WorkspaceForm(instance=request.member.workspace), (pk, form))
    now, data = clock.now(), form.cleaned_data
    shape = Shape("".join(data["weekdays"]), data["start"], data["end"], block.rule)
    try:
        move_following(pk, request.member, wall(now, request.member.zone).date(), shape, now)
    except CannotMove as wrong:
        form.add_error(wrong.field if wrong.field in form.fields else None, str(wrong))
        return _settings(request, WorkspaceForm(instance=request.member.workspace), (pk, form))
    messages.success(request, "Moved. Your next steps have moved with it.")
    return redirect("settings")
