"""Whether somebody is away, in the words of many languages, told from a person who speaks of days to come."""

from __future__ import annotations

from dataclasses import dataclass

from fifthcall.cues import phrases
from fifthcall.cues.away_dates import MOST, bounded, dated


@dataclass(frozen=True, slots=True)
class Away:
    words: str
    sure: bool  # no person writes so in an answer


def says_away(subject: str, text: str) -> Away | None:
    """Whether a mail says that its writer is away. `text`: without what is quoted, and without the signature."""
    subject, body = phrases.tidy(subject), phrases.tidy(text[:MOST])
    personal = phrases.says("personal", body) or "?" in subject
    titled, said = (
        phrases.begins("away.subject", subject),
        phrases.find("away.text", body) or phrases.begins("away.subject", body),
    )
    if titled:
        return Away(titled.words.strip(), sure=not personal or phrases.says("away.machine", body))
    if not said:
        typical = phrases.all_found("away.machine", body)
        return Away(typical[0], sure=not personal) if len(typical) > 1 and bounded(body) else None
    machine = phrases.says("away.machine", body)
    early = said.start < 400 and len(body) < 2_000
    return Away(said.words[:80], sure=early and (machine or dated(body)) and not personal)
