"""The page for an event, made for the phone: it works without a network, and sends what was noted when there is one."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import qrcode
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from qrcode.image.svg import SvgPathImage

from fifthcall import clock, web
from fifthcall.fairs.meeting_people import Card, Unfit, note
from fifthcall.fairs.models import CardPhoto
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.outcomes import WHY_NOT
from fifthcall.rules.windows import wall
from fifthcall.rules.words import day
from fifthcall.syncing.entries import Ours, text_for
from fifthcall.touches.booking_links import free_times, hours_of
from fifthcall.web.access import MemberRequest

#: Times that the page carries along, each with its code to scan.
MOST_SLOTS = 40
_STATIC = Path(web.__file__).parent / "static"
#: What the page is made of.
_FILES = sorted(
    str(path.relative_to(_STATIC))
    for path in (_STATIC / "fifthcall").rglob("*")
    if path.suffix in (".css", ".js", ".svg")
)


@require_GET
def event(request: MemberRequest) -> HttpResponse:
    """The page itself: nothing of anybody's stands in it, so that a phone may keep it."""
    return render(request, "fifthcall/event.html", {"reasons": WHY_NOT.items()})


@require_GET
def event_worker(request: MemberRequest) -> HttpResponse:
    """The script that keeps the page on the phone."""
    keep = [staticfiles_storage.url(name) for name in _FILES]
    response = render(request, "fifthcall/event_worker.js", {"keep": keep}, content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@require_GET
def event_slots(request: MemberRequest) -> JsonResponse:
    """The member's free times, each with the invitation as a file and as a code; and a fresh token for sending."""
    member, now = request.member, clock.now()
    own = hours_of(member)
    slots = [_slot(request, at, now) for at in free_times(member, own.minutes, member.zone, now)[: MOST_SLOTS * 3 : 3]]
    return JsonResponse({"token": get_token(request), "who": member.name, "slots": slots})


def _slot(request: MemberRequest, at: datetime, now: datetime) -> dict[str, Any]:
    member = request.member
    own, uid = hours_of(member), f"{uuid4()}@fifthcall"
    title, until = f"{member.name}, {member.workspace.name}", at + timedelta(minutes=own.minutes)
    shown = Ours("meeting:0", uid, title, at, until, member.zone, own.place)
    local = wall(at, member.zone)
    picture = qrcode.make(_without_zone(shown), image_factory=SvgPathImage, box_size=8, border=4)
    return {
        "at": at.isoformat(),
        "words": f"{day(local.date())}, {local:%H:%M}",
        "uid": uid,
        "ics": text_for(shown, now),
        "code": picture.to_string(encoding="unicode"),
    }


def _without_zone(one: Ours) -> str:
    """The invitation short enough for a code: its times in UTC."""
    form = "%Y%m%dT%H%M%SZ"
    place = f"LOCATION:{_escaped(one.place)}\r\n" if one.place else ""
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Fifthcall//EN\r\nBEGIN:VEVENT\r\n"
        f"UID:{one.uid}\r\nDTSTAMP:{one.starts_at:{form}}\r\nDTSTART:{one.starts_at:{form}}\r\n"
        f"DTEND:{one.until:{form}}\r\nSUMMARY:{_escaped(one.title)}\r\n{place}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def _escaped(words: str) -> str:
    """RFC 5545 §3.3.11."""
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


@require_POST
def event_people(request: MemberRequest) -> JsonResponse:
    """One person who was met; the same `key` again is the same one."""
    said = request.POST
    try:
        photo = request.FILES.get("photo")
        card = Card(
            key=said.get("key", ""),
            event=said.get("event", ""),
            name=said.get("name", ""),
            company=said.get("company", ""),
            phone=said.get("phone", ""),
            email=said.get("email", ""),
            cares=said.get("cares", "")[:2_000],
            why_not=said.get("why_not") or "thinking",
            met_at=_at(said.get("met_at", "")),
            slot=_at(said.get("slot", "")),
            uid=said.get("uid", ""),
            photo=photo.read() if photo else b"",
        )
        noted = note(request.member, card, clock.now())
    except Unfit as unfit:
        return JsonResponse({"field": unfit.field, "problem": str(unfit)}, status=422)
    return JsonResponse({"state": noted.state, "opportunity": noted.opportunity_id})


def _at(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Unfit("slot", "Choose one of the times.") from None
    if found.tzinfo is None:
        raise Unfit("slot", "Choose one of the times.")
    return found


@require_GET
def card_photo(request: MemberRequest, pk: int) -> HttpResponse:
    """The photo of a card, for who may see an opportunity of the person's."""
    photo = CardPhoto.objects.filter(pk=pk, person__workspace=request.member.workspace).first()
    visible = Opportunity.objects.visible_to(request.member)
    if photo is None or not visible.filter(person=photo.person_id).exists():
        raise Http404
    response = HttpResponse(bytes(photo.picture), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=3600"
    return response
