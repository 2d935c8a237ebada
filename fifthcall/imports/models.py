"""Imports: a set of files on its way into the workspace, worked through in pieces that each commit whole."""

from __future__ import annotations

from typing import Any

from django.db import models


class Import(models.Model):
    """State moves forward: uploaded → mapped → running → done (or failed); done → undone."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", "Waiting for its columns"
        MAPPED = "mapped", "Ready to check"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Stopped"
        UNDONE = "undone", "Undone"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="imports")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    mapping: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)  # rows accounted for: the place to go on from
    created_rows = models.PositiveIntegerField(default=0)
    updated_rows = models.PositiveIntegerField(default=0)
    unchanged_rows = models.PositiveIntegerField(default=0)
    skipped_rows = models.PositiveIntegerField(default=0)
    failed_rows = models.PositiveIntegerField(default=0)
    notes: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    claimed_until = models.DateTimeField(null=True)  # the lease of the process working on it
    fence = models.PositiveIntegerField(default=0)  # rises with each claim; a stale worker's pieces don't commit
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"import {self.pk} ({self.state})"


class ImportFile(models.Model):
    """One file of an import, kept in the data folder until the import is over."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=500)
    kind = models.CharField(max_length=20, blank=True)
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what it holds, in hexadecimal digits

    def __str__(self) -> str:
        return self.name


class Reject(models.Model):
    """A row that was skipped or failed, with its reason; downloadable."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejects")
    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    failed = models.BooleanField()  # False: skipped on purpose
    reason = models.CharField(max_length=500)
    values: models.JSONField[list[str], list[str]] = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["batch", "line"], name="reject_of_import")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"


class Before(models.Model):
    """What an updated row held before an import, so that the whole import can be undone."""

    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="befores")
    model = models.CharField(max_length=40)
    row = models.BigIntegerField()
    values: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "model", "row"], name="one_before_per_row")]

    def __str__(self) -> str:
        return f"{self.model} {self.row}"


class PastHistories(models.Model):
    """Finished histories that came as counts: so many opportunities with so many attempts each, all won or none (G2).

    They are nobody's and have no dates: nothing is to be done about them, they only count among the numbers.
    """

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="histories")
    attempts = models.PositiveIntegerField()
    won = models.BooleanField()
    channel = models.CharField(max_length=120, blank=True)
    source = models.CharField(max_length=120, blank=True)
    count = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "attempts", "won", "channel", "source"], name="one_row_per_history")
        ]

    def __str__(self) -> str:
        return f"{self.count} with {self.attempts}"
