"""What each number means: one definition, which the screen, its files and docs/reference/numbers.md share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Definition:
    """`name` as on screen, `words` for a salesperson, `formula`, and the `source` of either."""

    name: str
    words: str
    formula: str
    source: str


NUMBERS: dict[str, Definition] = {
    "tried": Definition(
        "Tried",
        "Opportunities that got at least this many attempts, whatever came of them later.",
        "n(k) = opportunities with k or more attempts",
        "G2; the number at risk of Kaplan and Meier (1958)",
    ),
    "won_here": Definition(
        "Won after it",
        "Opportunities won with exactly this many attempts.",
        "d(k) = won opportunities with k attempts",
        "G2",
    ),
    "worth": Definition(
        "Worth of an attempt",
        "Of those that got this attempt, the share won before another was needed. "
        "Open ones count only as far as they have come.",
        "h(k) = d(k) / n(k), with Wilson’s 90 % interval",
        "G2; discrete hazard, Kaplan and Meier (1958); Wilson (1927)",
    ),
    "won_by": Definition(
        "Won by then",
        "The share that would be won by this attempt if those left or still open went on like the others.",
        "1 − S(k), S(k) = (1 − h(1)) · … · (1 − h(k))",
        "G2; product limit, Kaplan and Meier (1958)",
    ),
    "came_with": Definition(
        "Came with it",
        "On the curves of connects and meetings: opportunities whose first conversation or meeting came with exactly "
        "this attempt.",
        "d(k) = opportunities with their first connect (meeting set) at attempt k",
        "G2",
    ),
    "given_up": Definition(
        "Given up",
        "Opportunities that were lost or set aside, by the number of attempts they got.",
        "g(k) = lost or resting opportunities with k attempts",
        "G1, C1",
    ),
    "reviews": Definition(
        "Reviews booked before proposals",
        "Of the proposals sent, the share whose review stood in the calendar when they went out; "
        "the others went out for a reason that was given.",
        "b / p, with Wilson’s 90 % interval",
        "A8; Wilson (1927)",
    ),
    "reached": Definition(
        "Reached",
        "Of the calls at an hour (on the prospect’s clock) or in a block, the share that reached somebody. "
        "An hour with few calls is drawn towards the mean of all hours.",
        "(c + m·w) / (n + w), Beta’s 5 % and 95 % points; a block: c / n, with Wilson’s 90 % interval",
        "B3; Kleinman (1973); Wilson (1927)",
    ),
    "of_wins": Definition(
        "Share of the wins",
        "Of all wins, the share that came after exactly this attempt.",
        "d(k) / (d(1) + d(2) + …)",
        "G2, beside the claims of G1",
    ),
    "post_cost": Definition(
        "Cost of the post",
        "What the notes, books, parcels and couriers posted in a month cost together, and each on average.",
        "c(m) = the sum of the costs of the pieces posted in month m; c(m) / their number",
        "C7",
    ),
    "what_if_reached": Definition(
        "Opportunities reached (what if)",
        "In a simulation: opportunities with at least one conversation or answer of theirs. In brackets where what is "
        "expected lies; any one time luck takes it further away.",
        "x̄ ± t · s / √n over n runs; any one time x̄ ± t · s · √(1 + 1/n); both 90 %",
        "C1, G2; Student (1908)",
    ),
    "what_if_difference": Definition(
        "More or fewer (what if)",
        "The changed cadence minus today’s, run by run with the same luck for both. An interval without zero is more "
        "than chance.",
        "d̄ ± t · s / √n over n pairs of runs, 90 %",
        "G2; common random numbers, Student (1908)",
    ),
    "what_if_load": Definition(
        "Touches a day (what if)",
        "Steps taken by hand on a working day of a rep, a text with its voicemail being one; beside it what the blocks "
        "hold.",
        "touches / days on which the rep has a block; 90 % of such days lie at or below the second figure",
        "B1, B4, C2",
    ),
    "what_if_collisions": Definition(
        "Where it gets tight (what if)",
        "In a run: steps put off by the fatigue guard or the law’s contacts a day, people with more than one touch on "
        "a day of theirs, and steps whose block was full.",
        "counts / n runs",
        "C4, B4",
    ),
}
