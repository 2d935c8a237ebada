"""From where somebody asks, and noting where members work, so that their own looks at a mail can be told apart."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from fifthcall import clock
from fifthcall.cues import spool


def address_of(request: HttpRequest) -> str:
    """The asker's network address, "" where it isn't known: that of a proxy of ours says nothing.

    Only a proxy on this machine or in a private network is asked for whom it speaks (X-Forwarded-For, its last entry).
    """
    address = request.META.get("REMOTE_ADDR", "")
    if _is_public(address):
        return str(address)
    told = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    return told if _is_public(told) else ""


def _is_public(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_global
    except ValueError:
        return False


_told_of: dict[tuple[Any, ...], None] = {}


def keep_presence(request: HttpRequest, workspace_id: int) -> None:
    """Let a member's own looks be told apart (once an hour for each place, without the database)."""
    now = clock.now()
    at = {
        "session": spool.digest(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")),
        "address": spool.digest(address_of(request)),
    }
    key = (workspace_id, *at.values(), f"{now:%Y%m%d%H}")
    if key in _told_of:
        return
    if len(_told_of) > 10_000:
        _told_of.clear()
    _told_of[key] = None
    spool.writer().add({"here": workspace_id, "at": at}, now)
