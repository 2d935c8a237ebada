"""What lies on a member's desk: to be written, to be posted, on its way; and what the month's post has cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.posting.addresses import address_of, lines_of
from fifthcall.posting.models import Piece
from fifthcall.posting.printing import Paper
from fifthcall.rules.case import Kind
from fifthcall.rules.windows import wall
from fifthcall.teams.models import Membership

#: More than a batch that is asked for at once.
MOST = 500
BY_POST = (Kind.NOTE.value, Kind.PARCEL.value)


@dataclass(frozen=True, slots=True)
class Spent:
    """A month's post: its pieces and what they cost together, in the workspace's currency."""

    month: str  # "2026-11", in the workspace's zone
    pieces: int
    cost: Decimal

    @property
    def each(self) -> Decimal:
        return (self.cost / self.pieces).quantize(Decimal("0.01")) if self.pieces else Decimal(0)


def to_write(member: Membership, until: datetime) -> list[Opportunity]:
    """Opportunities of the member whose note or parcel is due before `until` and not written yet."""
    rows = Opportunity.objects.filter(
        workspace=member.workspace, owner=member, next_due_at__lt=until, next_kind__in=BY_POST
    )
    written = Piece.objects.written().filter(member__workspace=member.workspace).values("opportunity")
    return list(rows.exclude(pk__in=written).select_related(*RELATED).order_by("next_due_at", "id")[:MOST])


def written(member: Membership) -> QuerySet[Piece]:
    """The member's pieces that are to be posted, the first written first."""
    return _mine(member, Piece.objects.written())


def on_the_way(member: Membership) -> QuerySet[Piece]:
    return _mine(member, Piece.objects.on_the_way())


def _mine(member: Membership, rows: QuerySet[Piece]) -> QuerySet[Piece]:
    seen = rows.filter(member=member, opportunity__in=Opportunity.objects.visible_to(member))
    return seen.select_related("person", "idea", "opportunity__organization").order_by("id")[:MOST]


def papers(pieces: QuerySet[Piece] | list[Piece]) -> list[Paper]:
    return [Paper(piece.pk, tuple(piece.lines), piece.text) for piece in pieces]


def label_for(opportunity: Opportunity) -> str:
    """The label's lines for their post, "" where no address is known."""
    person, company = opportunity.person, opportunity.organization
    address = address_of(person, company)
    if not address:
        return ""
    country, ours = company.country if company else "", opportunity.workspace.country
    names = (person.name if person else "", company.name if company else "")
    return "\n".join(lines_of(*names, address, country, ours))


def spent(member: Membership, months: int = 12) -> list[Spent]:
    """What the workspace's post of each month cost, the latest first; only what the member may see."""
    rows = (
        Piece.objects.filter(opportunity__in=Opportunity.objects.visible_to(member), posted_at__isnull=False)
        .exclude(touch__retraction__isnull=False)
        .values_list("posted_at", "cost")
    )
    sums: dict[str, tuple[int, Decimal]] = {}
    for at, cost in rows.iterator():
        assert at is not None  # filtered above
        month = f"{wall(at, member.workspace.zone):%Y-%m}"
        count, total = sums.get(month, (0, Decimal(0)))
        sums[month] = count + 1, total + cost
    return [Spent(month, *sums[month]) for month in sorted(sums, reverse=True)[:months]]
