"""Touches: everything done to reach somebody, and what came of it. Append-only (C15): database triggers see to it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from fifthcall.prepared import Given, Prepared
from fifthcall.rules import case

if TYPE_CHECKING:
    from fifthcall.pipeline.models import Opportunity


class Touch(models.Model):
    """One touch. `at` is the instant it happened, `zone` the zone of whoever logged it.

    A correction is a new row: `retracts` names the touch that is taken back.
    """

    workspace = models.ForeignKey("teams.Workspace", on_delete=models.PROTECT, related_name="+")
    # These three without indexes of their own: those below begin with them.
    opportunity = models.ForeignKey(
        "pipeline.Opportunity", on_delete=models.PROTECT, related_name="touches", db_index=False
    )
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, related_name="touches", db_index=False
    )
    member = models.ForeignKey(
        "teams.Membership", on_delete=models.PROTECT, null=True, related_name="touches", db_index=False
    )
    answered_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="answered")  # C9
    at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    prospect_zone = models.CharField(max_length=64, blank=True)  # as it was known then (B3)
    channel = models.CharField(max_length=8)
    outcome = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    agreed_basis = models.CharField(max_length=10, blank=True)  # rules.case.Basis
    agreed_kind = models.CharField(max_length=10, blank=True)
    agreed_from = models.DateTimeField(null=True)
    agreed_until = models.DateTimeField(null=True)
    agreed_zone = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    reason_note = models.CharField(max_length=200, blank=True)
    reason_until = models.DateField(null=True)
    purpose = models.CharField(max_length=30, blank=True)  # of the step it answered
    template = models.CharField(max_length=40, blank=True)  # the words that were before the rep's eyes (D3)
    template_version = models.PositiveIntegerField(default=0)  # 0: the built-in text
    version = models.PositiveIntegerField(default=0)  # the opportunity's after it: while it is the same, undo is safe
    retracts = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="retraction")

    class Meta:
        # With the outcome in them, what is rare (proposals, meetings) is found, and what is frequent counted, without
        # reading the rows.
        indexes = [
            models.Index(fields=["opportunity", "at", "id", "outcome", "channel"], name="touch_history"),
            models.Index(fields=["person", "at", "outcome", "workspace"], name="touch_by_person"),
            models.Index(fields=["member", "at", "outcome"], name="touch_by_member"),
            models.Index(fields=["workspace", "outcome", "at", "member", "opportunity", "id"], name="touch_by_outcome"),
            models.Index(
                fields=["workspace", "agreed_until"], condition=Q(agreed_until__isnull=False), name="touch_agreed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.at}"

    @classmethod
    def standing(cls) -> models.QuerySet[Touch]:
        """Touches that were not taken back, nor the taking back, which has an outcome of its own.

        Those taken back are few: looked up once, not for each of very many.
        """
        gone = cls.objects.filter(retracts__isnull=False).values("retracts_id")
        return cls.objects.exclude(outcome="retracted").exclude(pk__in=gone).order_by()

    @classmethod
    def history_of(cls, opportunity: Opportunity) -> tuple[case.Touch, ...]:
        """What happened with an opportunity (and those merged into it), as the rules see it, oldest first."""
        return facts_of((_WHOLE_HISTORY if opportunity.has_merged else _HISTORY).rows(opportunity=opportunity.pk))

    @classmethod
    def elsewhere_of(cls, opportunity: Opportunity) -> tuple[case.Touch, ...]:
        """The latest touches to the same person about other opportunities, oldest first."""
        rows = _ELSEWHERE.rows(limit=ELSEWHERE, person=opportunity.person_id, opportunity=opportunity.pk or 0)
        return facts_of(rows[::-1])

    @classmethod
    def around_of(cls, opportunity: Opportunity, since: datetime) -> tuple[case.Touch, ...]:
        """The touches since then to others at the same organisation, oldest first."""
        rows = _AROUND.rows(
            limit=AROUND, organization=opportunity.organization_id, opportunity=opportunity.pk, since=since
        )
        whose = opportunity.person_id
        return facts_of([row[:-1] for row in rows[::-1] if row[-1] is None or row[-1] != whose])

    @classmethod
    def of(cls, opportunity: Opportunity) -> models.QuerySet[Touch]:
        """The touches of an opportunity and of those merged into it."""
        whose = Q(opportunity=opportunity)
        return cls.objects.filter(whose | Q(opportunity__merged_into=opportunity) if opportunity.has_merged else whose)


#: The columns that `as_fact` needs, in its order.
FACT_COLUMNS = (
    "id",
    "retracts_id",
    "at",
    "channel",
    "outcome",
    "agreed_basis",
    "agreed_kind",
    "agreed_from",
    "agreed_until",
    "agreed_zone",
    "reason",
    "reason_until",
    "purpose",
)

_OF = Given("opportunity", models.BigIntegerField())


def _history(of: Q) -> Prepared:
    return Prepared(lambda: Touch.objects.filter(of).order_by("at", "id").values_list(*FACT_COLUMNS))


#: More than a week's budget ever holds.
ELSEWHERE = 30
_ELSEWHERE = Prepared(
    lambda: (
        Touch.objects.filter(person_id=Given("person", models.BigIntegerField()))
        .exclude(opportunity_id=_OF)
        .order_by("-at", "-id")
        .values_list(*FACT_COLUMNS)
    )
)
#: More than an organisation's budget ever holds.
AROUND = 60
_AROUND = Prepared(
    lambda: (
        Touch.objects.filter(
            opportunity__organization_id=Given("organization", models.BigIntegerField()),
            at__gt=Given("since", models.DateTimeField()),
        )
        .exclude(opportunity_id=_OF)
        .order_by("-at", "-id")
        .values_list(*FACT_COLUMNS, "person_id")
    )
)
_HISTORY = _history(Q(opportunity_id=_OF))
_WHOLE_HISTORY = _history(Q(opportunity_id=_OF) | Q(opportunity__merged_into_id=_OF))


def facts_of(rows: list[tuple]) -> tuple[case.Touch, ...]:  # type: ignore[type-arg]  # rows in the order of FACT_COLUMNS
    """The history as the rules see it: retracted touches and their retractions left out."""
    gone = {row[1] for row in rows if row[1]}
    return tuple(_fact(row) for row in rows if not row[1] and row[0] not in gone)


def _fact(row: tuple) -> case.Touch:  # type: ignore[type-arg]
    _, _, at, channel, outcome, basis, kind, start, until, zone, reason, reason_until, purpose = row
    agreed = None
    if basis:
        agreed = case.Agreed(case.Basis(basis), case.Window(start, until, zone), case.Kind(kind or "call"))
    return case.Touch(at, case.Channel(channel), outcome, agreed, reason, reason_until, purpose)
