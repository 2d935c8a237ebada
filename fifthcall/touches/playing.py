"""What the card says of the situation: which it is, what to ask, what follows and what would change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import case_of
from fifthcall.rules.c1_playbook import books
from fifthcall.rules.case import Channel, Touch
from fifthcall.rules.d2_yeses import questions
from fifthcall.rules.decide import decide, preview
from fifthcall.rules.facts import read
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.situations import NAMES, recognise
from fifthcall.rules.windows import wall
from fifthcall.rules.words import KIND_NAMES, moment, sentence


def to_ask(opportunity: Opportunity) -> tuple[str, ...]:
    """D2: what they will say yes to, before the ask."""
    return questions(opportunity.facts.values_list("confirmed_on", "text"))


def situation(opportunity: Opportunity, now: datetime) -> dict[str, Any] | None:
    """The situation with its evidence and its playbook; None where there is none yet."""
    policy = opportunity.workspace.policy()
    found = recognise(read(case_of(opportunity, now), now, policy))
    if found is None:
        return None
    book = books(policy)[found.id]
    return {
        "id": found.id,
        "name": NAMES[found.id],
        "evidence": sentence(found.evidence.rule, found.evidence.code, found.evidence.facts),
        "chosen": found.chosen,
        "wrong": book.wrong,
        "play": book.play,
        "next_time": book.next_time,
    }


def if_nothing_happens(opportunity: Opportunity, now: datetime, steps: int = 3) -> list[dict[str, Any]]:
    """The steps that follow while nobody answers: what, and when (the window's start)."""
    after = preview(case_of(opportunity, now), now, opportunity.workspace.policy(), steps)
    return [{"kind": KIND_NAMES[step.kind], "at": step.window.starts_at, "purpose": step.purpose} for step in after]


#: What would change the plan, whatever it is.
_ALWAYS = (
    "They name a day: the next call is then, and opens with their reason.",
    "They say stop: nobody contacts them on that way again.",
)
#: What may come of a step, with the words for it.
_MAY_COME = {
    "connected": "You speak, and no meeting is set",
    "voicemail": "You leave a voicemail",
    "no_answer": "Nobody answers",
    "replied": "They write back",
}


def changes(opportunity: Opportunity, now: datetime, zone: str) -> list[str]:
    """What would change the plan, and into what: decided for this case, times in `zone`."""
    case, policy = case_of(opportunity, now), opportunity.workspace.policy()
    found = []
    for outcome, words in _MAY_COME.items():
        channel = Channel.EMAIL if outcome == "replied" else Channel.CALL
        then = replace(case, touches=(*case.touches, Touch(now, channel, outcome, reason="thinking")), meeting=None)
        if outcome == "replied" or channel in case.ways - case.stopped:
            step = decide(then, now, policy).step
            assert step  # nobody closes by speaking
            found.append(f"{words}: {KIND_NAMES[step.kind].lower()} on {moment(wall(step.window.starts_at, zone))}.")
    return [*found, *_ALWAYS]


def known(opportunity: Opportunity, now: datetime) -> list[str]:
    """The facts that the rules decide on, in words: what has happened, how and where they are reached."""
    case = case_of(opportunity, now)
    facts = read(case, now, opportunity.workspace.policy())
    last = facts.last
    zone = case.prospect_zone + ("" if case.zone_known else " (assumed)")
    so_far = "No touch yet."
    if last:
        at = moment(wall(last.at, case.prospect_zone))
        so_far = f"Touches so far: {len(facts.touches)}; the last: {OUTCOMES[last.outcome].label}, {at}."
    said = [
        so_far,
        f"Attempts since the last conversation: {len(facts.attempts)}." if facts.attempts else "",
        f"Ways to reach them: {', '.join(sorted(case.ways)) or 'none'}.",
        f"They said stop: {', '.join(sorted(case.stopped))}." if case.stopped else "",
        f"Where they are: {', '.join([*case.regions, zone])}.",
        f"Stage: {case.stage}." if case.stage else "",
        f"Touches at their organisation this week besides: {len(case.around)}." if case.around else "",
    ]
    return [words for words in said if words]
