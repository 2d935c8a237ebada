"""What if: a cadence on a simulated clock keeps the rules' bounds, is the same for a seed, and tells the truth."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from scipy import stats

from fifthcall.insights.what_if import telling
from fifthcall.insights.what_if.answers import ASSUMED, Chance, Odds, Rates, pooled
from fifthcall.insights.what_if.drawing import picture
from fifthcall.insights.what_if.market import Market, Prospect, Rep, default_blocks, made
from fifthcall.insights.what_if.playing import Cadence, Run, Taken
from fifthcall.insights.what_if.trying import TooMuch, Trial, attempt, estimate, student, with_book
from fifthcall.rules.case import Case, Channel, Kind, Play, Playbook, Policy
from fifthcall.rules.playbook import BUILTIN, BadPlaybook
from fifthcall.rules.windows import wall
from fifthcall.wording.odds import Score

POLICY = Policy()
WEEK = timedelta(days=7)
ALWAYS_MEET = {"meeting": Chance(1.0), "refusal": Chance(0.0)}
#: A market with shared people and organisations, of a country with hours and contacts a day of its own.
MARKETS = [(1, "", "US-FL", "America/New_York"), (2, "S9", "", "Europe/Berlin"), (3, "S3", "US-FL", "America/New_York")]


def silence() -> Odds:
    return Odds({}, 0.0, 0.0)


def flat(share: float, meeting: float = 0.25, refusal: float = 0.15) -> Odds:
    ways = (Channel.CALL, Channel.TEXT, Channel.EMAIL)
    return Odds(dict.fromkeys(ways, (share,)), meeting, refusal)


@cache
def runs_of(seed: int, situation: str, region: str, zone: str) -> tuple[Market, list[Run]]:
    """A crowded market, so that every bound is tried: half of them share a person or an organisation."""
    market = made(seed, 60, 40, situation=situation, zone=zone, country=region)
    crowd = random.Random(seed)
    prospects = tuple(
        replace(one, person=crowd.randint(1, 45), organization=crowd.randint(1, 8)) for one in market.prospects
    )
    market = replace(market, prospects=prospects)
    cadence = Cadence(market, POLICY)
    return market, [cadence.run(odds, luck) for luck, odds in enumerate((silence(), flat(0.1), flat(0.3)))]


def budgeted(taken: list[Taken]) -> list[datetime]:
    """Touches that count against a week's budget, by a loop of its own."""
    return [
        one.at for one in taken if one.channel is not Channel.DESK and one.step.purpose not in ("paired_text", "answer")
    ]


def most_in_a_week(moments: list[datetime]) -> int:
    return max((sum(start <= at < start + WEEK for at in moments) for start in moments), default=0)


def grouped(market: Market, run: Run, by: str) -> list[list[Taken]]:
    found: dict[Any, list[Taken]] = {}
    for one in run.taken:
        found.setdefault(getattr(market.prospects[one.prospect], by), []).append(one)
    return list(found.values())


@pytest.mark.parametrize("of", MARKETS)
def test_no_call_or_text_leaves_the_laws_hours(of: Any) -> None:
    market, runs = runs_of(*of)
    for one in (one for run in runs for one in run.taken if one.channel in (Channel.CALL, Channel.TEXT)):
        there = wall(one.at, market.prospects[one.prospect].case.prospect_zone)
        assert time(8) <= there.time() < time(20) and there.weekday() != 6, one


@pytest.mark.parametrize("of", MARKETS)
def test_the_fatigue_budget_of_people_and_organisations_is_never_passed(of: Any) -> None:
    market, runs = runs_of(*of)
    for run in runs:
        for person in grouped(market, run, "person"):
            agreed = [one for one in person if one.answered]  # what they asked for is nobody's fatigue
            assert most_in_a_week(budgeted(person)) <= POLICY.touches_a_week + len(agreed)
            if not agreed:
                assert most_in_a_week(budgeted(person)) <= POLICY.touches_a_week
            voicemails = [one.at for one in person if one.outcome == "voicemail"]
            assert most_in_a_week(voicemails) <= POLICY.voicemails_a_week
        for organization in grouped(market, run, "organization"):
            assert most_in_a_week(budgeted(organization)) <= POLICY.organization_touches_a_week
    assert runs[0].held > 0  # the bounds were tried


