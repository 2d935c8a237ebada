"""decide: what a decision on a long history takes, in calls of a function that does nothing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
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


#: 0.3 ms where an empty call takes 50 ns.
LIMIT = 6_000


def nothing(of: Case, at: datetime) -> None:
    """The baseline."""


def case() -> Case:
    """Fifty touches over half a year, every tenth from the eighth with a promise."""
    week = frozenset(range(5))
    touches = []
    for number, outcome in enumerate(HISTORY * 5):
        at = NOW - timedelta(days=175 - number * 3.4)
        agreed = Window(at + timedelta(days=2), at + timedelta(days=2, hours=2), ZONE)
        touches.append(
            Touch(
                at,
                Channel.TEXT if outcome == "sent" else Channel.CALL,
                outcome,
                Agreed(Basis.PROMISE, agreed) if number % 10 == 7 else None,
                "budget" if outcome == "connected" else "",
            )
        )
    return Case(
        opened_at=NOW - timedelta(days=180),
        last_contact_at=NOW - timedelta(days=200),
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
    calls, of = sizes.of(2_000, 50), case()
    moments = [NOW + timedelta(seconds=second) for second in range(calls)]
    ours: list[float] = []
    baseline: list[float] = []
    for _ in range(ROUNDS):
        for act, times in ((decide, ours), (nothing, baseline)):
            began = perf_counter()
            for at in moments:
                act(of, at)
            times.append(1000 * (perf_counter() - began) / calls)
    return [
        Measurement(
            "decide", "a decision on fifty touches, against an empty call", "ms", median(ours), median(baseline),
            limit=LIMIT, n=calls, repeats=ROUNDS, spread=spread_of(ours),
        )
    ]  # fmt: skip
