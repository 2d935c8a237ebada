"""Appointments on an opportunity's page, the file of an invitation, the feed, and where prospects book themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.calendars.feeds import close_feed, feed_of, open_feed
from fifthcall.calendars.invitations import published
from fifthcall.pipeline.holds import holds_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.touches import booking
from fifthcall.touches.draft import Incomplete
from fifthcall.touches.meetings import meeting_of
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.web.meeting_form import MeetingForm
from fifthcall.web.views.opportunities import page

#: How far ahead promises stand in other calendars.
AHEAD = timedelta(days=366)


@require_POST
def appointment(request: MemberRequest, pk: int) -> HttpResponse:
    """Book or move the meeting; `_method=DELETE` calls it off, `_method=AGREE` takes the time they ask for."""
    row, now = one_visible(request.member, pk), clock.now()
    try:
        if request.POST.get("_method") == "DELETE":
            booking.call_off(pk, request.member, now)
            messages.success(request, "Called off. If they had been invited, they are told.")
        elif request.POST.get("_method") == "AGREE":
            booking.agree(pk, request.member, now)
            messages.success(request, "Agreed. They get the new time.")
        else:
            return _book(request, row, now)
    except Incomplete as wrong:
        messages.error(request, str(wrong))
    return redirect("opportunity", pk)


def _book(request: MemberRequest, row: Opportunity, now: datetime) -> HttpResponse:
    form = MeetingForm(row, request.member, data=request.POST)
    if form.is_valid():
        try:
            made = booking.book(row.pk, request.member, form.meeting(), now, form.cleaned_data["place"])
        except Incomplete as wrong:
            form.add_error("day", str(wrong))
        else:
            said = "Their invitation goes out in a moment." if made.tell_at else "Give them the file, or tell them."
            messages.success(request, f"Booked. {said}")
            return redirect("opportunity", row.pk)
    return page(request, row, 422, meeting_form=form)


@require_GET
def appointment_file(request: MemberRequest, pk: int) -> HttpResponse:
    """The meeting of an opportunity as a file that any calendar opens; also what a code on the screen leads to."""
    booked = meeting_of(one_visible(request.member, pk))
    if booked is None:
        raise Http404
    return _calendar(published([booked], booked.title, clock.now()), "meeting.ics")


@require_POST
def feed(request: MemberRequest) -> HttpResponse:
    """Make the secret address anew, shown this once; `_method=DELETE` takes it back."""
    now = clock.now()
    if request.POST.get("_method") == "DELETE":
        close_feed(request.member, now)
        messages.success(request, "The address works no more.")
        return redirect("calendar")
    token = open_feed(request.member, now)
    url = settings.URL.rstrip("/") + reverse("feed_file", args=[token])
    return render(request, "fifthcall/feed.html", {"url": url})


@require_GET
def feed_file(request: HttpRequest, token: str) -> HttpResponse:
    now = clock.now()
    text = feed_of(token, now, lambda member: [hold.as_meeting() for hold in holds_of(member, now, now + AHEAD)])
    if text is None:
        raise Http404
    return _calendar(text, "fifthcall.ics")


def _calendar(text: str, name: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Robots-Tag"] = "noindex"
    return answer
