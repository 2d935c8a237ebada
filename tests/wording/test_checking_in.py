"""C4: what merely checks in is told from what brings something; a hint with its evidence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fifthcall.rules.templates import TEMPLATES
from fifthcall.wording.checking_in import bare_check_in


@pytest.mark.parametrize(
    ("text", "words", "language"),
    [
        ("Hi Ida,\n\njust checking in.\n\nBest,\nAda", "checking in", "English"),
        ("Hello Ida, did you get my last email? Any thoughts?", "did you get my", "English"),
        ("Hi, I’m circling back on this.", "circling back", "English"),
        ("Guten Tag, ich wollte nur mal nachfragen.", "wollte nur mal nachfragen", "German"),
        ("Bonjour, je voulais prendre des nouvelles.", "je voulais prendre des nouvelles", "French"),
        ("Hola, quería saber si hay alguna novedad.", "quería saber si", "Spanish"),
        ("Dag, nog iets vernomen?", "nog iets vernomen", "Dutch"),
        ("Ciao, ci sono novità?", "ci sono novità", "Italian"),
    ],
)
def test_c4_a_bare_check_in_is_told_with_its_words(text: str, words: str, language: str) -> None:
    found = bare_check_in(text)
    assert found and (found.words, found.language) == (words, language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello Ida, checking in: the price list of 2027 is out.",
        "Hello Ida, checking in. You told me that the roof leaks above the workshop whenever it rains. Is it dry now?",
        "Hi, following up. Would Thursday at ten suit you?",
        "Hi, just checking in about {topic}.",
        "Guten Tag, ich wollte nachfragen. Anbei die Zeichnung.",
        "Hello Ida, shall I stay on it or let it go?",
        "We checked into the hotel.",
    ],
)
def test_what_brings_or_asks_something_is_left_alone(text: str) -> None:
    assert bare_check_in(text) is None


@pytest.mark.parametrize("code", TEMPLATES)
def test_no_built_in_text_merely_checks_in(code: str) -> None:
    assert bare_check_in(TEMPLATES[code].text) is None


@given(st.text(max_size=300))
def test_it_never_fails_and_quotes_what_is_there(text: str) -> None:
    found = bare_check_in(text)
    assert found is None or found.words in " ".join(text.split())
