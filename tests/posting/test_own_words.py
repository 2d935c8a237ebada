from __future__ import annotations

import pytest

from fifthcall.posting.own_words import LONGEST, NotOwn, check

TEMPLATE = "Dear {first_name}, thank you for {write: one thing from your meeting}. {my_name}"
NAMES = ("Anna Vogel", "Alder Freight", "Ada", "Team plan")


def refused(text: str, about: str | None = None) -> str:
    with pytest.raises(NotOwn) as said:
        check(text, TEMPLATE, NAMES, about)
    return said.value.field


@pytest.mark.parametrize(
    "about",
    ["", "our meeting", "the nice conversation today", "your time", "Anna Vogel and Alder Freight", "warehouse"],
)
def test_c8_what_every_meeting_has_is_no_part_of_this_one(about: str) -> None:
    assert refused(f"Dear Anna, thank you for {about}. Ada", about) == "about"


def test_c8_a_specific_part_in_the_text_is_enough() -> None:
    check("Dear Anna, thank you for the tour of your Gdańsk warehouse. Ada", TEMPLATE, NAMES, "the warehouse in Gdańsk")


def test_c8_the_part_must_stand_in_the_text() -> None:
    assert refused("Dear Anna, thank you for the delicious cake. Ada", "the warehouse in Gdańsk") == "text"


@pytest.mark.parametrize(
    "text", ["", "   ", "Dear Anna, thank you. Ada", "Dear Anna Vogel, thank you for your time. Ada"]
)
def test_the_templates_text_alone_is_refused(text: str) -> None:
    assert refused(text) == "text"


def test_own_words_go_through_in_any_language() -> None:
    check("Liebe Anna, die Sanddornmarmelade schmeckt meinen Kindern großartig. Ada", TEMPLATE, NAMES, None)
    check("Дорогая Анна, спасибо за чудесную экскурсию по складу.", TEMPLATE, NAMES, None)


def test_a_note_is_short() -> None:
    words = "Your sailing boat made me smile. "
    assert refused(words * (LONGEST // len(words) + 1)) == "text"