def test_contacts_a_day_are_kept_where_the_law_limits_them() -> None:
    market, runs = runs_of(*MARKETS[0])
    limited = 0
    for run in runs:
        for number, prospect in enumerate(market.prospects):
            if prospect.case.regions:
                tries = [o.at for o in run.taken if o.prospect == number and o.channel in (Channel.CALL, Channel.TEXT)]
                assert all(
                    later - earlier >= timedelta(hours=24) for earlier, later in zip(tries, tries[3:], strict=False)
                )
                limited += len(tries) > 3
    assert limited


@pytest.mark.parametrize("of", MARKETS)
def test_every_open_opportunity_has_a_next_step_and_blocks_never_overflow(of: Any) -> None:
    market, runs = runs_of(*of)
    for run in runs:
        finished = run.meetings + run.refused + run.to_decide
        assert len(run.ahead) + finished == len(market.prospects)
        assert all(step.window.until > step.window.starts_at for step in run.ahead.values())
        load = Counter(
            (market.prospects[one.prospect].rep, one.step.window.starts_at)
            for one in run.taken
            if one.by_hand and not one.step.firm and one.step.purpose != "another_way"
        )
        assert max(load.values()) <= 18


def test_the_same_seed_gives_the_same_answer_to_the_last_byte_in_any_process() -> None:
    command = [sys.executable, "-m", "fifthcall", "simulate", "--seed", "7", "--opportunities", "25", "--days", "30"]
    said = []
    for hashes in ("0", "1", "4242"):
        env = os.environ | {"PYTHONHASHSEED": hashes}
        done = subprocess.run([*command, "--runs", "3", "--json"], capture_output=True, env=env, check=True)
        said.append(done.stdout)
    assert said[0] == said[1] == said[2]
    assert json.loads(said[0])["figures"]


def test_another_seed_gives_another_market_and_another_answer() -> None:
    one, other = (telling.rows(attempt(made(n, 20, 20), ASSUMED, POLICY, None, n, 3)) for n in (1, 2))
    assert one != other


def book(steps: int, gap: int = 2, kind: Kind = Kind.CALL) -> Playbook:
    plays = tuple(Play(kind, gap, "day", "Call them.") for _ in range(steps))
    return replace(BUILTIN["S9"], steps=plays, then="rest", rest_days=365)


def alone(count: int, situation: str = "S9", days: int = 120, blocks: bool = False) -> Market:
    """Prospects who share nothing, in at the beginning."""
    since = datetime(2025, 1, 6, 6, tzinfo=UTC)
    rep = Rep("Ada", "Europe/Berlin", default_blocks("Europe/Berlin") if blocks else ())
    case = Case(
        opened_at=since, last_contact_at=since - timedelta(days=3), prospect_zone="Europe/Berlin", zone_known=True,
        ways=frozenset({Channel.CALL}), situation=situation, blocks=rep.blocks,
    )  # fmt: skip
    prospects = tuple(Prospect(0, case, person=n, organization=n) for n in range(1, count + 1))
    return Market((rep,), prospects, since, since + timedelta(days=days), "Europe/Berlin")


@pytest.mark.parametrize("share", [0.0, 0.1, 0.4])
def test_more_attempts_never_lower_the_load(share: float) -> None:
    market, before = alone(25, days=90), 0
    touches = []
    for steps in range(5, 13):
        run = Cadence(market, with_book(POLICY, book(steps))).run(flat(share, 0.5, 0.5), luck=5)
        touches.append(len(run.taken))
    assert touches == sorted(touches) and touches[-1] > touches[0] > before


def test_connects_grow_with_the_rate_whatever_the_market() -> None:
    market = made(4, 40, 60)
    roomy = replace(POLICY, touches_an_hour=1000)  # full blocks would let one person's luck move another's step
    cadence = Cadence(
        replace(market, prospects=tuple(replace(one, person=0, organization=0) for one in market.prospects)), roomy
    )
    for luck in range(5):
        reached = [cadence.run(flat(share / 20), luck).reached for share in range(12)]
        assert not reached[0] and all(less <= more for less, more in pairwise(reached))
        assert len(reached[-1]) > len(reached[1])


def expected(market: Market, policy: Policy, odds: Odds) -> float:
    """Known in closed form where a conversation ends it: 1 − Π(1 − p) over the attempts that silence would see."""
    missed = [1.0] * len(market.prospects)
    tries: Counter[int] = Counter()
    for one in Cadence(market, policy).run(silence(), 0).taken:
        if one.channel in (Channel.CALL, Channel.TEXT, Channel.EMAIL, Channel.POST):
            tries[one.prospect] += 1
            missed[one.prospect] *= 1 - odds.chance(one.channel, tries[one.prospect])
    return sum(1 - share for share in missed)


