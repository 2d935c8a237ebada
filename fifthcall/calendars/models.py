"""Time set aside: follow-up blocks (B1, B2) and appointments with prospects."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import uuid4

from django.db import models

from fifthcall.calendars.shapes import shapes
from fifthcall.rules import case

#: B1: early morning and late afternoon, in the rep's own zone.
DEFAULT_BLOCKS = ((time(8), time(9, 30)), (time(16, 30), time(18)))
QUARTER = 900  # seconds
#: A week; nothing longer is a meeting.
MOST_QUARTERS = 7 * 96
#: An invitation goes out when it can't be taken back any more.
TOLD_AFTER = timedelta(seconds=20)


class Block(models.Model):
    """A recurring follow-up block. It can be moved, never removed (B2): a database trigger refuses deletion."""

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="blocks")
    weekdays = models.CharField(max_length=7, default="01234")  # digits, 0 = Monday
    start = models.TimeField()
    end = models.TimeField()
    rule = models.CharField(max_length=200, blank=True)  # RFC 5545, where it comes otherwise than every week
    since = models.DateField(null=True, blank=True)  # the first day of its present shape
    plan = models.TextField(blank=True)  # `shapes.Plan`: earlier shapes, single moves, pauses
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["start", "id"]
        constraints = [models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="block_has_length")]
        indexes = [models.Index(fields=["member"], name="block_of_member")]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"

    def as_rules(self, zone: str) -> tuple[case.Block, ...]:
        """Its shapes, the earlier ones first, for the rules."""
        return shapes(self.pk, self.weekdays, self.start, self.end, self.rule, self.since, self.plan, zone)


def new_uid() -> str:
    """What a meeting is called in everybody's calendar, for ever (RFC 5545 §3.8.4.7)."""
    return f"{uuid4()}@fifthcall"


class Appointment(models.Model):
    """A meeting with a prospect, `starts_at` to `until`; `zone` is the one it was agreed in.

    `sequence` rises with every change that is sent to them (RFC 5546 §2.1.4); `answer` is their latest PARTSTAT.
    """

    class State(models.TextChoices):
        BOOKED = "booked", "Booked"
        HELD = "held", "Held"
        MISSED = "missed", "They did not come"
        CANCELLED = "cancelled", "Cancelled"

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="appointments")
    starts_at = models.DateTimeField()
    until = models.DateTimeField()
    zone = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.BOOKED)
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, null=True, related_name="appointments")
    title = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=300, blank=True)
    email = models.EmailField(max_length=254, blank=True)  # whom the invitation goes to
    uid = models.CharField(max_length=80, default=new_uid)
    sequence = models.PositiveIntegerField(default=0)
    answer = models.CharField(max_length=12, blank=True)
    answered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(null=True)
    tell_at = models.DateTimeField(null=True)  # when they are to be told of its latest change; None: nothing to tell
    told = models.SmallIntegerField(default=-1)  # the `sequence` they were told last
    asked_from = models.DateTimeField(null=True)  # the time they ask for instead (COUNTER), until somebody answers
    asked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(until__gt=models.F("starts_at")), name="appointment_has_length")
        ]
        indexes = [
            models.Index(fields=["opportunity", "starts_at"], name="appointment_of"),
            models.Index(fields=["member", "starts_at"], name="appointment_with"),
            models.Index(fields=["workspace", "uid"], name="appointment_by_uid"),
            models.Index(fields=["tell_at"], condition=models.Q(tell_at__isnull=False), name="appointment_to_tell"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} {self.state}"

    def move(self, starts_at: datetime, until: datetime, zone: str, now: datetime) -> None:
        """The same meeting at another time: they are told, and asked anew."""
        self.starts_at, self.until, self.zone = starts_at, until, zone
        self.state, self.answer, self.answered_at = self.State.BOOKED, "", None
        self.asked_from = self.asked_until = None
        self._changed(now)
        self.take()

    def call_off(self, now: datetime, by_them: bool = False) -> None:
        """It doesn't take place. They are told, unless it was they who said so."""
        self.state, self.asked_from, self.asked_until = self.State.CANCELLED, None, None
        self._changed(now)
        if by_them:
            self.tell_at = None
            self.save(update_fields=["tell_at"])
        self.taken.all().delete()

    def _changed(self, now: datetime) -> None:
        self.sequence += 1
        if self.told >= 0:
            self.tell_at = now + TOLD_AFTER
        elif self.state == self.State.CANCELLED:  # they never heard of it
            self.tell_at = None
        self.save()

    def take(self, buffer: timedelta = timedelta(0), alone: bool = False) -> None:
        """Occupy its time. With `alone`, IntegrityError when another booking has any of it; else it may overlap."""
        self.taken.all().delete()
        if self.member_id is None:
            return
        first, last = self.starts_at.timestamp() // QUARTER, -(-(self.until + buffer).timestamp() // QUARTER)
        mine = [Taken(member_id=self.member_id, quarter=n, appointment=self) for n in range(int(first), int(last))]
        Taken.objects.bulk_create(mine[:MOST_QUARTERS], ignore_conflicts=not alone)


class Taken(models.Model):
    """A quarter of an hour (counted since 1970) of a member's that is booked: the database lets one booking have it."""

    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="+")
    quarter = models.BigIntegerField()
    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="taken")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "quarter"], name="booked_once")]

    def __str__(self) -> str:
        return f"{self.member_id} {self.quarter}"


class BookingLink(models.Model):
    """Where a prospect books a time by themselves. The token is in the clear: it is meant to be sent on."""

    opportunity = models.ForeignKey("pipeline.Opportunity", on_delete=models.PROTECT, related_name="booking_links")
    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=64, unique=True)
    minutes = models.PositiveSmallIntegerField(default=30)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"of {self.opportunity_id}"


class Busy(models.Model):
    """Time of a member's that something in another calendar of theirs takes; `source` names the entry it comes from."""

    member = models.ForeignKey("teams.Membership", on_delete=models.CASCADE, related_name="busy")
    source = models.CharField(max_length=540)
    starts_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["member", "until"], name="busy_by_time"),
            models.Index(fields=["source"], name="busy_by_source"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at}–{self.until}"


class BookingHours(models.Model):
    """When and how a member lets prospects book, by their own word; without it, the defaults hold."""

    member = models.OneToOneField("teams.Membership", on_delete=models.CASCADE, related_name="booking_hours")
    weekdays = models.CharField(max_length=7, default="01234")  # digits, 0 = Monday
    start = models.TimeField(default=time(9))
    end = models.TimeField(default=time(17))
    minutes = models.PositiveSmallIntegerField(default=30)
    buffer_minutes = models.PositiveSmallIntegerField(default=15)  # before and after each meeting
    notice_hours = models.PositiveSmallIntegerField(default=2)
    days_ahead = models.PositiveSmallIntegerField(default=14)
    most_a_day = models.PositiveSmallIntegerField(default=4)
    place = models.CharField(max_length=300, blank=True)  # where, or the link of a video room
    remind_hours = models.CharField(max_length=30, default="24 1", blank=True)  # before a meeting, by mail; "": never

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(end__gt=models.F("start")), name="booking_has_hours")]

    def __str__(self) -> str:
        return f"{self.start:%H:%M}–{self.end:%H:%M}"


class Feed(models.Model):
    """A secret address under which a member's calendar is read; only the token's hash is kept."""

    member = models.ForeignKey("teams.Membership", on_delete=models.PROTECT, related_name="feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "closed" if self.closed_at else "open"
