"""The only place that sets an opportunity's next step: read the case, let the rules decide, write the row's columns."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import models

from fifthcall.calendars.models import Appointment, Block
from fifthcall.calendars.shapes import shapes
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.room import Room, capacity
from fifthcall.prepared import Given, Prepared
from fifthcall.rules import case as rules
from fifthcall.rules import next_touch
from fifthcall.rules.decide import Outlook, consult
from fifthcall.rules.facts import WEEK
from fifthcall.rules.law import hours_of
from fifthcall.rules.priority import rank
from fifthcall.rules.windows import instant
from fifthcall.teams.zones import region_of_country

#: What `case_of` reads through the row; select these with it.
RELATED = ("workspace", "owner", "person", "organization", "product")

NEXT_COLUMNS = (
    "next_kind",
    "next_purpose",
    "next_due_at",
    "next_until",
    "next_zone",
    "next_firm",
    "next_automatic",
    "next_rank",
    "next_owed_at",
    "next_why",
)


def case_of(
    opportunity: Opportunity,
    now: datetime,
    touches: tuple[rules.Touch, ...] | None = None,
    blocks: tuple[rules.Block, ...] | None = None,
) -> rules.Case:
    """The rules' view at `now` of an opportunity (fetched with `RELATED`); `touches`, `blocks` spare reading them."""
    if blocks is None:
        blocks = blocks_of(opportunity.owner_id, opportunity.owner.zone) if opportunity.owner else ()
    person, organization = opportunity.person, opportunity.organization
    return rules.Case(
        status=rules.Status(opportunity.status),
        opened_at=opportunity.created_at,
        last_contact_at=_noon(opportunity, opportunity.prospect_zone),
        planned_on=opportunity.planned_on,
        prospect_zone=opportunity.prospect_zone,
        zone_known=bool(opportunity.known_zone),
        other_zones=tuple(person.zones.split(",")) if person and person.zones else (),
        regions=_regions(organization.country if organization else "", person.regions if person else ""),
        stage=opportunity.stage,
        source=opportunity.source,
        situation=opportunity.situation,
        assistants=tuple(person.helpers.split("\n")) if person and person.helpers else (),
        ways=_channels(person.ways) if person else frozenset(),
        stopped=_channels(person.stopped) if person else frozenset(),
        touches=history(opportunity) if touches is None else touches,
        elsewhere=_elsewhere(opportunity) if touches is None else (),
        around=_around(opportunity, now) if touches is None else (),
        meeting=meeting_of(opportunity),
        blocks=blocks,
        own_hours=hours_of(opportunity.owner.own_hours) if opportunity.owner and opportunity.owner.own_hours else None,
    )


def history(opportunity: Opportunity) -> tuple[rules.Touch, ...]:
    """The opportunity's touches as the rules see them, oldest first."""
    touches: Any = opportunity.touches
    return touches.model.history_of(opportunity) if opportunity.pk else ()


def _elsewhere(opportunity: Opportunity) -> tuple[rules.Touch, ...]:
    touches: Any = opportunity.touches
    return touches.model.elsewhere_of(opportunity) if opportunity.pk and opportunity.person_id else ()


def _around(opportunity: Opportunity, now: datetime) -> tuple[rules.Touch, ...]:
    touches: Any = opportunity.touches
    return touches.model.around_of(opportunity, now - WEEK) if opportunity.pk and opportunity.organization_id else ()


def meeting_of(opportunity: Opportunity) -> rules.Meeting | None:
    """The appointment that is booked and not yet accounted for; only a meeting step can have one."""
    if opportunity.pk is None or not opportunity.has_appointment:
        return None
    booked = Appointment.objects.filter(opportunity=opportunity, state=Appointment.State.BOOKED).order_by("-starts_at")
    found = booked.first()
    return rules.Meeting(found.starts_at, found.until, found.zone, found.asked_from) if found else None


def blocks_of(member_id: int | None, zone: str) -> tuple[rules.Block, ...]:
    """The member's follow-up blocks for the rules."""
    return tuple(shape for row in _BLOCKS.rows(member=member_id) for shape in shapes(*row, zone))


_BLOCKS = Prepared(
    lambda: Block.objects.filter(member_id=Given("member", models.BigIntegerField())).values_list(
        "id", "weekdays", "start", "end", "rule", "since", "plan"
    )
)


