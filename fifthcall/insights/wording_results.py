"""D3: what came of each version of each template: said, arrived, replied, met, won; each share with its counts.

A share is taken of what was said so long ago only that its time is over (whole days, UTC), so that a young message is
not counted as a failure; a win is taken of the opportunities that are closed, so that an open one is not counted as a
loss (G2). What belongs to which message: `trails`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fifthcall.insights.kept import Sums, sums_of
from fifthcall.insights.trails import MEET_WITHIN, REPLY_WITHIN, WORDS, WORDS_END
from fifthcall.wording.models import Template
from fifthcall.wording.odds import Score

#: How far back results go: what was said longer ago was said to another market.
BACK = timedelta(days=730)

Key = tuple[str, int]  # a template's code and the version's number


@dataclass(slots=True)
class Result:
    """What came of a version. `young`: those that arrived whose time for a reply is not over yet, and who haven't."""

    sent: int = 0
    delivered: Score = field(default_factory=Score)
    replied: Score = field(default_factory=Score)
    met: Score = field(default_factory=Score)
    won: Score = field(default_factory=Score)
    young: int = 0


def results(workspace_id: int, now: datetime) -> Mapping[Key, Result]:
    """Each version's result in a workspace over the last two years."""
    found = sums_of(workspace_id, (WORDS, WORDS_END))
    return tally(found[WORDS], found[WORDS_END], now)


def tally(said: Sums, ended: Sums, now: datetime) -> Mapping[Key, Result]:
    """Each version's result, from the sums of each day. Pure."""
    today = now.astimezone(UTC).toordinal()
    found: dict[Key, Result] = defaultdict(Result)
    for (key, day), (sent, arrived, replied, met) in said.items():
        age = timedelta(days=today - day)
        if age > BACK:
            continue
        result = found[_key(key)]
        result.sent += sent
        result.delivered += Score(arrived, sent)
        if age > REPLY_WITHIN:
            result.replied += Score(replied, arrived)
        else:
            result.young += arrived - replied
        if age > MEET_WITHIN:
            result.met += Score(met, arrived)
    for (key, day), (closed, won, _, _) in ended.items():
        if timedelta(days=today - day) <= BACK:
            result = found[_key(key)]
            result.won += Score(won, closed)
    return dict(found)


def _key(key: str) -> Key:
    code, number = json.loads(key)
    return code, number


def refresh_trials(now: datetime) -> int:
    """Bring what the trials know up to date; how many there are. Replies or meetings decide, never opens."""
    trials = list(Template.objects.exclude(trial_goal="").order_by("workspace_id"))
    known = {workspace_id: results(workspace_id, now) for workspace_id in {row.workspace_id for row in trials}}
    for row in trials:
        found = known[row.workspace_id]
        scores = {}
        for number in (row.trial_a, row.trial_b):
            result = found.get((row.code, number or 0), Result())
            score = result.met if row.trial_goal == "meeting" else result.replied
            scores[str(number)] = [score.good, score.of]
        if scores != row.trial_scores:
            Template.objects.filter(pk=row.pk, trial_a=row.trial_a, trial_b=row.trial_b).update(trial_scores=scores)
    return len(trials)
