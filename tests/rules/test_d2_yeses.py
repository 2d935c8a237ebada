from __future__ import annotations

from datetime import date

from fifthcall.rules.d2_yeses import questions


def test_d2_the_latest_three_in_the_order_they_were_told() -> None:
    facts = [(date(2026, 11, n), f"fact {n}") for n in (4, 1, 3, 2)]
    assert questions(facts) == tuple(f"You told me: fact {n}. Is that still so?" for n in (2, 3, 4))


def test_d2_a_sentence_keeps_its_own_end() -> None:
    assert questions([(date(2026, 1, 1), "You want it\nin May!")]) == (
        "You told me: You want it in May! Is that still so?",
    )


def test_d2_nothing_confirmed_nothing_asked() -> None:
    assert questions([]) == ()
