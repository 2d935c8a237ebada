"""The people we follow up with, their organisations, how to reach them, and who said stop."""

from __future__ import annotations

from django.db import models


class Organization(models.Model):
    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    zone = models.CharField(max_length=64, blank=True)
    country = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=300, blank=True)  # lines as on an envelope, without the name
    address_wrong_since = models.DateTimeField(null=True, blank=True)  # post to it came back: it is used no more
    sector = models.CharField(max_length=120, blank=True)
    website = models.CharField(max_length=200, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    revenue = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="subsidiaries")
    batch = models.ForeignKey("imports.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="one_organization_per_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def good_address(self) -> str:
        return "" if self.address_wrong_since else self.address


class Person(models.Model):
    """Somebody on the record: a prospect, or the assistant of one (`assists`)."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, blank=True, related_name="people"
    )
    name = models.CharField(max_length=200)
    key = models.CharField(max_length=200)
    title = models.CharField(max_length=120, blank=True)
    zone = models.CharField(max_length=64, blank=True)
    assists = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="assistants")
    best_times = models.CharField(max_length=120, blank=True)  # in words: "mornings before nine"
    note = models.TextField(blank=True, max_length=2000)
    # Kept by the verbs beside ContactPoint and Suppression, so that deciding needs no further query:
    ways = models.CharField(max_length=40, blank=True)  # channels with a good number or address, comma-separated
    stopped = models.CharField(max_length=60, blank=True)  # channels they said stop on
    interests = models.CharField(max_length=300, blank=True)  # outside work, comma-separated: "sailing, jazz" (C7)
    helpers = models.CharField(max_length=400, blank=True)  # names of their assistants, one a line
    regions = models.CharField(max_length=100, blank=True)  # where the numbers are (ISO 3166), comma-separated
    zones = models.CharField(max_length=200, blank=True)  # the numbers' time zones, comma-separated
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    batch = models.ForeignKey("imports.Import", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["workspace", "key"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name


class ContactPoint(models.Model):
    """A number or address of a person; a wrong one is marked, not removed."""

    class Kind(models.TextChoices):
        PHONE = "phone", "Phone"
        MOBILE = "mobile", "Mobile"
        EMAIL = "email", "Email"
        ADDRESS = "address", "Postal address"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="points")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=300)
    normal = models.CharField(max_length=300)  # E.164 or lower-case address: what suppression matches
    wrong_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "normal"], name="one_point_each")]
        indexes = [models.Index(fields=["workspace", "normal"], name="point_by_value")]

    def __str__(self) -> str:
        return self.value


class Suppression(models.Model):
    """They said stop (D5): on one channel, or on all. Holds for the person and for the number or address itself."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="suppressions")
    target = models.CharField(max_length=300)  # normal form of the number or address, or "person:ID"
    channel = models.CharField(max_length=8)  # a rules.case.Channel, or "all"
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)  # only by an audited act of a person

    class Meta:
        indexes = [models.Index(fields=["workspace", "target"], name="suppression_of_target")]

    def __str__(self) -> str:
        return f"{self.channel}: {self.target}"


class Consent(models.Model):
    """They agreed to something, or took it back: an entry each time, never changed. The latest one holds."""

    class Kind(models.TextChoices):
        TRACKING = "tracking", "Seeing whether mail is opened"
        RECORDING = "recording", "Recording calls"
        TEXTS = "texts", "Text messages"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=9, choices=Kind)
    given = models.BooleanField(null=True)  # False: taken back, or never wanted; None: as if nothing had been said
    at = models.DateTimeField()
    how = models.CharField(max_length=200)  # in what words, on which form, in which call
    by = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["person", "kind", "at", "id"], name="consents_of_person")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"

    @property
    def words(self) -> str:
        return {True: "agreed", False: "not wanted", None: "no word any more"}[self.given]


class Fact(models.Model):
    """Something the prospect confirmed, with the day (D2)."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.CASCADE, related_name="facts")
    text = models.CharField(max_length=500)
    confirmed_on = models.DateField()

    def __str__(self) -> str:
        return self.text
