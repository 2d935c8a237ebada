"""What comes back: mail as it was fetched, and what became of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Folder(models.Model):
    """A mailbox's folder, and how far it has been read. UIDs mean nothing under another `uidvalidity` (RFC 3501)."""

    mailbox = models.ForeignKey("channels.Mailbox", on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=255)
    uidvalidity = models.PositiveBigIntegerField(default=0)
    last_uid = models.PositiveBigIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # how often the mail after `last_uid` could not be fetched

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="one_folder_per_name")]

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """Who reads a mailbox now: one worker at a time, until the lease ends. `fence` rises with each claim."""

    mailbox = models.OneToOneField("channels.Mailbox", on_delete=models.CASCADE, related_name="reading")
    fence = models.PositiveBigIntegerField(default=0)
    held_until = models.DateTimeField(null=True)
    not_let_in_at = models.DateTimeField(null=True)  # since then it is tried seldom, until somebody has mended it

    def __str__(self) -> str:
        return f"{self.mailbox} until {self.held_until}"


class Received(models.Model):
    """A mail that came in: kept first, in the transaction that moves the folder on, and read after.

    `digest` makes the same mail in several folders, or fetched twice, one: SHA-256 over the raw mail without the
    headers servers add on the way.
    """

    class State(models.TextChoices):
        NEW = "new", "Not read yet"
        READ = "read", "Read"
        FLAGGED = "flagged", "To look at"  # a stranger with our reference, or nobody we know in a thread of ours
        QUARANTINED = "quarantined", "Could not be read"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey("channels.Mailbox", on_delete=models.PROTECT, related_name="received")
    digest = models.CharField(max_length=64)
    raw = models.BinaryField()  # emptied when the mail is nobody's we know
    folder = models.CharField(max_length=255, blank=True)
    came_at = models.DateTimeField()  # the server's own date for it, else when we fetched it
    fetched_at = models.DateTimeField()
    state = models.CharField(max_length=11, choices=State, default=State.NEW)
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=300, blank=True)

    verdict = models.CharField(max_length=20, blank=True)  # judging.Sort
    evidence: models.JSONField[list[str], list[str]] = models.JSONField(
        default=list
    )  # what the verdict stands on, readable
    message_id = models.CharField(max_length=300, blank=True)
    references = models.TextField(blank=True)
    from_address = models.CharField(max_length=254, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)  # what they wrote, without what they quote
    html = models.TextField(blank=True)  # cleaned, see cleaning
    opportunity = models.ForeignKey(
        "pipeline.Opportunity", on_delete=models.PROTECT, null=True, related_name="received"
    )
    person = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, related_name="received")
    answers = models.ForeignKey("channels.Message", on_delete=models.SET_NULL, null=True, related_name="answers")
    touch = models.ForeignKey("touches.Touch", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "digest"], name="each_mail_once")]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="new"), name="mail_to_read"),
            models.Index(fields=["opportunity", "id"], name="mail_of_opportunity"),
            models.Index(fields=["workspace", "message_id"], name="mail_by_message_id"),
        ]

    def __str__(self) -> str:
        return f"{self.from_address}: {self.subject}"
