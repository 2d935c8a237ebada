"""Named places where tests let the process die: `FIFTHCALL_FAILPOINT=after_claim`. Off unless the variable is set."""

from __future__ import annotations

import os
import signal

_AT = os.environ.get("FIFTHCALL_FAILPOINT", "")


def failpoint(name: str) -> None:
    """Die here, as by `kill -9`, when the environment names this place."""
    if name and name == _AT:
        os.kill(os.getpid(), signal.SIGKILL)
