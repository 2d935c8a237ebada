"""What has just come in for a member, so that a page of theirs that stands open can show it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from fifthcall.cues.models import Arrival
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch


def announce(touch: Touch, now: datetime) -> None:
    """Tell the open page of the opportunity's owner; call it in the transaction that wrote the touch."""
    opportunity = Opportunity.objects.get(pk=touch.opportunity_id)
    opportunity = opportunity.merged_into or opportunity
    if opportunity.owner_id is None or opportunity.finished:
        return
    news = {"opportunity": opportunity, "outcome": touch.outcome, "at": now}
    Arrival.objects.get_or_create(member_id=opportunity.owner_id, defaults=news | {"number": 0})
    Arrival.objects.filter(member_id=opportunity.owner_id).update(number=F("number") + 1, **news)


def latest_of(member: Membership, since: int | None) -> Arrival | None:
    """The latest arrival, unless `since` is its number already."""
    rows = Arrival.objects.filter(member=member).select_related("opportunity__person", "opportunity__organization")
    return rows.exclude(number=since).first() if since is not None else rows.first()
