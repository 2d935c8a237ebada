"""F2: how large each deal is beside the others, as rectangles with words, to scale, as numbers for an SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fifthcall.insights.squares import Box, squarified
from fifthcall.rules.honesty import How

#: So many deals get a rectangle of their own, and only with at least this share; the rest is gathered into one.
MOST, LEAST = 24, 0.008
_LETTER, _EDGE = 8.6, 8  # about the width of a letter, and the room at the sides, in the picture's units


@dataclass(frozen=True, slots=True)
class Deal:
    pk: int
    name: str
    whom: str
    value: float
    how: How


@dataclass(frozen=True, slots=True)
class Tile:
    """A deal's rectangle, or (pk 0) that of `others`; `lines` are what fits into it."""

    box: Box
    pk: int
    how: How | None
    others: int
    value: float
    share: float
    name: str
    lines: tuple[str, ...]


def tiles(deals: Sequence[Deal], total: float, count: int, width: int, height: int) -> list[Tile]:
    """The picture of `count` deals worth `total`, of which `deals` are the largest, the largest first."""
    own = [deal for deal in deals[:MOST] if deal.value > 0 and deal.value >= LEAST * total]
    rest, others = total - sum(deal.value for deal in own), count - len(own)
    values = [deal.value for deal in own] + ([rest] if others and rest > 0 else [])
    gathered = max(rest, 0.015 * total)  # large enough to be pressed
    shown = [*values[: len(own)], gathered] if len(values) > len(own) else values
    order = sorted(range(len(shown)), key=lambda place: -shown[place])
    boxes = dict(zip(order, squarified([shown[place] for place in order], width, height), strict=True))
    found = []
    for place, value in enumerate(values):
        deal, box = (own[place] if place < len(own) else None), boxes[place]
        share = value / total
        lines = _fitting(deal.whom if deal else f"{others:,} others", percent_words(share), box)
        name = deal.name if deal else f"{others:,} others"
        pk, how = (deal.pk, deal.how) if deal else (0, None)
        found.append(Tile(box, pk, how, 0 if deal else others, value, share, name, lines))
    return found


def percent_words(share: float) -> str:
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def _fitting(name: str, percent: str, box: Box) -> tuple[str, ...]:
    letters = int((box.width - 2 * _EDGE) / _LETTER)
    if letters < 4 or box.height < 24:
        return ()
    short = name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"
    lines = (short,) if letters >= 6 else ()
    if len(percent) <= letters and box.height >= 24 + 18 * len(lines):
        lines = (*lines, percent)
    return lines
