"""D4: how small or large one deal is against all that is open, for a tone that isn't needy."""

from __future__ import annotations

from django.db.models import Count, Sum

from fifthcall.pipeline.models import Opportunity

#: Adding up stops here: nobody follows so many up by hand, and the page must not wait for it.
COUNTED = 2000


def share_words(opportunity: Opportunity) -> str:
    """The deal's part of its owner's open value; "" where it has no value, or nobody owns it, or it is closed."""
    if not opportunity.value or opportunity.owner_id is None or opportunity.next_due_at is None:
        return ""
    mine = Opportunity.objects.filter(workspace=opportunity.workspace_id, owner=opportunity.owner_id)
    valued = mine.filter(next_due_at__isnull=False, value__isnull=False)
    found = valued[: COUNTED + 1].aggregate(total=Sum("value"), deals=Count("id"))
    if found["deals"] > COUNTED:
        return f"one of more than {COUNTED:,}"
    if found["deals"] <= 1:
        return "the only one open with a value"
    percent = opportunity.value / found["total"] * 100
    part = "under 1 %" if percent < 1 else f"{percent:.0f} %"
    return f"{part} of what is open, one of {found['deals']:,}"
