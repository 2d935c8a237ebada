"""Opportunities. The next step stands on the row itself, and an unfinished row without one can't be stored (A1)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from fifthcall.rules.case import Kind, Status
from fifthcall.teams.models import Membership

UNFINISHED = (Status.OPEN.value, Status.RESTING.value)
FINISHED = (Status.WON.value, Status.LOST.value)


class Product(models.Model):
    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    series = models.CharField(max_length=120, blank=True)
    list_price = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    batch = models.ForeignKey("imports.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="one_product_per_name")]

    def __str__(self) -> str:
        return self.name


class OpportunityQuerySet(models.QuerySet["Opportunity"]):
    def visible_to(self, member: Membership) -> OpportunityQuerySet:
        """What `member` may see: managers and owners the whole workspace, members their own and unowned ones."""
        mine = self.filter(workspace_id=member.workspace_id)
        return mine if member.leads else mine.filter(Q(owner_id=member.pk) | Q(owner__isnull=True))

    def unfinished(self) -> OpportunityQuerySet:
        return self.filter(status__in=UNFINISHED)


class Opportunity(models.Model):
    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="opportunities")
    external_id = models.CharField(max_length=200, blank=True)  # its id where it came from
    name = models.CharField(max_length=200)
    owner = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, null=True, related_name="opportunities")
    organization = models.ForeignKey("people.Organization", on_delete=models.PROTECT, null=True, blank=True)
    person = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, blank=True)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, blank=True)
    stage = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=8, choices=[(s.value, s.value.title()) for s in Status])
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    source = models.CharField(max_length=120, blank=True)
    situation = models.CharField(max_length=3, blank=True)  # S1 to S10 where somebody said so; else it is recognised
    engaged_on = models.DateField(null=True, blank=True)  # first known contact
    planned_on = models.DateField(null=True, blank=True)  # the follow-up date another system had
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)  # what is known beforehand: from the file it came in, or whoever added it
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    has_merged = models.BooleanField(default=False)  # its history goes on in rows that were merged into it

    # The next step, written by pipeline.next_step alone:
    next_kind = models.CharField(max_length=10, blank=True)
    next_purpose = models.CharField(max_length=30, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    next_until = models.DateTimeField(null=True, blank=True)
    next_zone = models.CharField(max_length=64, blank=True)
    next_firm = models.BooleanField(default=False)
    next_automatic = models.BooleanField(default=False)  # may go out by itself
    next_rank = models.BigIntegerField(default=0)  # lower goes first among steps due together
    next_owed_at = models.DateTimeField(null=True, blank=True)  # when it was due before capacity moved it
    next_why: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)

    has_appointment = models.BooleanField(default=False)  # one is booked and not yet accounted for

    imported: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)
    batch = models.ForeignKey("imports.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="unfinished_has_dated_next_step",
                condition=(
                    Q(status__in=UNFINISHED, next_kind__in=[k.value for k in Kind])
                    & Q(next_due_at__isnull=False, next_until__isnull=False)
                    & ~Q(next_zone="")
                    & Q(next_until__gt=models.F("next_due_at"))
                )
                | Q(status__in=FINISHED, next_kind="", next_due_at__isnull=True, next_until__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["workspace", "external_id"], condition=~Q(external_id=""), name="one_per_external_id"
            ),
        ]
        # "Has a due date" stands for "unfinished" (the constraint above makes them the same): SQLite can prove it of
        # a query with bound parameters, which it can't of a list of states.
        indexes = [
            models.Index(
                fields=["workspace", "owner", "next_due_at", "next_rank"],
                condition=Q(next_due_at__isnull=False),
                name="todays_queue",
            ),
            models.Index(
                fields=["workspace", "owner", "next_due_at"],
                condition=Q(next_firm=True, next_due_at__isnull=False),
                name="firm_steps",
            ),
            models.Index(
                fields=["workspace", "owner", "next_owed_at", "next_due_at"],
                condition=Q(next_firm=False, next_due_at__isnull=False),
                name="owed_steps",
            ),
            models.Index(
                fields=["next_due_at"],
                condition=Q(next_automatic=True, next_due_at__isnull=False),
                name="automatic_steps",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def finished(self) -> bool:
        return self.status in FINISHED

    @property
    def known_zone(self) -> str:
        """The prospect's zone; "" where it isn't known."""
        person, organization = self.person, self.organization
        return (person and person.zone) or (organization and organization.zone) or ""

    @property
    def prospect_zone(self) -> str:
        """The prospect's zone as far as it is known, else the workspace's."""
        return self.known_zone or self.workspace.zone


class Goal(models.Model):
    """What a workspace, or one member, is out for; "not said" is None."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.CASCADE, related_name="goals")
    member = models.ForeignKey("teams.Membership", on_delete=models.CASCADE, null=True, related_name="goals")
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True)  # to win in a calendar quarter
    coverage = models.DecimalField(max_digits=5, decimal_places=2, default=3)  # open value for each of what is to win
    new_a_week = models.PositiveIntegerField(null=True)
    stages = models.TextField(blank=True)  # the workspace's: one a line, in their order

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member"], name="one_goal_each"),
            models.UniqueConstraint(fields=["workspace"], condition=Q(member=None), name="one_goal_of_a_team"),
        ]

    def __str__(self) -> str:
        return f"{self.value} a quarter"
