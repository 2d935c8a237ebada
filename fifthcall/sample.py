"""Sample data to look around with: made-up people, in every situation, dated from today."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from fifthcall import clock
from fifthcall.people.models import ContactPoint, Fact, Organization, Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_point
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import place
from fifthcall.pipeline.slipping import flow_on
from fifthcall.rules.case import Agreed, Basis, Kind, Meeting, Status, Window
from fifthcall.teams.models import Membership
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log

COMPANIES = (
    "Alder Freight", "Birch & Loom", "Cobalt Kitchens", "Dovetail Print", "Eastmoor Dental", "Fernhill Farms",
    "Granite Row", "Harbor Optics", "Ironleaf", "Juniper Hotels", "Kestrel Tools", "Larkfield School",
    "Meadow Pumps", "Northgate Gyms", "Orchard Media", "Pinewood Homes", "Quayside Labs", "Redstone Paving",
    "Silverline Cabs", "Tamarack Bikes",
)  # fmt: skip
FIRST = ("Anna", "Ben", "Carla", "Deepak", "Elif", "Frank", "Grace", "Hugo", "Ines", "Jonas", "Kemi", "Lena")
LAST = ("Vogel", "Okafor", "Rossi", "Nair", "Yilmaz", "Berg", "Moreau", "Silva", "Novak", "Haas", "Adeyemi", "Lund")
PRODUCTS = (("Starter plan", 900), ("Team plan", 4800), ("Site licence", 21000))
NUMBERS = ("+1212555", "+1312555", "+1415555", "+4930555", "+4420555")
COUNT = 66


@dataclass(frozen=True, slots=True)
class Past:
    """One touch of a story: how many days ago, its outcome, and what was said."""

    days: float
    outcome: str
    note: str = ""
    reason: str = ""
    until: int | None = None  # days from today


STORIES: tuple[tuple[str, str, tuple[Past, ...]], ...] = (
    ("Conversation", "S1", (Past(3, "connected", "Liked the demo. We ran out of time.", "thinking"),)),
    ("Proposal sent", "S2", (Past(9, "connected", "Asked for a proposal.", "authority"), Past(6, "no_answer"))),
    ("Cold", "S3", (Past(5, "voicemail"), Past(3.2, "no_answer"), Past(2, "voicemail"))),
    ("Cold", "S4", (Past(8, "voicemail", "Sent the one-pager as well."),)),
    ("Met at the fair", "S6", (Past(4, "connected", "Met at the trade fair, busy week after.", "away"),)),
    ("Keen", "S7", (Past(30, "connected", "Very keen.", "budget"), Past(20, "voicemail"), Past(12, "no_answer"))),
    ("Quoted", "S8", (Past(2.5, "connected", "Wants to compare two quotes.", "thinking"),)),
    ("Interested", "S9", (Past(6, "gatekeeper_message", "Assistant: try after four."), Past(1.2, "no_answer"))),
    ("Undecided", "S10", (Past(200, "connected", "", "priority"), Past(90, "connected", "", "priority"))),
    ("New", "", ()),
    ("Later", "D1", (Past(7, "not_now", "New budget next quarter.", "budget", 21),)),
)


def fill(member: Membership, now: datetime) -> int:
    """Make the sample opportunities for `member`; how many. The same day gives the same data."""
    chance = random.Random(5)  # noqa: S311  # made-up data, nothing secret
    with transaction.atomic():
        products = [_product(member, name, price) for name, price in PRODUCTS]
        for number in range(COUNT):
            stage, _, story = STORIES[number % len(STORIES)]
            row = _opportunity(member, number, stage, products[number % 3], chance, now)
            _tell(row, member, story, number, now)
        flow_on(now, member.pk)  # the stories' own steps lie in the past
    return COUNT


def _product(member: Membership, name: str, price: int) -> Product:
    return Product.objects.create(
        workspace=member.workspace, name=name, key=matching_key(name), list_price=Decimal(price)
    )


def _opportunity(
    member: Membership, number: int, stage: str, product: Product, chance: random.Random, now: datetime
) -> Opportunity:
    company = COMPANIES[number % len(COMPANIES)]
    organization, _ = Organization.objects.get_or_create(
        workspace=member.workspace, key=matching_key(company), defaults={"name": company}
    )
    name = f"{FIRST[number % len(FIRST)]} {LAST[(number * 7 + number // 12) % len(LAST)]}"
    person = Person.objects.create(
        workspace=member.workspace, organization=organization, name=name, key=matching_key(name)
    )
    digits = f"{NUMBERS[number % len(NUMBERS)]}0{100 + number}"
    kind = ContactPoint.Kind.MOBILE if number % 3 else ContactPoint.Kind.PHONE
    add_point(person, kind, digits)
    if number % 2:
        add_point(person, ContactPoint.Kind.EMAIL, f"{matching_key(name)}@example.com")
    assert product.list_price is not None
    row = Opportunity(
        workspace=member.workspace,
        owner=member,
        name=f"{company} · {product.name}",
        organization=organization,
        person=person,
        product=product,
        stage=stage,
        status=Status.OPEN.value,
        value=product.list_price * chance.randint(1, 5),
        source="Sample",
        created_at=now,
        changed_at=now,
    )
    place(row, now)
    row.save()
    return row


def _tell(row: Opportunity, member: Membership, story: tuple[Past, ...], number: int, now: datetime) -> None:
    """Let the story happen, each touch at its own time, through the same verb as everywhere."""
    for past in story:
        then = now - timedelta(days=past.days)
        until = (now + timedelta(days=past.until)).date() if past.until else None
        with clock.at(then):
            log(row.pk, member, Draft(past.outcome, past.note, reason=past.reason, reason_until=until), then)
    if number % 11 == 0:  # a promise for today or tomorrow
        start = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        window = Window(start, start + timedelta(hours=2), member.zone)
        log(row.pk, member, Draft("voicemail", agreed=Agreed(Basis.PROMISE, window, Kind.CALL)), now)
    elif number % 11 == 6:
        start = (now + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)
        meeting = Meeting(start, start + timedelta(minutes=30), member.zone)
        log(row.pk, member, Draft("meeting_set", "Agreed on a look at the numbers.", meeting=meeting), now)
    if number % 4 == 0:
        Fact.objects.create(
            workspace=member.workspace,
            opportunity=row,
            text="They want to be live before the season starts.",
            confirmed_on=(now - timedelta(days=10)).date(),
        )
