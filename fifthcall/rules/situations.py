"""S1 to S10: which situation this is, by what has happened, and the evidence for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from fifthcall.rules.case import Channel, Reason, Touch
from fifthcall.rules.facts import Facts
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.rule import Rule
from fifthcall.rules.windows import wall

_EVENT = re.compile(
    r"\b(event|fair|expo|exhibition|conference|congress|trade ?show|webinar|messe|salon|feria|fiera)", re.IGNORECASE
)
_QUOTE = re.compile(r"\b(quot|propos|offer|angebot|devis|presupuesto|oferta|preventivo|offerte)", re.IGNORECASE)
_SOME = 3  # touches that reached nobody, before it has a name
_VOICEMAILS = 2


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation with what tells us so."""

    id: str
    evidence: Reason
    chosen: bool = False


def _emails(touches: tuple[Touch, ...]) -> int:
    return sum(touch.outcome == "sent" and touch.channel is Channel.EMAIL for touch in touches)


def _calls(touches: tuple[Touch, ...]) -> int:
    return sum(touch.channel is Channel.CALL and OUTCOMES[touch.outcome].attempt for touch in touches)


def _conversations(facts: Facts) -> int:
    return sum(OUTCOMES[touch.outcome].connect for touch in facts.touches)


def _on(facts: Facts, touch: Touch) -> str:
    return wall(touch.at, facts.case.prospect_zone).date().isoformat()


def _proposal_sent(facts: Facts) -> Reason | None:
    sent = next((touch for touch in reversed(facts.since) if touch.outcome == "proposal_sent"), None)
    return S2.because("evidence", on=_on(facts, sent)) if sent else None


def _long(facts: Facts) -> Reason | None:
    opened, contacts = facts.case.opened_at, len(facts.touches)
    answered = any(touch.outcome in ("serious", "curious") for touch in facts.touches)
    if answered or opened is None or contacts < facts.policy.long_contacts:
        return None
    days = (facts.now - opened).days
    return S10.because("evidence", days=days, contacts=contacts) if days >= facts.policy.long_days else None


def _gone_dark(facts: Facts) -> Reason | None:
    talks, silent = _conversations(facts), len(facts.attempts)
    keen = talks > 1 or any(touch.outcome == "meeting_held" for touch in facts.touches)
    return S7.because("evidence", talks=talks, silent=silent) if keen and silent >= _SOME else None


def _unsold_quote(facts: Facts) -> Reason | None:
    if not _QUOTE.search(facts.case.stage) or facts.last_contact_at is None:
        return None
    on = wall(facts.last_contact_at, facts.case.prospect_zone).date().isoformat()
    return S8.because("evidence", stage=facts.case.stage, on=on)


def _nothing_agreed(facts: Facts) -> Reason | None:
    last = facts.last_connect
    if last is None or last.outcome not in ("connected", "meeting_held") or len(facts.attempts) >= _SOME:
        return None
    return S1.because("evidence", on=_on(facts, last))


def _met_at_event(facts: Facts) -> Reason | None:
    met = _EVENT.search(facts.case.source) and not _conversations(facts)
    return S6.because("evidence", source=facts.case.source) if met else None


def _many_emails(facts: Facts) -> Reason | None:
    sent = _emails(facts.since)
    return S5.because("evidence", sent=sent) if sent >= _SOME and not _calls(facts.since) else None


def _cold_email(facts: Facts) -> Reason | None:
    cold = not _conversations(facts) and _emails(facts.since) and not _calls(facts.since)
    return S4.because("evidence", sent=_emails(facts.since)) if cold else None


def _cold_voicemails(facts: Facts) -> Reason | None:
    left = sum(touch.outcome == "voicemail" for touch in facts.since)
    cold = not _conversations(facts) and facts.case.last_contact_at is None
    return S3.because("evidence", left=left) if cold and left >= _VOICEMAILS else None


def _hard_to_reach(facts: Facts) -> Reason | None:
    known = _conversations(facts) or facts.case.last_contact_at
    tried = len(facts.attempts)
    return S9.because("evidence", tried=tried) if known and tried >= _SOME else None


def _rule(number: int, title: str, evidence: str) -> Rule:
    words = {
        "evidence": evidence,
        "chosen": "You say: " + title[0].lower() + title[1:] + ".",
        "going_on": "This is what you have been following since you last spoke.",
        "step": "Step {step} of {of}: {do}",
        "rest": "All {of} steps are taken, and silence is no no: let it rest and come back on {on}.",
    }
    return Rule(f"S{number}", title, words)


S1 = _rule(1, "You spoke, and nothing was agreed", "You spoke on {on}, and no next step is in their calendar.")
S2 = _rule(2, "Proposal sent, then silence", "The proposal went out on {on}, and nobody has gone through it with them.")
S3 = _rule(3, "Cold calls, only voicemails", "{left} voicemails, and they have never called back.")
S4 = _rule(4, "Cold email, silence", "Emails without an answer: {sent}. You have never spoken.")
S5 = _rule(5, "Many emails, no answer", "{sent} emails in a row without an answer, and no call.")
S6 = _rule(6, "Met at an event, then silence", "They come from “{source}”, and you have not spoken since.")
S7 = _rule(7, "Keen, then gone dark", "{talks} conversations, then {silent} attempts without an answer.")
S8 = _rule(8, "A quote that was not sold", "It stands at “{stage}”; the last contact was on {on}.")
S9 = _rule(9, "Interested, but hard to reach", "You have been in contact; now {tried} attempts did not reach them.")
S10 = _rule(10, "Long on the list, and undecided", "On the list for {days} days, {contacts} contacts, no decision.")
RULES = (S1, S2, S3, S4, S5, S6, S7, S8, S9, S10)
NAMES = {rule.id: rule.title for rule in RULES}

_Tests = tuple[tuple[Rule, Callable[[Facts], Reason | None]], ...]
#: These go before what is being followed.
_FIRST: _Tests = ((S2, _proposal_sent), (S10, _long))
#: The more particular ones first.
_TESTS: _Tests = (
    *_FIRST, (S7, _gone_dark), (S8, _unsold_quote), (S1, _nothing_agreed),
    (S6, _met_at_event), (S5, _many_emails), (S4, _cold_email), (S3, _cold_voicemails), (S9, _hard_to_reach),
)  # fmt: skip


def recognise(facts: Facts) -> Situation | None:
    """The situation of a case: the one somebody chose, else the first whose evidence is there."""
    chosen = next((rule for rule in RULES if rule.id == facts.case.situation), None)
    if chosen:
        return Situation(chosen.id, chosen.because("chosen"), chosen=True)
    for rule, test in _FIRST:
        if evidence := test(facts):
            return Situation(rule.id, evidence)
    followed = next((touch.purpose for touch in reversed(facts.since) if touch.purpose[:1] == "S"), "")
    for rule, test in _TESTS:
        if followed.partition(".")[0] == rule.id:  # until they speak: the next touch alone makes no other situation
            return Situation(rule.id, test(facts) or rule.because("going_on"))
    for rule, test in _TESTS:
        if evidence := test(facts):
            return Situation(rule.id, evidence)
    return None
