"""D3: the words before the rep's eyes: the step's, or others of its kind; a text as a draft."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Kind
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.wording.checking_in import bare_check_in
from fifthcall.wording.saying import Words, words_for, words_of

#: Longer addresses are cut off by some programs.
DRAFT_MAX = 1_900
_WRITTEN = (Kind.EMAIL.value, Kind.TEXT.value)


def to_say(opportunity: Opportunity, member: Membership, now: datetime) -> Words:
    """The words to begin the next step with."""
    return words_for(opportunity, member, opportunity.next_purpose, opportunity.next_kind, now)


def words_with(opportunity: Opportunity, outcome: str, member: Membership, now: datetime) -> Words:
    """The words that go with an outcome: a voicemail's own (C2, C3), else the step's; none where nothing was said."""
    if outcome == "voicemail":
        before = opportunity.touches.filter(outcome="voicemail", retraction=None).exists()
        return words_of("voicemail_again" if before else "voicemail", opportunity, member, now)
    return to_say(opportunity, member, now) if OUTCOMES[outcome].attempt else Words()


def shown(opportunity: Opportunity, words: Words, ways: list[dict[str, str]]) -> dict[str, Any]:
    """What the screen says of the words; `ways` are card.ways, the first the one to use."""
    bare = bare_check_in(words.text) if opportunity.next_kind in _WRITTEN else None
    return {
        "words": asdict(words),
        "bare": asdict(bare) if bare else None,
        "draft": draft(words, next((way["href"] for way in ways if way["kind"] == opportunity.next_kind), "")),
        "pk": opportunity.pk,
    }


def draft(words: Words, href: str) -> str:
    """An `sms:` address (RFC 5724) that opens the words as a draft; "" where it can't."""
    whole = f"{href}?body={quote(words.text, safe='')}"
    return whole if words.text and href.startswith("sms:") and len(whole) <= DRAFT_MAX else ""