def test_nine_of_ten_intervals_hold_the_true_mean() -> None:
    """A cadence of six calls, each answered by 8 to 18 of a hundred, with the truth in closed form."""
    market = alone(12, days=60)
    policy = with_book(replace(POLICY, touches_an_hour=1000), book(6))
    by_number = tuple(Chance(share) for share in (0.18, 0.08, 0.12, 0.1, 0.15, 0.09))
    rates = Rates({Channel.CALL: by_number}, **ALWAYS_MEET)
    truth = expected(market, policy, rates.means())
    assert 5 < truth < 8
    cadence, held, trials = Cadence(market, policy), 0, 900
    luck = random.Random(90)
    for _ in range(trials):
        found = estimate([len(cadence.run(rates.means(), luck.getrandbits(64)).reached) for _ in range(10)])
        held += found.low <= truth <= found.high
    assert 0.87 <= held / trials <= 0.93


def test_nine_of_ten_single_runs_lie_where_they_are_said_to() -> None:
    market = alone(12, days=60)
    cadence = Cadence(market, with_book(replace(POLICY, touches_an_hour=1000), book(6)))
    luck, held, trials = random.Random(91), 0, 500
    for _ in range(trials):
        values = [len(cadence.run(flat(0.12, 1.0, 0.0), luck.getrandbits(64)).reached) for _ in range(11)]
        found = estimate(values[1:])
        held += found.least <= values[0] <= found.most
    assert 0.86 <= held / trials <= 0.95  # counts are whole: the ends themselves belong to it


def test_a_difference_that_is_not_there_is_seldom_taken_for_one() -> None:
    """Both cadences the same but for their luck: one interval in ten leaves zero out."""
    market = alone(12, days=40)
    cadence = Cadence(market, with_book(POLICY, book(5)))
    luck, wrong, trials = random.Random(92), 0, 400
    for _ in range(trials):
        runs = [len(cadence.run(flat(0.15, 1.0, 0.0), luck.getrandbits(64)).reached) for _ in range(20)]
        gap = estimate([one - other for one, other in zip(runs[::2], runs[1::2], strict=True)], -1e9)
        wrong += not gap.low <= 0 <= gap.high
    assert 0.07 <= wrong / trials <= 0.13


@pytest.mark.parametrize("freedom", [1, 2, 9, 19, 99])
def test_students_points_are_scipys(freedom: int) -> None:
    assert student(freedom) == pytest.approx(float(stats.t.ppf(0.95, freedom)), rel=1e-6)


def test_an_estimate_is_scipys_interval() -> None:
    values = [3, 5, 4, 8, 6, 5]
    found = estimate(values)
    ends = stats.t.interval(0.9, 5, loc=31 / 6, scale=stats.sem(values))
    assert [found.low, found.high] == pytest.approx([float(end) for end in ends])


def test_the_same_cadence_beside_itself_differs_in_nothing() -> None:
    trial = attempt(made(1, 20, 30), ASSUMED, POLICY, with_book(POLICY, BUILTIN["S9"]), 1, 4)
    assert trial.difference and trial.difference.connects.mean == trial.difference.touches.mean == 0
    assert "Nothing differs" in telling.sentences(trial)[0]
    assert telling.signed(-0.04) == "0" and telling.signed(-1.23) == "−1.2"


def test_a_cadence_that_gives_up_is_told_from_one_that_does_not() -> None:
    market, never = alone(60, days=60), replace(POLICY, attempts_owed=1)
    trial = attempt(market, ASSUMED, with_book(never, book(8)), with_book(never, book(1)), 3, 20)
    said = telling.sentences(trial)
    assert trial.difference and trial.difference.connects.high < 0
    assert "reaches fewer" in said[0] and "more than chance" in said[0] and "less work" in said[1]
    back = attempt(market, ASSUMED, with_book(never, book(1)), with_book(never, book(8)), 3, 20)
    assert back.difference and back.difference.connects.low == -trial.difference.connects.high
    assert "reaches more" in telling.sentences(back)[0]


