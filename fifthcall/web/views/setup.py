"""The one-time set-up, invitations, and sample data."""

from __future__ import annotations

from django import forms
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from fifthcall import clock
from fifthcall.calendars.joining import add_member
from fifthcall.people.names import matching_key
from fifthcall.pipeline.models import Opportunity
from fifthcall.sample import fill
from fifthcall.teams import set_up
from fifthcall.teams.models import Membership, Role, User, Workspace
from fifthcall.teams.zones import choices, country_of_zone, zone_of_machine
from fifthcall.web.access import MemberRequest
from fifthcall.web.tracking_words import TRACKING_LABEL, TRACKING_WORDS

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class PasswordForm(forms.Form):
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), help_text="At least 12 characters."
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class SetUpForm(PasswordForm):
    name = forms.CharField(max_length=200, label="Your name")
    email = forms.EmailField(label="Your email")
    company = forms.CharField(max_length=120, label="Company")
    zone = forms.ChoiceField(label="Time zone", choices=lambda: [(z, z.replace("_", " ")) for z in choices()])
    tracking = forms.BooleanField(required=False, label=TRACKING_LABEL, help_text=TRACKING_WORDS)
    field_order = ["name", "email", "password", "company", "zone", "tracking"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            raise ValidationError("Somebody signs in with this address already.")
        return email


@sensitive_post_parameters("password")
def setup(request: HttpRequest, token: str) -> HttpResponse:
    if not set_up.is_open(token):
        return render(request, "fifthcall/setup.html", {"used": True}, status=410)
    form = SetUpForm(request.POST or None, initial={"zone": zone_of_machine()})
    if request.method != "POST" or not form.is_valid():
        return render(request, "fifthcall/setup.html", {"form": form, "token": token})
    data, now = form.cleaned_data, clock.now()
    with transaction.atomic():
        if not set_up.use(token, now):
            return render(request, "fifthcall/setup.html", {"used": True}, status=410)
        workspace = Workspace.objects.order_by("id").first() or Workspace(created_at=now)
        workspace.name, workspace.zone, workspace.tracking = data["company"], data["zone"], data["tracking"]
        workspace.country = workspace.country or country_of_zone(data["zone"])
        workspace.save()
        user = User.objects.create_user(data["email"], data["password"])
        add_member(
            workspace,
            data["name"],
            matching_key(data["name"]),
            now,
            user=user,
            email=data["email"],
            role=Role.OWNER,
            active=True,
        )
    login(request, user, backend=_BACKEND)
    return redirect("welcome")


def welcome(request: MemberRequest) -> HttpResponse:
    return render(request, "fifthcall/setup.html", {"chosen_name": request.member.name})


@require_POST
def sample_data(request: MemberRequest) -> HttpResponse:
    if not Opportunity.objects.filter(workspace=request.member.workspace).exists():
        fill(request.member, clock.now())
    return redirect("today")


@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invited member chooses a password; the link works once."""
    member = Membership.objects.filter(invitation=set_up.digest(token), user=None).first()
    if member is None:
        raise Http404("This invitation was used before, or taken back.")
    form = PasswordForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "fifthcall/invitation.html", {"form": form, "token": token, "invited": member})
    with transaction.atomic():
        user = User.objects.filter(email=member.email).first()
        if user:  # already signs in to another workspace: the address alone must not take that account over
            raise Http404
        user = User.objects.create_user(member.email, form.cleaned_data["password"])
        member.user, member.active, member.invitation = user, True, ""
        member.save(update_fields=["user", "active", "invitation"])
    login(request, user, backend=_BACKEND)
    return redirect("today")
