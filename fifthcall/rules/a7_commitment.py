"""A7: a conversation ends with a next step in the prospect's calendar; an appointment ahead is that step."""

from __future__ import annotations

from fifthcall.rules.case import Kind, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import wall

MUST_SAY = (
    "connected",
    "meeting_held",
    "came",
    "declined",
    "lead_thanked",
)  # outcomes that need a meeting, or the reason why there is none


def propose_meeting(facts: Facts) -> Proposal | None:
    meeting = facts.case.meeting
    if meeting is None:
        return None
    at = wall(meeting.starts_at, meeting.zone).isoformat(timespec="minutes")
    if meeting.until > facts.now and meeting.asked_for:
        instead = wall(meeting.asked_for, meeting.zone).isoformat(timespec="minutes")
        return Proposal(Kind.REVIEW, "asked_for", facts.now, (RULE.because("instead", at=at, instead=instead),))
    if meeting.until > facts.now:
        window = Window(meeting.starts_at, meeting.until, meeting.zone)
        return Proposal(Kind.MEETING, "meeting", meeting.starts_at, (RULE.because("ahead", at=at),), agreed=window)
    return Proposal(Kind.REVIEW, "after_meeting", facts.now, (RULE.because("passed", at=at),))


def propose(facts: Facts) -> Proposal | None:
    """After a conversation without a meeting, the next call asks for one (A2 says when)."""
    last = facts.last
    if last is None or last is not facts.last_connect or last.outcome not in MUST_SAY:
        return None
    due = last.at + facts.policy.check_in_after
    hours = round(facts.policy.check_in_after.total_seconds() / 3600)
    return Proposal(Kind.CALL, "propose_meeting", due, (RULE.because("no_meeting", hours=hours),), attempt=1)


WORDS = {
    "ahead": "You meet at {at}.",
    "instead": "They can't make {at} and ask for {instead}: agree, or propose another time.",
    "passed": "The meeting of {at} is over: say how it went.",
    "no_meeting": "You spoke, but no meeting is set: call {hours} hours later and propose a time.",
}
RULE = Rule("A7", "A conversation ends with a step in their calendar", WORDS, propose=propose)
MEETING = Rule("A7", RULE.title, WORDS, propose=propose_meeting)
