"""What one opportunity adds to the numbers: pure, from its touches in their order, counted the same way everywhere.

A sum is told by what it is of ("path", or a way to split attempts), its key (JSON) and a number; it holds how many were
tried, reached, met and won.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import CONNECTS, OUTCOMES

ATTEMPTS = frozenset(code for code, outcome in OUTCOMES.items() if outcome.attempt)
#: Attempts beyond this number are taken together where attempts are split.
NUMBERS_SHOWN = 6
PATH = "path"
SPLITS = ("channel", "playbook", "step", "template", "source", "rep")

Sum = tuple[str, str, int]  # what, key, number
Amounts = tuple[int, int, int, int]  # tried, reached, met, won
Added = dict[Sum, Amounts]


class Step(NamedTuple):
    """A touch as the numbers need it."""

    id: int
    at: datetime
    outcome: str
    retracts: int | None
    channel: str
    purpose: str
    template: str
    template_version: int
    member: int | None


class State(NamedTuple):
    """An opportunity as the numbers need it."""

    status: str
    owner: int  # 0: nobody's
    source: str


def added(steps: Iterable[Step], state: State) -> Added:
    """What an opportunity adds with these touches. Those taken back, and the taking back, don't count.

    Its path is one under the number of its attempts, with the numbers of the first that was a conversation and of the
    first that set a meeting (0: none). Each attempt is one in every split, under its own number: `reached` where it was
    a conversation or the next thing that happened was an answer, `won` where it was the last and it was won.
    """
    every = list(steps)
    gone = {step.retracts for step in every if step.retracts}
    trail = sorted(
        (step for step in every if not step.retracts and step.id not in gone and _counts(step.outcome)),
        key=lambda step: (step.at, step.id),
    )
    attempts = [place for place, step in enumerate(trail) if step.outcome in ATTEMPTS]
    found: Added = {}
    first = {"spoke": 0, "met": 0}
    for number, place in enumerate(attempts, 1):
        step = trail[place]
        spoke, met = step.outcome in CONNECTS, step.outcome == "meeting_set"
        first["spoke"] = first["spoke"] or number * spoke
        first["met"] = first["met"] or number * met
        answered = spoke or (place + 1 < len(trail) and trail[place + 1].outcome == "replied")
        won = state.status == Status.WON.value and number == len(attempts)
        for by in SPLITS:
            add(found, (by, key_of(_group(by, step, state)), min(number, NUMBERS_SHOWN)), (1, answered, met, won))
    path = (PATH, key_of((state.status, first["spoke"], first["met"])), len(attempts))
    add(found, path, (1, 0, 0, 0))
    return found


def _counts(outcome: str) -> bool:
    return outcome in ATTEMPTS or outcome == "replied"


def _group(by: str, step: Step, state: State) -> tuple[object, ...]:
    """The values that tell the group; of a step outside a playbook, nothing."""
    if by == "template":
        return step.template, step.template_version
    if by == "rep":
        return (step.member,)
    if by == "source":
        return (state.source,)
    if by == "channel":
        return (step.channel,)
    book, _, place = step.purpose.partition(".")
    return ("",) if not place else (book,) if by == "playbook" else (step.purpose,)


def key_of(group: Sequence[object]) -> str:
    return json.dumps(group, ensure_ascii=False, separators=(",", ":"))


def add(sums: Added, place: Sum, amounts: Amounts, times: int = 1) -> None:
    """Add (or, with `times` −1, take out) amounts at a place."""
    before = sums.get(place, (0, 0, 0, 0))
    tried, reached, met, won = (old + times * new for old, new in zip(before, amounts, strict=True))
    sums[place] = (tried, reached, met, won)
