"""The history read once, for all rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fifthcall.rules.case import Case, Channel, Policy, Touch
from fifthcall.rules.outcomes import ASIDE, OUTCOMES

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Facts:
    case: Case
    now: datetime
    policy: Policy
    touches: tuple[Touch, ...]  # those that say something about reaching the prospect, oldest first
    since: tuple[Touch, ...]  # those after the last conversation
    last_connect: Touch | None

    @property
    def last(self) -> Touch | None:
        return self.touches[-1] if self.touches else None

    @property
    def last_contact_at(self) -> datetime | None:
        return self.last_connect.at if self.last_connect else self.case.last_contact_at

    @property
    def region(self) -> str:
        """Where they are, as far as it is known: for holidays and weekends."""
        return self.case.regions[0] if self.case.regions else ""

    @property
    def attempts(self) -> tuple[Touch, ...]:
        """Attempts since the last conversation (C1); a voicemail with its paired text is one attempt (C2)."""
        return tuple(t for i, t in enumerate(self.since) if OUTCOMES[t.outcome].attempt and not self._paired(i))

    def _paired(self, index: int) -> bool:
        touch = self.since[index]
        if touch.channel is not Channel.TEXT or not index:
            return False
        before = self.since[index - 1]
        return before.outcome == "voicemail" and touch.at - before.at <= self.policy.paired_text_within

    @property
    def standing(self) -> Touch | None:
        """The latest touch whose agreement still stands: no attempt or conversation has come after it."""
        for touch in reversed(self.touches):
            if touch.agreed or touch.reason_until:
                return touch
            if touch.channel not in (Channel.TEXT, Channel.DESK, Channel.POST):
                return None
            if touch.outcome in ("found", "reopened", "wrong_number"):
                return None
        return None

    def budgeted(self, at: datetime) -> list[Touch]:
        """The touches that count against C4's week before `at`; voicemail + text is one."""
        start = at - WEEK
        counted: list[Touch] = []
        for touch in self._ledger:
            if touch.at <= start or not OUTCOMES[touch.outcome].attempt:
                continue
            pair = counted and counted[-1].outcome == "voicemail" and touch.channel is Channel.TEXT
            if not (pair and touch.at - counted[-1].at <= self.policy.paired_text_within):
                counted.append(touch)
        return counted

    def budgeted_around(self, at: datetime) -> list[Touch]:
        """The same for their whole organisation, oldest first; a text that goes with a voicemail is no more."""
        others = [
            touch
            for touch in self.case.around
            if touch.at > at - WEEK
            and OUTCOMES[touch.outcome].attempt
            and not (touch.channel is Channel.TEXT and touch.purpose == "paired_text")
        ]
        return sorted((*self.budgeted(at), *others), key=lambda touch: touch.at)

    @property
    def _ledger(self) -> tuple[Touch, ...]:
        """C4's one ledger of the person: every touch, about whatever, by whomever."""
        if not self.case.elsewhere:
            return self.touches
        return tuple(sorted((*self.touches, *self.case.elsewhere), key=lambda touch: touch.at))

    def voicemails(self, at: datetime) -> list[Touch]:
        return [t for t in self._ledger if t.outcome == "voicemail" and t.at > at - WEEK]

    @property
    def silent_calls(self) -> int:
        """Calls in a row, up to now, that reached nobody and left no voicemail (C4)."""
        count = 0
        for touch in reversed(self.touches):
            if touch.channel is not Channel.CALL:
                continue
            if touch.outcome not in ("no_answer", "busy", "gatekeeper_blocked"):
                break
            count += 1
        return count

    @property
    def failed_on(self) -> tuple[Channel, int]:
        """The channel of the latest attempts and how many of them in a row failed on it (C4)."""
        channel, count = Channel.CALL, 0
        for touch in reversed(self.attempts):
            if count and touch.channel is not channel:
                break
            channel, count = touch.channel, count + 1
        return channel, count


def read(case: Case, now: datetime, policy: Policy) -> Facts:
    """Read a case's history. Touches that lie after `now` (a clock set back) are still history."""
    touches = tuple(t for t in case.touches if t.outcome not in ASIDE and (t.outcome != "why_not" or t.reason_until))
    since, connect = touches, None
    for index in range(len(touches) - 1, -1, -1):
        if OUTCOMES[touches[index].outcome].connect:
            connect, since = touches[index], touches[index + 1 :]
            break
    return Facts(case, now, policy, touches, since, connect)
