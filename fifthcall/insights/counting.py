"""What a habit is counted from: whose touches, of when; and what it came to, with its cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from fifthcall.insights.signs import fetched
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
    reason: str = ""  # the touch's, as a code


@dataclass(frozen=True, slots=True)
class Tally:
    """How many cases of each kind; `found` names the latest, those that did not go well first, at most NAMED."""

    counts: Counter[Kind]
    found: tuple[Found, ...] = ()

    @classmethod
    def of_all(cls, found: Iterable[Found]) -> Tally:
        every = list(found)
        return cls(Counter(one.kind for one in every), latest(every))

    @classmethod
    def of_touches(cls, told: QuerySet[Touch, Any], good: Collection[str], when: str = "at") -> Tally:
        """Counted by the database, once through. `told` has a `code` of what happened; "" is no case.

        `good`: the codes of what went well; `when`: the column of a case's instant.
        """
        each, parameters = told.order_by().values_list("pk", "opportunity_id", when, "code").query.sql_with_params()
        went_well = f"CASE WHEN code IN ({', '.join(['%s'] * len(good))}) THEN 1 ELSE 0 END"
        rows = fetched(
            f"WITH told (id, opportunity, at, code) AS MATERIALIZED ({each})"  # noqa: S608  # composed by the ORM
            " SELECT code, COUNT(*), NULL FROM told WHERE code <> '' GROUP BY code UNION ALL SELECT * FROM ("
            "SELECT code, 0, id FROM told WHERE code <> ''"
            f" ORDER BY {went_well}, at DESC, opportunity DESC LIMIT {NAMED}) AS named",
            (*parameters, *good),
        )
        kinds = {code: Kind(code in good, code) for code, *_ in rows}
        named = {pk: kinds[code] for code, _, pk in rows if pk}
        cases = Touch.objects.filter(pk__in=named).values_list("pk", "opportunity_id", when, "reason")
        return cls(
            Counter({kinds[code]: count for code, count, pk in rows if not pk}),
            latest(Found(of, at, named[pk], reason) for pk, of, at, reason in cases),
        )

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.counts + other.counts, latest([*self.found, *other.found]))

    @property
    def score(self) -> Score:
        return Score(sum(count for kind, count in self.counts.items() if kind.good), self.counts.total())

    @property
    def missed(self) -> list[Found]:
        return [one for one in self.found if not one.kind.good]


def latest(found: Iterable[Found]) -> tuple[Found, ...]:
    """The ones to be named."""
    return tuple(nlargest(NAMED, found, key=lambda one: (not one.kind.good, one.at, one.opportunity)))
