"""What a habit is counted from: whose touches, of when; and what it came to, with its cases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from fifthcall.insights.trails import ATTEMPTS
from fifthcall.rules.case import Policy
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score


@dataclass(frozen=True, slots=True)
class Asked:
    """Members of a workspace (by key), and from after `since` up to `until`, as instants."""

    workspace: int
    people: tuple[int, ...]
    since: datetime
    until: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class Found:
    """One case: whether it went well, what happened (`code`), and how many (attempts, touches) where that matters."""

    opportunity: int
    at: datetime
    good: bool
    code: str
    number: int = 0
    words: str = ""  # a reason that was given


@dataclass(frozen=True, slots=True)
class Tally:
    """`good` of `of`; `found` names the cases, all that did not go well at least, as far as they are known."""

    good: int
    of: int
    found: tuple[Found, ...] = ()

    @classmethod
    def of_all(cls, found: Iterable[Found]) -> Tally:
        every = tuple(found)
        return cls(sum(one.good for one in every), len(every), every)

    @property
    def score(self) -> Score:
        return Score(self.good, self.of)

    @property
    def missed(self) -> list[Found]:
        return [one for one in self.found if not one.good]


def attempts_in(asked: Asked) -> QuerySet[Touch]:
    """The attempts these people made in the span."""
    return Touch.standing().filter(
        workspace=asked.workspace,
        member__in=asked.people,
        outcome__in=ATTEMPTS,
        at__gt=asked.since,
        at__lte=asked.until,
    )
