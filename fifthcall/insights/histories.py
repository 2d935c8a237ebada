"""How many attempts each opportunity got, counted by the database, for the own curve (G2)."""

from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from fifthcall.insights.own_curve import Histories
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch

_ATTEMPTS = sorted(code for code, outcome in OUTCOMES.items() if outcome.attempt)


def _counted(of: str) -> Coalesce:
    rows = Touch.objects.filter(**{of: OuterRef("pk")}, outcome__in=_ATTEMPTS, retracts=None, retraction=None)
    # Grouped by what is the same for all of them, so that one row comes back and not one for each touch.
    number = rows.order_by().values("workspace_id").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(number, output_field=IntegerField()), 0)


def histories(member: Membership) -> list[Histories]:
    """What `member` may see, by number of attempts and won or not; a merged one's attempts count where it went."""
    rows = (
        Opportunity.objects.visible_to(member)
        .filter(merged_into=None)
        .annotate(attempts=_counted("opportunity") + _counted("opportunity__merged_into"))
        .order_by()
        .values("attempts")
        .annotate(count=Count("pk"), wins=Count("pk", filter=Q(status=Status.WON.value)))
    )
    found = []
    for row in rows:
        found.append(Histories(row["attempts"], True, row["wins"]))
        found.append(Histories(row["attempts"], False, row["count"] - row["wins"]))
    return [one for one in found if one.count]
