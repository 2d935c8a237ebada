"""One's other calendar: connecting it, what it last said, and what was moved in both places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from fifthcall import clock
from fifthcall.calendars.models import Busy
from fifthcall.channels.trouble import Trouble, Unknown
from fifthcall.pipeline.moving_blocks import CannotMove
from fifthcall.pipeline.settle import NotVisible
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment
from fifthcall.syncing import agreeing
from fifthcall.syncing.caldav import Client, Found
from fifthcall.syncing.entries import ours_of
from fifthcall.syncing.models import Account, Item
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.touches.draft import Incomplete
from fifthcall.web.access import MemberRequest


class AccountForm(forms.Form):
    url = forms.URLField(label="Address", max_length=500, assume_scheme="https", help_text="The CalDAV address.")
    username = forms.CharField(label="User name", max_length=254)
    password = forms.CharField(
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=False),
        help_text="Where you sign in with two steps, make an app password. It is kept encrypted.",
    )
    calendar = forms.ChoiceField(label="Which calendar", required=False)


def account_of(member: Membership) -> Account | None:
    return member.calendar_accounts.filter(removed_at=None).first()


def other_calendar(request: MemberRequest) -> HttpResponse:
    """Connect a calendar: the server is asked which there are, and one is chosen."""
    form, found = AccountForm(request.POST or None), list[Found]()
    chosen = request.POST.get("calendar", "")
    if request.method == "POST":
        form.fields["calendar"].choices = [(chosen, chosen)]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            found = _calendars(form.cleaned_data)
            form.fields["calendar"].choices = [(one.url, one.name) for one in found]  # type: ignore[attr-defined]
            if not found:
                form.add_error("url", "There is no calendar there. Give the address your provider shows for CalDAV.")
            elif len(found) == 1 or chosen in {one.url for one in found}:
                one = next((one for one in found if one.url == chosen), found[0])
                _connect(request.member, one, form.cleaned_data)
                messages.success(request, f"Connected with “{one.name}”.")
                return redirect("other_calendar")
        except (Trouble, Unknown) as error:
            form.add_error(None, f"Not connected: {error}")
    return render(
        request,
        "fifthcall/other_calendar.html",
        _context(request.member, form, found),
        status=422 if form.errors else 200,
    )


def _calendars(data: dict[str, Any]) -> list[Found]:
    with Client(data["url"], data["username"], data["password"]) as client:
        return client.calendars()


def _connect(member: Membership, found: Found, data: dict[str, Any]) -> None:
    now = clock.now()
    with transaction.atomic():
        _leave(member)
        account = Account(
            member=member, url=found.url, name=found.name[:200], username=data["username"], created_at=now, due_at=now
        )
        account.keep_password(data["password"])
        account.save()
    agreeing.sync(account.pk, now)


def _leave(member: Membership) -> None:
    """What stands there stays there; what it kept busy is free again."""
    for account in member.calendar_accounts.filter(removed_at=None):
        account.removed_at, account.sealed = clock.now(), ""
        account.save(update_fields=["removed_at", "sealed"])
        Busy.objects.filter(source__startswith=f"{account.pk}:").delete()
        account.items.all().delete()


def _context(member: Membership, form: AccountForm, found: list[Found]) -> dict[str, Any]:
    account, now = account_of(member), clock.now()
    return {
        "form": form,
        "account": account,
        "several": len(found) > 1,
        "synced": cards.when(account.synced_at, now, member.zone) if account and account.synced_at else "",
        "asked": [_asked(item, member) for item in agreeing.asked(member)],
    }


def _asked(item: Item, member: Membership) -> dict[str, Any]:
    own = ours_of(member, clock.now()).get(item.mark)
    here = moment(wall(own.starts_at, member.zone)) if own else ""
    there = moment(wall(item.there_from, member.zone)) if item.there_from else ""
    return {"pk": item.pk, "title": item.title or (own.title if own else ""), "here": here, "there": there}


@require_POST
def other_calendar_act(request: MemberRequest, act: str) -> HttpResponse:
    """`sync` now, or `leave` it."""
    account = account_of(request.member)
    if account is None or act not in ("sync", "leave"):
        raise Http404
    if act == "leave":
        _leave(request.member)
        messages.success(request, "Disconnected. What stands in your other calendar stays there.")
    else:
        agreeing.sync(account.pk, clock.now())
    return redirect("other_calendar")


@require_POST
def entry_decide(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """What was moved in both places, or deleted there: `here` or `there` holds."""
    item = next((one for one in agreeing.asked(request.member) if one.pk == pk), None)
    if item is None or act not in ("here", "there"):
        raise Http404
    try:
        agreeing.decide(item, request.member, act == "there", clock.now())
    except (Incomplete, CannotMove, NotVisible) as error:
        messages.error(request, f"That can’t be: {error}")
    else:
        agreeing.sync(item.account_id, clock.now())
    return redirect("other_calendar")
