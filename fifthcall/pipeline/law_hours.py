"""Other hours for calls and texts than the law's table: an owner's, with a reason, and each member's own (B4).

What is planned follows at once, or within minutes where it is much.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from fifthcall.journal.models import note_event
from fifthcall.people.models import Organization
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.slipping import decide_again
from fifthcall.rules.case import Hours, Policy
from fifthcall.rules.law import TABLE, inside, written
from fifthcall.rules.windows import wall
from fifthcall.teams.models import Membership, Workspace
from fifthcall.teams.zones import region_of_country

#: As many are decided while somebody waits; beyond that the worker goes through the workspace.
AT_ONCE = 300


class NeedsReason(ValueError):
    """Hours that allow more than the table, without a written reason."""


class NoSuchEntry(ValueError):
    """The table has no such region."""


class NoHours(ValueError):
    """Own hours that leave none of the workspace's."""


def table_hours(region: str) -> tuple[Hours, ...]:
    """What the table says; region "" is everywhere. Raises NoSuchEntry."""
    if region and region not in TABLE:
        raise NoSuchEntry(region)
    return TABLE[region].hours if region else (Policy().law_hours,)


def read_otherwise(member: Membership, region: str, hours: Hours, reason: str, now: datetime) -> None:
    """An owner's own hours for a region of the table ("" for everywhere). Raises NeedsReason, NoSuchEntry."""
    if not inside(hours, table_hours(region)) and not reason.strip():
        raise NeedsReason
    on = wall(now, member.zone).date().isoformat()
    said = {"hours": written(hours), "reason": reason.strip(), "by": member.name, "on": on}
    _change(member, region, said, now)


def take_back(member: Membership, region: str, now: datetime) -> None:
    """The table's hours hold again. Raises NoSuchEntry."""
    table_hours(region)
    _change(member, region, None, now)


def _change(member: Membership, region: str, said: dict[str, str] | None, now: datetime) -> None:
    with transaction.atomic():
        space = Workspace.objects.select_for_update().get(pk=member.workspace_id)
        before = space.law_hours.get(region)
        space.law_hours = {k: v for k, v in space.law_hours.items() if k != region} | ({region: said} if said else {})
        rows = affected(space, region)
        if rows[: AT_ONCE + 1].count() > AT_ONCE:
            space.decide_again_from = 0
        space.save(update_fields=["law_hours", "decide_again_from"])
        note_event(
            space.pk,
            member.pk,
            "law_hours_changed",
            space,
            now,
            region=region or "everywhere",
            said=said,
            before=before,
        )
        if space.decide_again_from is None:
            decide_again(rows, now)


def affected(space: Workspace, region: str) -> QuerySet[Opportunity]:
    """Open opportunities that the entry may bind, by their numbers and address; all of the country's, to be sure."""
    rows = Opportunity.objects.filter(workspace=space, next_due_at__isnull=False)
    if not region:
        return rows
    country = region[:2]
    known = Organization.objects.filter(workspace=space).exclude(country="").values_list("country", flat=True)
    names = [name for name in known.distinct() if region_of_country(name)[:2] == country]
    return rows.filter(Q(person__regions__contains=country) | Q(organization__country__in=names))


def keep_own_hours(member: Membership, hours: Hours | None, now: datetime) -> None:
    """The hours outside which `member` never calls or texts, in the prospect's time; None for the law's alone.

    Raises NoHours when they leave nothing of the workspace's hours.
    """
    usual = next((o.hours for o in member.workspace.policy().law_overrides if not o.region), Policy().law_hours)
    if hours and not (hours.weekdays & usual.weekdays and hours.start < usual.end and usual.start < hours.end):
        raise NoHours
    with transaction.atomic():
        before, member.own_hours = member.own_hours, written(hours) if hours else ""
        member.save(update_fields=["own_hours"])
        note_event(member.workspace_id, member.pk, "own_hours_changed", member, now, before=before)
        decide_again(Opportunity.objects.filter(owner=member, next_due_at__isnull=False), now)
