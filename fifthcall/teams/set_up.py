"""The one-time set-up link: no default password, no first-come takeover."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from fifthcall.teams.models import SetUp, User


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def needs_set_up() -> bool:
    """Whether nobody can sign in yet."""
    return not User.objects.exists()


def new_link(now: datetime, base: str) -> str:
    """A fresh one-time link; earlier unused ones stop working."""
    SetUp.objects.filter(used_at=None).delete()
    token = secrets.token_urlsafe(32)
    SetUp.objects.create(token_hash=digest(token), created_at=now)
    return f"{base}/set-up/{token}/"


def is_open(token: str) -> bool:
    return needs_set_up() and SetUp.objects.filter(token_hash=digest(token), used_at=None).exists()


def use(token: str, now: datetime) -> bool:
    """Use the link up; False if somebody else just did."""
    return bool(SetUp.objects.filter(token_hash=digest(token), used_at=None).update(used_at=now))
