"""Noting whom we met at an event: a person, an opportunity, the time both agreed on, and the card's photo (S6).

One transaction, and once: the page may send the same entry again when it doesn't know whether it arrived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.db import IntegrityError, transaction
from PIL import Image, ImageOps, UnidentifiedImageError

from fifthcall.calendars.models import Appointment
from fifthcall.fairs.models import CardPhoto, Met
from fifthcall.people.models import Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point, normal_form
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import settle
from fifthcall.rules.case import Agreed, Basis, Meeting, Window
from fifthcall.rules.outcomes import WHY_NOT
from fifthcall.rules.windows import wall
from fifthcall.rules.words import moment
from fifthcall.teams.models import Membership
from fifthcall.touches.booking_links import free_times, hours_of
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log

#: A photo's longest side, in pixels, and its largest upload, in bytes.
LONGEST, LARGEST = 1_600, 12_000_000
#: A wish for a time that is gone is settled by a call within so long.
SOON = timedelta(minutes=30)
_KEY = re.compile(r"[0-9a-f-]{36}")
_UID = re.compile(r"[\w-]{10,60}@fifthcall")
Image.MAX_IMAGE_PIXELS = 60_000_000


class Unfit(ValueError):
    """Something is missing or can't be read; `field` says what, the words how to mend it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


@dataclass(frozen=True, slots=True)
class Card:
    """What was noted. `slot`: the time they chose, under the `uid` that their calendar has it by already."""

    key: str
    event: str
    name: str
    company: str = ""
    phone: str = ""
    email: str = ""
    cares: str = ""
    why_not: str = "thinking"
    met_at: datetime | None = None
    slot: datetime | None = None
    uid: str = ""
    photo: bytes = b""

    def check(self) -> None:
        """Raise Unfit for the first thing that is wrong."""
        if not _KEY.fullmatch(self.key):
            raise Unfit("key", "Open the page anew and enter it again.")
        if not self.event.strip():
            raise Unfit("event", "Say at which event.")
        if not self.name.strip():
            raise Unfit("name", "Say whom you met.")
        if not (self.phone.strip() or self.email.strip() or self.photo):
            raise Unfit("phone", "Give a number, an address, or a photo of the card.")
        if self.email and "@" not in self.email:
            raise Unfit("email", "An email address has an @.")
        if self.why_not not in WHY_NOT:
            raise Unfit("why_not", "Choose one of the reasons.")


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of it: `state` is "met" (with a meeting), "noted", or "taken" (the time is gone: choose another)."""

    opportunity_id: int
    state: str


def note(member: Membership, card: Card, now: datetime) -> Noted:
    """Keep whom we met. The same key again changes nothing and answers the same. Raises Unfit."""
    card.check()
    picture = small(card.photo) if card.photo else b""
    try:
        with transaction.atomic():
            known = _known(member, card.key)
            return known or _note(member, card, picture, now)
    except IntegrityError:
        known = _known(member, card.key)
        if known is None:
            raise
        return known


def _known(member: Membership, key: str) -> Noted | None:
    found = Met.objects.filter(key=key, member=member).first()
    if found is None:
        return None
    meets = Appointment.objects.filter(opportunity=found.opportunity_id, state=Appointment.State.BOOKED).exists()
    return Noted(found.opportunity_id, "taken" if found.wanted_at else "met" if meets else "noted")


def _note(member: Membership, card: Card, picture: bytes, now: datetime) -> Noted:
    met_at = min(card.met_at or now, now)
    row = _opportunity(member, card, now)
    met = Met.objects.create(
        member=member, key=card.key, event=card.event.strip()[:120], opportunity=row, met_at=met_at, created_at=now
    )
    if picture and row.person:
        CardPhoto.objects.create(person=row.person, picture=picture, taken_at=met_at)
    said = f"Met at {card.event.strip()}, {moment(wall(met_at, member.zone))}. {card.cares.strip()}".strip()
    if card.slot is None:
        log(row.pk, member, Draft("connected", said, reason=card.why_not, reason_note=card.cares.strip()[:200]), now)
        return Noted(row.pk, "noted")
    length = timedelta(minutes=hours_of(member).minutes)
    Membership.objects.select_for_update(of=("self",)).get(pk=member.pk)  # two for one time: one after the other
    if card.slot not in free_times(member, hours_of(member).minutes, member.zone, now):
        met.wanted_at = card.slot
        met.save(update_fields=["wanted_at"])
        wish = f"{said} They chose {moment(wall(card.slot, member.zone))}, which is taken: agree on another."
        call = Agreed(Basis.CHOSEN, Window(now, now + SOON, member.zone))
        log(row.pk, member, Draft("connected", wish, call, card.why_not, card.cares.strip()[:200]), now)
        return Noted(row.pk, "taken")
    zone = (row.person and row.person.zone) or member.zone
    meeting = Meeting(card.slot, card.slot + length, zone)
    touch = log(row.pk, member, Draft("meeting_set", said, meeting=meeting, place=hours_of(member).place), now)
    if _UID.fullmatch(card.uid) and not Appointment.objects.filter(uid=card.uid).exists():
        # Their calendar has it under this name already: what is sent later must not make a second one of it.
        Appointment.objects.filter(opportunity=touch.opportunity_id).update(uid=card.uid)
    return Noted(row.pk, "met")


def _opportunity(member: Membership, card: Card, now: datetime) -> Opportunity:
    title = f"{card.company.strip() or card.name.strip()}, met at {card.event.strip()}"[:200]
    values = {"name": title, "owner_id": member.pk, "source": card.event.strip()[:100], "situation": "S6"}
    row = editing.add(member, values | {"organization": card.company.strip()[:200]}, now)
    row.person = _person(member, card, row)
    settle(row, now, "person_id")
    return row


def _person(member: Membership, card: Card, row: Opportunity) -> Person:
    """Who has the number or address already, under the same name; else somebody new."""
    key = matching_key(card.name)
    country = member.workspace.country or "US"
    points = {"mobile": card.phone.strip(), "email": card.email.strip()}
    for kind, value in points.items():
        normal = normal_form(kind, value, country) if value else ""
        same = Person.objects.filter(workspace=member.workspace, key=key, merged_into=None, points__normal=normal)
        if normal and (found := same.first()):
            return found
    person = Person.objects.create(
        workspace=member.workspace, organization=row.organization, name=card.name.strip()[:200], key=key
    )
    for kind, value in points.items():
        if value:
            add_point(person, kind, normal_form(kind, value, country) if kind == "mobile" else value)
    return person


def small(photo: bytes) -> bytes:
    """The photo upright, at most LONGEST pixels, as JPEG, without what the camera wrote into it. Raises Unfit."""
    if len(photo) > LARGEST:
        raise Unfit("photo", "The photo is larger than 12 MB. Take a smaller one.")
    try:
        with Image.open(BytesIO(photo), formats=("JPEG", "PNG", "WEBP")) as opened:
            picture = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unfit("photo", "The photo can't be read. Take it as JPEG or PNG.") from error
    picture.thumbnail((LONGEST, LONGEST))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
