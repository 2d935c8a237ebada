"""Sheets of labels as their makers describe them: where each label stands, in points from the top left."""

from __future__ import annotations

from dataclasses import dataclass

from reportlab.lib.pagesizes import A4, LETTER
from reportlab.lib.units import inch, mm


@dataclass(frozen=True, slots=True)
class Sheet:
    """Lengths are points (1/72 inch). `across` and `down` are from one label's edge to the next one's."""

    name: str
    page: tuple[float, float]
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    across: float
    down: float

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def place(self, number: int) -> tuple[float, float]:
        """The lower left corner of a label on its page, from the page's lower left; rows first, `number` from 0."""
        row, column = divmod(number % self.count, self.columns)
        x = self.left + column * self.across
        return x, self.page[1] - self.top - row * self.down - self.height


#: Avery's published measures.
SHEETS = {
    "L7160": Sheet(
        "L7160: 21 on A4, 63.5 × 38.1 mm", A4, 3, 7, 63.5 * mm, 38.1 * mm, 7.25 * mm, 15.15 * mm, 66 * mm, 38.1 * mm
    ),
    "L7163": Sheet(
        "L7163: 14 on A4, 99.1 × 38.1 mm", A4, 2, 7, 99.1 * mm, 38.1 * mm, 4.65 * mm, 15.15 * mm, 101.6 * mm, 38.1 * mm
    ),
    "5160": Sheet(
        "5160: 30 on Letter, 2⅝ × 1 inch", LETTER, 3, 10, 2.625 * inch, inch, 0.1875 * inch, 0.5 * inch,
        2.75 * inch, inch,
    ),
    "5163": Sheet(
        "5163: 10 on Letter, 4 × 2 inches", LETTER, 2, 5, 4 * inch, 2 * inch, 0.15625 * inch, 0.5 * inch,
        4.1875 * inch, 2 * inch,
    ),
}  # fmt: skip
#: Where Letter is the usual paper (ISO 3166).
_LETTER = frozenset({"US", "CA", "MX", "PH", "CL", "CO", "VE", "GT", "CR", "PA", "DO", "PR", "SV", "NI"})
PAGES = {"a4": A4, "letter": LETTER}


def paper_of(country: str, currency: str) -> str:
    """The usual paper of a country: "letter" or "a4"; where none is said, the currency tells."""
    return "letter" if country in _LETTER or (not country and currency in ("USD", "CAD", "MXN")) else "a4"


def usual_sheet(paper: str) -> str:
    return "5160" if paper == "letter" else "L7160"
