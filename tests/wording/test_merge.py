"""The merge language: what it can say, what it refuses and how, and that it never runs anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.rules.templates import TEMPLATES
from fifthcall.wording.fields import NAMES, SNIPPET_NAMES, SNIPPETS
from fifthcall.wording.library import WITH_SUBJECT, builtin
from fifthcall.wording.merge import DEPTH_MAX, RESULT_MAX, TAGS_MAX, VALUE_MAX, BadWording, compiled

IDA = {"first_name": "Ida", "company": "Alder", "product": "roofs"}


def said(source: str, values: dict[str, str] | None = None, line: bool = False) -> str:
    return compiled(source, NAMES, line).fill(IDA if values is None else values).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Hello {first_name}.", "Hello Ida."),
        ("Hello {First name}.", "Hello Ida."),
        ("Hello { first_name }.", "Hello Ida."),
        ("Hello {topic|there}.", "Hello there."),
        ("Hello{topic|}.", "Hello."),
        ("Hello {first_name|there}.", "Hello Ida."),
        ("{if company}At {company}{else}At yours{end}.", "At Alder."),
        ("{if topic}{topic}{else}Hello{end}.", "Hello."),
        ("{if topic}{topic}{end}Hello.", "Hello."),
        ("{if company}{if topic}a{else}b{end}{else}c{end}", "b"),
        ("{{first_name}} stays", "{first_name} stays"),
        ("Nothing [to] fill… 5 % | if end", "Nothing [to] fill… 5 % | if end"),
    ],
)
def test_what_it_says(source: str, text: str) -> None:
    filled = compiled(source, NAMES).fill(IDA)
    assert (filled.text, filled.whole) == (text, True)


def test_what_is_missing_is_named_and_stands_in_brackets() -> None:
    filled = compiled("{first_name}, {topic} and {topic}: {why_not}", NAMES).fill(IDA)
    assert filled.missing == ("topic", "why_not") and not filled.whole
    assert filled.text == "Ida, [topic] and [topic]: [why not]"


def test_a_gap_is_for_ones_own_words() -> None:
    filled = compiled("Thank you for {write: one thing from the meeting}.", NAMES).fill(IDA)
    assert filled.gaps == ("one thing from the meeting",) and not filled.whole
    assert filled.text == "Thank you for [one thing from the meeting]."


def test_what_stands_in_a_part_left_out_is_not_missing() -> None:
    assert compiled("Hello{if topic} {topic} {why_not}{end}", NAMES).fill(IDA).whole


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("Hello\n{frist_name}", 2, "Did you mean {first_name}?"),
        ("{compny|x}", 1, "Did you mean {company}?"),
        ("{zzzzqqq}", 1, "There are: first_name, full_name"),
        ("{person.name}", 1, "There is no placeholder “person.name”"),
        ("{first_name.__class__}", 1, "There is no placeholder"),
        ("{first_name()}", 1, "There is no placeholder"),
        ("{first_name[0]}", 1, "There is no placeholder"),
        ("{}", 1, "A placeholder is missing"),
        ("{if}x{end}", 1, "A placeholder is missing"),
        ("a\nb\n{if company}c", 3, "Add {end}"),
        ("{else}", 1, "without an “if”"),
        ("{end}", 1, "without an “if”"),
        ("{if company}{else}{else}{end}", 1, "an “else” already"),
        ("Hello {first_name\n}", 1, "is not closed on its line"),
        ("Hello first_name}", 1, "closes nothing"),
        ("{write:}", 1, "Say what is to be written"),
        ("{for one in all}", 1, "There is no placeholder"),
        ("a\0b", 1, "invisible character"),
        ("{if company}" * (DEPTH_MAX + 1), 1, "inside one another"),
        ("{product}" * (TAGS_MAX + 1), 1, "Make it simpler"),
        ("x" * 20_001, 1, "Shorten it"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(source: str, line: int, words: str) -> None:
    with pytest.raises(BadWording) as caught:
        compiled(source, NAMES)
    assert caught.value.line == line and words in caught.value.problem


def test_a_value_is_never_read_as_the_language() -> None:
    assert said("{company}", {"company": "{topic} {if x} {{"}) == "{topic} {if x} {{"


def test_a_header_stays_one_line_and_is_never_decoded() -> None:
    evil = {"company": "Alder\r\nBcc: all@example.com\u2028=?utf-8?q?x?="}
    assert said("For {company}", evil, line=True) == "For Alder Bcc: all@example.com = ?utf-8?q?x?="
    with pytest.raises(BadWording, match="one line"):
        compiled("two\nlines", NAMES, line=True)


def test_a_value_too_long_to_be_one_counts_as_missing() -> None:
    assert compiled("{topic}", NAMES).fill({"topic": "x" * (VALUE_MAX + 1)}).missing == ("topic",)


_PIECES = st.sampled_from(
    [
        "{",
        "}",
        "{{",
        "}}",
        "{if ",
        "company}",
        "{else}",
        "{end}",
        "{first_name|",
        "{topic}",
        "{write: x}",
        "|",
        "\n",
        "é",
    ]
)
_SOURCES = st.one_of(st.text(max_size=200), st.lists(_PIECES, max_size=60).map("".join))
_VALUES = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=60))


@given(source=_SOURCES, values=_VALUES, line=st.booleans())
def test_it_raises_nothing_but_its_own_error_and_ends(source: str, values: dict[str, str], line: bool) -> None:
    problem: BadWording | None = None
    try:
        found = compiled(source, NAMES, line)
    except BadWording as bad:
        problem = bad
    if problem:
        assert 1 <= problem.line <= source.count("\n") + 1 and problem.column >= 1 and problem.problem
        return
    filled = found.fill(values)
    assert len(filled.text) <= RESULT_MAX
    assert filled == found.fill(values)
    assert set(filled.missing) <= found.fields
    if line:
        assert not set(filled.text) & set("\r\n\0\x85\u2028\u2029")


@given(values=_VALUES)
def test_what_has_only_known_values_is_whole(values: dict[str, str]) -> None:
    known = {
        name for name, value in values.items() if value.strip() and compiled(f"{{{name}}}", NAMES).fill(values).whole
    }
    source = " ".join(f"{{{name}}}" for name in sorted(known))
    assert compiled(source, NAMES).fill(values).whole


@given(value=st.text(max_size=60), other=st.text(max_size=60))
def test_only_the_value_decides_between_the_parts(value: str, other: str) -> None:
    text = said("{if topic}yes{else}no{end}", {"topic": value, "company": other})
    assert text == ("yes" if said("{topic|}", {"topic": value}) else "no")


def test_the_largest_text_is_filled_within_its_bound() -> None:
    full = compiled("{topic}" * TAGS_MAX, NAMES).fill({"topic": "x" * VALUE_MAX})
    assert len(full.text) == TAGS_MAX * VALUE_MAX <= RESULT_MAX


@pytest.mark.parametrize("code", TEMPLATES)
def test_the_built_in_texts_compile(code: str) -> None:
    saved = builtin(code)
    assert saved and saved.compiled.nodes and saved.title and saved.purpose
    assert bool(saved.subject_compiled.nodes) == (saved.kind in WITH_SUBJECT)


def test_every_placeholder_is_written_down() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "templates.md").read_text(encoding="utf-8")
    assert not [name for name in NAMES if f"`{name}`" not in page]


@pytest.mark.parametrize("code", SNIPPETS)
def test_the_built_in_snippets_compile(code: str) -> None:
    assert compiled(SNIPPETS[code].text, SNIPPET_NAMES).nodes
