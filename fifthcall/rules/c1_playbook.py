"""C1, C7: the next step as the situation's playbook has it, and what follows the last one: never nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import lru_cache

from fifthcall.rules import situations
from fifthcall.rules.case import Channel, Kind, Play, Playbook, Policy
from fifthcall.rules.facts import Facts
from fifthcall.rules.playbook import BUILTIN, due
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import instant, wall

#: Steps that nobody has agreed on: these a playbook may shape.
_SOFT = frozenset({"check_in", "next_attempt", "propose_meeting"})
_WORDS = {rule.id: rule for rule in situations.RULES}


@lru_cache(maxsize=100)
def _books(own: tuple[Playbook, ...]) -> dict[str, Playbook]:
    return BUILTIN | {book.id: book for book in own}


def books(policy: Policy) -> dict[str, Playbook]:
    """The playbooks in force, by the situation's id."""
    return _books(policy.playbooks) if policy.playbooks else BUILTIN


def shape(facts: Facts, wanted: Proposal) -> Proposal | None:
    """The step of the playbook in place of a step that is merely the next attempt; None leaves it as it is."""
    if wanted.agreed or wanted.purpose not in _SOFT or (facts.last and facts.last.outcome == "busy"):
        return None
    situation = situations.recognise(facts)
    if situation is None:
        return None
    book, index = _where(facts, books(facts.policy)[situation.id])
    rule = _WORDS[book.id]
    if index is None:
        return _at_the_end(facts, wanted, book)
    play = book.steps[index]
    start = _start(facts, play)
    told = rule.because("step", step=index + 1, of=len(book.steps), do=play.do)
    return replace(
        wanted,
        kind=play.kind,
        purpose=f"{book.id}.{index + 1}",
        attempt=0 if play.kind.channel is Channel.DESK else wanted.attempt,
        not_before=start or wanted.not_before,
        reasons=(told, situation.evidence, *wanted.reasons),
        leave_message=play.voicemail,
        off_hours=play.off_hours,
        automatic=play.automatic and play.kind.channel in facts.policy.automatic,
    )


def _where(facts: Facts, book: Playbook) -> tuple[Playbook, int | None]:
    """The book that is on, and the index of its next step; None past the last step of all."""
    while True:
        index = _next(facts, book)
        if index is not None or book.then == "rest":
            return book, index
        book = books(facts.policy)[book.then]


def _next(facts: Facts, book: Playbook) -> int | None:
    """The first step after those taken since the last conversation that can be taken at all."""
    taken = [int(touch.purpose.partition(".")[2]) for touch in facts.since if touch.purpose.startswith(f"{book.id}.")]
    for index in range(max(taken, default=0), len(book.steps)):
        if _possible(facts, book.steps[index]):
            return index
    return None


def _possible(facts: Facts, play: Play) -> bool:
    case = facts.case
    if play.only_if == "assistant" and not case.assistants:
        return False
    if play.only_if == "mobile" and Channel.TEXT not in case.ways:
        return False
    channel = play.kind.channel
    if channel in case.stopped:
        return False
    return channel in (Channel.DESK, Channel.CALL) or channel in case.ways


def _start(facts: Facts, play: Play) -> datetime | None:
    after = facts.last.at if facts.last else facts.last_contact_at
    if after is None:
        return None
    return due(play, after, facts.case.prospect_zone, facts.policy.contact_hours, facts.region)


def _at_the_end(facts: Facts, wanted: Proposal, book: Playbook) -> Proposal | None:
    """A5, A6: it rests with a date; who was never reached is not set aside before the attempts owed are made."""
    last = facts.last
    if last is None or len(facts.attempts) < facts.policy.attempts_owed:
        return None
    day = wall(last.at, facts.case.prospect_zone).date() + timedelta(days=book.rest_days)
    back = instant(datetime.combine(day, time()), facts.case.prospect_zone)
    reason = _WORDS[book.id].because("rest", of=len(book.steps), on=day.isoformat())
    return replace(wanted, kind=Kind.CALL, purpose="come_back", not_before=back, reasons=(reason,))


RULE = Rule("C1", "Five attempts at least", shape=shape)
