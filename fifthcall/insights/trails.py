"""What one opportunity adds to the numbers: pure, from its touches in their order, counted the same way everywhere.

A sum is told by whose it is, what it is of, its key (JSON) and a number; it holds four amounts.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, TypeVar

from fifthcall.rules.case import Channel, Status
from fifthcall.rules.outcomes import CONNECTS, OUTCOMES, THEIRS
from fifthcall.rules.windows import wall

ATTEMPTS = frozenset(code for code, outcome in OUTCOMES.items() if outcome.attempt)
CALLS = ATTEMPTS - THEIRS
#: Attempts beyond this number are taken together where attempts are split.
NUMBERS_SHOWN = 6
SPLITS = ("channel", "playbook", "step", "template", "source", "rep")
PATH = "path"
HOURS = "hours"
TEAM_HOURS = "team_hours"
WORDS = "words"
WORDS_END = "words_end"

REPLY_WITHIN = timedelta(days=7)
MEET_WITHIN = timedelta(days=14)
_MEETINGS = frozenset({"meeting_set", "meeting_held"})
_SIGNS = _MEETINGS | {"replied", "bounced"}
_FINISHED = frozenset({Status.WON.value, Status.LOST.value})
_WRITTEN = frozenset({Channel.EMAIL.value, Channel.TEXT.value, Channel.POST.value})


class Place(NamedTuple):
    """Where something is added: `owner` 0 is nobody's, which everybody sees."""

    owner: int
    what: str
    key: str
    number: int


Amounts = tuple[int, int, int, int]
_Where = TypeVar("_Where", bound=Hashable)
Added = dict[Place, Amounts]


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
    prospect_zone: str


class State(NamedTuple):
    """An opportunity as the numbers need it."""

    status: str
    owner: int  # 0: nobody's
    source: str


def added(steps: Iterable[Step], state: State) -> Added:
    """What an opportunity adds with these touches. Those taken back, and the taking back, don't count."""
    every = list(steps)
    gone = {step.retracts for step in every if step.retracts}
    standing = [step for step in every if not step.retracts and step.id not in gone]
    standing.sort(key=lambda step: (step.at, step.id))
    found: Added = {}
    _attempts(found, standing, state)
    _hours(found, standing)
    _words(found, standing, state)
    return found


def _attempts(found: Added, standing: list[Step], state: State) -> None:
    """PATH and SPLITS, the owner's.

    Its path is one under the number of its attempts, with the numbers of the first that was a conversation and of the
    first that set a meeting (0: none): (1, 0, 0, 0). Each attempt is one in every split, under its own number: (tried,
    reached, met, won), `reached` where it was a conversation or the next thing that happened was an answer, `won` where
    it was the last and it was won.
    """
    trail = [step for step in standing if step.outcome in ATTEMPTS or step.outcome == "replied"]
    attempts = [place for place, step in enumerate(trail) if step.outcome in ATTEMPTS]
    first = {"spoke": 0, "met": 0}
    for number, place in enumerate(attempts, 1):
        step = trail[place]
        spoke, met = step.outcome in CONNECTS, step.outcome == "meeting_set"
        first["spoke"] = first["spoke"] or number * spoke
        first["met"] = first["met"] or number * met
        answered = spoke or (place + 1 < len(trail) and trail[place + 1].outcome == "replied")
        won = state.status == Status.WON.value and number == len(attempts)
        for by in SPLITS:
            at = Place(state.owner, by, key_of(_group(by, step, state)), min(number, NUMBERS_SHOWN))
            add(found, at, (1, answered, met, won))
    path = Place(state.owner, PATH, key_of((state.status, first["spoke"], first["met"])), len(attempts))
    add(found, path, (1, 0, 0, 0))


def _hours(found: Added, standing: list[Step]) -> None:
    """HOURS, of who called, by month and hour of the week (0 to 167) on the prospect's clock: (tried, reached).

    TEAM_HOURS, everybody's: the same, whoever called.
    """
    for step in standing:
        if step.channel == Channel.CALL.value and step.outcome in CALLS and step.prospect_zone:
            theirs = wall(step.at, step.prospect_zone)
            for owner, what in ((step.member or 0, HOURS), (0, TEAM_HOURS)):
                at = Place(owner, what, f"{theirs:%Y-%m}", 24 * theirs.weekday() + theirs.hour)
                add(found, at, (1, step.outcome in CONNECTS, 0, 0))


def _words(found: Added, standing: list[Step], state: State) -> None:
    """WORDS, everybody's, by version and day (UTC, as date.toordinal): (said, arrived, replied, met).

    WORDS_END, of those that arrived in a finished opportunity: (1, won).

    A sign (a reply, a meeting) belongs to the last thing said before it, with these words or any, if that was within
    REPLY_WITHIN or MEET_WITHIN. What bounced has not arrived, nor has a call that reached nobody and left no message.
    """
    said = [step for step in standing if step.template or (step.outcome == "sent" and step.channel in _WRITTEN)]
    followed: dict[int, set[str]] = defaultdict(set)
    for sign in standing:
        if sign.outcome in _SIGNS:
            place = bisect_right(said, sign.at, key=lambda step: step.at) - 1
            within = MEET_WITHIN if sign.outcome in _MEETINGS else REPLY_WITHIN
            if place >= 0 and sign.at - said[place].at < within:
                followed[said[place].id].add(sign.outcome)
    for step in said:
        if not step.template:
            continue
        signs = followed.get(step.id, set())
        outcome = OUTCOMES[step.outcome]
        arrived = (outcome.connect or outcome.message or step.channel in _WRITTEN) and "bounced" not in signs
        key, day = key_of((step.template, step.template_version)), step.at.toordinal()
        came = (1, arrived, arrived and "replied" in signs, arrived and bool(signs & _MEETINGS))
        add(found, Place(0, WORDS, key, day), came)
        if arrived and state.status in _FINISHED:
            add(found, Place(0, WORDS_END, key, day), (1, state.status == Status.WON.value, 0, 0))


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


@lru_cache(maxsize=1 << 16)  # few keys, written very often
def key_of(group: tuple[object, ...]) -> str:
    return json.dumps(group, ensure_ascii=False, separators=(",", ":"))


def add(sums: dict[_Where, Amounts], place: _Where, amounts: Amounts, times: int = 1) -> None:
    """Add (or, with `times` −1, take out) amounts at a place."""
    one, two, three, four = sums.get(place, (0, 0, 0, 0))
    tried, reached, met, won = amounts
    sums[place] = (one + times * tried, two + times * reached, three + times * met, four + times * won)
