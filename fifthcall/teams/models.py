"""Who works here: workspaces, their members, and what each may see."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models

from fifthcall.rules import law, playbook
from fifthcall.rules.case import Chance, Channel, Override, Playbook, Policy, Worth

log = logging.getLogger(__name__)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A sign-in for `email` (stored in lower case)."""
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A sign-in. What it may do is said by its memberships."""

    email = models.EmailField(unique=True, max_length=254)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    def __str__(self) -> str:
        return self.email


class Workspace(models.Model):
    """One sales organisation; every other row belongs to exactly one."""

    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="USD")
    touches_an_hour = models.PositiveSmallIntegerField(default=12)
    check_in_hours = models.PositiveSmallIntegerField(default=48)
    postal_address = models.CharField(max_length=300, blank=True)  # under every mail that goes out by itself
    sends_by_itself = models.BooleanField(default=False)  # playbook steps marked automatic go out without anybody
    country = models.CharField(max_length=2, blank=True)  # ISO 3166: whose law holds where a prospect's isn't known
    tracking = models.BooleanField(default=False)  # E1: opens and clicks are looked for, where the law lets us
    playbooks: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)  # id → its own TOML
    # What an owner reads otherwise than rules/law.toml: region ("" for everywhere) → hours, reason, by, on.
    law_hours: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    # F4: what attempts have come to here, as text so that it is read once (insights.next_touch writes it); or "".
    touch_worth = models.TextField(blank=True)
    order_by_worth = models.BooleanField(default=False)  # F4: the queue's order follows it, once there are enough wins
    decide_again_from = models.BigIntegerField(null=True)  # opportunities from this id on follow a change of the rules
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    def policy(self) -> Policy:
        """The rules' numbers as this workspace has set them."""
        automatic = self.sends_by_itself and bool(self.postal_address)
        return _policy(
            self.touches_an_hour,
            self.check_in_hours,
            tuple(sorted(self.playbooks.items())),
            automatic,
            tuple((region, said["hours"], said["reason"]) for region, said in sorted(self.law_hours.items())),
            self.touch_worth,
            self.order_by_worth,
        )


@lru_cache(maxsize=100)
def _policy(
    touches_an_hour: int,
    check_in_hours: int,
    own: tuple[tuple[str, str], ...],
    automatic: bool,
    law_hours: tuple[tuple[str, str, str], ...],
    touch_worth: str,
    order_by_worth: bool,
) -> Policy:
    return Policy(
        touches_an_hour=touches_an_hour,
        check_in_after=timedelta(hours=check_in_hours),
        playbooks=_readable(own),
        automatic=frozenset({Channel.EMAIL}) if automatic else frozenset(),
        law_overrides=tuple(Override(region, law.hours_of(hours), reason) for region, hours, reason in law_hours),
        worth=_worth(touch_worth, order_by_worth) if touch_worth else None,
    )


#: With fewer wins nobody's queue is put in another order (F4).
ENOUGH_WINS = 30


def _worth(text: str, wanted: bool) -> Worth:
    said = json.loads(text)
    mean, *chances = (Chance(*row) for row in [said["mean"], *said["chances"]])
    return Worth(tuple(chances), mean, Decimal(said["typical"]), said["wins"], wanted and said["wins"] >= ENOUGH_WINS)


def _readable(own: tuple[tuple[str, str], ...]) -> tuple[Playbook, ...]:
    """The workspace's own playbooks, checked when saved; if a later version can't follow them, none of them counts."""
    try:
        books = tuple(playbook.read(text, own=None) for _, text in own)
        playbook.complete(playbook.BUILTIN | {book.id: book for book in books})
    except playbook.BadPlaybook:
        log.exception("A workspace's own playbooks can't be followed; the built-in ones are in force.")
        return ()
    return books


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    MEMBER = "member", "Member"


class Membership(models.Model):
    """A person's place in a workspace. Inactive ones come from imports: they hold opportunities and can be invited."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)  # people.names.matching_key of the name
    email = models.EmailField(blank=True, max_length=254)
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    team = models.CharField(max_length=120, blank=True)
    manager = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="reports")
    zone = models.CharField(max_length=64)
    own_hours = models.CharField(max_length=20, blank=True)  # never calls outside them, their time (rules.law.written)
    active = models.BooleanField(default=False)
    weekly_digest = models.BooleanField(default=True)  # on Mondays, where they have a mailbox to send it from
    invitation = models.CharField(max_length=64, blank=True)  # hash of the one-time link's token
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"], condition=models.Q(user__isnull=False), name="one_membership_each"
            ),
            models.UniqueConstraint(
                fields=["workspace", "email"], condition=~models.Q(email=""), name="one_member_per_email"
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="role_known"),
        ]
        indexes = [models.Index(fields=["workspace", "key"], name="member_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def leads(self) -> bool:
        """Whether this member sees everybody's opportunities."""
        return self.role in (Role.OWNER, Role.MANAGER)


class SetUp(models.Model):
    """The one-time set-up link: the hash of its token, and when it was used."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "used" if self.used_at else "open"
