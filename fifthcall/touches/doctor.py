"""Proof of the invariants on a live database: every check names the rows that break it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import F, Q

from fifthcall.calendars.models import Appointment, Block
from fifthcall.journal.models import Door
from fifthcall.journal.triggers import standing
from fifthcall.people.models import ContactPoint, Organization, Person
from fifthcall.pipeline.models import FINISHED, UNFINISHED, Opportunity
from fifthcall.rules.book import WORDS
from fifthcall.touches.models import Touch

NAMED = 20  # offenders named per check


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    problem: str
    row: str


def examine(checks: Iterable[Callable[[], Iterator[Finding]]] = ()) -> list[Finding]:
    """Every broken invariant, of these or of all below; empty when all hold."""
    return [finding for check in checks or CHECKS for finding in check()]


def _named(check: str, problem: str, rows: object) -> Iterator[Finding]:
    for row in list(rows)[:NAMED]:  # type: ignore[call-overload]
        yield Finding(check, problem, f"{row._meta.model_name} {row.pk}")


def next_steps() -> Iterator[Finding]:
    """A1: unfinished ⇔ a dated next step."""
    bad = Opportunity.objects.filter(status__in=UNFINISHED).filter(
        Q(next_kind="")
        | Q(next_due_at=None)
        | Q(next_until=None)
        | Q(next_zone="")
        | Q(next_until__lte=F("next_due_at"))
    )
    yield from _named("next step", "is open without a dated next step", bad)
    left = Opportunity.objects.filter(status__in=FINISHED).exclude(next_due_at=None)
    yield from _named("next step", "is closed and still has a next step", left)
    unknown = Opportunity.objects.exclude(status__in=(*UNFINISHED, *FINISHED))
    yield from _named("next step", "has an unknown status", unknown)


def reasons() -> Iterator[Finding]:
    """Every step has a reason that can be read."""
    for row in Opportunity.objects.filter(next_due_at__isnull=False).only("pk", "next_why").iterator(2000):
        said = row.next_why.get("reasons") or []
        if not said or any((rule, code) not in WORDS for rule, code, _ in said):
            yield Finding("reasons", "has a next step without a readable reason", f"opportunity {row.pk}")


def one_workspace() -> Iterator[Finding]:
    """Every row and all it refers to lie in one workspace."""
    pairs: tuple[tuple[type, str], ...] = (
        (Opportunity, "owner"), (Opportunity, "organization"), (Opportunity, "person"), (Opportunity, "product"),
        (Person, "organization"), (ContactPoint, "person"), (Touch, "opportunity"), (Touch, "person"),
        (Touch, "member"), (Block, "member"), (Appointment, "opportunity"), (Organization, "parent"),
    )  # fmt: skip
    for model, relation in pairs:
        rows = model.objects.filter(**{f"{relation}__isnull": False}).exclude(  # type: ignore[attr-defined]
            **{f"{relation}__workspace_id": F("workspace_id")}
        )
        yield from _named("one workspace", f"refers to a {relation} of another workspace", rows)


def append_only() -> Iterator[Finding]:
    """Touches and the journal can't be changed: the triggers stand, and nobody left the door open."""
    expected = {
        f"{table}_refuse_{act}" for table in ("touches_touch", "journal_event") for act in ("update", "delete")
    } | {"calendars_block_refuse_delete"}
    for name in sorted(expected - standing()):
        yield Finding("append-only", "is missing: rows could be changed unseen", f"trigger {name}")
    if Door.objects.exists():
        yield Finding("append-only", "was left open", "the door for erasures")


def retractions() -> Iterator[Finding]:
    """A touch is taken back by its own opportunity's entry."""
    bad = Touch.objects.filter(retracts__isnull=False).exclude(retracts__opportunity_id=F("opportunity_id"))
    yield from _named("retractions", "takes back another opportunity's touch", bad)


def appointments() -> Iterator[Finding]:
    """`has_appointment` says whether one is booked."""
    booked = Appointment.objects.filter(state=Appointment.State.BOOKED).values("opportunity_id")
    wrong = Opportunity.objects.filter(Q(has_appointment=True) & ~Q(pk__in=booked))
    yield from _named("appointments", "says there is an appointment, but none is booked", wrong)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    next_steps,
    reasons,
    one_workspace,
    append_only,
    retractions,
    appointments,
)
