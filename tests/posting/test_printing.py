"""What is printed is read back: paper, places, words; and nothing that can't be printed goes unsaid."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.lib.pagesizes import A4, LETTER

from fifthcall.posting import fonts, printing
from fifthcall.posting.labels import SHEETS, Sheet, paper_of, usual_sheet
from fifthcall.posting.printing import Paper

SHEET_NAMES = sorted(SHEETS)


def paper(number: int, *lines: str, text: str = "") -> Paper:
    return Paper(number, lines or (f"Person {number}", "Lindenweg 4", "10115 Berlin"), text)


def placed(page: Any) -> list[tuple[float, float, str]]:
    """The words of a page with the place at which they begin, in points from its lower left."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, _: Any, matrix: list[float], *__: Any) -> None:
        if text.strip():
            found.append((matrix[4], matrix[5], text.strip()))

    page.extract_text(visitor_text=visit)
    return found


def reader(made: bytes) -> PdfReader:
    return PdfReader(BytesIO(made))


def words_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in reader(made).pages)


@pytest.mark.parametrize("code", SHEET_NAMES)
def test_each_label_stands_in_its_place(code: str) -> None:
    sheet = SHEETS[code]
    papers = [paper(number) for number in range(sheet.count + 3)]
    pages = reader(printing.labels(papers, sheet)).pages
    assert [(float(page.mediabox.width), float(page.mediabox.height)) for page in pages] == [
        pytest.approx(sheet.page, abs=0.01)
    ] * 2
    told = [one for page in pages for one in placed(page)]
    heads = {words: (x, y) for x, y, words in told if words.startswith("Person")}
    assert len(heads) == len(papers)
    for number in range(len(papers)):
        left, bottom = sheet.place(number)
        x, y = heads[f"Person {number}"]
        assert left < x < left + sheet.width / 4
        assert bottom < y < bottom + sheet.height


@pytest.mark.parametrize("code", SHEET_NAMES)
def test_the_labels_lie_on_the_paper_and_not_on_each_other(code: str) -> None:
    sheet = SHEETS[code]
    places = [sheet.place(number) for number in range(sheet.count)]
    assert sheet.across >= sheet.width and sheet.down >= sheet.height
    assert all(x >= 0 and x + sheet.width <= sheet.page[0] + 0.01 for x, _ in places)
    assert all(y >= 0 and y + sheet.height <= sheet.page[1] for _, y in places)
    right = sheet.page[0] - max(x for x, _ in places) - sheet.width
    assert right == pytest.approx(sheet.left, abs=1.5), "as much at the right as at the left"


def test_labels_used_up_are_left_free() -> None:
    sheet = SHEETS["5163"]
    found = placed(reader(printing.labels([paper(1)], sheet, start=9)).pages[0])
    left, bottom = sheet.place(9)
    assert all(x > left and bottom < y < bottom + sheet.height for x, y, _ in found)


def test_two_hundred_labels_are_all_there() -> None:
    made = printing.labels([paper(number) for number in range(200)], SHEETS["L7160"])
    assert len(reader(made).pages) == 10
    assert {f"Person {number}" for number in range(200)} <= set(words_of(made).splitlines())


def test_the_day_is_notes_to_copy_and_then_labels_with_the_same_numbers() -> None:
    papers = [paper(7, text="Dear Anna,\nyour sailing boat made me smile."), paper(8)]
    pages = reader(printing.day(papers, "letter", SHEETS["5160"])).pages
    assert len(pages) == 2
    assert "No. 7" in pages[0].extract_text() and "sailing boat" in pages[0].extract_text()
    assert "Person 8" not in pages[0].extract_text(), "nothing is to be copied for a parcel without words"
    assert "Person 8" in pages[1].extract_text()
    assert (float(pages[0].mediabox.width), float(pages[0].mediabox.height)) == LETTER


def test_a_long_note_goes_on_overleaf() -> None:
    long = "\n".join(f"line {number}" for number in range(80))
    words = words_of(printing.day([paper(1, text=long)], "a4", SHEETS["L7160"]))
    assert [line for line in words.splitlines() if line.startswith("line")] == long.splitlines()


@pytest.mark.parametrize(("size", "page"), [("a4", (419.53, 297.64)), ("letter", (396, 306))])
def test_a_card_holds_its_note(size: str, page: tuple[float, float]) -> None:
    text = "your sailing boat made me smile " * 18
    made = reader(printing.cards([paper(1, text=text)], size))
    found = placed(made.pages[0])
    assert (float(made.pages[0].mediabox.width), float(made.pages[0].mediabox.height)) == pytest.approx(page, abs=0.01)
    assert min(y for _, y, _ in found) > 20 and max(y for _, y, _ in found) < page[1] - 20
    assert " ".join(made.pages[0].extract_text().split()) == text.strip()


def test_letters_that_no_font_has_are_named_and_left_to_the_hand() -> None:
    papers = [paper(1), paper(2, "山田", "東京", text="Hello"), paper(3, "محمد", "Kairo")]
    said = printing.problems(papers, SHEETS["L7160"])
    assert len(said) == 2
    assert said[0].startswith("山田: no font here has “山田東京”")
    words = words_of(printing.labels(papers, SHEETS["L7160"]))
    assert "By hand: no. 2" in words and "By hand: no. 3" in words and "Kairo" not in words
    copied = words_of(printing.day(papers, "a4", SHEETS["L7160"]))
    assert "No. 2" in copied and "by hand: 6 letters" in copied


def test_with_the_western_font_alone_other_letters_are_named(settings: Any, tmp_path: Any) -> None:
    settings.PRINT_FONTS = [str(tmp_path / "none.ttf")]
    assert fonts.fonts() == ("print-Vera",)
    assert fonts.unprintable("Łukasz Żak, Übersee, Зоя") == "ŻЗоя"


def test_accents_in_two_parts_are_printed_as_one() -> None:
    assert fonts.unprintable("Ångström") == ""
    assert "Zoë" in words_of(printing.labels([paper(1, "Zoe\u0308", "a\u200db")], SHEETS["5163"]))


def test_an_address_that_does_not_fit_is_said() -> None:
    long = paper(1, *[f"A very long line of an address that goes on and on, number {n}" for n in range(12)])
    assert "doesn’t fit" in printing.problems([long], SHEETS["5160"])[0]
    assert "By hand: no. 1" in words_of(printing.labels([long], SHEETS["5160"]))


@given(st.lists(st.text(max_size=60), max_size=7), st.text(max_size=300), st.sampled_from(SHEET_NAMES))
def test_whatever_is_written_something_is_printed_or_said(lines: list[str], text: str, code: str) -> None:
    sheet: Sheet = SHEETS[code]
    one = Paper(1, tuple(lines), text)
    printing.problems([one], sheet)
    for made in (printing.day([one], "a4", sheet), printing.cards([one], "letter")):
        assert made.startswith(b"%PDF") and reader(made).pages


def test_paper_follows_the_country() -> None:
    assert [paper_of("US", "EUR"), paper_of("DE", "USD"), paper_of("", "USD"), paper_of("", "EUR")] == [
        "letter", "a4", "letter", "a4",
    ]  # fmt: skip
    assert (SHEETS[usual_sheet("letter")].page, SHEETS[usual_sheet("a4")].page) == (LETTER, A4)
