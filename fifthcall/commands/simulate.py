"""simulate: another cadence on a simulated clock, before it is switched on. Writes nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from fifthcall.cli import WrongUse
from fifthcall.commands.common import Subparsers, add_at, add_json, add_workspace, member, say, time_of, workspace
from fifthcall.insights.what_if import telling
from fifthcall.insights.what_if.answers import ASSUMED
from fifthcall.insights.what_if.market import made
from fifthcall.insights.what_if.measured import rates_of
from fifthcall.insights.what_if.past import past
from fifthcall.insights.what_if.trying import TooMuch, Trial, attempt, check, with_book
from fifthcall.rules.case import Playbook, Policy
from fifthcall.rules.playbook import IDS, BadPlaybook, read
from fifthcall.wording import library


def add_simulate(subs: Subparsers) -> None:
    command = subs.add_parser("simulate", help="try a cadence before switching it on: load, collisions, who is reached")
    command.add_argument(
        "playbook", nargs="?", help="the changed playbook, a TOML file; without it today's cadence alone"
    )
    command.add_argument("--seed", type=int, default=1, help="the same seed gives the same answer, to the last digit")
    command.add_argument("--opportunities", type=int, default=100, help="of a made market")
    command.add_argument("--days", type=int, default=60, help="of a made market")
    command.add_argument("--runs", type=int, default=20, help="how often it is played, with other luck each time")
    command.add_argument("--situation", choices=IDS, help="all opportunities stand in it (default: the playbook's)")
    command.add_argument("--past", action="store_true", help="the workspace's opportunities of the last year instead")
    command.add_argument("--rep", help="with --past: whose view (default: the only member's)")
    add_at(command)
    add_workspace(command)
    add_json(command)
    command.set_defaults(run=_simulate)


def _simulate(arguments: argparse.Namespace) -> int:
    try:
        trial = _of_the_past(arguments) if arguments.past else _of_a_made_market(arguments)
    except TooMuch as problem:
        raise WrongUse(str(problem)) from None
    if arguments.json:
        say(telling.as_data(trial))
    else:
        print("\n".join(_lines(trial)))
    return 0


def _of_a_made_market(arguments: argparse.Namespace) -> Trial:
    check(arguments.opportunities, arguments.days, arguments.runs)
    book = _book(arguments.playbook, None)
    situation = arguments.situation or (book.id if book else "")
    market = made(arguments.seed, arguments.opportunities, arguments.days, situation=situation)
    return attempt(market, ASSUMED, Policy(), _changed(Policy(), book), arguments.seed, arguments.runs)


def _of_the_past(arguments: argparse.Namespace) -> Trial:
    check(1, 7, arguments.runs)
    rep = member(workspace(arguments.workspace), arguments.rep)
    with time_of(arguments.at, rep.zone) as now:
        market = past(rep, now)
        if market is None:
            raise WrongUse("no opportunity came in within the last year. Leave --past out for a made market.")
        policy, book = rep.workspace.policy(), _book(arguments.playbook, rep.workspace_id)
        return attempt(market, rates_of(rep, now), policy, _changed(policy, book), arguments.seed, arguments.runs)


def _book(name: str | None, workspace_id: int | None) -> Playbook | None:
    if name is None:
        return None
    try:
        text = Path(name).read_text(encoding="utf-8")
        return read(text, library.own_codes(workspace_id) if workspace_id else None)
    except OSError as problem:
        raise WrongUse(f"{name}: {problem.strerror}.") from None
    except (BadPlaybook, UnicodeDecodeError) as problem:
        raise WrongUse(f"{name}: {problem}") from None


def _changed(policy: Policy, book: Playbook | None) -> Policy | None:
    try:
        return with_book(policy, book) if book else None
    except BadPlaybook as problem:
        raise WrongUse(str(problem)) from None


def _lines(trial: Trial) -> list[str]:
    market = trial.market
    what = f"a market made from seed {trial.seed}" if market.made else "the opportunities of the last year"
    reps, runs = len(market.reps), trial.runs
    whole = f"{len(market.prospects)} opportunities, {reps} rep{'s' * (reps != 1)}, {len(market.days)} days"
    lines = [
        f"{whole}; {runs} runs of {what}.",
        "",
        f"{'':44}{'as it is':>24}{'changed' if trial.changed else '':>24}".rstrip(),
    ]
    both = [figures for figures in (trial.today, trial.changed) if figures]
    for name, words in telling.ESTIMATES.items():
        lines.append(f"{words:44}" + "".join(f"{_estimate(getattr(one, name)):>24}" for one in both))
    for name, words in telling.LOADS.items():
        load = "".join(f"{getattr(one.load, name):>24.1f}" for one in both)
        lines.append(f"{'Touches a day: ' + words.lower():44}{load}")
    for name, words in telling.COUNTS.items():
        lines.append(f"{words:44}" + "".join(f"{getattr(one, name):>24.1f}" for one in both))
    lines += [
        "",
        f"The blocks of a working day hold {trial.capacity:.0f} touches for each rep.",
        *telling.sentences(trial),
    ]
    return [*lines, telling.source(trial.rates)]


def _estimate(of: Any) -> str:
    return f"{of.mean:.1f} ({of.low:.1f}–{of.high:.1f})"
