"""The one decision: what comes next for this opportunity, when, and why. Pure: the same input, the same answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

from fifthcall.rules import b4_windows
from fifthcall.rules.book import GUARDS, PROPOSERS, SHAPERS
from fifthcall.rules.case import Case, Channel, Decision, Policy, Reason, Refusal, Status, Step, Touch, Window
from fifthcall.rules.facts import Facts, read
from fifthcall.rules.outcomes import channel_of
from fifthcall.rules.rule import Proposal

#: Guards may move a step a few times before all are content; a week's budget and a voicemail quota take three.
MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Outlook:
    """A decision with what planning needs: when it was owed, and the whole block that holds it."""

    decision: Decision
    owed_at: datetime | None = None
    slot: Window | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Counsel:
    """A step as the rules want it; a planner may ask for its place several times, as blocks turn out to be full."""

    facts: Facts
    proposal: Proposal | None
    reasons: tuple[Reason, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    owed_at: datetime | None = None
    _asked: dict[datetime | None, Outlook] = field(default_factory=dict)

    def placed(self, free_from: datetime | None = None) -> Outlook:
        """The decision, in the first opening that is not before `free_from`."""
        if free_from not in self._asked:
            self._asked[free_from] = self._placed(free_from)
        return self._asked[free_from]

    def _placed(self, free_from: datetime | None) -> Outlook:
        proposal = self.proposal
        if proposal is None:
            return Outlook(Decision(None))
        placed = b4_windows.place(self.facts, proposal, free_from)
        step = Step(
            proposal.kind,
            proposal.purpose,
            placed.window,
            proposal.agreed is not None or proposal.hot,
            proposal.attempt,
            proposal.leave_message,
            proposal.automatic,
        )
        decision = Decision(step, (*self.reasons, *placed.reasons), (*self.refusals, *placed.refusals))
        return Outlook(decision, self.owed_at, placed.slot)


def decide(case: Case, now: datetime, policy: Policy | None = None) -> Decision:
    """The next step of `case` at `now` (aware). A finished opportunity has none; every other one has (A1).

    Raises ValueError for a naive `now` or an unknown zone.
    """
    return look_ahead(case, now, policy or Policy()).decision


def look_ahead(case: Case, now: datetime, policy: Policy) -> Outlook:
    """`decide`, with what planning needs beside it."""
    return consult(case, now, policy).placed(case.free_from)


def consult(case: Case, now: datetime, policy: Policy) -> Counsel:
    """What the rules want for `case` at `now`, before it is given its place."""
    return _consult(case, now, policy) if case.touches else _untouched(case, now, policy)


def _consult(case: Case, now: datetime, policy: Policy) -> Counsel:
    if now.tzinfo is None:
        raise ValueError("`now` needs a time zone.")
    facts = read(case, now.astimezone(UTC), policy)
    if case.status in (Status.WON, Status.LOST):
        return Counsel(facts, None)
    wanted = _proposed(facts)
    proposal, reasons, refusals = _guarded(facts, replace(wanted, not_before=max(wanted.not_before, facts.now)))
    owed_at = proposal.not_before if proposal.not_before > facts.now else min(wanted.not_before, facts.now)
    return Counsel(facts, proposal, reasons, refusals, owed_at)


#: An import brings many that differ in nothing a rule looks at.
_untouched = lru_cache(maxsize=4096)(_consult)


def _proposed(facts: Facts) -> Proposal:
    for rule in PROPOSERS:
        if rule.propose and (proposal := rule.propose(facts)):
            return _shaped(facts, proposal)
    raise AssertionError("A1 always proposes")


def _shaped(facts: Facts, proposal: Proposal) -> Proposal:
    """The proposal as the situation's playbook has it."""
    for rule in SHAPERS:
        proposal = (rule.shape and rule.shape(facts, proposal)) or proposal
    return proposal


def _guarded(facts: Facts, proposal: Proposal) -> tuple[Proposal, tuple[Reason, ...], tuple[Refusal, ...]]:
    """The proposal after all guards are content with it, with what they said."""
    said: list[Reason] = []
    refusals: list[Refusal] = []
    for _ in range(MOST_ROUNDS):
        for rule in GUARDS:
            ruling = rule.guard(facts, proposal) if rule.guard else None
            if ruling is None:
                continue
            proposal = ruling.proposal
            if ruling.refusal:
                refusals.append(ruling.refusal)
            if ruling.reason:
                said.append(ruling.reason)
            break
        else:
            break
    return proposal, (*proposal.reasons, *said), tuple(refusals)


def preview(case: Case, now: datetime, policy: Policy, steps: int = 3) -> tuple[Step, ...]:
    """The next `steps` steps if nobody ever answers: each is taken at the start of its window."""
    found: list[Step] = []
    for _ in range(steps):
        step = decide(case, now, policy).step
        if step is None:
            break
        found.append(step)
        outcome = "voicemail" if step.leave_message else "no_answer"
        if step.kind.channel is not Channel.CALL:
            outcome = {Channel.DESK: "found", Channel.POST: "posted"}.get(step.kind.channel, "sent")
        now = max(now, step.window.starts_at)
        touch = Touch(now, channel_of(outcome, step.kind.channel), outcome, purpose=step.purpose)
        case = replace(case, touches=(*case.touches, touch), meeting=None, free_from=None)
    return tuple(found)
