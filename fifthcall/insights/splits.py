"""G2: what attempts came to, split by how, with what words, in which cadence, for whom and by whom they were made."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from fifthcall.imports.models import PastHistories
from fifthcall.insights.brought import brought
from fifthcall.insights.histories import attempts_made
from fifthcall.insights.kept import sums
from fifthcall.insights.own_curve import Histories
from fifthcall.insights.pooling import Prior, prior_of
from fifthcall.insights.trails import NUMBERS_SHOWN
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score

#: What attempts can be split by → the columns of a touch that tell the groups apart.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "channel": ("channel",),
    "playbook": ("purpose",),
    "step": ("purpose",),
    "template": ("template", "template_version"),
    "source": ("opportunity__source",),
    "rep": ("member_id",),
}

Group = tuple[Any, ...]  # the values that tell the group, as `SPLITS` names them; of a playbook, its id


@dataclass(frozen=True, slots=True)
class Came:
    """What the attempts of a group came to.

    `reached`: they were a conversation, or the next thing that happened was an answer. `met`: a meeting was set.
    `won`: the last attempt of one that was won; `by_number` the same by the attempt's number, NUMBERS_SHOWN and more
    together.
    """

    reached: Score = field(default_factory=Score)
    met: Score = field(default_factory=Score)
    won: Score = field(default_factory=Score)
    by_number: tuple[Score, ...] = (Score(),) * NUMBERS_SHOWN


def split(member: Membership, by: str) -> dict[Group, Came]:
    """Each group with what its attempts came to, of the opportunities that `member` may see. `by`: one of SPLITS."""
    found: dict[Group, Came] = defaultdict(Came)
    for (key, number), (tried, reached, met, wins) in sums(member, by).items():
        group = tuple(json.loads(key))
        found[group] = _more(found[group], number, Score(wins, tried), Score(reached, tried), met)
    for name, some in _brought(member.workspace_id, by):
        for number in range(1, some.attempts + 1):
            won = Score(some.count if some.won and number == some.attempts else 0, some.count)
            found[name,] = _more(found[name,], min(number, NUMBERS_SHOWN), won)
    return dict(found)


def _brought(workspace_id: int, by: str) -> list[tuple[str, Histories]]:
    """What came as counts has a channel and a source; of these, no conversation is known, only wins."""
    if by not in ("channel", "source"):
        return []
    names = PastHistories.objects.filter(workspace=workspace_id).values_list(by, flat=True).distinct().order_by(by)
    return [(name, some) for name in names for some in brought(workspace_id, **{by: name})]


def _more(one: Came, number: int, won: Score, reached: Score = Score(), met: int = 0) -> Came:  # noqa: B008  # frozen
    parts = list(one.by_number)
    parts[number - 1] += won
    return Came(one.reached + reached, one.met + Score(met, reached.of), one.won + won, tuple(parts))


@dataclass(frozen=True, slots=True)
class Rated:
    """A group's share of one thing, drawn towards the mean of all groups (0 to 1), with its 90 % interval."""

    score: Score
    rate: float
    low: float
    high: float


def rated(scores: Mapping[Group, Score]) -> tuple[Prior, dict[Group, Rated]]:
    """Each group's share as `pooling` estimates it, and the mean; groups without a case are left out."""
    prior, found = prior_of(scores.values()), {}
    for key, score in scores.items():
        if score.of:
            shown = prior.shown(score)
            found[key] = Rated(score, prior.rate(score), shown.low, shown.high)
    return prior, found


def attempts_of(member: Membership, by: str, group: Group, most: int = 200) -> list[Touch]:
    """The latest attempts of a group, for the list behind its number."""
    wanted = Q(**dict(zip(COLUMNS[by], group, strict=True)))
    if by in ("playbook", "step") and not group[0]:
        wanted = ~Q(purpose__contains=".")
    elif by == "playbook":
        wanted = Q(purpose__startswith=f"{group[0]}.")
    rows = attempts_made().filter(wanted, workspace=member.workspace_id)
    if not member.leads:
        rows = rows.filter(opportunity__in=Opportunity.objects.visible_to(member).values("pk"))
    return list(rows.select_related("opportunity", "person", "member").order_by("-at", "-id")[:most])
