"""C5: what we promised stands in the calendar too: the window in which they expect to hear from us is held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fifthcall.calendars.models import Appointment
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Kind, Status
from fifthcall.rules.windows import wall
from fifthcall.rules.words import KIND_WORDS
from fifthcall.teams.models import Membership

#: The steps whose time was told to the prospect: a promise of ours, or the call-back they asked for.
HELD = ("promised", "call_back")
MOST = 500


@dataclass(frozen=True, slots=True)
class Hold:
    """A window, instants in UTC, in which a prospect was told to expect us; `zone` is theirs."""

    opportunity_id: int
    version: int
    title: str  # "Call Anna Vogel"
    starts_at: datetime
    until: datetime
    zone: str

    @property
    def theirs(self) -> str:
        """The window on their clock: "15:00–17:00 for them"."""
        return f"{wall(self.starts_at, self.zone):%H:%M}–{wall(self.until, self.zone):%H:%M} for them"

    def as_meeting(self) -> Appointment:
        """For a calendar that shows it beside the meetings (unsaved). Moved, it is the same entry."""
        return Appointment(
            starts_at=self.starts_at,
            until=self.until,
            zone=self.zone,
            title=f"{self.title}, as promised",
            uid=f"promise-{self.opportunity_id}@fifthcall",
            sequence=self.version,
        )


def holds_of(member: Membership, begin: datetime, end: datetime) -> list[Hold]:
    """The member's holds that have any of their time between `begin` and `end`, the earliest first.

    They are the next steps themselves: a promise that is kept, moved or taken back moves or frees its hold.
    """
    rows = Opportunity.objects.filter(
        owner=member,
        next_purpose__in=HELD,
        status=Status.OPEN.value,
        next_due_at__lt=end,
        next_until__gt=begin,
    ).select_related("person", "organization")
    found = []
    for row in rows.order_by("next_due_at", "id")[:MOST]:
        assert row.next_due_at and row.next_until
        whom = row.person.name if row.person else row.organization.name if row.organization else row.name
        zone = (row.person and row.person.zone) or (row.organization and row.organization.zone) or member.workspace.zone
        title = f"{KIND_WORDS[Kind(row.next_kind)]} {whom}"
        found.append(Hold(row.pk, row.version, title, row.next_due_at, row.next_until, zone))
    return found
