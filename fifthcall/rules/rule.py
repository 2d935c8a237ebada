"""The shape of a rule: it may propose a step, or guard the step that others propose.

To add one: write `rules/<id>_<name>.py` with a `RULE`, its test, and one line in `rules/book.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from fifthcall.rules.case import Kind, Reason, Refusal, Window
from fifthcall.rules.facts import Facts


@dataclass(frozen=True, slots=True)
class Proposal:
    """A step that is wanted: not before an instant, or exactly in `agreed` (then capacity doesn't move it)."""

    kind: Kind
    purpose: str
    not_before: datetime
    reasons: tuple[Reason, ...]
    agreed: Window | None = None
    attempt: int = 0
    leave_message: bool | None = None
    off_hours: bool = False  # outside their working hours, within the law's
    hot: bool = False  # they are thinking of us now: at once, outside the blocks too (E2)
    automatic: bool = False  # may go out by itself


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a guard says of a proposal: the changed proposal, and the refusal that explains the change."""

    proposal: Proposal
    refusal: Refusal | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    title: str
    words: Mapping[str, str] = field(default_factory=dict)  # code → sentence with {facts}
    propose: Callable[[Facts], Proposal | None] | None = None
    shape: Callable[[Facts, Proposal], Proposal | None] | None = None  # the step as the situation's playbook has it
    guard: Callable[[Facts, Proposal], Ruling | None] | None = None

    def because(self, code: str, **facts: str | int) -> Reason:
        if code not in self.words:
            raise KeyError(f"{self.id} has no words for {code!r}")
        return Reason(self.id, code, facts)

    def refuses(self, kind: Kind, code: str, possible_at: datetime | None = None, **facts: str | int) -> Refusal:
        if code not in self.words:
            raise KeyError(f"{self.id} has no words for {code!r}")
        return Refusal(kind, self.id, code, facts, possible_at)
