"""Which of the steps due together goes first: those in pursuit before cold ones, then the larger expected value."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

FRESH = timedelta(days=14)
_CLASS = 10**15  # more than any value in cents: a warmer class always goes first


def rank(value: Decimal | None, last_contact_at: datetime | None, now: datetime) -> int:
    """An integer to sort by, lowest first; `value` in the workspace's currency (None: unknown, counts as nothing).

    The classes: touched or spoken to in the last 14 days, spoken to ever, never in contact.
    """
    warmth = 0 if last_contact_at is None else 2 if now - last_contact_at <= FRESH else 1
    cents = 0 if value is None else max(0, min(int(value * 100), _CLASS - 1))
    return -(warmth * _CLASS + cents)
