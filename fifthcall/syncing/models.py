"""A member's other calendar, and what stands in it: ours in both places, and theirs, which keeps time free."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from fifthcall import sealing


class Account(models.Model):
    """A calendar reached over CalDAV (RFC 4791). Its password is sealed."""

    member = models.ForeignKey("teams.Membership", on_delete=models.CASCADE, related_name="calendar_accounts")
    url = models.URLField(max_length=500)  # of the calendar itself
    name = models.CharField(max_length=200, blank=True)
    username = models.CharField(max_length=254)
    sealed = models.TextField(blank=True)  # password
    synced_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    fence = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(removed_at=None), name="one_calendar_per_member")
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(removed_at=None), name="calendars_to_sync")]

    def __str__(self) -> str:
        return self.name or self.url

    def password(self) -> str:
        """Raises sealing.Unsealable."""
        kept: dict[str, Any] = sealing.unseal(self.sealed, "calendar")
        return str(kept["password"])

    def keep_password(self, password: str) -> None:
        self.sealed = sealing.seal({"password": password}, "calendar")


class Item(models.Model):
    """An entry of the calendar, as it stood on both sides when they last agreed: `starts_at` to `until`.

    `mark` names what it is here: "meeting:12", "block:3:2026-11-30", "promise:7"; "" is somebody else's, and busy.
    """

    class Asks(models.TextChoices):
        NOTHING = "", "Nothing"
        MOVED_BOTH = "moved", "Moved in both places"
        DELETED = "deleted", "Deleted there"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="items")
    mark = models.CharField(max_length=60, blank=True)
    uid = models.CharField(max_length=255)
    href = models.CharField(max_length=500)
    etag = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    read_again_at = models.DateTimeField(null=True)  # theirs that recurs: its next times are worked out anew then
    asks = models.CharField(max_length=8, choices=Asks, default=Asks.NOTHING, blank=True)
    there_from = models.DateTimeField(null=True)  # what stands there, while both were moved
    there_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "href"], name="each_entry_once"),
            models.UniqueConstraint(fields=["account", "mark"], condition=~Q(mark=""), name="one_entry_of_ours_each"),
        ]
        indexes = [models.Index(fields=["account", "until"], name="entries_by_time")]

    def __str__(self) -> str:
        return self.title or self.uid
