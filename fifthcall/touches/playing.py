"""What the card says of the situation: which it is, what to say, what follows and what would change it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import case_of
from fifthcall.rules.c1_playbook import books
from fifthcall.rules.case import Kind, Policy
from fifthcall.rules.d2_yeses import questions
from fifthcall.rules.decide import preview
from fifthcall.rules.facts import read
from fifthcall.rules.situations import NAMES, recognise
from fifthcall.rules.templates import TEMPLATES
from fifthcall.rules.words import KIND_NAMES, sentence
from fifthcall.teams.models import Membership

#: What to say at a step that no playbook names a template for.
_BY_PURPOSE = {
    "propose_meeting": "propose_time",
    "paired_text": "paired_text",
    "great_to_meet": "great_to_meet",
    "meeting_note": "handwritten",
    "reason_ends": "open_at_reason",
}
_BY_KIND = {
    Kind.CALL: "check_in",
    Kind.TEXT: "paired_text",
    Kind.EMAIL: "value_email",
    Kind.NOTE: "handwritten",
    Kind.PARCEL: "parcel",
    Kind.INVITE: "invitation",
    Kind.INTRO: "ask_introduction",
}


def template_of(opportunity: Opportunity, policy: Policy) -> str:
    """The template for the next step, "" where there is nothing to say."""
    book, _, number = opportunity.next_purpose.partition(".")
    if book in NAMES and number.isdecimal():
        steps = books(policy)[book].steps
        if int(number) <= len(steps) and steps[int(number) - 1].kind.value == opportunity.next_kind:
            return steps[int(number) - 1].template
    if opportunity.next_purpose in _BY_PURPOSE:
        return _BY_PURPOSE[opportunity.next_purpose]
    return _BY_KIND.get(Kind(opportunity.next_kind), "") if opportunity.next_kind else ""


def to_say(opportunity: Opportunity, member: Membership, why_not: str) -> str:
    """D3: the words to begin with."""
    name = template_of(opportunity, member.workspace.policy())
    if not name:
        return ""
    person, organization, product = opportunity.person, opportunity.organization, opportunity.product
    return TEMPLATES[name].filled(
        {
            "person": person.name if person else "",
            "organisation": organization.name if organization else "",
            "product": product.name if product else opportunity.name,
            "rep": member.name,
            "company": member.workspace.name,
            "why": why_not,
        }
    )


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
