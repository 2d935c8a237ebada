"""Public holidays and weekends, by region (ISO 3166: "DE-BY"); an unknown region has none."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any

_WESTERN = frozenset({5, 6})


@lru_cache(maxsize=512)
def _calendar(region: str) -> Any:
    from holidays import country_holidays  # slow to import, and often there is no region

    country, _, part = region.partition("-")
    for subdivision in (part or None, None):
        try:
            return country_holidays(country, subdiv=subdivision, language="en_US")
        except NotImplementedError:
            continue
    return None


@lru_cache(maxsize=65_536)
def closed_on(day: date, region: str) -> str:
    """The name of the public holiday of `region` on that day, "" where there is none."""
    calendar = _calendar(region) if region else None
    return str(calendar.get(day) or "") if calendar is not None else ""


@lru_cache(maxsize=1024)
def own_weekdays(weekdays: frozenset[int], region: str) -> frozenset[int]:
    """Working weekdays (0 = Monday) as the region has them: where the weekend is another, the working week is too."""
    calendar = _calendar(region) if region else None
    weekend = _WESTERN if calendar is None else frozenset(calendar.weekend)
    if weekend == _WESTERN or weekdays & _WESTERN:
        return weekdays
    return frozenset(range(7)) - weekend
