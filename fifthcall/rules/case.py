"""What the rules are told and what they answer: plain frozen values, no database, no clock.

Instants are timezone-aware and in UTC; wall times are naive and stand beside the IANA zone they are meant in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum


class Status(StrEnum):
    OPEN = "open"
    RESTING = "resting"
    WON = "won"
    LOST = "lost"


class Channel(StrEnum):
    CALL = "call"
    TEXT = "text"
    EMAIL = "email"
    POST = "post"
    MEETING = "meeting"
    DESK = "desk"  # our own work: nobody is contacted


class Kind(StrEnum):
    """What the next step asks us to do."""

    CALL = "call"
    TEXT = "text"
    EMAIL = "email"
    NOTE = "note"
    PARCEL = "parcel"  # something in the post: a book, a gift, a courier
    INVITE = "invite"  # to an event
    LEAD = "lead"  # business for them: a lead, or somebody they should know
    INTRO = "intro"  # ask somebody to introduce us
    MEETING = "meeting"
    RESEARCH = "research"  # find a way to reach them
    REVIEW = "review"  # decide, with a reason, what becomes of it

    @property
    def channel(self) -> Channel:
        return _CHANNELS[self]


_CHANNELS = {
    Kind.CALL: Channel.CALL,
    Kind.TEXT: Channel.TEXT,
    Kind.EMAIL: Channel.EMAIL,
    Kind.NOTE: Channel.POST,
    Kind.PARCEL: Channel.POST,
    Kind.INVITE: Channel.EMAIL,
    Kind.LEAD: Channel.EMAIL,
    Kind.INTRO: Channel.DESK,
    Kind.MEETING: Channel.MEETING,
    Kind.RESEARCH: Channel.DESK,
    Kind.REVIEW: Channel.DESK,
}


class Basis(StrEnum):
    """Why a time was agreed: it decides how firmly the step keeps to it."""

    PROMISE = "promise"  # we said we would (C5)
    CALL_BACK = "call_back"  # they asked us to
    CHOSEN = "chosen"  # the rep set it by hand ("unless noted otherwise", A2)
    SNOOZE = "snooze"  # put off by the rep, with a reason


@dataclass(frozen=True, slots=True)
class Window:
    """From `starts_at` (included) until `until` (excluded), instants in UTC; `zone` is the one people meant it in."""

    starts_at: datetime
    until: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Wall-clock hours on some weekdays (0 = Monday); `end` is excluded and later than `start`."""

    weekdays: frozenset[int]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Moved:
    """One occurrence of a block, that of the day `on`, which stands elsewhere: naive wall times in the block's zone."""

    on: date
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Block:
    """A rep's recurring follow-up block (B1), in the rep's zone; `since` and `until` (included) bound its shape."""

    id: str
    hours: Hours
    zone: str
    rule: str = ""  # RFC 5545, where it comes otherwise than every week
    since: date | None = None
    until: date | None = None
    moved: tuple[Moved, ...] = ()
    away: tuple[tuple[date, date], ...] = ()  # paused from the first to the last day, for a stated absence (B2)


@dataclass(frozen=True, slots=True)
class Agreed:
    basis: Basis
    window: Window
    kind: Kind = Kind.CALL


@dataclass(frozen=True, slots=True)
class Touch:
    """One thing that happened, as the history tells it; retracted ones are already left out."""

    at: datetime
    channel: Channel
    outcome: str  # a code of `outcomes.OUTCOMES`
    agreed: Agreed | None = None
    reason: str = ""  # why not yet (D1), or why put off
    reason_until: date | None = None  # the day the reason stops being true
    purpose: str = ""  # of the step it answered


@dataclass(frozen=True, slots=True)
class Meeting:
    starts_at: datetime
    until: datetime
    zone: str
    asked_for: datetime | None = None  # they ask to meet then instead, and nobody has answered yet


@dataclass(frozen=True, slots=True)
class Case:
    """Everything about one opportunity that a rule may look at."""

    status: Status = Status.OPEN
    opened_at: datetime | None = None  # when it came onto our list
    last_contact_at: datetime | None = None  # known from elsewhere, before any touch recorded here
    planned_on: date | None = None  # the follow-up date another system had
    prospect_zone: str = "UTC"
    zone_known: bool = False  # False: the workspace's zone stands in
    other_zones: tuple[str, ...] = ()  # those of their numbers, where they differ
    regions: tuple[str, ...] = ()  # ISO 3166, of their address and numbers: "US-FL", "DE"; the address first
    ways: frozenset[Channel] = frozenset()  # channels on which we have a number or address
    stopped: frozenset[Channel] = frozenset()  # channels on which they said stop (D5)
    touches: tuple[Touch, ...] = ()  # oldest first
    elsewhere: tuple[Touch, ...] = ()  # lately to the same person about something else, by whomever (C4)
    around: tuple[Touch, ...] = ()  # of the last week, to others at their organisation, by whomever (C4)
    stage: str = ""
    source: str = ""  # where it came from
    situation: str = ""  # S1 to S10 where somebody has said so; else it is recognised
    assistants: tuple[str, ...] = ()  # names of those who look after their calendar
    meeting: Meeting | None = None  # the appointment ahead, or the one not yet accounted for
    blocks: tuple[Block, ...] = ()
    own_hours: Hours | None = None  # the rep's own for calls and texts, in the prospect's time; only ever stricter
    free_from: datetime | None = None  # the rep's blocks before this are full of worthier steps


