"""Discipline: what was kept of the doctrine in a span of time, each number with the cases behind it. For coaching.

The same counts serve oneself, one rep and the whole team: only whose touches are looked at differs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Case, DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from fifthcall.insights.budget import within_budget
from fifthcall.insights.counting import NAMED, Asked, Found, Kind, Tally, latest
from fifthcall.insights.leaving import left
from fifthcall.insights.proposals import PROPOSAL
from fifthcall.journal.models import Event
from fifthcall.posting.models import Piece
from fifthcall.rules.c8_note_after_meeting import WITHIN
from fifthcall.rules.case import Basis, Channel
from fifthcall.rules.windows import instant
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.models import Touch
from fifthcall.touches.note_quality import LEFT_OPEN, conversations
from fifthcall.touches.promises import judged

#: So many of each kind are proposed to be talked about.
TO_TALK = 2


def promises(asked: Asked) -> Tally:
    """C5: promises whose time was up in the span: kept, late or broken, as `touches.promises` tells."""
    made = asked.theirs().filter(
        workspace=asked.workspace,
        agreed_basis=Basis.PROMISE,
        agreed_until__gt=asked.since,
        agreed_until__lt=asked.until,
    )
    # What happens after the span doesn't count: the same span tells the same for ever.
    each, merged = judged(made, asked.until)
    return Tally.of_touches(each, {"kept"}, "agreed_until") + Tally.of_all(
        Found(pk, at, Kind(said == "kept", said)) for pk, at, said in merged
    )


def why_not_yet(asked: Asked) -> Tally:
    """D1: real conversations, and whether it was noted why they could not act yet, or they did."""
    every = conversations(asked.touches())
    bad, unknown = (
        list(every.filter(LEFT_OPEN).order_by("-at", "-id").values_list("pk", flat=True)),
        Kind(False, "unknown"),
    )
    named = Touch.objects.filter(pk__in=bad[:NAMED]).values_list("opportunity_id", "at")
    return Tally(
        Counter({Kind(True, "known"): every.count() - len(bad), unknown: len(bad)}),
        latest(Found(pk, at, unknown) for pk, at in named),
    )


def reviews(asked: Asked) -> Tally:
    """A8: proposals sent, and whether the review of each was booked before."""
    code = Case(When(reason="", then=Value("booked")), default=Value("unbooked"))
    return Tally.of_touches(asked.touches().filter(outcome=PROPOSAL).annotate(code=code), {"booked"})


def notes_in_time(asked: Asked) -> Tally:
    """C8: meetings, and whether a handwritten note was posted within a day; one whose day isn't over is left out."""
    other = Piece.objects.filter(touch=OuterRef("pk")).exclude(kind=Piece.Kind.NOTE)
    note = (
        Touch.standing()
        .filter(opportunity=OuterRef("opportunity"), channel=Channel.POST.value, outcome__in=("posted", "sent"))
        .filter(~Exists(other), at__gte=OuterRef("at"), at__lte=asked.until)
        .order_by("at", "id")
    )
    in_time = Q(at__lte=ExpressionWrapper(OuterRef("at") + WITHIN, DateTimeField()))
    noted = note.annotate(said=Case(When(in_time, then=Value("noted")), default=Value("late_note"))).values("said")[:1]
    over = Case(When(at__lte=asked.until - WITHIN, then=Value("no_note")), default=Value(""))
    met = asked.touches().filter(outcome__in=("meeting_held", "came"))
    return Tally.of_touches(met.annotate(code=Coalesce(Subquery(noted), over)), {"noted"})


def slips(asked: Asked) -> Tally:
    """Steps not done in their block, each time one flowed on, against the attempts that were made (pipeline.slipping).

    The journal names the latest of each time; older entries only how many there were.
    """
    whose = {} if asked.people is None else {"subject_id__in": asked.people}
    rows = Event.objects.filter(
        workspace_id=asked.workspace,
        subject="membership",
        verb="slipped",
        at__gt=asked.since,
        at__lte=asked.until,
        **whose,
    ).order_by("-at", "-id")
    count, named, slipped = 0, [], Kind(False, "slipped")
    for at, data in rows.values_list("at", "data"):
        count += int(data.get("count", 0))
        named += [Found(pk, at, slipped) for pk in reversed(data.get("steps", []))]
    return Tally(Counter({Kind(True, "done"): asked.attempts().count(), slipped: count}), latest(named))


#: The page's order.
HABITS: Mapping[str, Callable[[Asked], Tally]] = {
    "five_attempts": left,
    "promises_kept": promises,
    "why_not_yet": why_not_yet,
    "notes_in_a_day": notes_in_time,
    "reviews_booked": reviews,
    "in_their_block": slips,
    "within_budget": within_budget,
}


def habits(asked: Asked) -> dict[str, Tally]:
    return {key: count(asked) for key, count in HABITS.items()}


def to_talk_about(counted: Mapping[str, Tally], each: int = TO_TALK) -> list[tuple[str, Found]]:
    """(habit, case): the latest of each habit that did not go well, no opportunity twice. Never an order of people."""
    chosen: list[tuple[str, Found]] = []
    seen: set[int] = set()
    for key, found in counted.items():
        taken = 0
        for case in sorted(found.missed, key=lambda one: (one.at, one.opportunity), reverse=True):
            if taken < each and case.opportunity not in seen:
                seen.add(case.opportunity)
                chosen.append((key, case))
                taken += 1
    return chosen


def asked_of(workspace: Workspace, one: Membership | None, now: datetime, days: int) -> Asked:
    """The last so many times 24 hours, of one member or (None) of everybody."""
    return Asked(workspace.pk, (one.pk,) if one else None, now - timedelta(days=days), now, workspace.policy())


def week_of(workspace: Workspace, one: Membership | None, monday: date, zone: str) -> Asked:
    """The week that begins on `monday`, from midnight to midnight in `zone`. Raises ValueError if it is no Monday."""
    if monday.weekday():
        raise ValueError(monday)
    since, until = (instant(datetime.combine(on, time()), zone) for on in (monday, monday + timedelta(days=7)))
    return Asked(workspace.pk, (one.pk,) if one else None, since, until, workspace.policy())