@lru_cache(maxsize=1000)
def _regions(country: str, numbers: str) -> tuple[str, ...]:
    """Where they are, the address first."""
    found = (region_of_country(country) if country else "", *numbers.split(","))
    return tuple(dict.fromkeys(region for region in found if region))


@lru_cache(maxsize=1000)
def _channels(names: str) -> frozenset[rules.Channel]:
    found = frozenset(names.split(",")) if names else frozenset()
    return frozenset(rules.Channel) if "all" in found else frozenset(rules.Channel(name) for name in found)


def _noon(opportunity: Opportunity, zone: str) -> datetime | None:
    """A contact known only by its day is taken to have been at noon."""
    on = opportunity.engaged_on
    return instant(datetime.combine(on, time(12)), zone) if on else None


def place(opportunity: Opportunity, now: datetime, case: rules.Case | None = None, room: Room | None = None) -> None:
    """Decide the next step and write it into the row's columns (not yet saved); closed ones lose theirs.

    Steps bound to no agreed time go to the first of the owner's blocks that has room among worthier or equal steps.
    """
    case = case or case_of(opportunity, now)
    room = room or Room((opportunity.pk,) if opportunity.pk else ())
    policy = opportunity.workspace.policy()
    counsel = consult(case, now, policy)
    kind = counsel.proposal.kind if counsel.proposal else rules.Kind.CALL
    whose, its_rank = (opportunity.workspace_id, opportunity.owner_id), rank_of(opportunity, case, kind, now)
    free_from = None
    if counsel.proposal:
        key = (whose, case.prospect_zone, counsel.proposal.kind.channel.value)
        free_from = room.begin(key, its_rank, counsel.proposal.not_before)
    while True:
        outlook = counsel.placed(free_from)
        slot = outlook.slot
        if slot is None or counsel.proposal is None:
            break
        asked_from = free_from or counsel.proposal.not_before
        onward = room.look_from(key, slot, its_rank, capacity(slot, policy.touches_an_hour), asked_from)
        if onward is None:
            break
        free_from = onward
    room.take(whose, outlook.slot, its_rank)
    for column, value in zip(NEXT_COLUMNS, columns(outlook, its_rank), strict=True):
        setattr(opportunity, column, value)


def columns(outlook: Outlook, its_rank: int) -> tuple[Any, ...]:
    """A decision as the values of `NEXT_COLUMNS`."""
    step = outlook.decision.step
    if step is None:
        return ("", "", None, None, "", False, False, 0, None, {})
    window = step.window
    return (
        step.kind.value,
        step.purpose,
        window.starts_at,
        window.until,
        window.zone,
        step.firm,
        step.automatic,
        its_rank,
        outlook.owed_at,
        why(outlook),
    )


def why(outlook: Outlook) -> dict[str, Any]:
    """A decision's reasons as data; `rules.words` says them."""
    decision = outlook.decision
    said: dict[str, Any] = {"reasons": [[r.rule, r.code, r.facts] for r in decision.reasons]}
    if decision.refusals:
        said["refusals"] = [
            [r.rule, r.code, r.facts, r.possible_at.astimezone(UTC).isoformat() if r.possible_at else ""]
            for r in decision.refusals
        ]
    if decision.step and decision.step.attempt:
        said["attempt"] = decision.step.attempt
    if decision.step and decision.step.leave_message is not None:
        said["leave_message"] = decision.step.leave_message
    return said


def rank_of(opportunity: Opportunity, case: rules.Case, kind: rules.Kind, now: datetime) -> int:
    """Its place among steps due together: by what a touch of this kind is worth (F4), where that is wanted."""
    policy, value = opportunity.workspace.policy(), value_of(opportunity)
    if policy.worth and policy.worth.in_order:
        length = next_touch.minutes(kind, policy.touches_an_hour)
        return next_touch.rank(next_touch.expected(policy.worth, *next_touch.tried(case.touches), value, length))
    last = case.touches[-1].at if case.touches else case.last_contact_at
    return rank(value, last, now)


def value_of(opportunity: Opportunity) -> Decimal | None:
    """What it is worth, by its product's list price where nobody has said."""
    if opportunity.value is None and opportunity.product:
        return opportunity.product.list_price
    return opportunity.value
