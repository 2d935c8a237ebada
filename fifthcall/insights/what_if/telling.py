"""What a trial says: its figures as rows for screen, file and program, and what they mean in plain sentences."""

from __future__ import annotations

from typing import Any

from fifthcall.insights.what_if.answers import Chance, Rates
from fifthcall.insights.what_if.trying import Difference, Estimate, Figures, Trial

COLUMNS = ("measure", "day", "cadence", "mean", "low", "high", "least", "most")
#: The figures of a cadence with an interval, and those without, in the order of the page.
ESTIMATES = {
    "connects": "Opportunities reached",
    "talks": "Conversations",
    "meetings": "Meetings set",
    "touches": "Touches by hand",
}
COUNTS = {
    "held": "Put off, as they had had enough",
    "same_day": "Twice on a day to one person",
    "full": "Moved on, as the block was full",
    "open": "Still open at the end, each with a next step",
    "to_decide": "Set aside, as somebody must find out more",
}
LOADS = {"mean": "On average", "ninth": "On nine days of ten at most", "busiest": "On the busiest day"}


def rows(trial: Trial) -> list[dict[str, Any]]:
    """Every figure, with `COLUMNS`; counts per run, loads per rep and working day, but of a `day` for all reps."""
    found = []
    for cadence, figures in (("today", trial.today), ("changed", trial.changed)):
        if figures:
            found += [_estimate(name, cadence, getattr(figures, name)) for name in ESTIMATES]
            found += [_one(f"load_{name}", cadence, getattr(figures.load, name)) for name in LOADS]
            found += [_one(f"load_{name}", cadence, load) for name, load in figures.load.by_channel.items()]
            found += [_one(name, cadence, getattr(figures, name)) for name in COUNTS]
            by_day = zip(trial.market.days, figures.load.by_day, strict=True)
            found += [_one("load_day", cadence, load, day.isoformat()) for day, load in by_day]
    if trial.difference:
        for name in ("connects", "meetings", "touches"):
            found.append(_estimate(name, "difference", getattr(trial.difference, name)))
    return [*found, _one("capacity", "", trial.capacity)]


def _one(measure: str, cadence: str, mean: float, day: str = "") -> dict[str, Any]:
    return dict.fromkeys(COLUMNS, "") | {"measure": measure, "day": day, "cadence": cadence, "mean": round(mean, 4)}


def _estimate(measure: str, cadence: str, of: Estimate) -> dict[str, Any]:
    ends = {name: round(getattr(of, name), 4) for name in ("low", "high", "least", "most")}
    return _one(measure, cadence, of.mean) | ends


def sentences(trial: Trial) -> list[str]:
    """Whether the difference can be told from chance, what it costs, and what was bounded."""
    said = []
    if trial.difference and trial.changed:
        said += [_verdict(trial.difference, trial.runs), _cost(trial.today, trial.changed, trial.capacity)]
    if trial.bounded:
        said.append(f"Stopped after {trial.runs} of {trial.asked} runs, as more would have taken too long.")
    if trial.market.left_out:
        said.append(
            f"The latest {len(trial.market.prospects)} opportunities were played; {trial.market.left_out} that came "
            "in earlier would have taken too long."
        )
    return said


def _verdict(of: Difference, runs: int) -> str:
    gap = of.connects
    if gap.least == gap.most == of.touches.least == of.touches.most == 0:
        return "Nothing differs: in these runs nobody came to a step that you changed."
    between = f"{signed(gap.mean)} expected, likely between {signed(gap.low)} and {signed(gap.high)}"
    ahead = f"It was ahead in {of.ahead} of {runs} runs, and behind in {of.behind}."
    if gap.low > 0:
        return f"The changed cadence reaches more of them: {between}. That is more than chance. {ahead}"
    if gap.high < 0:
        return f"The changed cadence reaches fewer of them: {between}. That is more than chance. {ahead}"
    return f"Whether it reaches more or fewer can’t be told from chance: {between}. {ahead}"


def _cost(today: Figures, changed: Figures, capacity: float) -> str:
    before, after = today.load.mean, changed.load.mean
    room = f" Your blocks hold {capacity:.0f}." if capacity else ""
    if abs(after - before) < 0.05:
        return f"The work stays the same: {after:.1f} touches a day for each rep.{room}"
    more = "more" if after > before else "less"
    return f"It is {more} work: {after:.1f} touches a day for each rep instead of {before:.1f}.{room}"


def signed(value: float) -> str:
    """With its sign, to one digit; nothing has none."""
    said = f"{value:+.1f}".replace("-", "−")
    return "0" if said[1:] == "0.0" else said


def source(of: Rates) -> str:
    """Where the answers come from."""
    if not any(one["cases"] for one in rates(of)):
        return "The answers are assumed, not measured: round numbers, the same for each attempt."
    cases = sum(chance.score.of for chances in of.answer.values() for chance in chances)
    return f"The answers are drawn from {cases} of your own attempts; few cases stay near the mean."


def rates(of: Rates) -> list[dict[str, Any]]:
    """What the answers were drawn from: each with its share, and its cases, 0 where it is assumed."""
    found = []
    for channel, chances in of.answer.items():
        for number, chance in enumerate(chances, 1):
            last = number == len(chances)
            name = "each attempt" if len(chances) == 1 else f"attempt {number}{' and later' if last else ''}"
            found.append(_rate(channel.value, name, chance))
    return [*found, _rate("meeting", "of conversations", of.meeting), _rate("refusal", "of conversations", of.refusal)]


def _rate(what: str, which: str, chance: Chance) -> dict[str, Any]:
    return {
        "what": what, "which": which, "share": round(chance.mean, 4), "answered": chance.score.good,
        "cases": chance.score.of, "assumed": not chance.measured,
    }  # fmt: skip


def as_data(trial: Trial) -> dict[str, Any]:
    """The whole trial for a program."""
    market = trial.market
    return {
        "seed": trial.seed,
        "runs": trial.runs,
        "runs_asked_for": trial.asked,
        "bounded": trial.bounded,
        "market": {
            "made": market.made,
            "opportunities": len(market.prospects),
            "left_out": market.left_out,
            "reps": len(market.reps),
            "since": market.since.isoformat(),
            "until": market.until.isoformat(),
        },
        "rates": rates(trial.rates),
        "figures": rows(trial),
        "words": sentences(trial),
    }
