"""Whom a member met at an event (S6), and the photos of their cards."""

from __future__ import annotations

from django.db import models


class Met(models.Model):
    """A person noted at an event, perhaps without a network. `key` was made there: sent twice, it is one."""

    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40, unique=True)
    event = models.CharField(max_length=120)
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="met")
    met_at = models.DateTimeField()
    wanted_at = models.DateTimeField(null=True)  # the time they chose, if it was taken by the time it came here
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.event}: {self.opportunity_id}"


class CardPhoto(models.Model):
    """The photo of a person's card: made small, and without where it was taken."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="card_photos")
    picture = models.BinaryField()  # JPEG
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"of {self.person_id}"
