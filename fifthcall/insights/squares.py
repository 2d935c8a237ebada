"""Rectangles whose areas are as values, each as near to a square as can be (Bruls, Huizing and van Wijk 2000)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float


def squarified(values: Sequence[float], width: float, height: float) -> list[Box]:
    """A box for each of `values` (above zero, the largest first) that fill `width` × `height` together."""
    total = sum(values)
    areas = [value / total * width * height for value in values] if total else []
    found: list[Box] = []
    x, y, row = 0.0, 0.0, list[float]()
    for area in areas:
        side = min(width - x, height - y)
        if row and _worst([*row, area], side) > _worst(row, side):
            x, y = _lay(row, x, y, width, height, found)
            row = []
        row.append(area)
    if row:
        _lay(row, x, y, width, height, found)
    return found


def _worst(row: Sequence[float], side: float) -> float:
    """The largest ratio of sides in a row laid along a side of that length."""
    if side <= 0:
        return float("inf")
    total = sum(row)
    return max(max(side * side * area / (total * total), total * total / (side * side * area)) for area in row)


def _lay(
    row: Sequence[float], x: float, y: float, width: float, height: float, found: list[Box]
) -> tuple[float, float]:
    """Lay the row along the shorter side of what is left; where the next one starts."""
    wide, high = width - x, height - y
    total = sum(row)
    if wide >= high:
        thick, at = (total / high if high else 0.0), y
        for area in row:
            long = area / thick if thick else 0.0
            found.append(Box(x, at, thick, long))
            at += long
        return x + thick, y
    thick, at = (total / wide if wide else 0.0), x
    for area in row:
        long = area / thick if thick else 0.0
        found.append(Box(at, y, long, thick))
        at += long
    return x, y + thick
