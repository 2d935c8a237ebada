"""A member's calendar under a secret address, for every program that reads calendars. The address can be taken back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

from fifthcall.calendars.invitations import published
from fifthcall.calendars.models import Appointment, Feed
from fifthcall.teams.models import Membership

#: What is over for longer is left out.
KEPT = timedelta(days=90)
MOST = 2000


def digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def open_feed(member: Membership, now: datetime) -> str:
    """A new secret token (192 bits), shown this once; the one before no longer works."""
    close_feed(member, now)
    token = secrets.token_urlsafe(24)
    Feed.objects.create(member=member, token_hash=digest(token), created_at=now)
    return token


def close_feed(member: Membership, now: datetime) -> None:
    Feed.objects.filter(member=member, closed_at=None).update(closed_at=now)


def feed_of(token: str, now: datetime, more: Callable[[Membership], list[Appointment]] = lambda _: []) -> str | None:
    """The calendar behind a token; None when there is none, it was taken back, or the member has left.

    `more`: what else stands in the member's calendar.
    """
    feed = Feed.objects.filter(token_hash=digest(token), closed_at=None, member__active=True).first()
    if feed is None:
        return None
    met = Appointment.objects.filter(member=feed.member, starts_at__gte=now - KEPT)
    shown = [*met.order_by("starts_at")[:MOST], *more(feed.member)]
    return published(shown, f"Fifthcall: {feed.member.name}", now)
