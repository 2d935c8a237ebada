"""Numbers and addresses: their normal form, their time zone, and keeping `Person.ways` and `.stopped` true."""

from __future__ import annotations

import hmac
import tomllib
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files

import phonenumbers
from django.conf import settings
from phonenumbers import timezone as number_zones

from fifthcall.people.models import ContactPoint, Organization, Person, Suppression
from fifthcall.rules.case import Channel

_CHANNELS = {
    ContactPoint.Kind.PHONE: (Channel.CALL,),
    ContactPoint.Kind.MOBILE: (Channel.CALL, Channel.TEXT),
    ContactPoint.Kind.EMAIL: (Channel.EMAIL,),
    ContactPoint.Kind.ADDRESS: (Channel.POST,),
}


def normal_form(kind: str, value: str, region: str | None = "US") -> str:
    """E.164 for numbers that parse (read in `region` when they carry no country code), else folded text."""
    if kind in (ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE):
        try:
            return phonenumbers.format_number(phonenumbers.parse(value, region), phonenumbers.PhoneNumberFormat.E164)
        except phonenumbers.NumberParseException:
            return "".join(c for c in value if c.isdecimal() or c == "+")
    return " ".join(value.split()).casefold()


def hidden(normal: str) -> str:
    """What is kept of an erased number or address: enough to know it again, not to read it."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"erased:{normal}".encode(), sha256).hexdigest()
    return f"hash:{digest}"


def zone_of_number(normal: str) -> str:
    """The IANA zone of an E.164 number when all its possible zones agree on one name, else ""."""
    try:
        zones = number_zones.time_zones_for_number(phonenumbers.parse(normal))
    except phonenumbers.NumberParseException:
        return ""
    known = [zone for zone in zones if "/" in zone and not zone.startswith("Etc/")]
    return known[0] if len(known) == 1 else ""


def readable(normal: str) -> str:
    """A number in its international form: "+1 312-555-0111"; as it is where it isn't one."""
    try:
        number = phonenumbers.parse(normal)
    except phonenumbers.NumberParseException:
        return normal
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=10_000)
def region_of_number(normal: str) -> str:
    """Where an E.164 number belongs (ISO 3166: "DE", "US-FL"); "" where it doesn't say. Numbers move: it is a hint."""
    try:
        number = phonenumbers.parse(normal)
    except phonenumbers.NumberParseException:
        return ""
    country = phonenumbers.region_code_for_number(number) or ""
    if country != "US":
        return country
    state = _states().get(normal[2:5], "")
    return f"US-{state}" if state else country


@cache
def _states() -> dict[str, str]:
    table = tomllib.loads(files("fifthcall.people").joinpath("area_codes.toml").read_text(encoding="utf-8"))
    return {code: state for state, codes in table.items() for code in codes.split()}


def add_point(person: Person, kind: str, value: str) -> ContactPoint:
    """Give `person` a number or address; one that was marked wrong and comes again is good again."""
    normal = normal_form(kind, value)
    point, _ = ContactPoint.objects.update_or_create(
        person=person,
        kind=kind,
        normal=normal,
        defaults={"workspace_id": person.workspace_id, "value": value.strip(), "wrong_since": None},
    )
    if not person.zone and kind in (ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE):
        person.zone = zone_of_number(normal)
    refresh(person)
    return point


def mark_wrong(point: ContactPoint, at: datetime) -> None:
    """This number only: the person's others stay good."""
    point.wrong_since = at
    point.save(update_fields=["wrong_since"])
    refresh(point.person)


def suppress(person: Person, channel: str, at: datetime, reason: str) -> list[Suppression]:
    """D5: stop contacting `person` on `channel` ("all" for every one), and never again at the addresses known now."""
    targets = [f"person:{person.pk}", *person.points.values_list("normal", flat=True)]
    made = [
        Suppression.objects.create(
            workspace_id=person.workspace_id, person=person, target=target, channel=channel, reason=reason, at=at
        )
        for target in targets
    ]
    refresh(person)
    return made


def add_assistant(person: Person, name: str, key: str) -> Person:
    """Somebody who looks after the person's calendar (C9), as a person on the record."""
    assistant = Person.objects.create(
        workspace_id=person.workspace_id, organization_id=person.organization_id, name=name, key=key, assists=person
    )
    names = person.assistants.order_by("id").values_list("name", flat=True)
    person.helpers = "\n".join(names)[:400]
    person.save(update_fields=["helpers"])
    return assistant


def set_address(organization: Organization, address: str) -> list[Person]:
    """Where a company's post goes; gives those of its people who can be written to by it now, or no longer.

    One that was marked wrong and is set again is good again.
    """
    organization.address, organization.address_wrong_since = address.strip(), None
    return _moved(organization)


def mark_address_wrong(organization: Organization, at: datetime) -> list[Person]:
    """Post to the company came back: gives those of its people who can't be written to any more."""
    organization.address_wrong_since = at
    return _moved(organization)


def _moved(organization: Organization) -> list[Person]:
    organization.save(update_fields=["address", "address_wrong_since"])
    changed = []
    for person in organization.people.filter(merged_into=None):
        before, person.organization = person.ways, organization
        refresh(person)
        if person.ways != before:
            changed.append(person)
    return changed


def refresh(person: Person) -> None:
    """Bring `ways` and `stopped` in line with the person's points and the suppressions that match them."""
    points = list(person.points.filter(wrong_since=None))
    ways = {channel.value for point in points for channel in _CHANNELS[ContactPoint.Kind(point.kind)]}
    if person.organization_id and person.organization and person.organization.good_address:
        ways.add(Channel.POST.value)
    normals = [point.normal for point in points]
    targets = [f"person:{person.pk}", *normals, *map(hidden, normals)]
    stopped = Suppression.objects.filter(
        workspace_id=person.workspace_id, target__in=targets, lifted_at=None
    ).values_list("channel", flat=True)
    person.ways, person.stopped = ",".join(sorted(ways)), ",".join(sorted(set(stopped)))
    numbers = [point.normal for point in points if point.kind in (ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE)]
    person.regions = ",".join(sorted({region_of_number(number) for number in numbers} - {""}))
    person.zones = ",".join(sorted({zone_of_number(number) for number in numbers} - {""}))
    person.save(update_fields=["ways", "stopped", "zone", "regions", "zones"])
