"""Notes and parcels from the writing to the landing, the shelf of things of value, and what was given to whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fifthcall.teams.models import Workspace


class Habits(models.Model):
    """How a workspace posts: its paper and labels, and what a piece costs unless somebody says otherwise."""

    class Paper(models.TextChoices):
        A4 = "a4", "A4"
        LETTER = "letter", "Letter"

    workspace = models.OneToOneField("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    paper = models.CharField(max_length=6, choices=Paper, blank=True)  # "": as is usual in the country
    labels = models.CharField(max_length=5, blank=True)  # a code of labels.SHEETS; "": the usual one for the paper
    note_cost = models.DecimalField("A note", max_digits=8, decimal_places=2, default=2)
    parcel_cost = models.DecimalField("A book or parcel", max_digits=8, decimal_places=2, default=15)
    courier_cost = models.DecimalField("A courier", max_digits=8, decimal_places=2, default=30)

    def __str__(self) -> str:
        return f"Post of {self.workspace_id}"

    @classmethod
    def of(cls, workspace: Workspace) -> Habits:
        """Those of the workspace; the defaults (unsaved) where it has set none."""
        return cls.objects.filter(workspace=workspace).first() or cls(workspace=workspace)


class IdeaQuerySet(models.QuerySet["Idea"]):
    def on_the_shelf(self) -> IdeaQuerySet:
        return self.filter(retired_at=None)


class Idea(models.Model):
    """Something of value that can be given to people: private to the workspace, tagged by interests outside work."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        BOOK = "book", "Book"
        EVENT = "event", "Event"
        GIFT = "gift", "Something else"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="ideas")
    kind = models.CharField(max_length=7, choices=Kind)
    name = models.CharField(max_length=200)
    words = models.CharField(max_length=500, blank=True)  # what it is, and for whom
    link = models.URLField(max_length=500, blank=True)
    tags = models.CharField(max_length=300, blank=True)  # interests, comma-separated
    on = models.DateField(null=True, blank=True)  # an event's day: it is proposed no more after it
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = IdeaQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace"], condition=Q(retired_at=None), name="shelf_of_workspace")]

    def __str__(self) -> str:
        return self.name


class Given(models.Model):
    """An idea went to a person with a touch: it is not proposed to them again, unless the touch was taken back."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="given")
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="given")
    touch = models.ForeignKey("touches.Touch", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "idea"], name="given_to_person")]

    def __str__(self) -> str:
        return f"{self.idea_id} to {self.person_id}"


class PieceQuerySet(models.QuerySet["Piece"]):
    def written(self) -> PieceQuerySet:
        """Written and not posted, or posted and the posting taken back."""
        back = Q(state=Piece.State.POSTED, touch__retraction__isnull=False)
        return self.filter(Q(state=Piece.State.WRITTEN) | back)

    def on_the_way(self) -> PieceQuerySet:
        return self.filter(state=Piece.State.POSTED, touch__retraction=None)


class Piece(models.Model):
    """A note or parcel for a person: written in one's own words, posted, arrived or come back."""

    class Kind(models.TextChoices):
        NOTE = "note", "Handwritten note"
        BOOK = "book", "Book"
        PARCEL = "parcel", "Parcel"
        COURIER = "courier", "Courier, into their hands"

    class State(models.TextChoices):
        WRITTEN = "written", "Written"
        POSTED = "posted", "On its way"
        ARRIVED = "arrived", "Arrived"
        CAME_BACK = "came_back", "Came back"
        DROPPED = "dropped", "Not sent"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="pieces")
    person = models.ForeignKey("people.Person", on_delete=models.SET_NULL, null=True, related_name="pieces")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=7, choices=Kind)
    text = models.TextField()
    about = models.CharField(max_length=200, blank=True)  # C8: the part of the meeting that it names
    to = models.CharField(max_length=500)  # the label's lines, as they were when it was written
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=80, blank=True)
    cost = models.DecimalField(max_digits=8, decimal_places=2)  # in the workspace's currency
    template = models.CharField(max_length=40, blank=True)  # the words that it began with (D3)
    template_version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=State, default=State.WRITTEN)
    written_at = models.DateTimeField()
    posted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # arrived, came back, or not sent
    touch = models.ForeignKey("touches.Touch", on_delete=models.PROTECT, null=True, related_name="+")

    objects = PieceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["member", "id"], condition=Q(state__in=("written", "posted")), name="post_in_hand"),
            models.Index(fields=["opportunity", "id"], name="pieces_of_opportunity"),
            models.Index(fields=["workspace", "posted_at"], name="pieces_posted"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"

    @property
    def lines(self) -> list[str]:
        """The label's lines."""
        return [line.strip() for line in self.to.splitlines() if line.strip()]
