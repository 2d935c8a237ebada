"""C4: attempts that were made although the person's week was already full.

Which those are, is kept by the worker (`keep_weeks`), as the sums are (`insights.kept`): touches never change, so only
the people touched since are looked at anew. Whoever reads does the same. (A touch that was committed after LOOK_BACK
later ones is looked at with that person's next.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, DateTimeField, Func, Max, Window
from django.db.models.functions import Coalesce, Lag

from fifthcall.insights.counting import NAMED, Asked, Found, Kind, Tally, latest
from fifthcall.insights.kept import MOST_CHANGED, in_parts
from fifthcall.insights.models import Beyond, Weeks
from fifthcall.insights.moment import one_moment
from fifthcall.insights.trails import ATTEMPTS
from fifthcall.rules.case import Channel, Policy
from fifthcall.rules.facts import WEEK
from fifthcall.teams.models import Workspace
from fifthcall.touches.models import Touch

_PIECE = 500
#: Touches may be committed in another order than their ids were given; so far back it is looked again.
LOOK_BACK = 2000


class _WeekBefore(Func):
    """The instant a week before; on SQLite without its fraction of a second. What Django makes of it there is slow."""

    output_field = DateTimeField()
    template = f"(%(expressions)s - INTERVAL '{WEEK.days} days')"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=f"datetime(%(expressions)s, '-{WEEK.days} days')", **more)


class _Over(NamedTuple):
    """An attempt that came when the week was full: the `number`-th of that week."""

    touch: int
    person: int
    opportunity: int
    at: datetime
    member: int | None
    number: int


def within_budget(asked: Asked) -> Tally:
    """Attempts in the span, and those beyond the week's budget of that person, whoever made the others.

    As `rules.facts.budgeted` counts: a voicemail and the text that goes with it are one.
    """
    with one_moment():
        known = _known(asked.workspace, asked.policy)
        touched = None if known is None else _touched(known)
        if touched is None:
            before = WEEK + asked.policy.paired_text_within
            counts, named = Counter[Kind](), list[Found]()
            anew = _full(asked.workspace, asked.policy, asked.since - before, asked.until)
        else:
            counts, named = _kept(asked, touched)
            anew = touched
        found = [Found(one.opportunity, one.at, _beyond(one.number)) for one in _found(asked, anew)]
        attempts = asked.attempts().count()
    counts.update(one.kind for one in found)
    counts[Kind(True, "within")] = attempts - counts.total()
    return Tally(counts, latest([*named, *found]))


def _beyond(number: int) -> Kind:
    return Kind(False, "beyond", number)


def _kept(asked: Asked, but: list[int]) -> tuple[Counter[Kind], list[Found]]:
    """How many are kept, by their number, and the latest; without those of these people."""
    kept = Beyond.objects.filter(workspace=asked.workspace, at__gt=asked.since, at__lte=asked.until)
    kept = kept.filter(asked.whose("member")).exclude(person__in=but)
    counts = {_beyond(number): count for number, count in kept.values_list("number").annotate(Count("pk"))}
    rows = kept.annotate(whole=Coalesce("touch__opportunity__merged_into_id", "touch__opportunity_id"))
    last = rows.order_by("-at", "-touch").values_list("whole", "at", "number")[:NAMED]
    return Counter(counts), [Found(whole, at, _beyond(number)) for whole, at, number in last]


def _found(asked: Asked, people: list[int]) -> Iterator[_Over]:
    """The same of these people, from their touches."""
    for history in _histories(people):
        for one in _over(history, asked.policy):
            theirs = one.member is not None if asked.people is None else one.member in asked.people
            if theirs and asked.since < one.at <= asked.until:
                yield one


def keep_weeks(now: datetime) -> int:
    """Bring what is kept up to date in every workspace; how many people were looked at anew."""
    return sum(_keep(space) for space in Workspace.objects.order_by("id"))


def _keep(space: Workspace) -> int:
    """What is read may be late, but not wrong: whoever is touched meanwhile is looked at again."""
    policy = space.policy()
    upto = Touch.objects.filter(workspace=space).aggregate(last=Max("pk"))["last"] or 0
    known = _known(space.pk, policy)
    if known and known.upto == upto:
        return 0
    seen = list(
        Touch.objects.filter(workspace=space, pk__gt=upto - LOOK_BACK, pk__lte=upto).values_list("pk", flat=True)
    )
    touched = None if known is None else _touched(known)
    people = _full(space.pk, policy) if touched is None else touched
    over = [
        Beyond(workspace=space, touch_id=one.touch, person=one.person, member=one.member, at=one.at, number=one.number)
        for rows in _histories(people)
        for one in _over(rows, policy)
    ]
    with transaction.atomic():
        weeks, _ = Weeks.objects.select_for_update().get_or_create(workspace=space)
        if known and (weeks.upto, weeks.counted_as) != (known.upto, known.counted_as):
            return 0  # somebody else was faster
        kept = Beyond.objects.filter(workspace=space)
        (kept if touched is None else kept.filter(person__in=touched)).delete()
        Beyond.objects.bulk_create(over, 500)
        weeks.upto, weeks.seen, weeks.counted_as = upto, seen, _counted_as(policy)
        weeks.save()
    return len(people)


def _known(workspace_id: int, policy: Policy) -> Weeks | None:
    """Up to where it is kept; None where nothing is, or was counted by other rules."""
    return Weeks.objects.filter(workspace=workspace_id, counted_as=_counted_as(policy)).first()


def _counted_as(policy: Policy) -> str:
    return f"{policy.touches_a_week} {policy.paired_text_within.total_seconds():.0f}"


def _touched(known: Weeks) -> list[int] | None:
    """The people with a touch not counted yet, or taken back by one; None where they are so many that all are."""
    rows = Touch.objects.filter(workspace=known.workspace_id, pk__gt=known.upto - LOOK_BACK).exclude(pk__in=known.seen)
    found = {pk for pair in rows.order_by().values_list("person", "retracts__person").distinct() for pk in pair}
    return None if len(found) > MOST_CHANGED else sorted(found - {None})


def _full(workspace_id: int, policy: Policy, since: datetime | None = None, until: datetime | None = None) -> list[int]:
    """The people who had more attempts than the budget in some week (pairs not looked at)."""
    made = Touch.standing().filter(workspace=workspace_id, outcome__in=ATTEMPTS, person__isnull=False)
    if since:
        made = made.filter(at__gt=since)
    if until:
        made = made.filter(at__lte=until)
    before = Window(Lag("at", policy.touches_a_week), partition_by="person", order_by=["at", "id"])
    full = made.annotate(before=before).filter(before__gte=_WeekBefore("at"))
    return sorted(set(full.values_list("person", flat=True)))


def _histories(people: list[int]) -> Iterator[list[Any]]:
    """All attempts of each person, oldest first."""
    made = Touch.standing().filter(outcome__in=ATTEMPTS)
    whole = Coalesce("opportunity__merged_into_id", "opportunity_id")
    for piece in in_parts(people, _PIECE):
        some = made.filter(person__in=piece).order_by("person", "at", "id")
        rows = some.annotate(whole=whole).values_list("person", "pk", "whole", "at", "member", "outcome", "channel")
        for _, group in groupby(rows.iterator(2000), key=lambda row: row[0]):
            yield list(group)


def _over(history: Collection[Any], policy: Policy) -> Iterator[_Over]:
    """Those that came when the week was full."""
    counted: list[tuple[datetime, str]] = []
    for person, pk, opportunity, at, member, outcome, channel in history:
        counted = [one for one in counted if one[0] > at - WEEK]
        pair = counted and counted[-1][1] == "voicemail" and channel == Channel.TEXT.value
        if pair and at - counted[-1][0] <= policy.paired_text_within:
            continue
        counted.append((at, outcome))
        if len(counted) > policy.touches_a_week:
            yield _Over(pk, person, opportunity, at, member, len(counted))
