"""D3: the words for a step. The template that fits, in the workspace's version of it, with what is known filled in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.c1_playbook import books
from fifthcall.rules.case import Agreed, Kind, Policy
from fifthcall.rules.situations import NAMES as BOOKS
from fifthcall.rules.templates import TEMPLATES
from fifthcall.teams.models import Membership
from fifthcall.wording import library
from fifthcall.wording.merge import spoken
from fifthcall.wording.odds import Score, drawn
from fifthcall.wording.values import values_for

#: What to say at a step that no playbook names a template for.
_BY_PURPOSE = {
    "propose_meeting": "propose_time",
    "paired_text": "paired_text",
    "great_to_meet": "great_to_meet",
    "meeting_note": "handwritten",
    "reason_ends": "open_at_reason",
    "no_show.call": "missed_call",
    "no_show.again": "missed_call",
    "no_show.times": "missed_times",
    "no_show.serious": "serious_or_curious",
}
_BY_KIND = {
    Kind.CALL: "check_in",
    Kind.TEXT: "paired_text",
    Kind.EMAIL: "value_email",
    Kind.NOTE: "handwritten",
    Kind.PARCEL: "parcel",
    Kind.INVITE: "invitation",
    Kind.LEAD: "business_lead",
    Kind.INTRO: "ask_introduction",
}


@dataclass(frozen=True, slots=True)
class Words:
    """What to say. `missing` names what nobody knows ("first name"); `gaps` are left for one's own words.

    Both stand in the text in brackets. `template_key` and `version` (0: the built-in text) are stored with what goes
    out, so that each version's results can be told.
    """

    subject: str = ""
    text: str = ""
    template_key: str = ""
    version: int = 0
    missing: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()
    whom: str = ""
    kind: str = ""

    @property
    def problem(self) -> str:
        """Why it can't go out by itself, "" when it can; at most 300 characters."""
        if not self.text.strip():
            return "There is no template for this step: write it by hand."
        if self.missing:
            named = ", ".join(f"“{name}”" for name in self.missing)
            return f"{named} {'is' if len(self.missing) == 1 else 'are'} missing for {self.whom or 'them'}."[:300]
        if self.gaps:
            return f"Its template leaves “{self.gaps[0][:120]}” for your own words: send it by hand."
        return ""


def template_of(policy: Policy, purpose: str, kind: str) -> str:
    """The code of the template for a step with this purpose and kind, "" where there is nothing to say."""
    if purpose == "answer":  # E3: what they wrote is answered in one's own words
        return ""
    book, _, number = purpose.partition(".")
    if book in BOOKS and number.isdecimal():
        steps = books(policy)[book].steps
        if int(number) <= len(steps) and steps[int(number) - 1].kind.value == kind:
            return steps[int(number) - 1].template
    named = TEMPLATES.get(_BY_PURPOSE.get(purpose, ""))
    if named and named.kind == kind:
        return named.name
    return _BY_KIND.get(Kind(kind), "") if kind else ""


def words_for(
    opportunity: Opportunity,
    member: Membership,
    purpose: str,
    kind: str,
    now: datetime,
    key: str = "",
    agreed: Agreed | None = None,
) -> Words:
    """The words of `member` for a step of this purpose and kind ("call", "email" …), now.

    None where a playbook names a template that is off or of another kind: others would be a surprise.
    Where two versions are on trial, `key` draws one of them, always the same for the same key and scores; give the
    message's key. Without one the opportunity's id is taken. `agreed`: a promise made with these words (C5).
    """
    code = template_of(member.workspace.policy(), purpose, kind)
    words = words_of(code, opportunity, member, now, key, agreed) if code else Words()
    return words if words.kind == kind else Words()


def words_of(
    code: str,
    opportunity: Opportunity,
    member: Membership,
    now: datetime,
    key: str = "",
    agreed: Agreed | None = None,
) -> Words:
    """The words of one template; empty Words where there is none with this code."""
    try:
        entry = library.in_use(member.workspace_id, code)
    except library.NoSuchTemplate:
        return Words()
    return filled(chosen(entry, key or f"opportunity:{opportunity.pk}"), opportunity, member, now, agreed)


def chosen(entry: library.Entry, key: str) -> library.Saved:
    """The version in use; where two are on trial, the one that `key` draws."""
    if entry.trial is None or entry.row is None:
        return entry.words
    scores = {number: Score(*entry.row.trial_scores.get(str(number), (0, 0))) for number in entry.trial}
    number = drawn(f"{entry.row.pk}:{entry.trial}", key, scores)
    return library.version(entry.row.workspace_id, entry.words.code, number)


def filled(
    saved: library.Saved, opportunity: Opportunity, member: Membership, now: datetime, agreed: Agreed | None = None
) -> Words:
    """A version with what is known of the opportunity."""
    values = values_for(opportunity, member, now, saved.fields, agreed)
    subject, text = saved.subject_compiled.fill(values), saved.compiled.fill(values)
    return Words(
        " ".join(subject.text.split()),
        text.text.strip(),
        saved.code,
        saved.number,
        tuple(spoken(name) for name in dict.fromkeys(subject.missing + text.missing)),
        tuple(dict.fromkeys(subject.gaps + text.gaps)),
        opportunity.person.name if opportunity.person else opportunity.name,
        saved.kind,
    )


def left_open(workspace_id: int, code: str, number: int, text: str) -> str:
    """What still stands in brackets in a text that began with this version, as it stands; "" when nothing does."""
    try:
        saved = library.version(workspace_id, code, number)
    except library.NoSuchTemplate:
        return ""
    marks = (*saved.compiled.gaps, *saved.subject_compiled.gaps, *(spoken(name) for name in saved.fields))
    return next((f"[{mark}]" for mark in sorted(marks) if f"[{mark}]" in text), "")
