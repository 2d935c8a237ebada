"""A member's line through a phone provider, and every text and call that goes through it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from fifthcall import sealing
from fifthcall.channels.models import new_token


class Line(models.Model):
    """A number that a member calls and texts from. Its secrets are sealed."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="lines")
    provider = models.CharField(max_length=20)
    number = models.CharField(max_length=20)  # E.164
    rings = models.CharField(max_length=200, blank=True)  # what rings first when we call: a number, or sip:user@host
    sealed = models.TextField(blank=True)  # account, token
    hook_secret = models.CharField(max_length=40, default=new_token)  # in the addresses that the provider reports to
    part_price = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)  # of a text's part
    records = models.BooleanField(default=False)  # calls may be recorded, each with their consent
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_why = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "number"], condition=Q(removed_at=None), name="one_line_per_number"
            )
        ]

    def __str__(self) -> str:
        return self.number

    def secrets(self) -> dict[str, Any]:
        """What was sealed. Raises sealing.Unsealable."""
        return sealing.unseal(self.sealed, "line") if self.sealed else {}

    def keep_secrets(self, **values: str) -> None:
        """Seal these beside those kept already (unsaved)."""
        kept = self.secrets() if self.sealed else {}
        self.sealed = sealing.seal(kept | {name: value for name, value in values.items() if value}, "line")

    def forget_secrets(self, *names: str) -> None:
        """Seal the others anew (unsaved)."""
        kept = self.secrets() if self.sealed else {}
        self.sealed = sealing.seal({name: kept[name] for name in kept.keys() - set(names)}, "line") if kept else ""


class Text(models.Model):
    """A text message, theirs or ours; one of ours from when it is wanted until it is known what became of it.

    `fence` rises with each claim: only who holds the latest may write the outcome. `begun_at` is set, and committed,
    right before the provider is asked: a crash after that leaves it uncertain, never sent twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        DELIVERED = "delivered", "Delivered"
        UNDELIVERED = "undelivered", "Not delivered"
        UNCERTAIN = "uncertain", "Uncertain"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Not sent"
        ASKED = "asked", "Late: send it still?"
        CAME = "came", "Theirs"
        FLAGGED = "flagged", "Theirs, to look at"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="texts")
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, null=True, related_name="texts")
    person = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, related_name="texts")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=80, unique=True)  # a form, or the provider's own for one of theirs
    number = models.CharField(max_length=40)  # theirs, E.164
    text = models.TextField()
    service = models.BooleanField(default=False)  # the one answer to STOP, START or HELP: part of no plan
    purpose = models.CharField(max_length=30, blank=True)
    template = models.CharField(max_length=40, blank=True)
    template_version = models.PositiveIntegerField(null=True)
    promise: models.JSONField[dict[str, str] | None, dict[str, str] | None] = models.JSONField(null=True)  # C5
    parts = models.PositiveSmallIntegerField(default=1)
    provider_id = models.CharField(max_length=64, blank=True)
    error_code = models.CharField(max_length=20, blank=True)

    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    why = models.CharField(max_length=300, blank=True)
    wanted_at = models.DateTimeField()  # since when it was to go out; when it came
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)  # if uncertain: when to ask the provider again what became of it
    looks = models.PositiveSmallIntegerField(default=0)
    touch = models.ForeignKey("touches.Touch", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "provider_id"], condition=~Q(provider_id=""), name="each_text_once")
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state__in=("waiting", "sending")), name="texts_to_send"),
            models.Index(fields=["look_at"], condition=Q(state="uncertain"), name="texts_to_look_for"),
            models.Index(fields=["opportunity", "id"], name="texts_of_opportunity"),
            models.Index(fields=["workspace", "number", "begun_at"], name="texts_to_number"),
            models.Index(fields=["workspace", "line"], condition=Q(state="flagged"), name="texts_to_look_at"),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.number}"

    @property
    def theirs(self) -> bool:
        return self.state in (self.State.CAME, self.State.FLAGGED)


#: States in which it is not known yet what becomes of a text of ours.
UNFINISHED = (Text.State.WAITING, Text.State.SENDING, Text.State.UNCERTAIN, Text.State.ASKED)


class Voice(models.Model):
    """A voicemail that a member has recorded, to be left with one key."""

    member = models.ForeignKey("teams.Membership", on_delete=models.CASCADE, related_name="voices")
    name = models.CharField(max_length=80)
    sound = models.BinaryField()
    media_type = models.CharField(max_length=20)
    token = models.CharField(max_length=40, unique=True, default=new_token)  # in the address the provider fetches
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """A call through a line: how it went on the wire. What came of it is a touch, which a person logs."""

    class State(models.TextChoices):
        PLACING = "placing", "Placing the call"
        RINGING_YOU = "ringing_you", "Your phone rings"
        RINGING = "ringing", "Their phone rings"
        TALKING = "talking", "Connected"
        ENDED = "ended", "Ended"
        FAILED = "failed", "It could not be placed"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="calls")
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="calls")
    person = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, related_name="calls")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, unique=True)  # the press of the button: pressed twice, one call
    number = models.CharField(max_length=40)  # theirs, E.164
    state = models.CharField(max_length=11, choices=State, default=State.PLACING)
    why = models.CharField(max_length=300, blank=True)
    our_leg = models.CharField(max_length=64, blank=True)  # the provider's ids
    their_leg = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)  # by whom or whatever answers: a voicemail does, too
    ended_at = models.DateTimeField(null=True)
    seconds = models.PositiveIntegerField(null=True)  # of talking, as the provider counts them
    ended_how = models.CharField(max_length=20, blank=True)  # completed, busy, no-answer, failed, canceled
    voice = models.ForeignKey(Voice, on_delete=models.SET_NULL, null=True, related_name="+")  # left as voicemail
    recording = models.CharField(max_length=64, blank=True)  # the provider's id, where they agreed to it
    touch = models.ForeignKey("touches.Touch", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["member", "id"], name="calls_of_member"),
            models.Index(fields=["workspace", "number", "began_at"], name="calls_to_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.get_state_display()}"

    @property
    def over(self) -> bool:
        return self.state in (self.State.ENDED, self.State.FAILED)
