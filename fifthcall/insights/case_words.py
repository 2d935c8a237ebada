"""What is said of a case: why it is worth talking about."""

from __future__ import annotations

from fifthcall.insights.counting import Found
from fifthcall.rules.outcomes import WHY_NO_REVIEW

_WORDS = {
    "lost": "Lost after {number} attempt{s}",
    "resting": "Set aside after {number} attempt{s}",
    "quiet": "30 days without a touch, after {number} attempt{s}",
    "kept": "Promise kept",
    "late": "Promise kept late",
    "broken": "Promise not kept",
    "ahead": "Promise still ahead",
    "unknown": "Nobody noted why not yet",
    "booked": "Proposal with its review booked",
    "unbooked": "Proposal without its review booked",
    "noted": "A note went out within a day",
    "late_note": "The note after the meeting was late",
    "no_note": "No note after the meeting",
    "slipped": "Not done in its block",
    "beyond": "Touch number {number} in a week",
}


def words(case: Found) -> str:
    said = _WORDS[case.kind.code].format(number=case.kind.number, s="" if case.kind.number == 1 else "s")
    why = WHY_NO_REVIEW.get(case.reason, case.reason) if case.kind.code == "unbooked" else ""
    return f"{said}: {why[0].lower()}{why[1:]}" if why else said
