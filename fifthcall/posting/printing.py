"""Cards, sheets to copy from, and labels as PDF. Nothing is cut off and no letter is left out in silence: what can't be
printed is named, and its place says that it is written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from fifthcall.posting.fonts import font_for, fonts, plain, unprintable
from fifthcall.posting.labels import PAGES, Sheet

_LEADING = 1.25
_MARGIN = 18 * mm
_PAD = 3 * mm  # from a label's edge: printers and paper are never quite straight
_SIZES = [size / 2 for size in range(24, 11, -1)]  # a label's letters, 12 to 6 points
_CARDS = {"a4": (148 * mm, 105 * mm), "letter": (396.0, 306.0)}  # A6, or half a Letter's half
_COPY = 15  # points: to be read from beside while one writes


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed of a piece: its number, its label's lines and its text."""

    number: int
    lines: tuple[str, ...]
    text: str

    @property
    def whom(self) -> str:
        return self.lines[0] if self.lines else ""


def problems(papers: Sequence[Paper], sheet: Sheet) -> list[str]:
    """What can't be printed, a sentence each, naming whom it is for."""
    found = []
    for paper in papers:
        letters = unprintable("\n".join((*paper.lines, paper.text)))
        if letters:
            found.append(
                f"{paper.whom}: no font here has “{letters[:20]}”. Write it by hand, or name a font that has them."
            )
        elif _fitted(paper.lines, sheet.width - 2 * _PAD, sheet.height - 2 * _PAD) is None:
            found.append(f"{paper.whom}: the address doesn’t fit the label. Shorten it, or use larger labels.")
    return found


def labels(papers: Sequence[Paper], sheet: Sheet, start: int = 0) -> bytes:
    """Sheets of labels; `start`: how many of the first sheet are used up already."""
    out, canvas = _begin(sheet.page)
    _labels(canvas, papers, sheet, start)
    return _end(out, canvas)


def cards(papers: Sequence[Paper], size: str) -> bytes:
    """A card each, to sign; `size` as in labels.PAGES."""
    page = _CARDS[size]
    out, canvas = _begin(page)
    for paper in papers:
        _card(canvas, paper, page)
        canvas.showPage()
    return _end(out, canvas)


def day(papers: Sequence[Paper], size: str, sheet: Sheet, start: int = 0) -> bytes:
    """The day's sheets to copy the notes from, then their labels."""
    out, canvas = _begin(PAGES[size])
    _copying(canvas, [paper for paper in papers if paper.text], PAGES[size])
    canvas.setPageSize(sheet.page)
    _labels(canvas, papers, sheet, start)
    return _end(out, canvas)


def _begin(page: tuple[float, float]) -> tuple[BytesIO, Canvas]:
    out = BytesIO()
    canvas = Canvas(out, pagesize=page, pageCompression=1, invariant=1)
    canvas.setTitle("Post")
    return out, canvas


def _end(out: BytesIO, canvas: Canvas) -> bytes:
    canvas.save()
    return out.getvalue()


def _labels(canvas: Canvas, papers: Sequence[Paper], sheet: Sheet, start: int) -> None:
    for place, paper in enumerate(papers, start):
        if place > start and place % sheet.count == 0:
            canvas.showPage()
            canvas.setPageSize(sheet.page)
        x, y = sheet.place(place)
        _label(canvas, paper, x + _PAD, y + _PAD, sheet.width - 2 * _PAD, sheet.height - 2 * _PAD)
    canvas.showPage()


def _label(canvas: Canvas, paper: Paper, x: float, y: float, width: float, height: float) -> None:
    fit = _fitted(paper.lines, width, height)
    if fit is None:
        _by_hand(canvas, paper, x, y, width, height)
        return
    size, rows = fit
    at = y + (height + len(rows) * size * _LEADING) / 2 - size
    for font, row in rows:
        canvas.setFont(font, size)
        canvas.drawString(x, at, row)
        at -= size * _LEADING


def _by_hand(canvas: Canvas, paper: Paper, x: float, y: float, width: float, height: float) -> None:
    canvas.setDash(2, 2)
    canvas.rect(x, y, width, height)
    canvas.setDash()
    canvas.setFont(fonts()[-1], 8)
    canvas.drawString(x + 4, y + height - 12, f"By hand: no. {paper.number}")


def _fitted(lines: Sequence[str], width: float, height: float) -> tuple[float, list[tuple[str, str]]] | None:
    """The largest size at which the lines fit, broken where they are too wide, with each row's font."""
    pairs = [(font_for(line), line) for line in map(plain, lines)]
    if not all(font for font, _ in pairs):
        return None
    for size in _SIZES:
        rows = [(font, row) for font, line in pairs for row in simpleSplit(line, font, size, width)]
        wide = any(stringWidth(row, font, size) > width for font, row in rows)
        if not wide and len(rows) * size * _LEADING <= height:
            return size, rows
    return None


def _rows(text: str, size: float, width: float) -> Iterator[tuple[str, str]]:
    """The text in rows with their fonts; a row that no font can print says so."""
    for line in plain(text).split("\n"):
        font = font_for(line)
        if not font:
            yield fonts()[-1], f"[by hand: {len(line)} letters that no font here has]"
            continue
        yield from ((font, row) for row in simpleSplit(line, font, size, width) or [""])


def _card(canvas: Canvas, paper: Paper, page: tuple[float, float]) -> None:
    width, height = page
    inside = width - 2 * 12 * mm
    for size in (15, 14, 13, 12, 11, 10, 9, 8, 7, 6):
        rows = list(_rows(paper.text, size, inside))
        if len(rows) * size * 1.5 <= height - 24 * mm:
            break
    at = (height + len(rows) * size * 1.5) / 2 - size
    for font, row in rows:
        canvas.setFont(font, size)
        canvas.drawString(12 * mm, at, row)
        at -= size * 1.5


def _copying(canvas: Canvas, papers: Sequence[Paper], page: tuple[float, float]) -> None:
    """Notes one below the other, large enough to copy from; none is torn over two pages that fits on one."""
    width, height = page
    at = height - _MARGIN
    for place, paper in enumerate(papers):
        head = list(_rows(f"No. {paper.number}\n{', '.join(paper.lines)}", 9, width - 2 * _MARGIN))
        body = list(_rows(paper.text, _COPY, width - 2 * _MARGIN))
        needed = len(head) * 12 + len(body) * _COPY * 1.4 + 30
        if place and at - needed < _MARGIN:
            canvas.showPage()
            at = height - _MARGIN
        for rows, size, leading in ((head, 9.0, 12.0), ([("", "")], 6.0, 8.0), (body, float(_COPY), _COPY * 1.4)):
            for font, row in rows:
                if at < _MARGIN:
                    canvas.showPage()
                    at = height - _MARGIN
                canvas.setFont(font or fonts()[-1], size)
                canvas.drawString(_MARGIN, at - size, row)
                at -= leading
        canvas.line(_MARGIN, at - 8, width - _MARGIN, at - 8)
        at -= 22
    if papers:
        canvas.showPage()
