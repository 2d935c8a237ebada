"""The page on which a prospect books a time, without signing in."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fifthcall import clock
from fifthcall.calendars.invitations import published
from fifthcall.calendars.models import BookingHours, BookingLink
from fifthcall.rules.law import DAY_NAMES
from fifthcall.rules.windows import wall, zone_info
from fifthcall.rules.words import day, moment
from fifthcall.teams.zones import choices
from fifthcall.touches.booking_links import NoLonger, book_by_link, free_times, hours_of, link_for, open_link, revoke
from fifthcall.touches.meetings import meeting_of
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible

GONE = "That time has just been taken. These are still free."


@require_POST
def booking_link(request: MemberRequest, pk: int) -> HttpResponse:
    """The address to send a prospect, so that they choose a time by themselves."""
    one_visible(request.member, pk)
    if request.POST.get("_method") == "DELETE":
        revoke(pk, request.member, clock.now())
        messages.success(request, "The link works no more. What was booked by it stays.")
        return redirect("opportunity", pk)
    link = link_for(pk, request.member, clock.now())
    messages.success(request, f"Send them this: {settings.URL.rstrip('/')}{reverse('booking', args=[link.token])}")
    return redirect("opportunity", pk)


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    weekdays = forms.MultipleChoiceField(
        choices=[(str(n), name) for n, name in enumerate(DAY_NAMES)], widget=forms.CheckboxSelectMultiple, label="On"
    )

    class Meta:
        model = BookingHours
        fields = (
            "start",
            "end",
            "minutes",
            "buffer_minutes",
            "notice_hours",
            "days_ahead",
            "most_a_day",
            "place",
            "remind_hours",
        )
        labels = {
            "start": "From",
            "end": "Until",
            "minutes": "How long a meeting is, in minutes",
            "buffer_minutes": "Kept free before and after, in minutes",
            "notice_hours": "Earliest, in hours from now",
            "days_ahead": "How many days ahead",
            "most_a_day": "Meetings a day, at most",
            "place": "Where, or the link of your video room",
            "remind_hours": "Remind them by mail, in hours before",
        }
        help_texts = {"remind_hours": "“24 1” is a day and an hour before. Empty: never."}
        widgets = {
            "start": forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
            "end": forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        }

    def clean_remind_hours(self) -> str:
        said: list[str] = self.cleaned_data["remind_hours"].replace(",", " ").split()
        if len(said) > 4 or not all(one.isdecimal() and 1 <= int(one) <= 168 for one in said):
            raise forms.ValidationError("At most four whole numbers, from 1 to 168: “24 1”.")
        return " ".join(said)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        bounds = {"minutes": (10, 480), "buffer_minutes": (0, 240), "notice_hours": (0, 336), "days_ahead": (1, 90)}
        for name, (least, most) in (bounds | {"most_a_day": (1, 30)}).items():
            if name in data and not least <= (data[name] or 0) <= most:
                self.add_error(name, f"Between {least} and {most}.")
        if data.get("start") and data.get("end") and data["end"] <= data["start"]:
            self.add_error("end", "It ends after it starts.")
        return data


def booking_hours(request: MemberRequest) -> HttpResponse:
    """When prospects may book with the member; the length holds for links made from now on."""
    own = hours_of(request.member)
    form = HoursForm(request.POST or None, instance=own, initial={"weekdays": list(own.weekdays)})
    if request.method == "POST" and form.is_valid():
        own.weekdays = "".join(sorted(form.cleaned_data["weekdays"]))
        form.save()
        messages.success(request, "Kept. Your links show these times from now on.")
        return redirect("booking_hours")
    free = free_times(request.member, own.minutes, request.member.zone, clock.now()) if not form.errors else []
    context = {"form": form, "free": len(free), "next": moment(wall(free[0], request.member.zone)) if free else ""}
    return render(request, "fifthcall/booking_hours.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def booking(request: HttpRequest, token: str) -> HttpResponse:
    link = open_link(token)
    if link is None:
        if not BookingLink.objects.filter(token=token).exists():
            raise Http404
        return render(request, "fifthcall/link_closed.html", status=410)
    zone = _zone(request.POST.get("zone") or request.GET.get("zone") or "", link.opportunity.prospect_zone)
    if request.method != "POST":
        return _page(request, link, zone)
    try:
        starts_at = datetime.fromisoformat(request.POST.get("at", ""))
        if starts_at.tzinfo is None:
            raise ValueError
    except ValueError:
        return _page(request, link, zone, "Choose one of the times.")
    try:
        book_by_link(token, starts_at, zone, clock.now())
    except NoLonger:
        return _page(request, link, zone, GONE)
    return redirect(f"{reverse('booking', args=[token])}?zone={zone}")


@require_GET
def booking_file(request: HttpRequest, token: str) -> HttpResponse:
    """The meeting they booked, for their own calendar."""
    link = open_link(token)
    booked = meeting_of(link.opportunity) if link else None
    if link is None or booked is None:
        raise Http404
    booked.title = f"{link.member.name}, {link.member.workspace.name}"
    text = published([booked], "Meeting", clock.now())
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer


def _zone(asked: str, otherwise: str) -> str:
    try:
        zone_info(asked or otherwise)
    except ValueError:
        return otherwise
    return asked or otherwise


def _page(request: HttpRequest, link: BookingLink, zone: str, problem: str = "") -> HttpResponse:
    """Nothing of the opportunity is said here but what its prospect knows: with whom, and when."""
    now, booked = clock.now(), meeting_of(link.opportunity)
    free = [(wall(at, zone), at) for at in free_times(link.member, link.minutes, zone, now, link.opportunity_id)]
    context = {
        "token": link.token,
        "who": link.member.name,
        "company": link.member.workspace.name,
        "minutes": link.minutes,
        "zone": zone,
        "zones": [{"code": name, "words": name.replace("_", " ")} for name in _zones(zone)],
        "problem": problem,
        "booked": moment(wall(booked.starts_at, zone)) if booked and booked.until > now else "",
        "days": [
            {"words": day(on), "times": [{"at": at.isoformat(), "words": f"{here:%H:%M}"} for here, at in times]}
            for on, times in groupby(free, key=lambda one: one[0].date())
        ],
    }
    answer = render(
        request, "fifthcall/booking.html", context, status=409 if problem == GONE else 422 if problem else 200
    )
    # The address is the key: it is told to no other site (but to ourselves, or the form would be refused).
    answer["Referrer-Policy"], answer["X-Robots-Tag"] = "same-origin", "noindex"
    return answer


def _zones(zone: str) -> list[str]:
    known = list(choices())
    return known if zone in known else [zone, *known]
