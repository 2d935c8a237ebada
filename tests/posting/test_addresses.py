from __future__ import annotations

import pytest

from fifthcall.posting.addresses import MOST_LINES, lines_of


@pytest.mark.parametrize(
    ("address", "country", "ours", "lines"),
    [
        ("Lindenweg 4, 10115 Berlin", "Germany", "DE", ["Anna", "Alder", "Lindenweg 4", "10115 Berlin"]),
        ("Lindenweg 4\n10115 Berlin", "DE", "US", ["Anna", "Alder", "Lindenweg 4", "10115 Berlin", "GERMANY"]),
        ("Lindenweg 4\n10115 Berlin\nGermany", "DE", "US", ["Anna", "Alder", "Lindenweg 4", "10115 Berlin", "GERMANY"]),
        ("1 Main St, Springfield, IL 62701", "", "US", ["Anna", "Alder", "1 Main St", "Springfield IL 62701"]),
        ("Alder\n1 Main St", "", "", ["Anna", "Alder", "1 Main St"]),
    ],
)
def test_the_lines_of_a_label(address: str, country: str, ours: str, lines: list[str]) -> None:
    assert lines_of("Anna", "Alder", address, country, ours) == lines


def test_no_line_is_lost_where_there_are_many() -> None:
    found = lines_of("Anna", "Alder", "\n".join("abcdefgh"), "FR", "DE")
    assert len(found) == MOST_LINES
    assert found[-1] == "FRANCE"
    assert set("abcdefgh") <= set("".join(found))
