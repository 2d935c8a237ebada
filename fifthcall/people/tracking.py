"""E1: whether we may look if a person opens our mail, with what that stands on in words."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from fifthcall.people.consent import latest
from fifthcall.people.models import Consent, ContactPoint, Organization, Person
from fifthcall.teams.models import Workspace
from fifthcall.teams.zones import country_of_zone, name_of_country, region_of_country

#: Endings of addresses that are sold for what they spell, not for where they are.
_ANYWHERE = frozenset({
    "ac", "ag", "ai", "am", "bz", "cc", "cd", "cm", "co", "cx", "dj", "fm", "gg", "gl", "gs", "im", "in", "io", "is",
    "je", "la", "li", "ly", "me", "ms", "mu", "nu", "pw", "sc", "sh", "st", "tk", "to", "tv", "vc", "ws",
})  # fmt: skip
_HERE_ONLY = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104  # compared with, not listened on


class Clue(NamedTuple):
    """What says that a person is in a country (ISO 3166, "EU" for one of them)."""

    country: str
    words: str


@dataclass(frozen=True, slots=True)
class MayTrack:
    yes: bool
    why: tuple[str, ...]  # sentences


def may_track(
    chosen: bool, own_country: str, clues: tuple[Clue, ...], consent: bool | None, reachable: bool = True
) -> MayTrack:
    """Whether their mail may carry the picture and our own links.

    `chosen`: the workspace looks for opens and clicks; `consent`: their latest word on it, None when there is none;
    `own_country`: the workspace's, which stands in where nothing says where they are. Every doubt means no.
    """
    if not chosen:
        return MayTrack(False, ("Looking for opens and clicks is switched off for the whole company.",))
    if not reachable:
        return MayTrack(False, ("Fifthcall has no address that their mail program could reach.",))
    if consent is not None:
        said = "They agreed to it." if consent else "They don't want it, or you switched it off for them."
        return MayTrack(consent, (said,))
    asking = tuple(clue.words for clue in clues if not _needs_none(clue.country))
    if asking:
        return MayTrack(False, (*asking, "There it needs their consent, and none is on record."))
    if clues:
        return MayTrack(True, (*(clue.words for clue in clues), "There it needs no consent."))
    if own_country and _needs_none(own_country):
        own = name_of_country(own_country)
        return MayTrack(True, (f"Nothing says which country they are in; where you are ({own}) it needs no consent.",))
    return MayTrack(False, ("Nothing says which country they are in, so their consent would be needed.",))


def tracking_of(workspace: Workspace, person: Person | None, organization: Organization | None) -> MayTrack:
    """`may_track` for a person on the record; for nobody it is no."""
    if person is None:
        return MayTrack(False, ("There is nobody to ask.",))
    if not workspace.tracking:
        return may_track(False, workspace.country, (), None)
    organization = organization or person.organization
    last = latest(person, Consent.Kind.TRACKING)
    reachable = urlsplit(settings.URL).hostname not in _HERE_ONLY
    clues = clues_of(person, organization)
    return may_track(workspace.tracking, workspace.country, clues, last.given if last else None, reachable)


def clues_of(person: Person, organization: Organization | None) -> tuple[Clue, ...]:
    """All that says where a person is: their company's country, numbers, time zone, the ending of their address."""
    return tuple(dict.fromkeys(_clues(person, organization)))


def _clues(person: Person, organization: Organization | None) -> Iterator[Clue]:
    if organization and organization.country:
        code = region_of_country(organization.country)[:2] or "?"
        yield Clue(code, f"{organization.name} is in {organization.country}.")
    for region in filter(None, person.regions.split(",")):
        yield Clue(region[:2], f"A number of theirs belongs to {name_of_country(region[:2])}.")
    for zone in filter(None, (person.zone, organization.zone if organization else "")):
        if code := country_of_zone(zone):
            yield Clue(code, f"Their time zone is {zone.split('/')[-1].replace('_', ' ')}’s.")
    addresses = person.points.filter(kind=ContactPoint.Kind.EMAIL, wrong_since=None)
    for address in addresses.order_by("id").values_list("normal", flat=True):
        if code := _country_of_address(address):
            yield Clue(code, f"Their address ends in .{address.rpartition('.')[2]}.")


def _country_of_address(address: str) -> str:
    ending = address.rpartition("@")[2].rpartition(".")[2]
    if ending in ("eu", "uk"):
        return {"eu": "EU", "uk": "GB"}[ending]
    return ending.upper() if len(ending) == 2 and ending not in _ANYWHERE and region_of_country(ending) else ""


def _needs_none(country: str) -> bool:
    return country in _without_consent()


@cache
def _without_consent() -> frozenset[str]:
    table = tomllib.loads(files("fifthcall.people").joinpath("tracking.toml").read_text(encoding="utf-8"))
    asking = {code for codes in table["consent"].values() for code in codes.split()}
    return frozenset(code for codes in table["none"].values() for code in codes.split()) - asking
