"""What the team and each of its members are out for: value a quarter, coverage, new opportunities a week (F1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from fifthcall.journal.models import note_event
from fifthcall.pipeline.models import Goal
from fifthcall.teams.models import Membership, Workspace


def goal_of(workspace_id: int, member_id: int | None) -> Goal:
    """A member's goal, or (None) the workspace's; an unsaved one with the defaults where none is set."""
    found = Goal.objects.filter(workspace_id=workspace_id, member_id=member_id).first()
    return found or Goal(workspace_id=workspace_id, member_id=member_id)


def set_goal(by: Membership, member_id: int | None, values: Mapping[str, Any], now: datetime) -> None:
    """Set one's own goal, or (None, for who leads) the team's. `values`: columns of Goal. Raises PermissionError."""
    if member_id not in (None, by.pk) or (member_id is None and not by.leads):
        raise PermissionError("One's own goal, or the team's for who leads it.")
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=by.workspace_id)  # the first of two at once, then the other
        goal = goal_of(by.workspace_id, member_id)
        for column, value in values.items():
            setattr(goal, column, value)
        goal.save()
        note_event(by.workspace_id, by.pk, "goal_set", goal, now)
