"""The week by mail: as it would go out, switched on or off, and the way out of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from fifthcall import clock
from fifthcall.channels.email.mailboxes import mailbox_of
from fifthcall.insights.digest import write
from fifthcall.insights.digest_mail import member_of, want
from fifthcall.web.access import MemberRequest


@require_http_methods(["GET", "HEAD", "POST"])
def digest(request: MemberRequest) -> HttpResponse:
    """What it would say now; `on` or `off` is posted."""
    member, now = request.member, clock.now()
    if request.method == "POST":
        yes = request.POST.get("want") == "on"
        want(member, yes, now)
        messages.success(request, "It comes on Monday morning." if yes else "It comes no more.")
        return redirect("digest")
    context = {"letter": write(member, now), "on": member.weekly_digest, "mailbox": mailbox_of(member)}
    return render(request, "fifthcall/digest.html", context)


@csrf_exempt  # RFC 8058: the reader's mail provider posts it, without having seen the page
@require_http_methods(["GET", "HEAD", "POST"])
def digest_stop(request: HttpRequest, token: str) -> HttpResponse:
    """The way out. Looking changes nothing; saying it needs no sign-in and never expires."""
    member = member_of(token)
    if member is None:
        raise Http404
    if request.method == "POST":
        want(member, False, clock.now())
        member.refresh_from_db()
    return render(request, "fifthcall/digest_stop.html", {"done": not member.weekly_digest})