@dataclass(frozen=True, slots=True)
class Play:
    """One step of a playbook: what, how long after the touch before it, and what to do."""

    kind: Kind
    amount: int
    unit: str  # hour, day (the same wall time), working day (the prospect's)
    do: str
    template: str = ""
    voicemail: bool | None = None  # leave one if nobody answers (C2, C3)
    automatic: bool = False
    off_hours: bool = False  # C10: before or after their hours, to reach the voicemail
    only_if: str = ""


@dataclass(frozen=True, slots=True)
class Playbook:
    """A situation with its diagnosis, its cadence, and what comes after the last step."""

    id: str
    name: str
    wrong: str
    play: str
    next_time: str
    steps: tuple[Play, ...]
    then: str  # "rest", or the id of the playbook that goes on
    rest_days: int = 60


@dataclass(frozen=True, slots=True)
class Override:
    """An owner's own reading of a region's calling hours, with the reason; region "" for the hours everywhere."""

    region: str
    hours: Hours
    reason: str


@dataclass(frozen=True, slots=True)
class Chance:
    """Of the workspace's own `of` attempts with this number, before or after a first conversation (`reached`): the
    share (0 to 1) that ended in a win, drawn towards the mean of all, with its 90 % interval (F4)."""

    reached: bool
    attempt: int
    of: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Worth:
    """What attempts have come to here (F4): their chances, and the mean value of an opportunity, in the currency."""

    chances: tuple[Chance, ...]
    mean: Chance
    typical: Decimal
    wins: int
    in_order: bool = False  # the queue is ordered by it

    def chance(self, reached: bool, attempt: int) -> Chance:
        """That of an attempt like it; of which none was made, the mean of all."""
        return next((one for one in self.chances if (one.reached, one.attempt) == (reached, attempt)), self.mean)


@dataclass(frozen=True, slots=True)
class Policy:
    """A workspace's settings; the defaults are the doctrine's."""

    check_in_after: timedelta = timedelta(hours=48)  # A2
    attempts_owed: int = 5  # C1
    attempts_most: int = 12  # C1
    touches_a_week: int = 5  # C4
    organization_touches_a_week: int = 15  # C4: to everybody at an organisation together
    voicemails_a_week: int = 2  # C3, C4
    silent_calls_in_a_row: int = 2  # C4: the next one leaves a voicemail
    channel_floor: timedelta = timedelta(hours=4)  # C4
    channel_failures: int = 3  # C4: then the strategy changes
    paired_text_within: timedelta = timedelta(hours=4)  # C2
    touches_an_hour: int = 12  # capacity of a block
    lands_after: int = 3  # C7: working days until the post has arrived, where nothing says so
    rest_days: int = 60  # A5: when silence has used up the attempts
    contact_hours: Hours = Hours(frozenset({0, 1, 2, 3, 4}), time(8), time(18))  # B4: the prospect's working hours
    law_hours: Hours = Hours(frozenset({0, 1, 2, 3, 4, 5}), time(8), time(20))  # B4: for calls and texts, anywhere
    long_days: int = 90  # C12, S10: on the list for so long,
    long_contacts: int = 8  # with so many contacts, and undecided
    automatic: frozenset[Channel] = frozenset()  # channels on which steps may go out by themselves
    playbooks: tuple[Playbook, ...] = ()  # the workspace's own, in place of the built-in ones
    law_overrides: tuple[Override, ...] = ()  # B4: regions where an owner has set other hours than the table's
    worth: Worth | None = None  # F4: what attempts have come to here, where anything is known


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule's part in a decision: `code` picks the rule's words, `facts` fill them (ISO dates, numbers, words)."""

    rule: str
    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step that was wanted and stopped or moved, by which guard, and when it will be possible."""

    kind: Kind
    rule: str
    code: str
    facts: dict[str, str | int] = field(default_factory=dict)
    possible_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Step:
    kind: Kind
    purpose: str
    window: Window
    firm: bool = False  # a promised or agreed time: capacity never moves it
    attempt: int = 0  # which attempt since the last conversation this will be; 0 where attempts are not counted
    leave_message: bool | None = None  # True: leave a voicemail if nobody answers; False: don't; None: no matter
    automatic: bool = False  # may go out by itself


@dataclass(frozen=True, slots=True)
class Decision:
    step: Step | None  # None only for a closed opportunity
    reasons: tuple[Reason, ...] = ()
    refusals: tuple[Refusal, ...] = ()
