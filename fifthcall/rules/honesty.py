"""F3: how real an opportunity is, by the evidence: real, doubtful, or a tire-kicker; C12's answer weighs most."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fifthcall.rules.case import Policy, Reason
from fifthcall.rules.rule import Rule

#: Outcomes by which both sides agreed on a step, or took it.
MUTUAL = frozenset({"meeting_set", "call_back", "meeting_held", "accepted", "came"})


class How(StrEnum):
    REAL = "real"
    DOUBTFUL = "doubtful"
    TIRE_KICKER = "tire-kicker"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an unfinished opportunity; `answer` is the latest to C12: "", "serious" or "curious"."""

    days: int  # since it came onto the list
    contacts: int  # as S10 counts them
    agreed: bool = False  # a mutual step was ever agreed
    yes: bool = False  # they ever confirmed something (D2)
    ahead: bool = False  # an appointment stands
    answer: str = ""
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Signs:
    """The evidence as far as it decides: which bounds are passed. Many opportunities share the same."""

    old: bool = False
    many: bool = False
    agreed: bool = False
    yes: bool = False
    ahead: bool = False
    answer: str = ""
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    how: How
    reasons: tuple[Reason, ...]


def signs_of(evidence: Evidence, policy: Policy) -> Signs:
    """Where the evidence stands against `Policy.long_days` and `long_contacts` (the bounds of S10)."""
    return Signs(
        evidence.days >= policy.long_days,
        evidence.contacts >= policy.long_contacts,
        evidence.agreed,
        evidence.yes,
        evidence.ahead,
        evidence.answer,
        evidence.resting,
    )


def weigh(signs: Signs) -> How:
    """Their own answer first, then an appointment ahead, then age and contacts against what they ever gave."""
    if signs.answer == "curious":
        return How.DOUBTFUL if signs.ahead else How.TIRE_KICKER
    if signs.ahead:
        return How.REAL
    gave = signs.agreed or signs.yes or signs.answer == "serious"
    if signs.old and signs.many and not gave:
        return How.TIRE_KICKER
    if signs.resting:
        return How.DOUBTFUL
    if signs.answer == "serious":
        return How.REAL
    if signs.old and signs.many:
        return How.DOUBTFUL
    return How.DOUBTFUL if (signs.old or signs.many) and not gave else How.REAL


def judge(evidence: Evidence, policy: Policy) -> Verdict:
    """How real it is, with every sign that speaks for or against it, as data."""
    signs = signs_of(evidence, policy)
    said = {
        "curious": signs.answer == "curious",
        "serious": signs.answer == "serious",
        "ahead": signs.ahead,
        "resting": signs.resting,
        "old": signs.old,
        "many": signs.many,
        "agreed": signs.agreed and not signs.ahead,
        "nothing_agreed": (signs.old or signs.many) and not signs.agreed and not signs.ahead,
        "yes": signs.yes,
        "no_yes": (signs.old or signs.many) and not signs.yes and not signs.answer,
    }
    facts = {"old": {"days": evidence.days}, "many": {"contacts": evidence.contacts}}
    codes = [code for code, holds in said.items() if holds] or ["young"]
    return Verdict(weigh(signs), tuple(RULE.because(code, **facts.get(code, {})) for code in codes))


RULE = Rule(
    "F3",
    "An honest pipeline",
    {
        "curious": "They said they were only curious.",
        "serious": "They said they were serious.",
        "ahead": "An appointment is ahead.",
        "resting": "It rests: nobody has answered.",
        "old": "On the list for {days} days.",
        "many": "{contacts} contacts.",
        "agreed": "A next step was once agreed with them.",
        "nothing_agreed": "No step was ever agreed with them.",
        "yes": "They have confirmed something.",
        "no_yes": "Never a yes.",
        "young": "Nothing speaks against it yet.",
    },
)
