"""Discipline: what was kept of the doctrine in a span of time, each number with the cases behind it. For coaching.

The same counts serve oneself, one rep and the whole team: only whose touches are looked at differs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from fifthcall.insights.budget import within_budget
from fifthcall.insights.counting import Asked, Found, Tally, attempts_in
from fifthcall.insights.leaving import left
from fifthcall.insights.proposals import sent_of
from fifthcall.insights.trails import ATTEMPTS
from fifthcall.journal.models import Event
from fifthcall.posting.models import Piece
from fifthcall.rules.c8_note_after_meeting import WITHIN
from fifthcall.rules.case import Basis, Channel
from fifthcall.rules.outcomes import WHY_NO_REVIEW
from fifthcall.rules.windows import instant
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.models import Touch
from fifthcall.touches.note_quality import LEFT_OPEN, conversations
from fifthcall.touches.promises import verdict

_WHOLE = Coalesce(F("opportunity__merged_into_id"), F("opportunity_id"))
_PIECE = 500
#: So many of each kind are proposed to be talked about.
TO_TALK = 2


def promises(asked: Asked) -> Tally:
    """C5: promises whose time was up in the span: kept, late or broken, as `touches.promises.verdict` says."""
    made = Touch.standing().filter(
        workspace=asked.workspace,
        member__in=asked.people,
        agreed_basis=Basis.PROMISE,
        agreed_until__gt=asked.since,
        agreed_until__lt=asked.until,
    )
    return Tally.of_all(_verdicts(made, asked.until))


def _verdicts(made: QuerySet[Touch], until: datetime) -> Iterator[Found]:
    rows = made.annotate(whole=_WHOLE).order_by("id").iterator(_PIECE)
    while piece := list(islice(rows, _PIECE)):
        wholes = {one.whole for one in piece}
        # What happens after the span doesn't count: the same span tells the same for ever.
        later = Touch.standing().filter(at__gte=min(one.at for one in piece), at__lte=until, outcome__in=ATTEMPTS)
        after: dict[int, list[Touch]] = defaultdict(list)
        for of in ("opportunity__in", "opportunity__merged_into__in"):
            found = later.filter(**{of: wholes}).annotate(whole=_WHOLE).only("at", "outcome")
            for touch in found:
                after[touch.whole].append(touch)
        for promised in piece:
            assert promised.agreed_until
            since = [one for one in after[promised.whole] if (one.at, one.pk) > (promised.at, promised.pk)]
            said = verdict(promised, sorted(since, key=lambda one: (one.at, one.pk)), until)
            yield Found(promised.whole, promised.agreed_until, said == "kept", said)


def why_not_yet(asked: Asked) -> Tally:
    """D1: real conversations, and whether it was noted why they could not act yet, or they did."""
    members = Membership.objects.filter(pk__in=asked.people)
    found = conversations(members, asked.since, asked.until).filter(workspace=asked.workspace)
    return _by_condition(found, found.filter(LEFT_OPEN), "unknown")


def reviews(asked: Asked) -> Tally:
    """A8: proposals sent, and whether the review of each was booked before."""
    found = sent_of().filter(
        workspace=asked.workspace, member__in=asked.people, at__gt=asked.since, at__lte=asked.until
    )
    rows = found.order_by("-at", "-id").values_list("opportunity_id", "at", "reason")
    return Tally.of_all(
        Found(pk, at, not reason, "unbooked" if reason else "booked", words=WHY_NO_REVIEW.get(reason, reason))
        for pk, at, reason in rows
    )


def _by_condition(whole: QuerySet[Touch], bad: QuerySet[Touch], code: str) -> Tally:
    """Tally in the database, the bad ones named: there may be very many good ones."""
    named = [Found(pk, at, False, code) for pk, at in bad.order_by("-at", "-id").values_list("opportunity_id", "at")]
    of = whole.count()
    return Tally(of - len(named), of, tuple(named))


def notes_in_time(asked: Asked) -> Tally:
    """C8: meetings, and whether a handwritten note was posted within a day; one whose day isn't over is left out."""
    other = Piece.objects.filter(touch=OuterRef("pk")).exclude(kind=Piece.Kind.NOTE)
    note = (
        Touch.standing()
        .filter(opportunity=OuterRef("opportunity"), channel=Channel.POST.value, outcome__in=("posted", "sent"))
        .filter(~Exists(other), at__gte=OuterRef("at"))
        .order_by("at", "id")
        .values("at")[:1]
    )
    met = Touch.standing().filter(
        workspace=asked.workspace,
        member__in=asked.people,
        outcome__in=("meeting_held", "came"),
        at__gt=asked.since,
        at__lte=asked.until,
    )
    return Tally.of_all(_noted(met, note, asked.until))


def _noted(met: QuerySet[Touch], first: QuerySet[Touch, Any], until: datetime) -> Iterator[Found]:
    rows = met.annotate(note_at=Subquery(first)).order_by("-at", "-id")
    for pk, at, note in rows.values_list("opportunity_id", "at", "note_at"):
        if note is not None and note <= min(until, at + WITHIN):
            yield Found(pk, at, True, "noted")
        elif at + WITHIN <= until:
            yield Found(pk, at, False, "late_note" if note is not None and note <= until else "no_note")


def slips(asked: Asked) -> Tally:
    """Steps not done in their block, each time one flowed on, against the attempts that were made (pipeline.slipping).

    The journal names the latest of each time; older entries only how many there were.
    """
    rows = Event.objects.filter(
        workspace_id=asked.workspace,
        subject="membership",
        subject_id__in=asked.people,
        verb="slipped",
        at__gt=asked.since,
        at__lte=asked.until,
    ).order_by("-at", "-id")
    count, named = 0, []
    for at, data in rows.values_list("at", "data"):
        count += int(data.get("count", 0))
        named += [Found(pk, at, False, "slipped") for pk in reversed(data.get("steps", []))]
    done = attempts_in(asked).count()
    return Tally(done, done + count, tuple(named))


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


def asked_of(workspace: Workspace, people: Iterable[Membership], now: datetime, days: int) -> Asked:
    """The last so many times 24 hours, of these people."""
    ids = tuple(one.pk for one in people)
    return Asked(workspace.pk, ids, now - timedelta(days=days), now, workspace.policy())


def week_of(workspace: Workspace, people: Iterable[Membership], monday: date, zone: str) -> Asked:
    """The week that begins on `monday`, from midnight to midnight in `zone`. Raises ValueError if it is no Monday."""
    if monday.weekday():
        raise ValueError(monday)
    since, until = (instant(datetime.combine(on, time()), zone) for on in (monday, monday + timedelta(days=7)))
    return Asked(workspace.pk, tuple(one.pk for one in people), since, until, workspace.policy())
