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
        "Of the calls of twelve months at an hour (on the prospect’s clock) or in a block, the share that reached "
        "somebody. "
        "An hour with few calls is drawn towards the mean of all hours.",
        "(c + m·w) / (n + w) over all m and w as likely as they are, Beta’s 5 % and 95 % points; "
        "a block: c / n, with Wilson’s 90 % interval",
        "B3; Gelman et al. (2013); Wilson (1927)",
    ),
    "of_wins": Definition(
        "Share of the wins",
        "Of all wins, the share that came after exactly this attempt.",
        "d(k) / (d(1) + d(2) + …)",
        "G2, beside the claims of G1",
    ),
    "split": Definition(
        "Share of a group",
        "Of a group’s attempts, the share that was a conversation or was answered before anything else happened; that "
        "set a meeting; or that was the last before a win. A group with few cases is drawn towards the mean of all.",
        "(c + m·w) / (n + w) over all m and w as likely as they are, with Beta’s 5 % and 95 % points",
        "G2; Gelman et al. (2013)",
    ),
    "next_touch": Definition(
        "Worth of the next touch",
        "The value of an opportunity times the chance that its next attempt ends in a win, by the minutes it takes. "
        "The chance is that of your own attempts with that number, before or after a first conversation; few cases are "
        "drawn towards what the numbers around them and all together say.",
        "v · (d + m·w) / (n + w) / t over all m and w as likely as they are, "
        "with Beta’s 5 % and 95 % points in place of the share",
        "F4; Gelman et al. (2013)",
    ),
    "post_cost": Definition(
        "Cost of the post",
        "What the notes, books, parcels and couriers posted in a month cost together, and each on average.",
        "c(m) = the sum of the costs of the pieces posted in month m; c(m) / their number",
        "C7",
    ),
    "open_value": Definition(
        "Open value",
        "What all that is not closed is worth. Those without a value are counted beside it, never as zero.",
        "V = Σ v(i) over the open and resting ones with a value",
        "F2",
    ),
    "how_real": Definition(
        "How real",
        "Tire-kicker: said to be only curious, or long on the list with many contacts and never a step agreed nor a "
        "yes. Doubtful: long or much contacted without either, both in spite of one, or resting. All others are real.",
        "long = 90 days, many = 8 contacts (the bounds of S10); an appointment ahead or “serious” makes it real",
        "F3, C12",
    ),
    "honest_value": Definition(
        "Honest value",
        "The open value of the real ones alone.",
        "Σ v(i) over the real ones",
        "F3",
    ),
    "concentration": Definition(
        "Concentration",
        "How much hangs on few deals: near 0 where there are many alike, 1 where there is one.",
        "HHI = Σ (v(i) / V)²",
        "F2; Hirschman (1945), Herfindahl (1950)",
    ),
    "effective_deals": Definition(
        "As many deals of one size",
        "So many deals of equal size would be as concentrated.",
        "1 / HHI",
        "F2; Adelman (1969)",
    ),
    "coverage": Definition(
        "Coverage",
        "The honest value for each of what is still to win until the quarter ends.",
        "honest value / (goal − won in this calendar quarter)",
        "F1, F3",
    ),
    "added_a_week": Definition(
        "Added a week",
        "Opportunities that came onto the list, by whatever way, in the past twelve whole weeks (fewer where the list "
        "is younger).",
        "Σ n(w) / weeks, with Garwood’s exact 90 % interval of a Poisson mean",
        "F1; Garwood (1936)",
    ),
    "five_attempts": Definition(
        "Left after five attempts",
        "Of the opportunities left in this time (lost, resting, or open and 30 days without a touch or a time agreed), "
        "the share that had got the five attempts owed. Whatever the reason: the case says it.",
        "g / n, g = left with 5 or more attempts; with Wilson’s 90 % interval",
        "C1; Wilson (1927)",
    ),
    "promises_kept": Definition(
        "Promises kept",
        "Of the promises whose time was up, the share kept in the time that was said; "
        "the others were kept late, or broken.",
        "k / (k + late + broken), with Wilson’s 90 % interval",
        "C5; Wilson (1927)",
    ),
    "why_not_yet": Definition(
        "Why not yet, noted",
        "Of the real conversations, the share of which it was noted why they could not act yet, or they did.",
        "m / n, with Wilson’s 90 % interval",
        "D1; Wilson (1927)",
    ),
    "notes_in_a_day": Definition(
        "Notes within a day",
        "Of the meetings, the share after which a handwritten note was posted within 24 hours. "
        "A meeting whose 24 hours are not over counts once the note is posted.",
        "m / n, with Wilson’s 90 % interval",
        "C8; Wilson (1927)",
    ),
    "reviews_booked": Definition(
        "Reviews booked",
        "Of the proposals sent in this time, the share whose review stood in the calendar when they went out.",
        "b / p, with Wilson’s 90 % interval",
        "A8; Wilson (1927)",
    ),
    "in_their_block": Definition(
        "Done in their block",
        "Attempts made, of those and of the steps that were not done when their block ended and flowed on; "
        "a step that flowed on twice counts twice.",
        "a / (a + s), with Wilson’s 90 % interval",
        "B1, B2; Wilson (1927)",
    ),
    "within_budget": Definition(
        "Within the week’s budget",
        "Of the attempts made, the share that came while that person’s week still had room (five touches, by whomever; "
        "a voicemail and its text are one).",
        "1 − o / a, o = attempts beyond the budget; with Wilson’s 90 % interval",
        "C4; Wilson (1927)",
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
