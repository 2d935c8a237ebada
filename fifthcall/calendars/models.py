"""Time set aside: follow-up blocks (B1, B2) and appointments with prospects."""

from __future__ import annotations

from datetime import time

from django.db import models

from fifthcall.rules import case

#: B1: early morning and late afternoon, in the rep's own zone.
DEFAULT_BLOCKS = ((time(8), time(9, 30)), (time(16, 30), time(18)))


class Block(models.Model):
    """A recurring follow-up block. It can be moved, never removed (B2): a database trigger refuses deletion."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="blocks")
    weekdays = models.CharField(max_length=7, default="01234")  # digits, 0 = Monday
    start = models.TimeField()
    end = models.TimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["start", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="block_has_length")]
        indexes = [models.Index(fields=["member"], name="block_of_member")]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"

    def as_rule(self, zone: str) -> case.Block:
        hours = case.Hours(frozenset(int(d) for d in self.weekdays), self.start, self.end)
        return case.Block(str(self.pk), hours, zone)


class Appointment(models.Model):
    """A meeting with a prospect, `starts_at` to `until`; `zone` is the one it was agreed in."""

    class State(models.TextChoices):
        BOOKED = "booked", "Booked"
        HELD = "held", "Held"
        CANCELLED = "cancelled", "Cancelled"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("starts_at")), name="appointment_has_length")
        ]
        indexes = [models.Index(fields=["opportunity", "starts_at"], name="appointment_of")]

    def __str__(self) -> str:
        return f"{self.starts_at} {self.state}"
