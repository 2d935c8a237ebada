"""Members come with their follow-up blocks (B1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fifthcall.calendars.models import DEFAULT_BLOCKS, Block
from fifthcall.journal.models import note_event
from fifthcall.teams.models import Membership, Workspace


def add_member(workspace: Workspace, name: str, key: str, now: datetime, **extra: Any) -> Membership:
    """A new member with the default blocks in their zone (the workspace's, unless `zone` is given)."""
    extra.setdefault("zone", workspace.zone)
    member = Membership.objects.create(workspace=workspace, name=name, key=key, created_at=now, **extra)
    Block.objects.bulk_create(
        Block(workspace=workspace, member=member, start=start, end=end, created_at=now) for start, end in DEFAULT_BLOCKS
    )
    note_event(workspace.pk, None, "joined", member, now, role=member.role, active=member.active)
    return member
