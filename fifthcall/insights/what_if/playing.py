"""One run of a market: each step is the rules' own, taken when it is due; the answers are drawn.

The clock jumps from step to step. A step is taken at the beginning of its window, as the preview of a plan has it.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from fifthcall.insights.what_if.answers import Odds
from fifthcall.insights.what_if.market import Market, Prospect
from fifthcall.pipeline.room import capacity
from fifthcall.rules.case import Case, Channel, Decision, Kind, Policy, Step, Touch
from fifthcall.rules.decide import Counsel, consult
from fifthcall.rules.facts import WEEK
from fifthcall.rules.outcomes import channel_of

#: They write back so much later.
ANSWER = timedelta(hours=1)
#: More than a week's budget ever holds, as in the case of a real opportunity.
_ELSEWHERE = 30


@dataclass(slots=True, eq=False)
class Moment:
    """An opportunity at some point of its history; what can follow is kept, as most runs begin alike."""

    case: Case
    now: datetime
    _counsel: Counsel | None = None
    _after: dict[tuple[Touch, ...], Moment] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        return self._counsel is not None

    def counsel(self, policy: Policy) -> Counsel:
        if self._counsel is None:
            self._counsel = consult(self.case, self.now, policy)
        return self._counsel

    def after(self, touches: tuple[Touch, ...]) -> Moment:
        if touches not in self._after:
            later = replace(self.case, touches=(*self.case.touches, *touches))
            self._after[touches] = Moment(later, touches[-1].at)
        return self._after[touches]


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: by whom, for which prospect (places in the market), and what came of it."""

    at: datetime
    prospect: int
    step: Step
    channel: Channel
    outcome: str
    answered: bool

    @property
    def by_hand(self) -> bool:
        """Whether it took the rep's time: a text that goes with its voicemail is one touch with it (C2)."""
        return not self.step.automatic and self.step.purpose != "paired_text"


@dataclass(slots=True)
class Run:
    """What came of one run."""

    taken: list[Taken] = field(default_factory=list)
    held: int = 0  # steps that the fatigue guard or the law's contacts a day put off (C4, B4)
    full: int = 0  # steps that found their block full
    reached: set[int] = field(default_factory=set)  # prospects who answered at least once
    talks: int = 0
    meetings: int = 0
    refused: int = 0
    ahead: dict[int, Step] = field(default_factory=dict)  # the next step of each that is open at the end
    to_decide: int = 0  # set aside, as a person has to find something out first


class Cadence:
    """A market under one policy; its runs share what their histories have in common."""

    def __init__(self, market: Market, policy: Policy) -> None:
        self.market, self.policy = market, policy
        self.decided = 0  # decisions that were not already known from a run before
        self.starts = [Moment(one.case, _opened(one)) for one in market.prospects]
        self.same_person, self.colleagues = (
            _together([one.person for one in market.prospects]),
            _together([one.organization for one in market.prospects]),
        )

    def run(self, odds: Odds, luck: int) -> Run:
        """Play it once; `luck` seeds the answers: the same number, the same luck, whatever the cadence."""
        return _Playing(self, odds, luck).to_the_end()


def _together(whose: list[int]) -> list[tuple[int, ...]]:
    """For each place the others that belong to the same; 0 belongs to nobody."""
    found: dict[int, list[int]] = {}
    for number, one in enumerate(whose):
        found.setdefault(one, []).append(number)
    return [tuple(n for n in found[one] if n != number) if one else () for number, one in enumerate(whose)]


def _opened(prospect: Prospect) -> datetime:
    if prospect.case.opened_at is None:
        raise ValueError("A prospect needs the moment they came in.")
    return prospect.case.opened_at


