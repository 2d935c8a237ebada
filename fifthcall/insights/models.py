"""What the numbers have counted so far: sums, and up to where each opportunity is in them (`insights.kept`)."""

from __future__ import annotations

from django.db import models


class Counted(models.Model):
    """An opportunity as it stands in the sums: with these parts, up to this touch, in this state.

    It has no foreign key to the opportunity: one that is gone must still be taken out of the sums.
    """

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.CASCADE, related_name="+")
    opportunity = models.BigAutoField(primary_key=True)  # the opportunity's; "auto" makes it SQLite's own key of a row
    upto = models.BigIntegerField(default=0)  # the id of its last touch that is counted
    status = models.CharField(max_length=8)
    owner = models.BigIntegerField(default=0)  # 0: nobody's
    source = models.CharField(max_length=120, blank=True)
    parts = models.TextField(blank=True)  # ids of those merged into it, in order, with commas
    contacts = models.IntegerField(default=0)  # these four as `insights.signs` counts them
    signs = models.IntegerField(default=0)
    attempts = models.IntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.opportunity} up to {self.upto}"


class Mark(models.Model):
    """This opportunity isn't in the sums as it stands. The database leaves it with the change (`insights.marking`)."""

    workspace = models.ForeignKey(
        "teams.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    opportunity = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "opportunity"], name="mark_by_opportunity")]

    def __str__(self) -> str:
        return str(self.opportunity)


class Kept(models.Model):
    """A sum over an owner's opportunities. `what` is the kind of sum, `key` and `number` its place among them."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.CASCADE, related_name="+")
    owner = models.BigIntegerField(default=0)
    what = models.CharField(max_length=10)
    key = models.CharField(max_length=400, blank=True)
    number = models.IntegerField(default=0)
    tried = models.BigIntegerField(default=0)
    reached = models.BigIntegerField(default=0)
    met = models.BigIntegerField(default=0)
    won = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "what", "owner", "key", "number"], name="one_sum_each")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.key} {self.number}"


class Beyond(models.Model):
    """An attempt that came when its person's week was full (C4): the `number`-th of that week (`insights.budget`)."""

    touch = models.OneToOneField("touches.Touch", on_delete=models.CASCADE, primary_key=True, related_name="+")
    workspace = models.ForeignKey("teams.Workspace", on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.BigIntegerField()  # these three as the touch has them: counted without reading it
    member = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    number = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "at"], name="beyond_by_time")]

    def __str__(self) -> str:
        return f"{self.touch_id}: {self.number}"


class Weeks(models.Model):
    """Up to which touch, and by which rules, a workspace's `Beyond` was counted."""

    workspace = models.OneToOneField("teams.Workspace", on_delete=models.CASCADE, related_name="+")
    upto = models.BigIntegerField(default=0)
    counted_as = models.CharField(max_length=40, blank=True)
    seen: models.JSONField[list[int], list[int]] = models.JSONField(default=list)  # the ids of those not long before it

    def __str__(self) -> str:
        return f"up to {self.upto}"


class Adding(models.Model):
    """Whoever adds to a workspace's sums holds this row meanwhile: one at a time."""

    workspace = models.OneToOneField("teams.Workspace", on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return str(self.workspace_id)
