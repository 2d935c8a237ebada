"""Sample data to look around with: made-up people, in every situation, dated from today."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from fifthcall import clock
from fifthcall.people.models import ContactPoint, Fact, Organization, Person
from fifthcall.people.names import matching_key
from fifthcall.people.reach import add_assistant, add_point
from fifthcall.pipeline.goals import set_goal
from fifthcall.pipeline.models import Opportunity, Product
from fifthcall.pipeline.next_step import place
from fifthcall.pipeline.slipping import flow_on
from fifthcall.posting import desk, shelf, steps
from fifthcall.posting.models import Idea
from fifthcall.posting.steps import Wish
from fifthcall.rules.case import Agreed, Basis, Channel, Kind, Meeting, Status, Window
from fifthcall.teams.models import Membership
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log, record

COMPANIES = (
    "Alder Freight", "Birch & Loom", "Cobalt Kitchens", "Dovetail Print", "Eastmoor Dental", "Fernhill Farms",
    "Granite Row", "Harbor Optics", "Ironleaf", "Juniper Hotels", "Kestrel Tools", "Larkfield School",
    "Meadow Pumps", "Northgate Gyms", "Orchard Media", "Pinewood Homes", "Quayside Labs", "Redstone Paving",
    "Silverline Cabs", "Tamarack Bikes",
)  # fmt: skip
FIRST = ("Anna", "Ben", "Carla", "Deepak", "Elif", "Frank", "Grace", "Hugo", "Ines", "Jonas", "Kemi", "Lena")
LAST = ("Vogel", "Okafor", "Rossi", "Nair", "Yilmaz", "Berg", "Moreau", "Silva", "Novak", "Haas", "Adeyemi", "Lund")
MORE_LAST = (
    "Marek", "Diallo", "Sato", "Keller", "Ortiz", "Byrne", "Farah", "Lindqvist", "Costa", "Weber", "Iyer", "Quinn",
)  # fmt: skip
PRODUCTS = (("Starter plan", 900), ("Team plan", 4800), ("Site licence", 21000))
NUMBERS = ("+1212555", "+1312555", "+1415555", "+4930555", "+44207946")
ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles", "Europe/Berlin", "Europe/London")  # of NUMBERS
ROUNDS = 5  # each story is told so often, with other people


@dataclass(frozen=True, slots=True)
class Past:
    """One touch of a story: how many days ago, its outcome, and what was said."""

    days: float
    outcome: str
    note: str = ""
    reason: str = ""
    until: int | None = None  # days from today
    email: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """How an opportunity came to where it stands; `shows` names what it is there to show."""

    shows: str
    stage: str
    past: tuple[Past, ...] = ()
    source: str = ""
    age: int = 0  # days since it came onto the list, where the first touch isn't enough
    known: int = 0  # days since a first contact elsewhere


def _silent(*days: float) -> tuple[Past, ...]:
    return tuple(Past(day, "voicemail" if place % 3 == 2 else "no_answer") for place, day in enumerate(days))


STORIES: tuple[Story, ...] = (
    Story("S1", "Conversation", (Past(3, "connected", "Liked the demo. We ran out of time.", "thinking"),)),
    Story(
        "S2",
        "Proposal",
        (
            Past(9, "connected", "Asked for a proposal.", "authority"),
            Past(6, "proposal_sent", "Sent before its review was booked.", "they_asked"),
            Past(3, "no_answer"),
        ),
    ),
    Story("S3", "Cold", (Past(5, "voicemail"), Past(3.2, "no_answer"), Past(2, "voicemail"))),
    Story("S4", "Cold", (Past(4, "sent", "The one-page summary.", email=True),)),
    Story("S5", "Cold", tuple(Past(day, "sent", "Just checking in.", email=True) for day in (15, 10, 4))),
    Story("S6", "Met", (Past(4, "no_answer"),), "Trade fair in March"),
    Story(
        "S7",
        "Keen",
        (
            Past(40, "connected", "Very keen.", "budget"),
            Past(33, "not_now", "Wants it for two sites, after the audit.", "waiting", -24),
            *_silent(20, 16, 12),
        ),
    ),
    Story("S8", "Quote sent", (Past(2.5, "connected", "Compares two quotes.", "thinking"),)),
    Story("S9", "Interested", _silent(9, 5, 1.2), known=30),
    Story(
        "S10",
        "Undecided",
        (
            Past(200, "connected", "Not this year.", "priority"),
            *_silent(180, 160, 140, 120),
            Past(90, "connected", "Still looking.", "priority"),
            *_silent(60, 30, 14),
        ),
        age=210,
    ),
    Story("new", "New"),
    Story("later", "Later", (Past(7, "not_now", "New budget next quarter.", "budget", 21),)),
    Story("due", "Later", (Past(30, "not_now", "The contract elsewhere ends this week.", "contract", 0),)),
    Story("open", "Conversation", (Past(1.1, "connected", "Talked about the weather, mostly.", "unknown"),)),
    Story("promise", "Interested", (Past(2, "connected", "Wants a price for ten.", "waiting"),)),
    # What goes by post and what is given: a note due, one written, one on its way, an invitation open.
    Story("note", "Met", (Past(0.2, "meeting_held", "Saw the new line in hall two.", "thinking"),)),
    Story("posted", "Met", (Past(3, "connected", "Likes to read.", "thinking"),)),
    Story("invited", "Keen", (Past(6, "connected", "Curious about the others.", "thinking"),)),
    Story("meeting", "Interested", (Past(2, "connected", "Likes it.", "thinking"),)),
)
#: Four deals at one organisation, and more touches in a week than it should have (C4).
BUSY, BUSY_DEALS = "Umbra Logistics", 4
BUSY_STORY = Story("busy", "New", _silent(4.4, 3.3, 2.2, 1.1))
#: What the pipeline needs besides: won ones, some that only looked around, some that stand still.
BESIDES = (
    Story(
        "won",
        "Won",
        (
            Past(34, "connected", "Wants to see it.", "thinking"),
            Past(27, "meeting_held", "Went through the offer together.", "authority"),
            Past(16, "closed", "Signed.", "won"),
        ),
    ),
    Story(
        "curious",
        "Undecided",
        (
            Past(75, "connected", "Asked a lot of questions.", "thinking"),
            *_silent(61, 47, 33),
            Past(19, "curious", "Would not do anything this year.", until=30),
        ),
        age=110,
    ),
    Story("stuck", "Quote sent", (Past(95, "voicemail"), Past(41, "no_answer"), Past(13, "voicemail")), age=120),
) * 3
#: Finished ones of the year before: something to count. So many, and at which attempt they were won or lost, by turns.
FINISHED = 77
WON_AT, LOST_AT = (3, 2, 4, 3, 5, 1, 4, 6, 3, 5, 2, 7), (1, 3, 2, 5, 1, 4, 2, 6, 3, 8, 1)
HOURS, REACHED_HOURS = tuple(range(9, 18)), (10, 10, 11, 10, 16, 14, 16, 10, 9)
LATER = (0, 9, 20, 38, 55)  # so many days earlier each further round of the stories began, where it can
LARGE, SO_LARGE = 26, 35  # one deal that stands out, and by how much its product is taken


#: Stories whose people have a postal address, with the words by which they are found again.
WRITTEN_TO = {
    "note": ("note", "Saw the new line in hall two."),
    "posted": ("posted", "Likes to read."),
    "invited": ("invited", "Curious about the others."),
}
#: The shelf: what, name, interests, in how many days where it is an event.
SHELF = (
    ("book", "A year of small boats", "sailing", None),
    ("article", "Why good teams keep a log", "", None),
    ("article", "The sourdough calendar", "baking", None),
    ("event", "An evening at the planetarium", "stars", 20),
)
INTERESTS = ("sailing", "baking, jazz", "stars", "")


def fill(member: Membership, now: datetime) -> int:
    """Make the sample opportunities for `member`; how many. The same day gives the same data."""
    chance = random.Random(5)  # noqa: S311  # made-up data, nothing secret
    with transaction.atomic():
        products = [_product(member, name, price) for name, price in PRODUCTS]
        told = [(story, "") for story in STORIES * ROUNDS] + [(BUSY_STORY, BUSY)] * BUSY_DEALS
        told += [(story, "") for story in BESIDES]
        told += [(_finished(number, len(told) + number, member, now), "") for number in range(FINISHED)]
        for number, (story, company) in enumerate(told):
            company = company or COMPANIES[number % len(COMPANIES)]
            row = _opportunity(member, number, story, company, products[number % 3], chance, now)
            _tell(row, member, story, number, now)
        _post(member, now)
        set_goal(member, None, {"value": Decimal(900_000), "new_a_week": 8}, now)
        set_goal(member, member.pk, {"value": Decimal(900_000), "new_a_week": 8}, now)
        flow_on(now, member.pk)  # the stories' own steps lie in the past
    return len(told)


def _finished(number: int, among: int, member: Membership, now: datetime) -> Story:
    """One that was won or lost: attempts some days apart, by day on both clocks; `among` all told it is that one."""
    won = number % 7 in (1, 4, 6)
    tries = WON_AT[number % len(WON_AT)] if won else LOST_AT[number % len(LOST_AT)]
    theirs, own = ZoneInfo(ZONES[among % len(ZONES)]), ZoneInfo(member.zone)
    past = []
    for step in range(tries):
        last = step == tries - 1
        day = (now - timedelta(days=60 + 4 * number - (3 + number % 3) * step)).astimezone(theirs)
        if day.weekday() > 4:
            day += timedelta(days=7 - day.weekday())  # on Monday, then
        times = [day.replace(hour=hour, minute=number * 7 % 60) for hour in (REACHED_HOURS if last else HOURS)]
        awake = [at for at in times if 7 <= at.astimezone(own).hour < 21] or times
        at = awake[(number * 5 + step * 2) % len(awake)]
        reached = last or (number + step) % 6 == 0
        outcome = "connected" if reached else ("no_answer", "voicemail")[step % 2]
        past.append(Past((now - at) / timedelta(days=1), outcome, reason="thinking" if reached else ""))
    ended, said = ("Signed.", "won") if won else ("They said no.", "said_no")
    past.append(Past(past[-1].days - 0.05, "closed", ended, said))
    return Story("finished", "Won" if won else "Lost", tuple(past))


def _product(member: Membership, name: str, price: int) -> Product:
    return Product.objects.create(
        workspace=member.workspace, name=name, key=matching_key(name), list_price=Decimal(price)
    )


def _opportunity(
    member: Membership, number: int, story: Story, company: str, product: Product, chance: random.Random, now: datetime
) -> Opportunity:
    begun = LATER[number // len(STORIES) % len(LATER)]
    since = now - timedelta(days=max([story.age, *(past.days + 1 + begun for past in story.past), begun]))
    organization, _ = Organization.objects.get_or_create(
        workspace=member.workspace, key=matching_key(company), defaults={"name": company}
    )
    last = (LAST, MORE_LAST)[number // (len(FIRST) * len(LAST))]  # by then each name was used
    name = f"{FIRST[number % len(FIRST)]} {last[(number * 7 + number // 12) % len(last)]}"
    person = Person.objects.create(
        workspace=member.workspace, organization=organization, name=name, key=matching_key(name),
        interests=INTERESTS[number % len(INTERESTS)],
    )  # fmt: skip
    if story.shows in WRITTEN_TO:
        add_point(person, ContactPoint.Kind.ADDRESS, f"{number + 1} Harbor Street, Springfield, IL 62701")
    turn, prefix = divmod(number, len(NUMBERS))
    digits = f"{NUMBERS[prefix]}0{100 + turn}"
    kind = ContactPoint.Kind.MOBILE if number % 3 else ContactPoint.Kind.PHONE
    add_point(person, kind, digits)
    if number % 2 or any(past.email for past in story.past):
        add_point(person, ContactPoint.Kind.EMAIL, f"{matching_key(name)}@example.com")
    if story.shows == "S9":
        helper = add_assistant(person, f"{FIRST[(number + 5) % len(FIRST)]} Marsh", matching_key(f"marsh {number}"))
        add_point(helper, ContactPoint.Kind.PHONE, f"{NUMBERS[prefix]}0{150 + turn}")
        helper.best_times, helper.note = "after four", "Keeps the calendar; likes to be told what it is about."
        helper.save(update_fields=["best_times", "note"])
    assert product.list_price is not None
    row = Opportunity(
        workspace=member.workspace,
        owner=member,
        name=f"{company} · {product.name}",
        organization=organization,
        person=person,
        product=product,
        stage=story.stage,
        status=Status.OPEN.value,
        value=_value(story, number, product.list_price, chance),
        source=story.source or "Sample",
        engaged_on=(now - timedelta(days=story.known)).date() if story.known else None,
        created_at=since,
        changed_at=since,
    )
    place(row, since)
    row.save()
    return row


def _value(story: Story, number: int, price: Decimal, chance: random.Random) -> Decimal | None:
    """What it is worth; of a new one that is often not known yet."""
    times = SO_LARGE if number == LARGE else chance.choice((1, 1, 2, 3, 5))
    return None if story.shows == "new" and number % 2 else price * times


def _post(member: Membership, now: datetime) -> None:
    """The shelf, and post in each of its states."""
    made = {
        kind: shelf.save(Idea(kind=kind, name=name, tags=tags, on=on), member, now)
        for kind, name, tags, days in SHELF
        for on in [(now + timedelta(days=days)).date() if days else None]
    }
    rows = Opportunity.objects.filter(owner=member, source="Sample").select_related("person").order_by("id")
    by_stage = {stage: list(rows.filter(touches__note=note)) for stage, note in WRITTEN_TO.values() if note}
    for row in by_stage["note"][:2]:
        assert row.person
        text = f"Dear {row.person.name.split()[0]}, thank you for showing me the new line in hall two."
        steps.write(row.pk, member, Wish("note", text, desk.label_for(row), about="the new line in hall two"), now)
    for row in by_stage["posted"]:
        wish = Wish("book", "", desk.label_for(row), idea=made["book"].pk, carrier="Parcel Post", tracking="PP 104 233")
        then = now - timedelta(days=1)
        with clock.at(then):
            steps.post(steps.write(row.pk, member, wish, then).pk, member, then)
    for row in by_stage["invited"]:
        then = now - timedelta(days=1, hours=2)
        with clock.at(then):
            shelf.give(row.pk, member, "invited", made["event"].pk, "", then)


def _tell(row: Opportunity, member: Membership, story: Story, number: int, now: datetime) -> None:
    """Let the story happen, each touch at its own time, through the same verb as everywhere."""
    for past in story.past:
        then = now - timedelta(days=past.days)
        until = (now + timedelta(days=past.until)).date() if past.until is not None else None
        with clock.at(then):
            if past.email:
                record(row.pk, past.outcome, then, then, Channel.EMAIL, past.note, member_id=member.pk)
            else:
                log(row.pk, member, Draft(past.outcome, past.note, reason=past.reason, reason_until=until), then)
    if story.shows == "promise":  # for today or tomorrow
        start = (now + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
        window = Window(start, start + timedelta(hours=2), member.zone)
        log(row.pk, member, Draft("voicemail", agreed=Agreed(Basis.PROMISE, window, Kind.CALL)), now)
    elif story.shows == "meeting":
        start = (now + timedelta(days=1)).replace(hour=15, minute=0, second=0, microsecond=0)
        meeting = Meeting(start, start + timedelta(minutes=30), member.zone)
        log(row.pk, member, Draft("meeting_set", "Agreed on a look at the numbers.", meeting=meeting), now)
    if number % 4 == 0 and story.shows != "finished":
        Fact.objects.create(
            workspace=member.workspace,
            opportunity=row,
            text="They want to be live before the season starts.",
            confirmed_on=(now - timedelta(days=10)).date(),
        )
