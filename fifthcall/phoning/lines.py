"""A member's line: keeping it, pausing it, taking it away."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from fifthcall.journal.models import note_event
from fifthcall.phoning.models import UNFINISHED, Line, Text
from fifthcall.teams.models import Membership


class Taken(ValueError):
    """Somebody of the workspace has the number already."""


def line_of(member: Membership) -> Line | None:
    """The member's line through a provider, if they have one."""
    return member.lines.filter(removed_at=None).select_related("workspace").first()


def save(line: Line, now: datetime) -> Line:
    """Keep a new or changed line, which has been checked. Raises Taken."""
    new = line.pk is None
    line.paused_at, line.paused_why = None, ""
    if new:
        line.created_at = now
    try:
        with transaction.atomic():
            line.save()
            verb = "created" if new else "changed"
            note_event(line.workspace_id, line.member_id, verb, line, now, number=line.number)
    except IntegrityError:
        raise Taken(f"{line.number} is somebody else’s line here already.") from None
    return line


def pause(line_id: int, why: str, now: datetime) -> None:
    """Stop a line until somebody has mended it; said once."""
    with transaction.atomic():
        line = Line.objects.select_for_update(of=("self",)).get(pk=line_id)
        if line.paused_at is None:
            line.paused_at, line.paused_why = now, why[:300]
            line.save(update_fields=["paused_at", "paused_why"])
            note_event(line.workspace_id, None, "paused", line, now, why=why[:300])


def resume(line: Line, now: datetime) -> None:
    with transaction.atomic():
        line.paused_at, line.paused_why = None, ""
        line.save(update_fields=["paused_at", "paused_why"])
        note_event(line.workspace_id, line.member_id, "resumed", line, now)


def remove(line: Line, now: datetime) -> None:
    """Take it away, with its secrets; what it sent and what it was called stays."""
    with transaction.atomic():
        line.removed_at, line.sealed = now, ""
        line.save(update_fields=["removed_at", "sealed"])
        waiting = line.texts.filter(state__in=(*UNFINISHED,)).exclude(state=Text.State.SENDING)
        waiting.update(state=Text.State.CANCELLED, why="The line was taken away.")
        note_event(line.workspace_id, line.member_id, "removed", line, now)


def report_to(line: Line, act: str, key: object = 0) -> str:
    """Where the provider reports to: `texts`, `state` of a text, `ours` and `theirs` of a call's legs."""
    return f"{settings.URL}/hooks/phone/{line.pk}/{line.hook_secret}/{act}/{key}/"
