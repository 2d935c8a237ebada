"""The ways out: mailboxes, and every message that goes through them."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.db.models import Q

from fifthcall import sealing
from fifthcall.pipeline.models import Opportunity


def new_token() -> str:
    """160 random bits, as they stand in an address."""
    return secrets.token_urlsafe(20)


class Mailbox(models.Model):
    """An account that a member sends from and is answered at. Its secrets are sealed."""

    class Security(models.TextChoices):
        TLS = "tls", "TLS"
        STARTTLS = "starttls", "STARTTLS"
        NONE = "none", "None"

    class Auth(models.TextChoices):
        PASSWORD = "password", "Password"
        OAUTH2 = "oauth2", "OAuth 2"  # XOAUTH2, with a refresh token
        OPEN = "open", "None"

    class Copies(models.TextChoices):
        AUTO = "auto", "Fifthcall puts one there if the mail server doesn’t"
        OURS = "ours", "Fifthcall puts one there"
        THEIRS = "theirs", "The mail server puts one there"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="mailboxes")
    address = models.EmailField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    signature = models.TextField(blank=True)
    provider = models.CharField(max_length=30, blank=True)  # an API of django-anymail's; "" is SMTP
    smtp_host = models.CharField(max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(default=465)
    smtp_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    imap_host = models.CharField(max_length=253, blank=True)  # "": replies can't be read
    imap_port = models.PositiveIntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    copies = models.CharField(max_length=6, choices=Copies, default=Copies.AUTO)  # of sent mail, in the Sent folder
    username = models.CharField(max_length=254, blank=True)
    auth = models.CharField(max_length=8, choices=Auth, default=Auth.PASSWORD)
    sealed = models.TextField(blank=True)  # password, refresh_token, client_id, client_secret, token_url, api_key
    hook_secret = models.CharField(max_length=40, default=new_token)  # in the address that the provider reports to
    zone = models.CharField(max_length=64)  # its day, for the most a day
    most_a_day = models.PositiveSmallIntegerField(default=50)
    apart_seconds = models.PositiveSmallIntegerField(default=60)
    ramps_from = models.DateField(null=True, blank=True)  # a new mailbox sends few at first
    next_send_at = models.DateTimeField(null=True, blank=True)  # not before then, to keep its pace
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_why = models.CharField(max_length=300, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # when all its new mail had last been read
    read_problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "address"], condition=Q(removed_at=None), name="one_mailbox_per_address"
            )
        ]

    def __str__(self) -> str:
        return self.address

    def secrets(self) -> dict[str, Any]:
        """What was sealed. Raises sealing.Unsealable."""
        return sealing.unseal(self.sealed, "mailbox") if self.sealed else {}

    def keep_secrets(self, **values: str) -> None:
        """Seal these beside those kept already (unsaved)."""
        kept = self.secrets() if self.sealed else {}
        self.sealed = sealing.seal(kept | {name: value for name, value in values.items() if value}, "mailbox")


class Digest(models.Model):
    """A member's digest of a week: one row each, so that it goes out once.

    `fence` rises with each claim, as with messages. `begun_at` is committed right before the server is given the
    content: from then on it is never begun again, unless the server said that it had not taken it.
    """

    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="digests")
    monday = models.DateField()  # on which it is due, in the member's zone; it tells of the week before
    message_id = models.CharField(max_length=200, unique=True)
    fence = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField()  # not before; later after a try that failed
    begun_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)  # what went wrong
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "monday"], name="one_digest_a_week")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.monday}"


class Message(models.Model):
    """A mail of ours, from when it is wanted until it is known what became of it.

    `fence` rises with each claim: only who holds the latest may write the outcome. `begun_at` is set, and committed,
    right before the server is given the content: a crash after that leaves it uncertain, never sent twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "Being sent"
        SENT = "sent", "Sent"
        UNCERTAIN = "uncertain", "Uncertain"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Not sent"
        ASKED = "asked", "Late: send it still?"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="messages")
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="messages")
    person = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, related_name="messages")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80, unique=True)  # the step it carries out: one step, one message
    automatic = models.BooleanField(default=False)
    to_address = models.EmailField(max_length=254)
    to_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    calendar = models.TextField(blank=True)  # an invitation (iMIP, RFC 6047), and what it asks:
    calendar_method = models.CharField(max_length=10, blank=True)
    purpose = models.CharField(max_length=30, blank=True)
    template = models.CharField(max_length=40, blank=True)
    template_version = models.PositiveIntegerField(null=True)  # 0: the built-in text; null: no template
    message_id = models.CharField(max_length=200, unique=True)  # with its angle brackets, the same over every try
    in_reply_to = models.CharField(max_length=300, blank=True)
    references = models.TextField(blank=True)
    tracked = models.BooleanField(default=False)
    promise: models.JSONField[dict[str, str] | None, dict[str, str] | None] = models.JSONField(null=True)  # C5
    stop_token = models.CharField(max_length=40, unique=True, default=new_token)  # for the way out in the mail itself
    wanted_version = models.PositiveIntegerField(default=0)  # the opportunity's when it was wanted, if automatic

    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    why = models.CharField(max_length=300, blank=True)
    wanted_at = models.DateTimeField()  # since when it was to go out
    due_at = models.DateTimeField()  # not before; later than `wanted_at` after a try that failed
    tries = models.PositiveSmallIntegerField(default=0)
    fence = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(null=True)
    crashes = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    touch = models.ForeignKey("touches.Touch", on_delete=models.PROTECT, null=True, related_name="+")
    copied_at = models.DateTimeField(null=True)  # since when its copy is known to lie among the sent mail
    look_at = models.DateTimeField(null=True)  # if uncertain: when to look for its copy again; null: now
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state__in=("waiting", "sending")), name="messages_to_send"
            ),
            models.Index(fields=["opportunity", "id"], name="messages_of_opportunity"),
            models.Index(fields=["mailbox", "begun_at"], name="messages_of_mailbox"),
            models.Index(fields=["workspace", "to_address", "begun_at"], name="messages_to_address"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.to_address}"


#: States in which it is not known yet what becomes of a message.
UNFINISHED = (Message.State.WAITING, Message.State.SENDING, Message.State.UNCERTAIN, Message.State.ASKED)


class Link(models.Model):
    """What a tracked mail carries in place of an address (E1): it leads to its stored target and nowhere else.

    `handle`: 128 random bits, sealed together with the target in the address itself, so that answering needs no
    database.
    """

    class Kind(models.TextChoices):
        LINK = "link", "Link"
        PIXEL = "pixel", "Picture"
        TRAP = "trap", "Hidden link"  # nobody sees it: who follows it is a machine

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="links")
    kind = models.CharField(max_length=5, choices=Kind)
    handle = models.CharField(max_length=32, unique=True)  # hexadecimal
    target = models.TextField(blank=True)  # "" for a picture or a trap
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "kind"], condition=~Q(kind="link"), name="one_picture_and_trap_per_message"
            )
        ]

    def __str__(self) -> str:
        return self.target or self.get_kind_display()


def by_hand(opportunity_id: int, version: int) -> None:
    """The step can't go out by itself after all: it is the rep's, until the next decision."""
    Opportunity.objects.filter(pk=opportunity_id, version=version).update(next_automatic=False)
