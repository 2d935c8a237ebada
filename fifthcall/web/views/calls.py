"""Calling from the card: the call's state beside the outcome, voicemails to leave, and codes to scan."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import qrcode
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from qrcode.image.svg import SvgPathImage

from fifthcall import clock
from fifthcall.channels.trouble import Trouble, Unknown
from fifthcall.people.reach import readable
from fifthcall.phoning import calls, texts
from fifthcall.phoning.calls import NotCalled
from fifthcall.phoning.lines import line_of
from fifthcall.phoning.models import Call
from fifthcall.teams.models import Membership
from fifthcall.touches.words import to_say
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible

#: What the screen asks for again every so often while a call lasts.
_SUGGESTED = {"busy": "busy", "no-answer": "no_answer", "canceled": "no_answer"}


@require_POST
def call_place(request: MemberRequest, pk: int) -> HttpResponse:
    """Ring our phone, then theirs."""
    opportunity, now = one_visible(request.member, pk), clock.now()
    try:
        call = calls.place(pk, request.member, request.POST.get("number", ""), request.POST.get("key", "")[:40], now)
    except NotCalled as error:
        return render(request, "fifthcall/_call.html", {"problem": str(error), "pk": opportunity.pk})
    return render(request, "fifthcall/_call.html", {"call": shown(call, request.member, now)})


@require_GET
def call(request: MemberRequest, pk: int) -> HttpResponse:
    """How the call goes."""
    return render(request, "fifthcall/_call.html", {"call": shown(_mine(request, pk), request.member, clock.now())})


@require_POST
def call_act(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """Hang up, leave a recorded voicemail (`voice`), or record, as they have just agreed (`agreed`)."""
    mine, now, problem = _mine(request, pk), clock.now(), ""
    try:
        if act == "end":
            calls.hang_up(mine, now)
        elif act == "voicemail":
            voice = request.POST.get("voice", "")
            found = request.member.voices.filter(pk=int(voice) if voice.isdecimal() else 0, removed_at=None).first()
            if found is None:
                raise Trouble("Choose a recording.")
            calls.leave(mine, found, now)
        elif act == "record":
            calls.record(mine, request.POST.get("agreed", ""), now)
        else:
            raise Http404
    except (Trouble, Unknown) as error:
        problem = str(error)
    mine.refresh_from_db()
    return render(request, "fifthcall/_call.html", {"call": shown(mine, request.member, now), "problem": problem})


def _mine(request: MemberRequest, pk: int) -> Call:
    found = Call.objects.filter(pk=pk, member=request.member).select_related("line", "person", "member").first()
    if found is None:
        raise Http404
    return found


def shown(call: Call, member: Membership, now: datetime) -> dict[str, Any]:
    """A call for the card."""
    talked = call.seconds if call.seconds is not None else 0
    since = int((now - call.answered_at).total_seconds()) if call.answered_at and not call.over else 0
    words = call.get_state_display()
    if call.state == Call.State.TALKING:
        words = f"Connected, {since // 60}:{since % 60:02}"
    elif call.over:
        how = {"busy": "Busy", "no-answer": "Nobody answered", "failed": "It could not be placed"}.get(call.ended_how)
        words = how or (f"Ended after {talked // 60}:{talked % 60:02}" if talked else "Ended")
    return {
        "pk": call.pk,
        "opportunity": call.opportunity_id,
        "number": readable(call.number),
        "words": words,
        "why": call.why,
        "over": call.over,
        "live": call.state in (Call.State.RINGING, Call.State.TALKING),
        "talking": call.state == Call.State.TALKING,
        "suggests": _SUGGESTED.get(call.ended_how, ""),
        "voices": list(member.voices.filter(removed_at=None).defer("sound").order_by("name")),
        "left": call.voice.name if call.voice else "",
        "records": call.line.records and not call.recording,
        "recorded": bool(call.recording),
    }


@require_GET
def scan(request: MemberRequest, pk: int) -> HttpResponse:
    """A code to scan with the phone beside the screen: it dials `number`, or opens the text (`text=1`)."""
    opportunity, number = one_visible(request.member, pk), request.GET.get("number", "")
    if number not in calls.callable_numbers(opportunity.person):
        raise Http404
    address = f"tel:{number}"
    if request.GET.get("text"):
        if number not in texts.numbers_of(opportunity.person):
            raise Http404
        words = to_say(opportunity, request.member, clock.now())
        address = f"SMSTO:{number}:{words.text if words.kind == 'text' else ''}"
    picture = qrcode.make(address, image_factory=SvgPathImage, box_size=10, border=4)
    context = {"picture": picture.to_string(encoding="unicode"), "number": readable(number), "pk": pk}
    return render(request, "fifthcall/_scan.html", context)


def dialled_here(ways: list[dict[str, Any]], member: Membership, pk: int) -> list[dict[str, Any]]:
    """The ways to call about opportunity `pk`, through the member's line where they have one."""
    mine = line_of(member)
    if mine is None or not mine.rings or mine.paused_at:
        return ways
    url = reverse("call_place", args=[pk])
    return [
        way | {"call": {"url": url, "number": way["href"][4:], "key": secrets.token_urlsafe(12)}}
        if way["href"].startswith("tel:")
        else way
        for way in ways
    ]


def placed_for(member: Membership, opportunity_id: int, now: datetime) -> dict[str, Any] | None:
    """The call that is on, or whose outcome nobody has logged yet."""
    found = calls.current(member, opportunity_id, now)
    return shown(found, member, now) if found else None
