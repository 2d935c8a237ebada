"""Files as other programs write them: encodings, dialects, damage, disguises and attacks."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from fifthcall.imports import workbooks
from fifthcall.imports.reading import Table, open_table
from fifthcall.imports.unreadable import BadRow, UnreadableFile

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "crm-sales-opportunities"
LIMIT = 50_000_000
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(content: str | bytes, name: str = "deals.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return written


def opened(path: Path) -> Table:
    return open_table(path, max_bytes=LIMIT)


def rows(path: Path) -> list[tuple[int, list[str]]]:
    return list(opened(path).rows())


def cells(path: Path) -> list[list[str]]:
    return [row for _, row in rows(path)]


def refusal(path: Path, max_bytes: int = LIMIT) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        list(open_table(path, max_bytes=max_bytes).rows())
    assert caught.value.problem.endswith(".")
    assert caught.value.remedy.endswith(".")
    assert path.name in str(caught.value)
    return caught.value


# Encodings

NAMES = "name,city\nJosé Müller,Besançon\nÅsa Groß,Łódź\n田中,東京\n"


@pytest.mark.parametrize(
    ("codec", "mark", "encoding"),
    [
        ("utf-8", b"", "utf-8"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8"),
        ("utf-16-le", b"\xff\xfe", "utf-16"),
        ("utf-16-be", b"\xfe\xff", "utf-16"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("utf-32-le", b"\xff\xfe\0\0", "utf-32"),
    ],
)
def test_unicode_with_and_without_a_byte_order_mark(write: Write, codec: str, mark: bytes, encoding: str) -> None:
    table = opened(write(mark + NAMES.encode(codec)))
    assert table.encoding == encoding
    assert table.header == ("name", "city")
    assert [row for _, row in table.rows()] == [["José Müller", "Besançon"], ["Åsa Groß", "Łódź"], ["田中", "東京"]]
    assert table.notes == ()


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1252", "Größe,Straße\nJosé Müller,“Besançon” für 5 €\nFrançois Lefèvre,Orléans\n"),
        ("cp1252", "name,value\nJosé,10\n"),
        ("cp1252", "name,value\nAnna,5 €\n" * 50),
        ("cp1250", "jméno,město\nDvořák,Příliš žluťoučký kůň\nČeské Budějovice,ďábelské ódy\n"),
        ("cp1251", "имя,город\nИванов Пётр,Москва\nСидорова Анна,Санкт-Петербург\n"),
        ("cp932", "名前,都市\n田中太郎,東京\n株式会社日本,大阪\n"),
    ],
)
def test_older_encodings_are_told_apart_and_noted(write: Write, codec: str, text: str) -> None:
    table = opened(write(text, encoding=codec))
    assert [",".join(row) for _, row in table.rows()] == text.splitlines()[1:]
    assert len(table.notes) == 1
    assert "CSV UTF-8" in table.notes[0]


def test_a_byte_without_meaning_in_windows_1252_is_still_read(write: Write) -> None:
    table = opened(write(b"name,note\nJos\xe9,caf\xe9\nAnna,\x81\x8d\n"))
    assert next(table.rows()) == (2, ["José", "café"])


def test_one_odd_byte_after_megabytes_of_ascii_is_decided_up_front(write: Write) -> None:
    table = opened(write(b"id,name\n" + b"1,Anna Smith\n" * 200_000 + b"2,Jos\xe9\n"))
    assert table.encoding == "cp1252"
    assert list(table.rows())[-1] == (200_002, ["2", "José"])


def test_one_damaged_byte_in_a_utf8_file_is_shown_not_spread(write: Write) -> None:
    table = opened(write(b"id,name\n" + "1,Müller\n".encode() * 100 + b"2,M\xffller\n"))
    assert table.encoding == "utf-8"
    assert list(table.rows())[-1] == (102, ["2", "M�ller"])
    assert "Line 102" in table.notes[0]


def test_a_utf16_file_cut_off_in_the_middle_of_a_letter_is_read_with_a_note(write: Write) -> None:
    table = opened(write("id,name\n1,Anna".encode("utf-16")[:-1]))
    assert "damaged" in table.notes[0]
    assert [row for _, row in table.rows()] == [["1", "Ann�"]]


def test_replacement_characters_of_an_earlier_program_are_no_damage(write: Write) -> None:
    table = opened(write("id,name\n1,M\ufffdller\n"))
    assert table.encoding == "utf-8"
    assert table.notes == ()


def test_nul_characters_are_left_out_and_noted(write: Write) -> None:
    table = opened(write(b"id,name\n1,An\0na\n\0\0\n2,Bob\0\n"))
    assert list(table.rows()) == [(2, ["1", "Anna"]), (4, ["2", "Bob"])]
    assert "NUL" in table.notes[0]
    assert cells(write(b"id,name\n1,Jos\xe9\n2,B\0ob\n")) == [["1", "José"], ["2", "Bob"]]


# Dialects


@pytest.mark.parametrize("delimiter", list(",;\t|"))
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(write: Write, delimiter: str, end: str) -> None:
    lines = [["id", "name", "value"], ["1", "Smith, Anna; x | y", "1,5"], ["2", 'the "big" one', "2,50"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(lines)
    table = opened(write(text.getvalue()))
    assert table.delimiter == delimiter
    assert table.header == ("id", "name", "value")
    assert list(table.rows()) == [(2, lines[1]), (3, lines[2])]


def test_decimal_commas_do_not_pass_for_delimiters(write: Write) -> None:
    table = opened(write("Name;Betrag;Rabatt\n" + "Müller, Anna;1.234,50;2,5\n" * 30))
    assert table.delimiter == ";"
    assert next(table.rows())[1] == ["Müller, Anna", "1.234,50", "2,5"]


def test_a_single_column(write: Write) -> None:
    table = opened(write("name\nAnna\nBob\n"))
    assert table.header == ("name",)
    assert [row for _, row in table.rows()] == [["Anna"], ["Bob"]]


def test_the_delimiter_that_excel_was_told(write: Write) -> None:
    table = opened(write("sep=;\r\nid;name\r\n1;Smith, Anna\r\n"))
    assert table.header == ("id", "name")
    assert list(table.rows()) == [(3, ["1", "Smith, Anna"])]


def test_backslash_escapes(write: Write) -> None:
    path = write("id,name,note\n" + '1,"the \\"big\\" one","a, b"\n' * 20)
    assert cells(path)[0] == ["1", 'the "big" one', "a, b"]


def test_quotes_with_line_breaks_keep_line_numbers_right(write: Write) -> None:
    path = write('id,note\n1,"one\r\ntwo, ""three""\n\nfour\r"\n\n2,short\n')
    assert rows(path) == [(2, ["1", 'one\r\ntwo, "three"\n\nfour\r']), (8, ["2", "short"])]


def test_careless_quotes_inside_a_line_are_read_as_meant(write: Write) -> None:
    path = write('id,name,note\n1,"Big" deal,x\n2,5" pipe,y\n3,"a" ,z\n')
    assert cells(path) == [["1", "Big deal", "x"], ["2", '5" pipe', "y"], ["3", "a ", "z"]]


def test_rows_can_be_read_again_and_at_the_same_time(write: Write) -> None:
    table = opened(write("id\n1\n2\n"))
    assert list(table.rows()) == list(table.rows())
    assert list(zip(table.rows(), table.rows(), strict=True)) == [((2, ["1"]), (2, ["1"])), ((3, ["2"]), (3, ["2"]))]


# Header and shape


def test_missing_and_repeated_column_names_are_made_up_and_noted(write: Write) -> None:
    table = opened(write("\ufeffname, Name of  deal ,name,,name (2),\n1,2,3,4,5,6\n"))
    assert table.header == ("name", "Name of deal", "name (2)", "column 4", "name (2) (2)", "column 6")
    assert len(table.notes) == 4
    assert "Column 3 has the same name" in table.notes[0]
    assert opened(write("a" + "," * 30 + "\n1\n")).notes[5:] == ("So have 25 more columns.",)


def test_what_stands_above_the_column_names_is_left_out(write: Write) -> None:
    table = opened(write("Open deals of May\n\nid,name,value\n1,Anna,5\n2,Bob,6\n"))
    assert table.header == ("id", "name", "value")
    assert table.header_line == 3
    assert "line 3" in table.notes[0]
    assert [row for _, row in table.rows()] == [["1", "Anna", "5"], ["2", "Bob", "6"]]


def test_blank_rows_are_skipped(write: Write) -> None:
    assert rows(write("\n\nid,name\n\n1,Anna\n,\n  ,  \n2,Bob\n\n")) == [(5, ["1", "Anna"]), (8, ["2", "Bob"])]


def test_short_rows_are_filled_up_and_trailing_delimiters_forgiven(write: Write) -> None:
    assert cells(write("a,b,c\n1\n1,2\n1,2,3,,\n")) == [["1", "", ""], ["1", "2", ""], ["1", "2", "3"]]


def test_a_row_with_too_many_values_is_reported_and_the_others_read(write: Write) -> None:
    found = rows(write("a,b\n1,2\n1,2,3\n4,5\n"))
    assert [line for line, _ in found] == [2, 3, 4]
    bad = found[1][1]
    assert isinstance(bad, BadRow)
    assert bad == ["1", "2", "3"]
    assert "3 values" in bad.problem


def test_a_header_alone_is_a_table_without_rows(write: Write) -> None:
    table = opened(write("id,name\n"))
    assert list(table.rows()) == []
    assert "no rows" in table.notes[0]


def test_a_long_value_passes(write: Write) -> None:
    assert cells(write(f"id,name\n1,{'x' * 300}\n")) == [["1", "x" * 300]]


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"\xef\xbb\xbf", b"\xff\xfe", b",,,\n"])
def test_an_empty_file(write: Write, content: bytes) -> None:
    assert "empty" in refusal(write(content)).problem


# Broken quotation marks


def test_a_file_cut_off_inside_quotes_names_the_line_and_keeps_the_rest(write: Write) -> None:
    found = rows(write('id,name,note\n1,Anna,x\n2,Bob,"half a no'))
    assert found[0] == (2, ["1", "Anna", "x"])
    bad = found[1][1]
    assert isinstance(bad, BadRow)
    assert "line 3" in bad.problem
    assert len(found) == 2


def test_a_quote_that_never_closes_swallows_nothing(write: Write) -> None:
    text = "id,name,note\n" + "1,Anna,x\n" * 10 + '2,"Bob,y\n' + "3,Carl,z\n" * 5_000
    found = rows(write(text))
    assert len(found) == 5_011
    bad = [(line, row.problem) for line, row in found if isinstance(row, BadRow)]
    assert bad == [(12, "On line 12 a quotation mark opens and isn't closed properly.")]
    assert found[-1] == (5_012, ["3", "Carl", "z"])


def test_a_quote_closed_by_the_next_quoted_value_swallows_nothing(write: Write) -> None:
    text = 'id,name,note\n1,"Anna,x\n' + "2,Bob,y\n" * 30 + '3,"Smith, Carl",z\n' + "4,Dora,w\n"
    found = rows(write(text))
    assert [line for line, row in found if isinstance(row, BadRow)] == [2]
    assert found[-2:] == [(33, ["3", "Smith, Carl", "z"]), (34, ["4", "Dora", "w"])]


def test_the_line_named_is_where_the_quote_opens_not_where_the_row_does(write: Write) -> None:
    found = rows(write('id,note,name\n1,"a\nb","Anna\n2,x,Bob\n'))
    bad = found[0][1]
    assert isinstance(bad, BadRow)
    assert found[0][0] == 2
    assert "line 3" in bad.problem
    assert found[1:] == [(4, ["2", "x", "Bob"])]


def test_only_line_ends_count_as_lines(write: Write) -> None:
    found = rows(write('id,note,name\n1,"a\x0b\u2028\r\nb","Anna\n2,x,Bob\n'))
    assert isinstance(found[0][1], BadRow)
    assert "line 3" in found[0][1].problem
    assert found[1] == (4, ["2", "x", "Bob"])


def test_a_long_but_sound_note_is_one_row(write: Write) -> None:
    note = "\n".join(f"Line {i}, as they said, of the mail" for i in range(400))
    text = io.StringIO()
    csv.writer(text).writerows([["id", "name", "note", "x"], ["1", "Anna", note, ""], ["2", "Bob", "short", ""]])
    found = rows(write(text.getvalue()))
    assert [row[0] for _, row in found] == ["1", "2"]
    assert found[1][0] == 402


def test_a_quote_that_closes_cleanly_hundreds_of_rows_later_is_noticed(write: Write) -> None:
    text = "id,name,note,x\n" + '1,Anna,"oops,x\n' + "2,Bob,y,x\n" * 300 + '3,Carl",z,x\n'
    found = rows(write(text))
    assert len(found) == 302
    assert [line for line, row in found if isinstance(row, BadRow)] == [2]


def test_doubtful_lines_after_a_broken_quote_are_not_taken_for_rows(write: Write) -> None:
    found = rows(write('id,name,note\n1,Anna,"begun\nand, gone\non\n'))
    assert all(isinstance(row, BadRow) for _, row in found)
    assert [line for line, _ in found] == [2, 3, 4]


def test_too_many_broken_quotes_refuse_the_file(write: Write) -> None:
    problem = refusal(write("id,name,note\n" + '1,"Anna\n' * 300))
    assert "quotation marks" in problem.problem
    assert problem.line


def test_a_value_over_the_limit_is_reported_with_its_line(write: Write) -> None:
    found = rows(write(f"id,note\n1,a\n2,{'x' * 1_100_000}\n3,c\n"))
    bad = found[1][1]
    assert isinstance(bad, BadRow)
    assert "Line 3" in bad.problem
    assert found[2] == (4, ["3", "c"])


def test_a_broken_header_refuses_the_file(write: Write) -> None:
    assert refusal(write('id,"name\n1,2\n')).line == 1


# What is no table, or too much of one


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls"),
        (b"\x89PNG\r\n\x1a\n...", "picture"),
        (b"\xff\xd8\xff\xe0...", "picture"),
        (b"\x1f\x8b\x08...", "compressed"),
        (b"SQLite format 3\0", "database"),
        (b"\xef\xbb\xbf <!DOCTYPE html><table>", "web page"),
        (b'{"id": 1}\n', "JSON"),
        (b"BEGIN:VCARD\r\n", "address book"),
        (bytes(range(256)) * 20, "not a table"),
        (bytes(5_000), "not a table"),
    ],
)
def test_other_formats_are_refused_by_name(write: Write, content: bytes, word: str) -> None:
    assert word in refusal(write(content)).problem


def test_a_gigabyte_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)
    problem = refusal(path)
    assert "1.0 GB" in problem.problem
    assert "47.7 MB" in problem.problem
    assert "Split" in problem.remedy


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "none.csv").problem
    assert "no such file" in refusal(tmp_path).problem


def test_a_hundred_thousand_columns(write: Write) -> None:
    assert "100,000 columns" in refusal(write(",".join(["x"] * 100_000) + "\n1\n")).problem
    problem = refusal(write("a,b\n1,2\n" + ",".join(["x"] * 100_000) + "\n"))
    assert problem.line == 3


def test_one_long_line_in_an_older_encoding_takes_no_time(write: Write) -> None:
    assert cells(write(b"a,b\n" + b"x" * 1_000_000 + b",\xe9\n"))[0][1] == "é"


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(write: Write) -> None:
    assert refusal(write(b"a,b\n" + b"x" * 6_000_000)).line == 2


def test_messages_use_the_name_the_person_knows(write: Write) -> None:
    with pytest.raises(UnreadableFile, match=r"^my deals\.csv: "):
        open_table(write(b"", "upload-1"), max_bytes=LIMIT, name="my deals.csv")


def test_memory_stays_small(write: Write) -> None:
    path = write("id,name,note\n" + "1,Anna Smith,some longer text here\n" * 60_000)
    table = opened(path)
    tracemalloc.start()
    try:
        assert sum(1 for _ in table.rows()) == 60_000
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


# Excel


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    def written(sheets: dict[str, list[list[object]]], name: str = "deals.xlsx") -> Path:
        book = Workbook()
        assert book.active
        book.remove(book.active)
        for title, lines in sheets.items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        book.save(tmp_path / name)
        return tmp_path / name

    return written


def test_a_workbook_named_csv(workbook: Callable[..., Path]) -> None:
    path = workbook({"Deals": [["id", "name"], [1, "Anna"], [], [2, "Bob\nSmith"]]}, "deals.csv")
    table = opened(path)
    assert table.encoding == "xlsx"
    assert list(table.rows()) == [(2, ["1", "Anna"]), (4, ["2", "Bob\nSmith"])]
    assert "despite its name" in table.notes[0]


def test_values_of_a_workbook_become_text(workbook: Callable[..., Path]) -> None:
    line = [1054.0, 0.1 + 0.2, 4.915123456789e11, date(2016, 11, 3), datetime(2016, 11, 3, 8, 30), True, None, "x"]  # noqa: DTZ001
    path = workbook({"Deals": [list("abcdefgh"), line]})
    assert cells(path) == [["1054", "0.3", "491512345678.9", "2016-11-03", "2016-11-03 08:30:00", "True", "", "x"]]


def test_the_first_sheet_with_data_is_read_and_named(workbook: Callable[..., Path]) -> None:
    table = opened(workbook({"Cover": [], "Deals": [["id"], [1]], "Old": [["x"], [2]]}))
    assert table.header == ("id",)
    assert table.notes == ("Of 3 sheets only “Deals” was read.",)


def test_an_empty_workbook(workbook: Callable[..., Path]) -> None:
    assert "empty" in refusal(workbook({"Cover": []})).problem


def test_long_and_wide_rows_of_a_workbook(workbook: Callable[..., Path]) -> None:
    found = rows(workbook({"Deals": [["id", "name"], [1, 2, 3], [4]]}))
    assert isinstance(found[0][1], BadRow)
    assert found[1] == (3, ["4", ""])
    assert refusal(workbook({"Deals": [["id"], ["x"] * 2_000]})).line == 2


def test_a_damaged_workbook(workbook: Callable[..., Path], write: Write) -> None:
    whole = workbook({"Deals": [["id"], [1]]}).read_bytes()
    assert "damaged" in refusal(write(whole[: len(whole) // 2], "cut.xlsx")).problem
    middle = bytearray(whole)
    middle[len(whole) // 3 : len(whole) // 3 + 300] = bytes(300)
    refusal(write(bytes(middle), "hole.xlsx"))


def test_an_archive_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "deals.zip", "w") as archive:
        archive.writestr("deals.csv", "id\n1\n")
    assert "archive" in refusal(tmp_path / "deals.zip").problem


def altered(path: Path, part: str, content: bytes, compress: int = zipfile.ZIP_DEFLATED) -> Path:
    """The same workbook with one part replaced."""
    target = path.with_name("altered.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", compress) as new:
        for info in old.infolist():
            new.writestr(info.filename, content if info.filename == part else old.read(info))
    return target


def test_a_workbook_that_would_burst_is_refused(workbook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook({"Deals": [["id"], [1]]})
    begin = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    one_row = altered(path, "xl/worksheets/sheet1.xml", begin + b"<c/>" * 3_000_000)
    assert one_row.stat().st_size < 100_000
    assert "no spreadsheet writes" in refusal(one_row).problem
    monkeypatch.setattr(workbooks, "MAX_UNPACKED", 1_000)
    assert "too large" in refusal(path).problem
    monkeypatch.undo()
    monkeypatch.setattr(workbooks, "MAX_HELD", 1_000)
    assert "too large" in refusal(path).problem


def test_entities_in_a_workbook_are_refused(workbook: Callable[..., Path]) -> None:
    path = workbook({"Deals": [["id"], [1]]})
    assert (
        "no spreadsheet writes"
        in refusal(altered(path, "xl/styles.xml", b"<?xml?><!DOCTYPE x []><styleSheet/>")).problem
    )


# Round trips

ANY = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufeff\ufffd", exclude_categories=["Cs", "Cc"])
    | st.sampled_from('\t\n,;|"'),
    max_size=12,
)
WESTERN = st.sampled_from(
    ["José Müller", "Besançon", "5 €", "naïve", "François Lefèvre, Orléans", "Grüße\naus Köln", "a", ""]
)


@st.composite
def tables(draw: st.DrawFn, text: st.SearchStrategy[str]) -> list[list[str]]:
    width = draw(st.integers(2, 5))
    row = st.lists(text, min_size=width, max_size=width)
    body = draw(st.lists(row.filter(lambda cells: "".join(cells).strip() != ""), min_size=1, max_size=8))
    return [[f"column_{i}" for i in range(width)], *body]


def written(lines: list[list[str]], delimiter: str, end: str, quoting: int, codec: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(lines)  # type: ignore[arg-type]
    return text.getvalue().encode(codec)


DIALECTS = {
    "delimiter": st.sampled_from(",;\t|"),
    "end": st.sampled_from(["\n", "\r\n"]),
    "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
}
BRIEFLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@BRIEFLY
@given(lines=tables(ANY), codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]), **DIALECTS)
def test_what_was_written_is_read(
    tmp_path: Path, lines: list[list[str]], codec: str, delimiter: str, end: str, quoting: int
) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(written(lines, delimiter, end, quoting, codec))
    table = opened(path)
    assert [list(table.header), *(row for _, row in table.rows())] == lines


@BRIEFLY
@given(lines=tables(WESTERN), **DIALECTS)
def test_what_was_written_in_windows_1252_is_read(
    tmp_path: Path, lines: list[list[str]], delimiter: str, end: str, quoting: int
) -> None:
    path = tmp_path / "western.csv"
    path.write_bytes(written(lines, delimiter, end, quoting, "cp1252"))
    table = opened(path)
    assert [list(table.header), *(row for _, row in table.rows())] == lines


@BRIEFLY
@given(content=st.binary(max_size=400) | st.text("\",;\n\r\t|ab\\'\0é", max_size=120).map(str.encode))
def test_no_bytes_crash_the_reader(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "junk.csv"
    path.write_bytes(content)
    with suppress(UnreadableFile):
        table = opened(path)
        width = len(table.header)
        assert all(len(row) == width or isinstance(row, BadRow) for _, row in table.rows())


@pytest.mark.skipif(not REAL.is_dir(), reason="the practice data is not beside the repository")
def test_the_real_files() -> None:
    counts = {path.name: len(rows(path)) for path in sorted(REAL.glob("*.csv"))}
    assert counts == {"accounts.csv": 85, "products.csv": 7, "sales_pipeline.csv": 8_800, "sales_teams.csv": 35}
