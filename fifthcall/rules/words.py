"""Decisions in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from fifthcall.rules.book import WORDS
from fifthcall.rules.case import Kind

KIND_WORDS = {
    Kind.CALL: "Call",
    Kind.TEXT: "Text",
    Kind.EMAIL: "Email",
    Kind.NOTE: "Write a note to",
    Kind.PARCEL: "Send a parcel to",
    Kind.INVITE: "Invite",
    Kind.LEAD: "Bring business to",
    Kind.INTRO: "Find an introduction to",
    Kind.MEETING: "Meet",
    Kind.RESEARCH: "Find a number for",
    Kind.REVIEW: "Decide about",
}

#: The same where only the kind is told.
KIND_NAMES = KIND_WORDS | {
    Kind.NOTE: "Note",
    Kind.PARCEL: "Parcel",
    Kind.INVITE: "Invitation",
    Kind.LEAD: "Business for them",
    Kind.INTRO: "Introduction",
    Kind.RESEARCH: "Find a number",
    Kind.REVIEW: "Decide",
}


def day(on: date) -> str:
    """A day as a salesperson reads it: "Tue 24 Nov 2026"."""
    return f"{on:%a} {on.day} {on:%b %Y}"


def moment(at: datetime) -> str:
    """A wall time with its day: "Tue 24 Nov 2026, 08:00"."""
    return f"{day(at.date())}, {at:%H:%M}"


def sentence(rule: str, code: str, facts: Mapping[str, str | int]) -> str:
    """The words of a reason or refusal, with ISO dates and times written out."""
    return WORDS[rule, code].format(**{name: _written(value) for name, value in facts.items()})


def _written(value: str | int) -> str:
    if isinstance(value, int) or len(value) not in (10, 16) or value[4:5] != "-":
        return str(value)
    try:
        return day(date.fromisoformat(value)) if len(value) == 10 else moment(datetime.fromisoformat(value))
    except ValueError:
        return value
