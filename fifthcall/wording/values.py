"""What is known for an opportunity, as the values of the placeholders."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Agreed, Basis, Kind, Window
from fifthcall.rules.outcomes import WHY_NOT
from fifthcall.teams.models import Membership
from fifthcall.wording import promise
from fifthcall.wording.fields import NAMES, SNIPPET_NAMES, SNIPPETS
from fifthcall.wording.library import snippets
from fifthcall.wording.merge import BadWording, Compiled, compiled

_ADDRESSED = frozenset(("mr", "mrs", "ms", "miss", "mx", "herr", "frau", "mme", "mlle", "sr", "sra", "dhr", "mevr"))
_TITLES = _ADDRESSED | {"sir", "dr", "prof", "professor", "hr", "fr", "dipl", "ing", "m"}


def first_name(name: str) -> str:
    """The first name in "Dr. Anna Berg" or "Berg, Anna"; all of it where that can't be told ("Mr Tanaka")."""
    last, comma, rest = name.partition(",")
    words = (rest if comma and rest.strip() else last if not comma else name).split()
    kept = [word for word in words if word.strip(".").lower() not in _TITLES]
    if not kept or (len(kept) == 1 and any(word.strip(".").lower() in _ADDRESSED for word in words)):
        return " ".join(name.split())
    return kept[0]


def values_for(
    opportunity: Opportunity,
    member: Membership,
    now: datetime,
    wanted: Iterable[str] = NAMES,
    agreed: Agreed | None = None,
) -> dict[str, str]:
    """The values of the `wanted` placeholders, "" where nothing is known; only they are looked up.

    `agreed` is a promise that is being made with these words (C5); without it, the promise is the next step where that
    was promised and still lies ahead.
    """
    wanted = set(wanted)
    said = {code: _readable(text) for code, text in snippets(member, wanted & SNIPPETS.keys()).items()}
    needed = wanted.union(*(snippet.fields for snippet in said.values()))
    known = {name: read(opportunity, member) for name, read in _READ.items() if name in needed}
    if needed & {"promise_what", "promise_when"}:
        known |= _promised(opportunity, now, agreed)
    for code, snippet in said.items():
        filled = snippet.fill(known)
        known[code] = filled.text if filled.whole else ""  # nothing half said goes out
    return {name: known.get(name, "") for name in wanted}


def _readable(text: str) -> Compiled:
    try:
        return compiled(text, SNIPPET_NAMES)
    except BadWording:  # checked when saved; one that a later release can't read is as good as none
        return compiled("", SNIPPET_NAMES)


def last_told(opportunity: Opportunity) -> Any:
    """The latest touch with the reason why they could not act (D1), or None."""
    touches: Any = opportunity.touches  # this layer stands below touches
    told = touches.model.of(opportunity).filter(retracts=None, retraction=None).exclude(reason__in=("", "unknown"))
    return told.exclude(outcome__in=("snoozed", "closed", "rested")).order_by("-at", "-id").first()


def told_words(touch: Any) -> str:
    """Why they could not act, in their words where somebody wrote them down."""
    return str(touch.reason_note or WHY_NOT.get(touch.reason, touch.reason))


def _why_not(opportunity: Opportunity, member: Membership) -> str:
    told = last_told(opportunity) if opportunity.pk else None
    return told_words(told) if told else ""


def _topic(opportunity: Opportunity, member: Membership) -> str:
    facts: Any = opportunity.facts
    found = facts.order_by("-confirmed_on", "-id").first() if opportunity.pk else None
    return found.text if found else ""


def _promised(opportunity: Opportunity, now: datetime, agreed: Agreed | None) -> dict[str, str]:
    person, organization = opportunity.person, opportunity.organization
    zone = (person and person.zone) or (organization and organization.zone) or ""
    window, kind = _window(opportunity, agreed)
    if window is None or window.until <= now:
        return {"promise_what": "", "promise_when": ""}
    when = promise.when(window, now, zone or opportunity.workspace.zone, bool(zone))
    return {"promise_what": promise.what(kind), "promise_when": when}


def _window(opportunity: Opportunity, agreed: Agreed | None) -> tuple[Window | None, Kind]:
    if agreed:
        return (agreed.window if agreed.basis is Basis.PROMISE else None), agreed.kind
    due, until = opportunity.next_due_at, opportunity.next_until
    if opportunity.next_purpose != "promised" or due is None or until is None:
        return None, Kind.CALL
    return Window(due, until, opportunity.next_zone), Kind(opportunity.next_kind)


_Read = Callable[[Opportunity, Membership], str]
_READ: dict[str, _Read] = {
    "first_name": lambda row, member: first_name(row.person.name) if row.person else "",
    "full_name": lambda row, member: row.person.name if row.person else "",
    "company": lambda row, member: row.organization.name if row.organization else "",
    "product": lambda row, member: row.product.name if row.product else row.name,
    "my_name": lambda row, member: member.name,
    "my_company": lambda row, member: member.workspace.name,
    "why_not": _why_not,
    "topic": _topic,
}
assert {*_READ, *SNIPPETS, "promise_what", "promise_when"} == set(NAMES)