def test_load_and_collisions_against_a_count_by_hand() -> None:
    market = made(9, 40, 28)
    trial = attempt(market, ASSUMED, POLICY, None, 9, 2)
    runs = [Cadence(market, POLICY).run(*_draw(9, n)) for n in range(2)]
    by_day = [Counter(wall(o.at, "Europe/London").date() for o in r.taken if o.by_hand) for r in runs]
    loads = sorted(days[day] for days in by_day for day in market.days if day.weekday() < 5 or days[day])
    assert trial.today.load.mean == pytest.approx(sum(loads) / len(loads))
    assert trial.today.load.ninth == loads[-(-9 * len(loads) // 10) - 1]
    assert trial.today.load.busiest == sum(max(days.values()) for days in by_day) / 2
    assert sum(trial.today.load.by_channel.values()) == pytest.approx(trial.today.load.mean)
    assert sum(trial.today.load.by_day) == pytest.approx(trial.today.touches.mean)
    assert trial.capacity == 36


def _draw(seed: int, number: int) -> tuple[Odds, int]:
    chance = random.Random(f"{seed}:{number}")
    return ASSUMED.drawn(chance), chance.getrandbits(64)


def test_full_blocks_are_seen_and_what_does_not_fit_goes_on() -> None:
    market = alone(40, days=14, blocks=True)
    run = Cadence(market, replace(POLICY, touches_an_hour=4)).run(silence(), 1)
    at_blocks = [(7, 0), (15, 30)]  # in UTC; what is meant to reach the voicemail stands after hours, in no block
    starts = [one.at for one in run.taken if not one.step.firm]
    per_block = Counter(at for at in starts if (at.hour, at.minute) in at_blocks)
    assert run.full and max(per_block.values()) == 6  # an hour and a half of four


def test_what_is_known_of_few_is_drawn_towards_the_mean_and_of_nobody_is_assumed() -> None:
    rates = pooled({(Channel.CALL, 1): Score(90, 300), (Channel.CALL, 2): Score(1, 1)}, Score(5, 10), Score())
    calls = rates.answer[Channel.CALL]
    assert calls[0].mean == pytest.approx(0.3, abs=0.02) and calls[1].mean < 0.9
    assert 0.25 < calls[5].mean < 0.32 and rates.answer[Channel.TEXT] == ASSUMED.answer[Channel.TEXT]
    assert 0.25 < rates.meeting.mean < 0.5 and rates.refusal.mean == ASSUMED.refusal.mean
    draws = [rates.drawn(random.Random(n)).chance(Channel.CALL, 1) for n in range(400)]
    assert sum(draws) / 400 == pytest.approx(calls[0].mean, abs=0.01) and len(set(draws)) == 400
    assert {rates.drawn(random.Random(n)).chance(Channel.TEXT, 3) for n in range(9)} == {0.05}


def test_it_stops_when_it_would_take_too_long_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fifthcall.insights.what_if.trying.MOST_WORK", 300)
    trial = attempt(made(1, 20, 30), ASSUMED, POLICY, None, 1, 50)
    assert 2 <= trial.runs < 50 and f"Stopped after {trial.runs} of 50 runs" in telling.sentences(trial)[-1]


@pytest.mark.parametrize(("many", "days", "runs"), [(501, 30, 5), (5, 400, 5), (5, 30, 101), (5, 30, 1)])
def test_too_much_is_refused_with_the_limit(many: int, days: int, runs: int) -> None:
    with pytest.raises(TooMuch, match=r"it can be from .* to "):
        attempt(made(1, many, days), ASSUMED, POLICY, None, 1, runs)


@pytest.mark.parametrize("market", [made(1, 1, 7), replace(made(1, 1, 7), prospects=())])
def test_one_opportunity_and_none(market: Market) -> None:
    trial = attempt(market, ASSUMED, POLICY, with_book(POLICY, book(3)), 1, 3)
    assert len(telling.rows(trial)) > 20 and len(picture(trial).bars) == 7


def test_a_circle_of_playbooks_is_refused() -> None:
    with pytest.raises(BadPlaybook, match="no end"):
        with_book(POLICY, replace(BUILTIN["S7"], then="S9"))


def test_long_times_are_drawn_by_the_week_and_bars_stay_in_the_picture() -> None:
    trial: Trial = attempt(made(2, 30, 90), ASSUMED, POLICY, with_book(POLICY, book(9)), 1, 2)
    drawn = picture(trial)
    assert drawn.weeks and len(drawn.bars) == 13
    assert all(bar.today_top >= 0 and bar.today_top + bar.today == pytest.approx(212, abs=0.1) for bar in drawn.bars)
    weeks = [sum(trial.today.load.by_day[n : n + 7]) / 5 for n in range(0, 84, 7)]
    assert [bar.loads[0] for bar in drawn.bars[:12]] == pytest.approx(weeks)
