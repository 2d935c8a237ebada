"""decide: how many decisions a second the rules make on a case with some history."""

from __future__ import annotations

from datetime import time, timedelta
from statistics import median
from time import perf_counter

from bench.measuring import Measurement, Sizes, spread_of
from bench.office import NOW, ZONE
from fifthcall.rules.case import Agreed, Basis, Block, Case, Channel, Hours, Touch, Window
from fifthcall.rules.decide import decide

ROUNDS = 5
HISTORY = (
    "no_answer", "voicemail", "connected", "no_answer", "gatekeeper_message",
    "no_answer", "connected", "voicemail", "sent", "no_answer",
)  # fmt: skip


def case() -> Case:
    """Ten touches over five weeks, the eighth with a promise."""
    week = frozenset(range(5))
    touches = []
    for number, outcome in enumerate(HISTORY):
        at = NOW - timedelta(days=35 - number * 3.4)
        agreed = Window(at + timedelta(days=2), at + timedelta(days=2, hours=2), ZONE)
        touches.append(
            Touch(
                at,
                Channel.TEXT if outcome == "sent" else Channel.CALL,
                outcome,
                Agreed(Basis.PROMISE, agreed) if number == 7 else None,
                "budget" if outcome == "connected" else "",
            )
        )
    return Case(
        opened_at=NOW - timedelta(days=40),
        last_contact_at=NOW - timedelta(days=60),
        prospect_zone="America/Chicago",
        zone_known=True,
        ways=frozenset({Channel.CALL, Channel.TEXT, Channel.EMAIL}),
        touches=tuple(touches),
        blocks=(
            Block("1", Hours(week, time(8), time(9, 30)), ZONE),
            Block("2", Hours(week, time(16, 30), time(18)), ZONE),
        ),
    )


def measure(sizes: Sizes) -> list[Measurement]:
    calls, of = sizes.of(5_000, 50), case()
    rates = []
    for _ in range(ROUNDS):
        began = perf_counter()
        for second in range(calls):
            decide(of, NOW + timedelta(seconds=second))
        rates.append(calls / (perf_counter() - began))
    return [
        Measurement(
            "decide", "decisions on a case with ten touches", "/s", median(rates),
            n=calls, repeats=ROUNDS, spread=spread_of(rates),
        )
    ]  # fmt: skip
