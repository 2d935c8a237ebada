"""What the card says of the situation: which it is, what to ask, what follows and what would change it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import case_of
from fifthcall.rules.c1_playbook import books
from fifthcall.rules.d2_yeses import questions
from fifthcall.rules.decide import preview
from fifthcall.rules.facts import read
from fifthcall.rules.situations import NAMES, recognise
from fifthcall.rules.words import KIND_NAMES, sentence


def to_ask(opportunity: Opportunity) -> tuple[str, ...]:
    """D2: what they will say yes to, before the ask."""
    return questions(opportunity.facts.values_list("confirmed_on", "text"))


def situation(opportunity: Opportunity, now: datetime) -> dict[str, Any] | None:
    """The situation with its evidence and its playbook; None where there is none yet."""
    policy = opportunity.workspace.policy()
    found = recognise(read(case_of(opportunity), now, policy))
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
    after = preview(case_of(opportunity), now, opportunity.workspace.policy(), steps)
    return [{"kind": KIND_NAMES[step.kind], "at": step.window.starts_at, "purpose": step.purpose} for step in after]


#: What would change the plan, whatever it is.
CHANGES = (
    "They answer: everything planned gives way to what you agree on.",
    "They name a day: the next call is then, and opens with their reason.",
    "They say stop: nobody contacts them on that way again.",
)
