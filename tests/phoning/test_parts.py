"""How many parts a text is sent in, against the standard's table and a count of our own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fifthcall.phoning.parts import length_of

BASIC = st.text(alphabet="abcABC 019@£$Δ_ÄÖÜ?", max_size=700)


def test_one_part_takes_160_letters_and_70_with_others() -> None:
    assert [length_of("a" * n).parts for n in (0, 1, 160, 161, 306, 307)] == [0, 1, 1, 2, 2, 3]
    assert [length_of("и" * n).parts for n in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]


def test_some_letters_take_two_places() -> None:
    assert length_of("€" * 80).parts == 1
    assert length_of("€" * 81).parts == 2
    assert length_of("😀" * 35).parts == 1
    assert length_of("😀" * 36).parts == 2


def test_no_letter_is_cut_in_half_between_parts() -> None:
    # 152 places and then one that needs two: it goes over whole, so the second part begins with it.
    assert length_of("a" * 152 + "€" + "a" * 152).parts == 3
    assert length_of("a" * 151 + "€" + "a" * 153).parts == 2


def test_the_letter_that_halves_the_room_is_named() -> None:
    assert length_of("See you at 9 — Ada").wide_because == "—"
    assert length_of("See you at 9, Ada").wide_because == ""


@given(BASIC)
def test_of_plain_letters_it_is_a_division(words: str) -> None:
    one = 0 if not words else 1 if len(words) <= 160 else -(-len(words) // 153)
    assert length_of(words).parts == one


@given(st.text(max_size=400))
def test_the_room_always_holds_it(words: str) -> None:
    found = length_of(words)
    assert found.used <= found.room
