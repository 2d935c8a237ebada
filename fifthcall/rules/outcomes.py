"""What can come of a touch. The first twelve have a key on the card; the rest are logged by other gestures."""

from __future__ import annotations

from dataclasses import dataclass

from fifthcall.rules.case import Channel


@dataclass(frozen=True, slots=True)
class Outcome:
    """`needs` names the fields that must be filled in before it can be saved; `asks` those that are offered."""

    code: str
    key: str
    label: str
    icon: str
    attempt: bool = False  # counts as an attempt to reach them (C1)
    connect: bool = False  # a conversation with the prospect
    message: bool = False  # we left a message: the ball stays with us (A4)
    needs: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


def _table(*outcomes: Outcome) -> dict[str, Outcome]:
    return {outcome.code: outcome for outcome in outcomes}


OUTCOMES = _table(
    # A7: a conversation ends with a meeting, or with the reason why there is none (which is also D1's "why not yet").
    Outcome(
        "connected", "1", "Connected", "phone-call", True, True, needs=("reason",), asks=("reason_until", "promise")
    ),
    Outcome("meeting_set", "2", "Connected, meeting set", "calendar-check", True, True, needs=("meeting",)),
    Outcome("call_back", "3", "Call back at …", "alarm-clock", True, True, needs=("when",)),
    Outcome("referred", "4", "Referred to someone", "user-plus", True, True, needs=("person",), asks=("phone",)),
    Outcome(
        "gatekeeper_message",
        "5",
        "Gatekeeper took a message",
        "message-square",
        True,
        message=True,
        asks=("answered", "promise"),
    ),
    Outcome("gatekeeper_blocked", "6", "Gatekeeper blocked", "shield", True, asks=("answered",)),
    Outcome("voicemail", "7", "Left voicemail", "voicemail", True, message=True, asks=("promise",)),
    Outcome("no_answer", "8", "No answer", "phone-missed", True),
    Outcome("busy", "9", "Busy", "phone-off", True),
    Outcome("not_now", "0", "Not now", "hourglass", True, True, needs=("reason", "reason_until")),
    Outcome("wrong_number", "-", "Wrong number", "circle-slash", asks=("phone",)),
    Outcome("not_interested", "=", "Not interested", "octagon-x", True, True, asks=("stop",)),
    # Without a key:
    Outcome("sent", "", "Sent", "send", True, message=True, asks=("promise",)),
    Outcome(
        "meeting_held", "", "Meeting held", "handshake", True, True, needs=("reason",), asks=("reason_until", "promise")
    ),
    Outcome("meeting_missed", "", "They did not come", "calendar-x", True),
    # A8: a proposal goes out with its review booked, or with the reason why not.
    Outcome("proposal_sent", "", "Proposal sent", "file-text", message=True, needs=("reason",), asks=("promise",)),
    Outcome(
        "away", "", "Away until …", "plane", True, needs=("reason_until",), asks=("answered",)
    ),  # C9: who answers tells us
    # C12: what they would do next in our place.
    Outcome("serious", "", "Serious", "target", True, True, needs=("reason",), asks=("reason_until", "promise")),
    Outcome("curious", "", "Only curious", "eye", True, True, needs=("reason_until",)),
    Outcome("introduced", "", "Somebody will introduce us", "users"),  # C14
    Outcome("no_introduction", "", "Nobody to introduce us", "user-x"),
    Outcome("why_not", "", "Noted why not yet", "pen-line", needs=("reason",), asks=("reason_until",)),  # D1
    Outcome("thanked", "", "Thanked them", "heart-handshake"),  # A9
    Outcome("snoozed", "", "Put off", "alarm-clock-off", needs=("when", "reason")),
    Outcome("rested", "", "Resting", "moon", needs=("reason", "reason_until")),
    Outcome("found", "", "Found a way to reach them", "search-check"),
    Outcome("note", "", "Note", "notebook-pen"),
    Outcome("closed", "", "Closed", "flag"),
    Outcome("reopened", "", "Reopened", "rotate-ccw"),
    Outcome("retracted", "", "Taken back", "undo-2"),
    # By post, written down by posting.steps alone: what is posted has been written before (C8).
    Outcome("posted", "", "Posted", "mailbox", True, message=True),
    Outcome("arrived", "", "Arrived", "package-check"),
    Outcome("came_back", "", "Came back by post", "package-x"),
    # An event of ours, and their answer (C7).
    Outcome("invited", "", "Invited", "ticket", True, message=True, asks=("promise",)),
    Outcome("accepted", "", "Accepted the invitation", "ticket-check", connect=True, needs=("meeting",)),
    Outcome(
        "declined", "", "Declined the invitation", "ticket-x", connect=True, needs=("reason",), asks=("reason_until",)
    ),
    Outcome("came", "", "They came", "party-popper", True, True, needs=("reason",), asks=("reason_until", "promise")),
    Outcome("stayed_away", "", "They stayed away", "calendar-x", True),
    # Business for them (C7): a lead, or somebody they should know; the other way round is `introduced` (C14).
    Outcome("lead_given", "", "Gave them a lead", "gift", True, message=True, asks=("promise",)),
    Outcome("lead_contacted", "", "They contacted the lead", "user-round-check"),
    Outcome("lead_thanked", "", "They thanked us for it", "heart", connect=True, needs=("reason",), asks=("promise",)),
    Outcome("introduction_made", "", "Introduced them", "users-round", True, message=True, asks=("promise",)),
    # What came from them, or from a machine of theirs.
    Outcome("replied", "", "They replied", "reply", connect=True),
    Outcome("opened", "", "They opened it", "mail-open"),
    Outcome("clicked", "", "They followed a link", "mouse-pointer-click"),
    Outcome("out_of_office", "", "Out of office", "plane"),
    Outcome("auto_reply", "", "Automatic answer", "bot"),
    Outcome("bounced", "", "It could not be delivered", "mail-x"),
    Outcome("unsubscribed", "", "They want to hear no more", "octagon-x"),
)

