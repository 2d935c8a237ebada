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
    account = models.CharField(max_length=520, blank=True)  # whose mail the folders' numbers are of
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
            models.Index(
                fields=["workspace", "mailbox"],
                condition=Q(state__in=("flagged", "quarantined")),
                name="mail_to_look_at",
            ),
            models.Index(fields=["opportunity", "id"], name="mail_of_opportunity"),
            models.Index(fields=["workspace", "message_id"], name="mail_by_message_id"),
        ]

    def __str__(self) -> str:
        return f"{self.from_address}: {self.subject}"


class Spool(models.Model):
    """How far a file of hits has been read: moved on in the transaction that keeps what was read."""

    name = models.CharField(max_length=80, unique=True)
    offset = models.PositiveBigIntegerField(default=0)  # bytes
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Hit(models.Model):
    """Something fetched a picture or a link of a mail; by whom is for `hits.verdict` to say.

    No address is kept, only its digest: enough to see that two hits came from one place.
    """

    link = models.ForeignKey("channels.Link", on_delete=models.CASCADE, related_name="hits")
    message = models.ForeignKey("channels.Message", on_delete=models.CASCADE, related_name="hits")
    at = models.DateTimeField()
    method = models.CharField(max_length=8)
    agent = models.CharField(max_length=300, blank=True)
    address = models.CharField(max_length=32, blank=True)  # digest
    network = models.CharField(max_length=60, blank=True)  # a known one
    own = models.CharField(max_length=7, blank=True)  # "session" or "address": one of ours
    said: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # headers that tell apart
    sort = models.CharField(max_length=7, blank=True)  # hits.Sort, "" until judged
    evidence: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    judged_at = models.DateTimeField(null=True)  # or looked at, and left for what may still come with it
    touch = models.ForeignKey("touches.Touch", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(sort=""), name="hits_to_judge"),
            models.Index(fields=["message", "at"], name="hits_of_message"),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at}"


class Presence(models.Model):
    """Where members of a workspace work from (digests of sessions and addresses), so that our own looks don't count."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    kind = models.CharField(max_length=7)  # "session" or "address"
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="one_presence_each")]

    def __str__(self) -> str:
        return self.kind


class Arrival(models.Model):
    """The latest that came in for a member, for a page that stands open: `number` rises with each."""

    member = models.OneToOneField(
        "teams.Membership", on_delete=models.CASCADE, related_name="arrival", primary_key=True
    )
    number = models.PositiveIntegerField(default=0)
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=20)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.member_id}: {self.number}"
