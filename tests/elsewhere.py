"""What somebody else does meanwhile, on a connection of their own; for tests that use `committed`."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread

from django.db import connection


def elsewhere(act: Callable[[], object]) -> None:
    """They do it, to the end."""

    def done() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = Thread(target=done)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