#: The card's twelve, in the order of their keys.
ON_KEYS = tuple(outcome for outcome in OUTCOMES.values() if outcome.key)

#: E2: signs that they are looking at what we sent.
SIGNALS = frozenset({"opened", "clicked"})

#: What came from their side: it counts against no budget of ours.
THEIRS = SIGNALS | {"replied", "out_of_office", "auto_reply", "bounced", "unsubscribed"}

#: What only Fifthcall itself writes down.
BY_ITSELF = THEIRS - {"replied"} | {"retracted", "posted", "arrived", "came_back"}

#: Touches that say nothing about reaching the prospect.
ASIDE = SIGNALS | {
    "note",
    "retracted",
    "thanked",
    "auto_reply",
    "bounced",
    "unsubscribed",
    "arrived",
    "came_back",
    "lead_contacted",
}

#: Touches by which nobody was contacted.
DESK = frozenset(
    {
        "why_not",
        "snoozed",
        "rested",
        "found",
        "note",
        "closed",
        "reopened",
        "retracted",
        "introduced",
        "no_introduction",
        "arrived",
        "came_back",
        "lead_contacted",
    }
)

#: Conversations with them that we had: what a connect rate counts.
CONNECTS = frozenset(code for code, outcome in OUTCOMES.items() if outcome.connect and code not in THEIRS)

#: D1: why they could not act yet. "waiting" and the like take their words from the note beside it.
WHY_NOT = {
    "budget": "No budget yet",
    "authority": "Someone else decides",
    "waiting": "Waiting on something",
    "away": "Away",
    "contract": "Bound elsewhere for now",
    "priority": "Not a priority now",
    "thinking": "Still thinking it over",
    "unknown": "Did not say",
}

#: Why a step is put off.
WHY_SNOOZED = {
    "asked": "They asked for later",
    "prepare": "I need to prepare",
    "waiting": "Waiting on something",
    "meeting": "I am in a meeting",
    "away": "I am away",
}

#: A8: why a proposal goes out without its review booked.
WHY_NO_REVIEW = {
    "they_asked": "They asked for it first",
    "tender": "A tender with a date",
    "known": "They know it already",
    "no_time": "They named no time",
}

#: A5: the reasons an opportunity may be closed as lost. Silence is not one of them.
WHY_LOST = {
    "said_no": "They said no",
    "competitor": "They chose someone else",
    "not_qualified": "Not a fit",
    "not_interested": "Not interested",
    "breakup_answered": "They answered the breakup: close it",
}


def reasons_of(outcome: str) -> dict[str, str]:
    """The reasons that may be given with an outcome, with their words."""
    if outcome == "closed":
        return {"won": "Won", **WHY_LOST}
    return {"proposal_sent": WHY_NO_REVIEW, "snoozed": WHY_SNOOZED, "not_interested": WHY_LOST}.get(outcome, WHY_NOT)


def channel_of(outcome: str, step: Channel) -> Channel:
    """The channel a touch with this outcome happened on, given the channel of the step it answers."""
    if outcome in DESK:
        return Channel.DESK
    if outcome in ("proposal_sent", "thanked"):  # neither stands for the note that was due (C8)
        return step if step in (Channel.TEXT, Channel.EMAIL) else Channel.EMAIL
    if outcome in ("meeting_held", "meeting_missed", "came", "stayed_away"):
        return Channel.MEETING
    if outcome in ("invited", "lead_given", "introduction_made"):
        return step if step in (Channel.CALL, Channel.TEXT, Channel.EMAIL) else Channel.EMAIL
    if outcome == "posted":
        return Channel.POST
    if outcome in THEIRS:
        return Channel.TEXT if step is Channel.TEXT else Channel.EMAIL
    return (
        step if outcome == "sent" and step is not Channel.CALL else Channel.TEXT if outcome == "sent" else Channel.CALL
    )