class _Playing:
    def __init__(self, cadence: Cadence, odds: Odds, luck: int) -> None:
        self.cadence, self.odds = cadence, odds
        self.prospects, self.policy = cadence.market.prospects, cadence.policy
        self.at = list(cadence.starts)
        seeds = Random(luck)  # noqa: S311  # a draw that anybody may repeat
        self.luck = [_pairs(seeds.getrandbits(64)) for _ in self.prospects]
        self.attempts = [0] * len(self.prospects)
        self.run = Run()
        self.room: Counter[tuple[int, datetime]] = Counter()
        self.claims: dict[int, tuple[int, datetime]] = {}
        self.steps: dict[int, Step] = {}
        self.told: set[int] = set()  # those for whom touches of others have changed what is possible
        self.to_person: dict[int, list[tuple[int, Touch]]] = {}
        self.to_organization: dict[int, list[tuple[int, Touch]]] = {}
        self.queue: list[tuple[datetime, int, int]] = []

    def to_the_end(self) -> Run:
        until = self.cadence.market.until
        for number, moment in enumerate(self.at):
            heapq.heappush(self.queue, (moment.now, -1, number))  # they come in
        while self.queue:
            at, _, number = heapq.heappop(self.queue)
            if at >= until:
                break
            if number not in self.steps or number in self.told:  # as in real life: touches of others decide again
                self._decide(number, at)
            else:
                self._take(number, at)
        self.run.ahead = self.steps
        return self.run

    def _decide(self, number: int, now: datetime) -> None:
        """The next step, in the first block with room; who was decided first keeps the place."""
        if claim := self.claims.pop(number, None):
            self.room[claim] -= 1
        rep, counsel = self.prospects[number].rep, self._counsel(number, now)
        free_from = None
        while True:
            outlook = counsel.placed(free_from)
            slot = outlook.slot
            if slot is None or self.room[rep, slot.starts_at] < capacity(slot, self.policy.touches_an_hour):
                break
            free_from = slot.until
        step = outlook.decision.step
        if step is None:
            raise AssertionError("An open opportunity has a next step (A1).")
        if slot:
            self.claims[number] = (rep, slot.starts_at)
            self.room[rep, slot.starts_at] += 1
        if step.window.starts_at < self.cadence.market.until:
            self._count(outlook.decision)
        self.steps[number] = step
        self.told.discard(number)
        heapq.heappush(self.queue, (step.window.starts_at, self.prospects[number].rank, number))

    def _counsel(self, number: int, now: datetime) -> Counsel:
        moment = self.at[number]
        elsewhere, around = self._beside(number, now)
        if not elsewhere and not around and now == moment.now:
            self.cadence.decided += not moment.known
            return moment.counsel(self.policy)
        self.cadence.decided += 1
        return consult(replace(moment.case, elsewhere=elsewhere, around=around), now, self.policy)

    def _beside(self, number: int, now: datetime) -> tuple[tuple[Touch, ...], tuple[Touch, ...]]:
        """A week's touches to the same person about something else; and to others at their organisation, where with
        one's own they are as many as the week allows: fewer change nothing, whatever is proposed (C4).
        """
        one, week = self.prospects[number], now - WEEK
        mine = self._lately(self.to_person.get(one.person, []), week)
        elsewhere = tuple(touch for who, touch in mine if who != number)
        others = self._lately(self.to_organization.get(one.organization, []), week)
        if len(elsewhere) + len(others) < self.policy.organization_touches_a_week:
            return elsewhere, ()
        return elsewhere, tuple(touch for who, touch in others if who != number and not self._same_person(number, who))

    def _same_person(self, number: int, other: int) -> bool:
        return bool(self.prospects[number].person) and self.prospects[number].person == self.prospects[other].person

    def _lately(self, known: list[tuple[int, Touch]], since: datetime) -> list[tuple[int, Touch]]:
        """Those after `since`; they are noted as they happen, the latest last."""
        first = len(known)
        while first and known[first - 1][1].at > since:
            first -= 1
        return known[first:]

    def _count(self, decision: Decision) -> None:
        self.run.held += any(
            refusal.possible_at and (refusal.rule == "C4" or refusal.code == "a_day") for refusal in decision.refusals
        )
        self.run.full += any((refusal.rule, refusal.code) == ("B4", "full") for refusal in decision.refusals)

    def _take(self, number: int, at: datetime) -> None:
        step = self.steps.pop(number)
        self.claims.pop(number, None)  # the place in the block is used up
        if step.kind is Kind.REVIEW:
            self.run.to_decide += 1
            return
        outcome, answer = self._answer(number, step)
        channel = channel_of(outcome, step.kind.channel)
        touches = [
            Touch(at, channel, outcome, reason="thinking" if outcome == "connected" else "", purpose=step.purpose)
        ]
        if answer == "replied":
            touches.append(Touch(at + ANSWER, channel, "replied"))
        self.run.taken.append(Taken(at, number, step, channel, outcome, bool(answer)))
        self._note(number, touches)
        self.at[number] = self.at[number].after(tuple(touches))
        if answer:
            self.run.reached.add(number)
            self.run.talks += 1
            self.run.meetings += answer == "meeting_set"
            self.run.refused += answer == "not_interested"
        if answer not in ("meeting_set", "not_interested"):
            self._decide(number, self.at[number].now)

    def _note(self, number: int, touches: list[Touch]) -> None:
        """What was done counts for the person's and the organisation's others too (C4)."""
        one, same, colleagues = self.prospects[number], self.cadence.same_person, self.cadence.colleagues
        if same[number]:
            self.to_person.setdefault(one.person, []).extend((number, touch) for touch in touches)
            self.told.update(same[number])
        if colleagues[number]:
            known = self.to_organization.setdefault(one.organization, [])
            known.extend((number, touch) for touch in touches)
            if len(self._lately(known, touches[0].at - WEEK)) >= self.policy.organization_touches_a_week:
                self.told.update(colleagues[number])

    def _answer(self, number: int, step: Step) -> tuple[str, str]:
        """The touch's outcome, and what they say: "" for nothing, else the code of an outcome."""
        channel = step.kind.channel
        if channel is Channel.DESK:
            return ("no_introduction" if step.kind is Kind.INTRO else "found"), ""
        if channel is Channel.POST:
            self.attempts[number] += 1
            return "posted", ""
        heard, said = next(self.luck[number])
        self.attempts[number] += 1
        answer = ""
        if heard < self.odds.chance(channel, self.attempts[number]):
            ends = self.odds.meeting, self.odds.meeting + self.odds.refusal
            answer = "meeting_set" if said < ends[0] else "not_interested" if said < ends[1] else "connected"
        if channel is not Channel.CALL:
            return "sent", "replied" if answer == "connected" else answer
        return answer or ("voicemail" if step.leave_message else "no_answer"), answer


def _pairs(seed: int) -> Iterator[tuple[float, float]]:
    """Luck without end: whether an attempt is answered, and what is said then."""
    random = Random(seed)  # noqa: S311  # as above
    while True:
        yield random.random(), random.random()
