"""Opens and clicks as the opportunity's page tells them: who it was, and how that is known."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fifthcall.cues.hits import SETTLED, Sort
from fifthcall.cues.models import Hit
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.windows import wall
from fifthcall.touches.card import when

WORDS = {
    Sort.MACHINE: "probably a machine",
    Sort.UNSURE: "nobody can say who",
    Sort.OWN: "one of you",
    Sort.PERSON: "the same person again",
    "": "being looked at",
}
_WHAT = {"pixel": "Opened", "link": "A link followed", "trap": "A hidden link followed"}
MOST = 500


def signs_of(opportunity: Opportunity, now: datetime, zone: str) -> list[dict[str, Any]]:
    """Lines for the timeline, newest first: what has not become a touch, told together where it came together."""
    rows = Hit.objects.filter(message__opportunity=opportunity, touch=None).select_related("link", "message")
    together: dict[tuple[Any, ...], list[Hit]] = {}
    for row in rows.order_by("-at")[:MOST]:
        together.setdefault((row.message_id, row.link.kind, row.sort, tuple(row.evidence)), []).append(row)
    return [_line(found, now, zone) for found in together.values()]


def _line(found: list[Hit], now: datetime, zone: str) -> dict[str, Any]:
    first = found[-1]
    times = f" {len(found)} times" if len(found) > 1 else ""
    note = " ".join(first.evidence) or f"It is judged within {SETTLED.seconds} seconds."
    return {
        "pk": first.pk,
        "at": first.at,
        "iso": wall(first.at, zone).isoformat(),
        "when": when(first.at, now, zone),
        "what": f"{_WHAT[first.link.kind]}{times}: {WORDS[first.sort]}",
        "note": f"“{first.message.subject}”: {note}",
        "who": "",
        "icon": "user-round" if first.sort in (Sort.OWN, Sort.PERSON) else "bot" if first.sort else "hourglass",
        "gone": False,
        "retractable": False,
    }
