"""D3: what came of each version of each template: sent, delivered, replied, met, won; each share with its counts.

A sign (a reply, a meeting) belongs to the last message before it, if that went out within `REPLY_WITHIN` or
`MEET_WITHIN`. A share is taken of those messages only whose time is over, so that a young one is not counted as a
failure; a win is taken of the opportunities that are closed, so that an open one is not counted as a loss (G2).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fifthcall.channels.models import Message
from fifthcall.pipeline.models import FINISHED
from fifthcall.rules.case import Status
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.touches.models import Touch
from fifthcall.wording.models import Template
from fifthcall.wording.odds import Score

REPLY_WITHIN = timedelta(days=7)
MEET_WITHIN = timedelta(days=14)
#: How far back results go: what was said longer ago was said to another market.
BACK = timedelta(days=730)
#: Outcomes that are signs of theirs.
_REPLIES = frozenset({"replied"})
_MEETINGS = frozenset({"meeting_set", "meeting_held"})
SIGNS = _REPLIES | _MEETINGS | {"bounced"}

Key = tuple[str, int]  # a template's code and the version's number


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that was said: a mail, or an attempt with its words. `key` is None where no template was used."""

    opportunity: int
    at: datetime
    key: Key | None
    status: str  # the opportunity's now
    arrived: bool = True  # the call was answered or a message left; a mail is taken as delivered until it bounces


@dataclass(frozen=True, slots=True)
class Sign:
    opportunity: int
    at: datetime
    outcome: str


@dataclass(slots=True)
class Result:
    """What came of a version. `young`: those delivered whose time for a reply is not over yet, and who haven't."""

    sent: int = 0
    delivered: Score = field(default_factory=Score)
    replied: Score = field(default_factory=Score)
    met: Score = field(default_factory=Score)
    won: Score = field(default_factory=Score)
    young: int = 0


def tally(sent: Iterable[Sent], signs: Iterable[Sign], now: datetime) -> dict[Key, Result]:
    """Each version's result. Pure; `sent` holds everything said in the opportunities, with and without a template."""
    said: dict[int, list[Sent]] = defaultdict(list)
    for one in sorted(sent, key=lambda one: one.at):
        said[one.opportunity].append(one)
    seen: dict[int, set[str]] = defaultdict(set)  # by the identity of what was said: the signs that followed
    for sign in signs:
        before = said.get(sign.opportunity, [])
        place = bisect_right(before, sign.at, key=lambda one: one.at) - 1
        if place >= 0 and sign.at - before[place].at < _within(sign.outcome):
            seen[id(before[place])].add(sign.outcome)
    results: dict[Key, Result] = defaultdict(Result)
    for history in said.values():
        for one in history:
            if one.key:
                _count(results[one.key], one, seen[id(one)], now - one.at)
    return dict(results)


def _within(outcome: str) -> timedelta:
    return MEET_WITHIN if outcome in _MEETINGS else REPLY_WITHIN


def _count(result: Result, one: Sent, signs: set[str], age: timedelta) -> None:
    arrived = one.arrived and "bounced" not in signs
    replied, met = bool(signs & _REPLIES), bool(signs & _MEETINGS)
    result.sent += 1
    result.delivered = result.delivered.add(arrived)
    if not arrived:
        return
    if age >= REPLY_WITHIN:
        result.replied = result.replied.add(replied)
    else:
        result.young += not replied
    if age >= MEET_WITHIN:
        result.met = result.met.add(met)
    if one.status in FINISHED:
        result.won = result.won.add(one.status == Status.WON.value)


def results(workspace_id: int, now: datetime, code: str = "") -> Mapping[Key, Result]:
    """Each version's result in a workspace over the last two years; of the template `code` alone if given."""
    since = now - BACK
    mails = Message.objects.filter(workspace_id=workspace_id, state=Message.State.SENT, sent_at__gte=since)
    touches = Touch.objects.filter(workspace_id=workspace_id, at__gte=since, retracts=None, retraction=None)
    worded = touches.exclude(template="")
    if code:
        about = set(mails.filter(template=code).values_list("opportunity_id", flat=True))
        about |= set(worded.filter(template=code).values_list("opportunity_id", flat=True))
    else:
        about = set(mails.exclude(template="").values_list("opportunity_id", flat=True))
        about |= set(worded.values_list("opportunity_id", flat=True))
    sent, signs = [], []
    for some in _in_parts(sorted(about)):
        sent += _mails(mails.filter(opportunity_id__in=some)) + _attempts(worded.filter(opportunity_id__in=some))
        rows = touches.filter(opportunity_id__in=some, outcome__in=SIGNS)
        signs += [Sign(*row) for row in rows.values_list("opportunity_id", "at", "outcome")]
    found = tally(sent, signs, now)
    return {key: result for key, result in found.items() if not code or key[0] == code}


def _in_parts(pks: list[int], size: int = 500) -> Iterable[list[int]]:
    return (pks[at : at + size] for at in range(0, len(pks), size))


def _mails(rows: object) -> list[Sent]:
    columns = ("opportunity_id", "sent_at", "template", "template_version", "opportunity__status")
    return [
        Sent(pk, at, (code, number) if code and number is not None else None, status)
        for pk, at, code, number, status in rows.values_list(*columns)  # type: ignore[attr-defined]
    ]


def _attempts(rows: object) -> list[Sent]:
    columns = ("opportunity_id", "at", "template", "template_version", "opportunity__status", "outcome")
    return [
        Sent(pk, at, (code, number), status, OUTCOMES[outcome].connect or OUTCOMES[outcome].message)
        for pk, at, code, number, status, outcome in rows.values_list(*columns)  # type: ignore[attr-defined]
    ]


def refresh_trials(now: datetime) -> int:
    """Bring what the trials know up to date; how many there are. Replies or meetings decide, never opens."""
    trials = list(Template.objects.exclude(trial_goal=""))
    for row in trials:
        found = results(row.workspace_id, now, row.code)
        scores = {}
        for number in (row.trial_a, row.trial_b):
            result = found.get((row.code, number or 0), Result())
            score = result.met if row.trial_goal == "meeting" else result.replied
            scores[str(number)] = [score.good, score.of]
        if scores != row.trial_scores:
            Template.objects.filter(pk=row.pk, trial_a=row.trial_a, trial_b=row.trial_b).update(trial_scores=scores)
    return len(trials)
