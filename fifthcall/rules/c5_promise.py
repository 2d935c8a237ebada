"""C5: what we said we would do is the next step, in exactly that window."""

from __future__ import annotations

from fifthcall.rules.case import Basis, Window
from fifthcall.rules.facts import Facts
from fifthcall.rules.rule import Proposal, Rule
from fifthcall.rules.windows import wall


def propose(facts: Facts) -> Proposal | None:
    touch = facts.standing
    if touch is None or touch.agreed is None or touch.agreed.basis is not Basis.PROMISE:
        return None
    window = touch.agreed.window
    between = {
        "start": wall(window.starts_at, window.zone).isoformat(timespec="minutes"),
        "until": _until(window),
    }
    code = "late" if window.until <= facts.now else "promised"
    return Proposal(
        touch.agreed.kind,
        "promised",
        window.starts_at,
        (RULE.because(code, **between),),
        agreed=window,
        attempt=len(facts.attempts) + 1,
    )


def _until(window: Window) -> str:
    """The end of the window; only its time where the day is the same."""
    start, until = wall(window.starts_at, window.zone), wall(window.until, window.zone)
    return f"{until:%H:%M}" if start.date() == until.date() else until.isoformat(timespec="minutes")


RULE = Rule(
    "C5",
    "Keep what was promised",
    {
        "promised": "You said you would be in touch between {start} and {until}.",
        "late": "You said you would be in touch between {start} and {until}: that has passed, so do it now.",
    },
    propose=propose,
)
