"""What a rep says came of a touch, before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fifthcall.rules.case import Agreed, Meeting
from fifthcall.rules.outcomes import BY_ITSELF, OUTCOMES, reasons_of


class Incomplete(ValueError):
    """Something an outcome needs is missing or makes no sense; `field` says what, the text says how to mend it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


@dataclass(frozen=True, slots=True)
class Draft:
    outcome: str
    note: str = ""
    agreed: Agreed | None = None  # a call-back, a promise, a step chosen by hand, or until when it is put off
    reason: str = ""
    reason_note: str = ""
    reason_until: date | None = None
    meeting: Meeting | None = None
    place: str = ""  # where we meet
    person: str = ""  # the name of whom we were referred to
    phone: str = ""  # a new number
    answered_by: int | None = None  # the person who took the call in their place, an assistant or gatekeeper (C9)
    stop: str = ""  # "", a channel, or "all" (D5)
    template: str = ""  # whose words were before the rep's eyes (D3)
    template_version: int = 0

    def check(self) -> None:
        """Raise Incomplete for the first thing that is missing."""
        outcome = OUTCOMES.get(self.outcome)
        if outcome is None or self.outcome in BY_ITSELF:
            known = ", ".join(code for code in OUTCOMES if code not in BY_ITSELF)
            raise Incomplete("outcome", f"There is no outcome “{self.outcome}” to log. One of: {known}.")
        missing = {
            "when": (self.agreed is None, "Say when: a date and a time."),
            "meeting": (self.meeting is None, "Say when you meet: a date and a time."),
            "reason": (not self.reason, _ASK_REASON.get(self.outcome, "Say why.")),
            "reason_until": (self.reason_until is None, "Say until when: a date."),
            "person": (not self.person.strip(), "Say whom they referred you to."),
        }
        for need in outcome.needs:
            absent, problem = missing[need]
            if absent and not (need == "reason" and self.meeting):
                raise Incomplete(need, problem)
        reasons = reasons_of(self.outcome)
        if self.outcome == "closed" and self.reason not in reasons:
            raise Incomplete("reason", "Silence is not a no: give their reason or yours, or let it rest with a date.")
        if self.reason and self.reason not in reasons:
            raise Incomplete("reason", f"“{self.reason}” is no reason here. One of: {', '.join(reasons)}.")


_ASK_REASON = {
    "connected": "No meeting set? Say why they could not act yet; the next call opens there.",
    "proposal_sent": "No review booked? Say why it goes out without one.",
    "serious": "No meeting set? Say why they could not act yet; the next call opens there.",
    "came": "No next meeting set? Say why they could not act yet; the next call opens there.",
    "declined": "No other meeting set? Say why they could not act yet; the next call opens there.",
    "lead_thanked": "No meeting set? Say why they could not act yet; the next call opens there.",
    "meeting_held": "No next meeting set? Say why they could not act yet; the next call opens there.",
    "not_now": "Say why not now; the next call opens there.",
    "why_not": "Say why they could not act yet; the next call opens there.",
    "snoozed": "Say why you put it off.",
    "rested": "Say why it rests.",
}
