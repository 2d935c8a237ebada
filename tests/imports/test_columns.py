"""What columns hold, decided over all of their rows, and values from their text."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fifthcall.imports import columns
from fifthcall.imports.columns import BadValue, ColumnFacts, is_unknown, parse_date, parse_number, study
from fifthcall.imports.reading import open_table

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "crm-sales-opportunities"
Facts = Callable[..., ColumnFacts]


@pytest.fixture
def facts(tmp_path: Path) -> Facts:
    """Facts about a column of these values, whose first stands on line 2."""

    def found(*values: str) -> ColumnFacts:
        path = tmp_path / "column.csv"
        lines = ["row\tvalue", *(f"{i}\t{value}" for i, value in enumerate(values))]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return study(open_table(path, max_bytes=10_000_000))["value"]

    return found


# Counting


def test_counts_samples_and_differences(facts: Facts) -> None:
    found = facts("Anna", "", "Bob", "Anna", "N/A", "Carl", "Dora", "Emil", "Fay", "?")
    assert (found.filled, found.unknown, found.distinct, found.distinct_capped) == (7, 3, 6, False)
    assert found.samples == ("Anna", "Bob", "Carl", "Dora", "Emil")
    assert found.kind == "text"


def test_remembering_is_bounded_and_says_so(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_REMEMBERED", 200)
    found = facts(*(f"name {i}" for i in range(3_000)))
    assert (found.filled, found.distinct, found.distinct_capped) == (3_000, 100, True)


def test_unreadable_rows_and_other_columns_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,x\n2,y,surplus\n3,z\n")
    found = study(open_table(path, max_bytes=1_000), ["b"])
    assert list(found) == ["b"]
    assert found["b"].filled == 2


def test_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n")
    assert study(open_table(path, max_bytes=1_000))["a"].kind == "empty"
    assert study(open_table(path, max_bytes=1_000), []) == {}


@pytest.mark.parametrize(
    "word", ["", " ", "null", "NULL", "N/A", "n/a", "#N/A", "None", "nil", "-", "—", "?", "Unknown", "\u00a0"]
)
def test_words_for_unknown(facts: Facts, word: str) -> None:
    assert is_unknown(word)
    assert facts(word, "x").unknown == 1


@pytest.mark.parametrize(
    "zero", ["0", "0.00", "0,00", "0000-00-00", "0000-00-00 00:00:00", "$0.00", "0 EUR", "0%", "-0.0"]
)
def test_zeros_are_unknown_where_asked(facts: Facts, zero: str) -> None:
    assert not is_unknown(zero)
    assert is_unknown(zero, zero_is_unknown=True)
    assert facts(zero, "7").zeros == 1


@pytest.mark.parametrize("text", ["10", "0.01", "00:01", "Room 0", "2000-01-01"])
def test_what_only_looks_like_zero(text: str) -> None:
    assert not is_unknown(text, zero_is_unknown=True)


# Kinds


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("date", ["2016-11-03", "2016-11-04T08:00:00Z", "null"]),
        ("date", ["20161103", "20161204"]),
        ("date", ["3-Nov-16", "24 December 2016", "Nov 5, 2016"]),
        ("number", ["1", "2.50", "-3", "(4)", "$5", "6 EUR", "7%", "1.2E+05"]),
        ("number", ["1996", "2004"]),
        ("email", ["a@b.co", "first.last+tag@sub.example.com"]),
        ("phone", ["+1 (555) 123-4567", "030 1234567", "555-123-4567 ext. 12", "+4915112345678", "0151 2345678"]),
        ("url", ["https://example.com/a?b", "www.example.com", "example.com", "example.co.uk/about"]),
        ("text", ["GTX Basic", "1C1I7A6R", "12 Main St", "a@b", "2016", "555"]),
        ("empty", ["", "N/A"]),
    ],
)
def test_kinds(facts: Facts, kind: str, values: list[str]) -> None:
    assert facts(*values).kind == kind


def test_a_few_misfits_do_not_change_the_kind_and_are_named(facts: Facts) -> None:
    found = facts(*["10/20/2016"] * 9, "soon", "10/21/2016")
    assert (found.kind, found.date_order, found.misfits) == ("date", "mdy", 1)
    assert (found.odd_line, found.odd_value) == (11, "soon")


def test_zeros_among_dates_are_no_misfits(facts: Facts) -> None:
    found = facts("2016-11-03", "0000-00-00", "0", "0")
    assert (found.kind, found.zeros, found.misfits) == ("date", 3, 0)


# Date order


@pytest.mark.parametrize(
    ("order", "values"),
    [
        ("iso", ["2016-11-03", "2016/11/04", "2016.11.05"]),
        ("mdy", ["11/3/2016", "11/13/2016"]),
        ("mdy", ["3-1-17", "3-31-17", "2017-04-01"]),
        ("dmy", ["03-11-2016", "13-11-2016"]),
        ("dmy", ["3.11.16", "31.12.16"]),
        ("dmy", ["3. 11. 2016", "31. 12. 2016 14:30"]),
        ("dmy", ["01/02/2016, 08:30:00", "29/02/2016"]),
        ("mdy", ["1/2/2016 2:05\u202fPM", "1/30/2016 12:00 AM"]),
        ("ambiguous", ["11/3/2016", "12/4/2016"]),
        ("ambiguous", ["3.11.16"]),
        ("ambiguous", ["03-11-2016", "2016-11-03"]),
        ("mixed", ["11/13/2016", "1/2/2016", "13/11/2016"]),
        ("", ["soon", "later", "30/30/2016"]),
    ],
)
def test_the_date_order_is_decided_over_the_whole_column(facts: Facts, order: str, values: list[str]) -> None:
    assert facts(*values).date_order == order


def test_the_last_of_many_rows_can_decide(facts: Facts) -> None:
    assert facts(*["1/2/2016", "3/4/2016"] * 3_000, "25/12/2016").date_order == "dmy"


def test_a_contradiction_names_the_first_line_that_contradicts(facts: Facts) -> None:
    found = facts("1/2/2016", "12/25/2016", "3/3/2016", "25/12/2016", "26/12/2016", "12/26/2016")
    assert (found.date_order, found.odd_line, found.odd_value) == ("mixed", 5, "25/12/2016")


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2016-11-03", "iso", (2016, 11, 3)),
        ("2016-11-03", "dmy", (2016, 11, 3)),
        (" 11/3/2016 ", "mdy", (2016, 11, 3)),
        ("03-11-2016", "dmy", (2016, 11, 3)),
        ("3.11.16", "dmy", (2016, 11, 3)),
        ("3.11.16", "mdy", (2016, 3, 11)),
        ("1/1/68", "mdy", (2068, 1, 1)),
        ("1/1/69", "mdy", (1969, 1, 1)),
        ("3/3/2016", "iso", (2016, 3, 3)),
        ("20161103", "mdy", (2016, 11, 3)),
        ("2016-11-03T23:59:59.999+02:00", "iso", (2016, 11, 3)),
        ("2016-11-03 08:30:00 UTC", "iso", (2016, 11, 3)),
        ("3-Nov-16", "mdy", (2016, 11, 3)),
        ("November 3rd, 2016", "dmy", (2016, 11, 3)),
        ("29.02.2016", "dmy", (2016, 2, 29)),
    ],
)
def test_dates(text: str, order: str, day: tuple[int, int, int]) -> None:
    assert parse_date(text, order) == date(*day)


@pytest.mark.parametrize("text", ["", "null", "N/A", "0", "0000-00-00", "00/00/0000", "-"])
def test_no_date(text: str) -> None:
    assert parse_date(text, "mdy") is None


@pytest.mark.parametrize(
    ("text", "order", "word"),
    [
        ("soon", "mdy", "not a date"),
        ("2/30/2016", "mdy", "not a date"),
        ("2016-13-01", "iso", "not a date"),
        ("1/2/1066", "mdy", "not a date"),
        ("2016-11", "iso", "not a date"),
        ("12 Marble 2016", "iso", "not a date"),
        ("1/2/2016" + "0" * 500, "mdy", "not a date"),
        ("١/٢/٢٠١٦", "mdy", "not a date"),
        ("25/12/2016", "mdy", "not a month/day/year date"),
        ("12/25/2016", "dmy", "not a day/month/year date"),
        ("12/25/2016", "iso", "not a year-month-day date"),
        ("1/2/2016", "ambiguous", "may be"),
        ("1/2/2016", "", "may be"),
    ],
)
def test_bad_dates_say_what_is_wrong_and_how_to_put_it_right(text: str, order: str, word: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_date(text, order)
    assert word in caught.value.problem
    assert caught.value.remedy.endswith(".")
    assert len(str(caught.value)) < 300


# Numbers


@pytest.mark.parametrize(
    ("style", "values"),
    [
        ("plain", ["1054", "0", "-7", "1 234", "$5"]),
        ("point", ["1,234.50", "1,234"]),
        ("point", ["1100.04", "1.234"]),
        ("point", ["1'234.50"]),
        ("point", ["12,34,567", "1,234"]),
        ("point", ["0.00", "1.234"]),
        ("comma", ["1.234,50", "1.234"]),
        ("comma", ["1 234,50", "7"]),
        ("comma", ["1\u202f234,50 €"]),
        ("comma", ["1.234.567"]),
        ("comma", ["1,234", "0,500"]),
        ("ambiguous", ["1,234", "5"]),
        ("ambiguous", ["1.234", "12.345"]),
        ("mixed", ["1,234.50", "1.234,50"]),
        ("", ["many", "few"]),
    ],
)
def test_the_decimal_style_is_decided_over_the_whole_column(facts: Facts, style: str, values: list[str]) -> None:
    assert facts(*values).number_style == style


def test_contradicting_numbers_name_the_first_line_that_contradicts(facts: Facts) -> None:
    found = facts("1,5", "2,5", "1.234", "3.25")
    assert (found.number_style, found.odd_line, found.odd_value) == ("mixed", 5, "3.25")


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("1054", "plain", "1054"),
        ("1,234.50", "point", "1234.50"),
        ("1,234", "point", "1234"),
        ("1,234", "comma", "1.234"),
        ("1.234,50", "comma", "1234.50"),
        ("1 234,50", "comma", "1234.50"),
        ("1\u00a0234,50 €", "comma", "1234.50"),
        ("1’234.50", "point", "1234.50"),
        ("$1,234.50", "point", "1234.50"),
        ("US$ 5", "plain", "5"),
        ("USD -1,234.50", "point", "-1234.50"),
        ("12,34,567.00", "point", "1234567.00"),
        ("(1,234.50)", "point", "-1234.50"),
        ("($5)", "plain", "-5"),
        ("−5", "plain", "-5"),
        ("1.234,50-", "comma", "-1234.50"),
        ("12.5%", "point", "12.5"),
        (".5", "point", "0.5"),
        ("1.2E+05", "point", "1.2E+5"),
        ("1234.5", "plain", "1234.5"),
        ("0", "plain", "0"),
    ],
)
def test_numbers(text: str, style: str, number: str) -> None:
    assert parse_number(text, style) == Decimal(number)


def test_no_number() -> None:
    assert parse_number("N/A", "plain") is None
    assert parse_number("0.00", "point") == 0
    assert parse_number("0.00", "point", zero_is_unknown=True) is None
    assert parse_number("5", "point", zero_is_unknown=True) == 5


@pytest.mark.parametrize(
    ("text", "style", "word"),
    [
        ("many", "plain", "not a number"),
        ("1,23,4", "point", "not a number"),
        ("(5", "plain", "not a number"),
        ("NaN", "plain", "not a number"),
        ("1e999999", "plain", "not a number"),
        ("9" * 500, "plain", "not a number"),
        ("GTX 500", "plain", "not a number"),
        ("1,234", "plain", "thousands or decimals"),
        ("1,234", "ambiguous", "thousands or decimals"),
        ("1.5", "comma", "not written like"),
        ("1.234,5", "point", "not written like"),
    ],
)
def test_bad_numbers_say_what_is_wrong_and_how_to_put_it_right(text: str, style: str, word: str) -> None:
    with pytest.raises(BadValue) as caught:
        parse_number(text, style)
    assert word in caught.value.problem
    assert caught.value.remedy.endswith(".")


# Round trips

DAYS = st.dates(date(1970, 1, 1), date(2060, 12, 31))
SHAPES = {
    "iso": ["{0:%Y}-{0:%m}-{0:%d}", "{0.year}/{0.month}/{0.day}", "{0:%Y-%m-%dT%H:%M:%S}"],
    "mdy": ["{0.month}/{0.day}/{0.year}", "{0:%m}-{0:%d}-{0:%y}", "{0:%m/%d/%Y} 9:05 AM"],
    "dmy": ["{0.day}.{0.month}.{0.year}", "{0:%d}/{0:%m}/{0:%y}", "{0:%d-%m-%Y} 17:30"],
}
BRIEFLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@BRIEFLY
@given(order=st.sampled_from(sorted(SHAPES)), shape=st.integers(0, 2), days=st.lists(DAYS, min_size=1, max_size=30))
def test_dates_of_a_decidable_column_are_read_as_they_were_meant(
    facts: Facts, order: str, shape: int, days: list[date]
) -> None:
    days = [*days, date(2016, 12, 25)]  # which decides
    written = [SHAPES[order][shape].format(day) for day in days]
    found = facts(*written)
    assert (found.kind, found.date_order, found.misfits) == ("date", order, 0)
    assert [parse_date(text, found.date_order) for text in written] == days


@BRIEFLY
@given(days=st.lists(st.integers(1, 12), min_size=1, max_size=10), shape=st.sampled_from(["{}/{}/2016", "{}.{}.16"]))
def test_columns_without_a_day_over_twelve_stay_ambiguous(facts: Facts, days: list[int], shape: str) -> None:
    assert facts(*(shape.format(day, 12) for day in days)).date_order == "ambiguous"


@BRIEFLY
@given(
    cents=st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=20),
    style=st.sampled_from(["point", "comma"]),
    dress=st.sampled_from(["{}", "${}", "{} €", "EUR {}"]),
)
def test_amounts_are_read_as_they_were_meant(facts: Facts, cents: list[int], style: str, dress: str) -> None:
    amounts = [Decimal(cent).scaleb(-2) for cent in cents]
    written = [dress.format(f"{amount:,.2f}") for amount in amounts]
    if style == "comma":
        written = [text.translate(str.maketrans(",.", ".,")) for text in written]
    found = facts(*written)
    assert (found.kind, found.number_style) == ("number", style)
    assert [parse_number(text, style) for text in written] == amounts


@BRIEFLY
@given(text=st.text("0123456789.,-/' ()$€%eE+:TZAPM", max_size=30), order=st.sampled_from(["iso", "mdy", "dmy", ""]))
def test_any_text_is_a_value_or_a_bad_one(text: str, order: str) -> None:
    for parse, way in ((parse_date, order), (parse_number, "point"), (parse_number, "")):
        with suppress(BadValue):
            assert parse(text, way) is None or parse(text, way) == parse(f" {text} ", way)


def test_every_day_of_four_years_in_every_order() -> None:
    for day in (date(2015, 1, 1) + timedelta(days=i) for i in range(1_461)):
        assert parse_date(f"{day.month}/{day.day}/{day.year}", "mdy") == day
        assert parse_date(f"{day:%d.%m.%y}", "dmy") == day


# The real files


@pytest.mark.skipif(not REAL.is_dir(), reason="the practice data is not beside the repository")
def test_the_real_pipeline() -> None:
    found = study(open_table(REAL / "sales_pipeline.csv", max_bytes=10_000_000))
    assert {name: fact.kind for name, fact in found.items()} == {
        "opportunity_id": "text",
        "sales_agent": "text",
        "product": "text",
        "account": "text",
        "deal_stage": "text",
        "engage_date": "date",
        "close_date": "date",
        "close_value": "number",
    }
    assert (found["engage_date"].date_order, found["close_date"].date_order) == ("mdy", "mdy")
    assert (found["close_date"].filled, found["close_date"].unknown, found["close_date"].misfits) == (6_711, 2_089, 0)
    assert (found["close_value"].number_style, found["close_value"].zeros) == ("plain", 2_473)
    assert found["opportunity_id"].distinct == found["opportunity_id"].filled == 8_800
