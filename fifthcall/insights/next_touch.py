"""F4: what attempts have come to in a workspace, kept for the rules; and where a new lead is worth more."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Avg, Case, Count, QuerySet, Value, When
from django.db.models.functions import Coalesce

from fifthcall.insights.histories import Path, attempts_made, paths
from fifthcall.insights.pooling import Leaning, Prior, prior_of, priors_leaning
from fifthcall.journal.models import note_event
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import value_of
from fifthcall.rules import next_touch
from fifthcall.rules.case import Kind, Policy, Status, Worth
from fifthcall.rules.next_touch import MOST, Expected
from fifthcall.rules.outcomes import CONNECTS
from fifthcall.teams.models import Membership, Role, Workspace
from fifthcall.wording.odds import Score

#: Open opportunities that are looked at for the list, the most valuable first.
LOOKED_AT = 2000

#: By how much the log-odds may differ after a conversation, and from one number to the next.
_AFTER = tuple(-1 + step / 3 for step in range(10))
_EACH = tuple(-0.4 + step / 15 for step in range(10))

Key = tuple[bool, int]  # after a first conversation, number of the attempt (MOST and more together)


def attempts_by_kind(paths: Iterable[Path]) -> dict[Key, Score]:
    """Of the attempts made, how many ended in a win: an opportunity's last one, if it was won.

    Attempts of opportunities that are still open count as not won so far, as in the own curve.
    """
    good: Counter[Key] = Counter()
    of: Counter[Key] = Counter()
    for path in paths:
        for number in range(1, path.attempts + 1):
            key = (0 < path.spoke < number, min(number, MOST))
            of[key] += path.count
            good[key] += path.count * (path.status == Status.WON.value and number == path.attempts)
    return {key: Score(good[key], count) for key, count in of.items()}


def refresh_worth(now: datetime) -> int:
    """Bring what attempts have come to up to date in each workspace; how many changed. Plans follow bit by bit."""
    return _refresh(Workspace.objects.all())


def first_worth(now: datetime) -> int:
    """The same where nothing is known yet: whoever has just begun does not wait for the next time."""
    return _refresh(Workspace.objects.filter(touch_worth=""))


def _refresh(workspaces: QuerySet[Workspace]) -> int:
    changed = 0
    for workspace in workspaces:
        boss = Membership(workspace=workspace, role=Role.OWNER)  # whoever sees everything
        typical = _typical(workspace.pk)
        text = _text(attempts_by_kind(paths(boss)), typical) if typical is not None else ""
        if text != workspace.touch_worth:
            changed += Workspace.objects.filter(pk=workspace.pk).update(touch_worth=text)
    return changed


def _text(scores: dict[Key, Score], typical: Decimal) -> str:
    """As `teams.models` reads it; "" where there is nothing to go by."""
    if not scores:
        return ""
    chances = [[*key, *_chance(prior, scores.get(key, Score()))] for key, prior in priors(scores).items()]
    return json.dumps(
        {
            "chances": chances,
            "mean": [False, 0, *_chance(prior_of(scores.values()), Score())],
            "typical": str(typical.quantize(Decimal("0.01"))),
            "wins": sum(score.good for score in scores.values()),
        }
    )


def priors(scores: dict[Key, Score]) -> dict[Key, Prior]:
    """What is expected of each kind of attempt: after a conversation the odds may be others, and so with each number.

    Both may be anything at first; a difference as large as e to 1 (a number: to a quarter) is as usual as a standard
    deviation.
    """
    keys = [(spoke, number) for spoke in (False, True) for number in range(1 + spoke, MOST + 1)]
    leanings = (
        Leaning(tuple(after * spoke + each * (number - 1) for spoke, number in keys), -(after**2 + 16 * each**2) / 2)
        for after in _AFTER
        for each in _EACH
    )
    return dict(zip(keys, priors_leaning([scores.get(key, Score()) for key in keys], leanings), strict=True))


def _chance(prior: Prior, score: Score) -> list[float]:
    shown = prior.shown(score)
    return [score.of, *(round(share, 9) for share in (prior.rate(score), shown.low, shown.high))]


def _typical(workspace_id: int) -> Decimal | None:
    """The mean value of the opportunities that have one."""
    valued = Opportunity.objects.filter(workspace=workspace_id, merged_into=None, value__gt=0)
    mean = valued.aggregate(mean=Avg("value"))["mean"]
    return None if mean is None else Decimal(str(mean))


def set_order(member: Membership, wanted: bool, now: datetime) -> None:
    """Let what touches are worth order everybody's queue, or not; the plans follow within minutes."""
    with transaction.atomic():
        space = Workspace.objects.select_for_update().get(pk=member.workspace_id)
        if space.order_by_worth == wanted:
            return
        space.order_by_worth, space.decide_again_from = wanted, 0
        space.save(update_fields=["order_by_worth", "decide_again_from"])
        note_event(space.pk, member.pk, "order_changed", space, now, by_worth=wanted)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An open opportunity with what its next touch is worth, and how many attempts it has had."""

    opportunity: Opportunity
    attempts: int
    expected: Expected


def worth_of_open(member: Membership, policy: Policy, worth: Worth) -> list[Ranked]:
    """The next touch of what the member owns that is open, the worthiest a minute first."""
    rows = Opportunity.objects.filter(workspace=member.workspace_id, owner=member, next_due_at__isnull=False)
    found = list(rows.select_related("organization", "product").order_by("-value", "id")[:LOOKED_AT])
    had = _tried(row.pk for row in found)
    ranked = []
    for row in found:
        attempts, reached = had.get(row.pk, (0, False))
        length = next_touch.minutes(Kind(row.next_kind), policy.touches_an_hour)
        ranked.append(Ranked(row, attempts, next_touch.expected(worth, attempts, reached, value_of(row), length)))
    return sorted(ranked, key=lambda one: (-one.expected.a_minute, one.opportunity.pk))


def _tried(ids: Iterable[int]) -> dict[int, tuple[int, bool]]:
    """Opportunity → attempts and whether one was a conversation, those of merged ones included."""
    whole: Any = Coalesce("opportunity__merged_into_id", "opportunity_id")
    wanted = list(ids)
    found: dict[int, tuple[int, bool]] = {}
    for at in range(0, len(wanted), 500):
        some = wanted[at : at + 500]
        rows = attempts_made().annotate(whose=whole).filter(whose__in=some).values("whose")
        counted = rows.annotate(n=Count("id"), spoke=Count(Case(When(outcome__in=CONNECTS, then=Value(1)))))
        found |= {whose: (n, spoke > 0) for whose, n, spoke in counted.values_list("whose", "n", "spoke")}
    return found
