"""A mail server, and Ada's mailbox on it, at a time that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from fifthcall import clock
from tests import dovecot
from tests.dovecot import Dovecot


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """When it is, here and for the product."""
    at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot.running() as running:
        yield running


@pytest.fixture
def mailbox(team: Any, server: Dovecot, now: datetime) -> Any:
    """Ada's, read at the server."""
    from tests.cues.mail_in import mailbox_read_at

    return mailbox_read_at(server, team.ada, now)
