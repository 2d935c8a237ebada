"""The journal: what was done, by whom and when. Rows are only ever added; database triggers see to it."""

from __future__ import annotations

from typing import Any

from django.db import models


class Event(models.Model):
    """One act other than a touch (a touch is its own record). `at` is the instant of the act."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    actor = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)  # e.g. "opportunity"
    subject_id = models.BigIntegerField()
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["workspace", "subject", "subject_id", "id"], name="event_of_subject")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject} {self.subject_id}"


def note_event(
    workspace_id: int, actor_id: int | None, verb: str, subject: models.Model, at: Any, **data: Any
) -> Event:
    """Add the event of a verb; call it inside the verb's transaction."""
    return Event.objects.create(
        workspace_id=workspace_id,
        at=at,
        actor_id=actor_id,
        verb=verb,
        subject=subject._meta.model_name or "",
        subject_id=subject.pk,
        data=data,
    )


class Door(models.Model):
    """The audited door through append-only tables: open while a row stands here, within one transaction (erasure)."""

    opened_at = models.DateTimeField()
    why = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.why
