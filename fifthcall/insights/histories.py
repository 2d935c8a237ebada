"""How many attempts each opportunity got until something happened, for the own curve (G2), from the kept sums."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from fifthcall.insights.kept import sums
from fifthcall.insights.own_curve import Histories
from fifthcall.insights.trails import ATTEMPTS, PATH
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch

#: What a curve may be of: wins, or the first attempt that set a meeting or was a conversation.
WHATS = ("wins", "meetings", "connects")


@dataclass(frozen=True, slots=True)
class Path:
    """`count` opportunities with so many attempts; `spoke`, `met`: the first that was a conversation, set a meeting."""

    attempts: int
    status: str
    spoke: int  # 0: none
    met: int
    count: int


def paths(member: Membership) -> Iterator[Path]:
    """Of all opportunities that `member` may see; a merged one's attempts count where it went."""
    for (key, attempts), (count, *_rest) in sums(member, PATH).items():
        status, spoke, met = json.loads(key)
        yield Path(attempts, status, spoke, met, count)


def histories(member: Membership, what: str = "wins") -> list[Histories]:
    """By number of attempts, and whether it (a win, the first connect or meeting) came with the last of them."""
    found: Counter[tuple[int, bool]] = Counter()
    for path in paths(member):
        first = path.spoke if what == "connects" else path.met
        if what == "wins":
            found[path.attempts, path.status == Status.WON.value] += path.count
        elif path.attempts:
            found[first or path.attempts, first > 0] += path.count
    return [Histories(attempts, came, count) for (attempts, came), count in found.items()]


def given_up(member: Membership) -> Counter[int]:
    """Number of attempts → opportunities that were lost or set aside after so many, and not won (G1, C1)."""
    found: Counter[int] = Counter()
    for path in paths(member):
        if path.status in (Status.LOST.value, Status.RESTING.value):
            found[path.attempts] += path.count
    return found


def attempts_made() -> QuerySet[Touch]:
    return Touch.standing().filter(outcome__in=ATTEMPTS)


def won_with(member: Membership, attempts: int) -> QuerySet[Opportunity]:
    """The opportunities that were won with exactly so many attempts."""
    whole = Coalesce("opportunity__merged_into_id", "opportunity_id")
    won = Opportunity.objects.visible_to(member).filter(status=Status.WON.value, merged_into=None)
    of_won = Q(opportunity__status=Status.WON.value) | Q(opportunity__merged_into__status=Status.WON.value)
    tries = attempts_made().filter(of_won, workspace=member.workspace_id).annotate(whole=whole).values("whole")
    return won.filter(pk__in=tries.annotate(number=Count("pk")).filter(number=attempts).values("whole"))
