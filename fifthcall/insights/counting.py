"""What a habit is counted from: whose touches, of when; and what it came to, with its cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import NamedTuple

from django.db.models import Q, QuerySet

from fifthcall.insights.trails import ATTEMPTS
from fifthcall.rules.case import Policy
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score

#: So many cases of a number are named, the others counted only.
NAMED = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Members of a workspace (by key; None: everybody), and from after `since` up to `until`, as instants."""

    workspace: int
    people: tuple[int, ...] | None
    since: datetime
    until: datetime
    policy: Policy

    def touches(self) -> QuerySet[Touch]:
        """What these people did in the span."""
        return self.theirs().filter(at__gt=self.since, at__lte=self.until)

    def whose(self, column: str) -> Q:
        """That this column names one of them, or anybody."""
        return Q(**{f"{column}__isnull": False} if self.people is None else {f"{column}__in": self.people})

    def theirs(self) -> QuerySet[Touch]:
        """What these people did, ever. Everybody is not told by their keys: the databases count the quicker."""
        made = Touch.standing().filter(self.whose("member"))
        return made.filter(workspace=self.workspace) if self.people is None else made

    def attempts(self) -> QuerySet[Touch]:
        return self.touches().filter(outcome__in=ATTEMPTS)


class Kind(NamedTuple):
    """Whether a case went well, what happened, and how many (attempts, touches) where that matters."""

    good: bool
    code: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One case."""

    opportunity: int
    at: datetime
    kind: Kind
    words: str = ""  # a reason that was given


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of each kind; `found` names the latest, those that did not go well first, at most NAMED."""

    counts: Counter[Kind]
    found: tuple[Found, ...] = ()

    @classmethod
    def of_all(cls, found: Iterable[Found]) -> Tally:
        every = list(found)
        return cls(Counter(one.kind for one in every), latest(every))

    @property
    def score(self) -> Score:
        return Score(sum(count for kind, count in self.counts.items() if kind.good), self.counts.total())

    @property
    def missed(self) -> list[Found]:
        return [one for one in self.found if not one.kind.good]


def latest(found: Iterable[Found]) -> tuple[Found, ...]:
    """The ones to be named."""
    return tuple(nlargest(NAMED, found, key=lambda one: (not one.kind.good, one.at, one.opportunity)))
