"""A workspace's own words: templates with their versions, and snippets. The built-in ones need no rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fifthcall.rules.case import Kind
from fifthcall.wording.fields import SNIPPETS

GOALS = {"reply": "Replies", "meeting": "Meetings"}


class Template(models.Model):
    """A workspace's own template; with the code of a built-in one it stands in its place, unless it is off.

    While a trial runs, `trial_a` and `trial_b` are the numbers of the two versions (0: the built-in text) and
    `trial_goal` is what decides between them; `trial_scores` is {number: [good, tries]}, kept up to date by the worker.
    """

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10)  # rules.case.Kind
    purpose = models.CharField(max_length=200, blank=True)
    trial_a = models.PositiveIntegerField(null=True, blank=True)
    trial_b = models.PositiveIntegerField(null=True, blank=True)
    trial_goal = models.CharField(max_length=10, blank=True)
    trial_scores: models.JSONField[dict[str, list[int]], dict[str, list[int]]] = models.JSONField(default=dict)
    off_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="one_template_per_code"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="template_kind_known"),
            models.CheckConstraint(
                condition=Q(trial_goal="", trial_a=None, trial_b=None)
                | Q(trial_goal__in=list(GOALS), trial_a__isnull=False, trial_b__gt=models.F("trial_a")),
                name="trial_between_two",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """What a template said from `created_at` on. Database triggers refuse a change: an edit is the next number."""

    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    by = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} version {self.number}"


class Snippet(models.Model):
    """Words that stand in many templates: a member's own, or the workspace's where `member` is empty."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=20)  # fields.SNIPPETS
    text = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "code"], condition=Q(member__isnull=False), name="one_own_snippet"
            ),
            models.UniqueConstraint(
                fields=["workspace", "code"], condition=Q(member__isnull=True), name="one_shared_snippet"
            ),
            models.CheckConstraint(condition=Q(code__in=list(SNIPPETS)), name="snippet_known"),
        ]

    def __str__(self) -> str:
        return self.code
