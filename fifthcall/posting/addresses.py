"""The lines of a label: the person, their company, the address as it was given, the country where it is another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from fifthcall.people.models import ContactPoint, Organization, Person
from fifthcall.people.reach import normal_form
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.pipeline.settle import settle
from fifthcall.teams.zones import name_of_country, region_of_country

#: A comma that parts a town from its state or province and code: it stays one line, as in the USA and Canada.
_STATE = re.compile(r",\s*([A-Z]{2} (?:\d{5}|[A-Z]\d[A-Z]))")
#: More don't fit a label.
MOST_LINES = 7


def address_of(person: Person | None, organization: Organization | None) -> str:
    """Their own postal address, else their company's; "" where neither is known."""
    point = person and person.points.filter(kind=ContactPoint.Kind.ADDRESS, wrong_since=None).order_by("-id").first()
    return point.value if point else organization.good_address if organization else ""


def lines_of(name: str, company: str, address: str, country: str, ours: str) -> list[str]:
    """Label lines, at most `MOST_LINES`. Countries are ISO 3166 codes or English names; `ours` is the sender's.

    An address on one line is cut at its commas. The country goes last, in capitals, when it is another than ours and
    the address doesn't name it (UPU S42: the country is the last line, in the language of the country of posting).
    """
    rows = [row.strip(" ,") for row in address.splitlines() if row.strip(" ,")]
    if len(rows) == 1:
        rows = [part.strip() for part in _STATE.sub(" \\1", rows[0]).split(",") if part.strip()]
    theirs = region_of_country(country)[:2] if country else ""
    abroad = name_of_country(theirs) if theirs and theirs != ours else ""
    if abroad and rows and _same(rows[-1], (abroad, theirs, country)):
        rows.pop()
    found = [line for line in (name, company, *rows) if line]
    unique = [line for place, line in enumerate(found) if line not in found[:place]]
    room = MOST_LINES - bool(abroad)
    if len(unique) > room:
        unique = [*unique[: room - 1], ", ".join(unique[room - 1 :])]
    return [*unique, abroad.upper()] if abroad else unique


def on_label(label: str, address: str, country: str, ours: str) -> bool:
    """Whether a label carries this address, however its lines were broken; the rest as for `lines_of`."""
    rows = [row for row in lines_of("", "", address, country, ours) if row]
    return bool(rows) and _plain(" ".join(rows)) in _plain(label)


def decide_again(people: Iterable[Person], now: datetime) -> None:
    """Once they can be written to, or no longer. Within the caller's transaction."""
    for row in Opportunity.objects.filter(person__in=list(people)).unfinished().select_related(*RELATED):
        settle(row, now)


def _plain(words: str) -> str:
    return normal_form(ContactPoint.Kind.ADDRESS, words.replace(",", " "))


def _same(line: str, names: Iterable[str]) -> bool:
    return line.strip(" .").casefold() in {name.casefold() for name in names}
