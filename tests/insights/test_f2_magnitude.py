"""F2: areas are shares, nothing overlaps, the small ones are gathered; the index against its definition."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import pytest

from fifthcall.insights.coverage import concentration, quarter
from fifthcall.insights.magnitude import Deal, tiles
from fifthcall.insights.squares import squarified
from fifthcall.insights.weighing import Heap
from fifthcall.rules.honesty import How


@pytest.mark.parametrize("count", [1, 2, 3, 10, 60])
def test_f2_the_areas_are_as_the_values_and_fill_the_picture_without_overlap(count: int) -> None:
    chance = Random(count)
    values = sorted((chance.paretovariate(1.1) for _ in range(count)), reverse=True)
    boxes = squarified(values, 900, 400)
    for value, box in zip(values, boxes, strict=True):
        assert box.width * box.height == pytest.approx(value / sum(values) * 900 * 400)
        assert box.x >= -1e-6 and box.y >= -1e-6
        assert box.x + box.width <= 900 + 1e-6 and box.y + box.height <= 400 + 1e-6
    for place, one in enumerate(boxes):
        for other in boxes[:place]:
            across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert min(across, down) <= 1e-6


def test_f2_the_example_of_the_paper() -> None:
    boxes = squarified([6, 6, 4, 3, 2, 2, 1], 6, 4)
    assert [(round(box.width, 2), round(box.height, 2)) for box in boxes[:4]] == [
        (3, 2), (3, 2), (1.71, 2.33), (1.29, 2.33)
    ]  # fmt: skip


def test_f2_small_ones_are_gathered_and_nothing_is_lost() -> None:
    deals = [Deal(n, f"Deal {n}", f"Person {n}", 1000.0 / n, How.REAL) for n in range(1, 25)]
    total = sum(deal.value for deal in deals) + 500
    found = tiles(deals, total, 24 + 200, 1000, 400)
    assert sum(tile.share for tile in found) == pytest.approx(1)
    assert found[-1].pk == 0 and found[-1].others == 224 - (len(found) - 1)
    assert tiles([], 0, 0, 100, 100) == []
    assert [tile.share for tile in tiles(deals[:1], 1000, 1, 100, 100)] == [1]


def test_f2_the_index_is_the_sum_of_squared_shares() -> None:
    values = [50.0, 30, 20]
    heaps = [Heap("A", 0, 1, 1, v, v * v) for v in values]
    found = concentration(heaps)
    assert found and found.hhi == pytest.approx(0.38) and found.effective == pytest.approx(1 / 0.38)
    four = concentration([Heap("A", 0, 4, 4, 400, 40_000)])
    assert four and four.effective == pytest.approx(4)
    assert concentration([]) is None and concentration([Heap("A", 0, 3, 0, 0, 0)]) is None


def test_f1_a_quarter_is_three_calendar_months() -> None:
    for number in range(3 * 366):
        at = date(2027, 1, 1) + timedelta(days=number)
        first, last = quarter(at)
        assert first <= at <= last and first.day == 1 and (last + timedelta(days=1)).day == 1
        assert first.month in (1, 4, 7, 10) and last.month == first.month + 2
