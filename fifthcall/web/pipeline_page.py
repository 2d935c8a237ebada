"""What the page of the pipeline shows, as plain data: board, picture, who is serious, coverage, what is added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median_low
from typing import Any
from urllib.parse import urlencode

from fifthcall.insights import weighing
from fifthcall.insights.adding import Adding, adding
from fifthcall.insights.coverage import Amount, Concentration, Coverage, by_how, concentration, coverage, summed
from fifthcall.insights.magnitude import MOST, Deal, percent_words, tiles
from fifthcall.insights.weighing import Heap, Scope, Weighed
from fifthcall.pipeline.goals import goal_of
from fifthcall.pipeline.models import Goal, Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.rules.case import Kind
from fifthcall.rules.honesty import How, Verdict, judge
from fifthcall.rules.words import KIND_NAMES, day, sentence
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.web.figures import percent

EACH, STAGES = 5, 12  # cards of a column; columns
SUSPECTS = 8
HOW_WORDS = {How.REAL: "Real", How.DOUBTFUL: "Doubtful", How.TIRE_KICKER: "Tire-kicker"}
HOW_MANY = {How.REAL: "Real", How.DOUBTFUL: "Doubtful", How.TIRE_KICKER: "Tire-kickers"}
HOW_ICONS = {How.REAL: "circle-check", How.DOUBTFUL: "circle-dashed", How.TIRE_KICKER: "eye"}
#: The picture for a desk and for a phone, in its own units.
SIZES = {"wide": (1000, 380), "tall": (358, 470)}


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The figures, read once; `goal` is that of whose pipeline it is, `board` the stages in their order."""

    scope: Scope
    goal: Goal
    heaps: list[Heap]
    board: list[str]
    by_hand: bool  # the order of the stages is the team's own
    of_stages: Mapping[str, list[Weighed]]  # the largest first
    rows: Mapping[int, Opportunity]  # of those that are shown
    added: Adding

    @property
    def all(self) -> Amount:
        return summed(self.heaps)

    @property
    def hows(self) -> dict[How, Amount]:
        return by_how(self.heaps)

    @property
    def concentration(self) -> Concentration | None:
        return concentration(self.heaps)

    @property
    def coverage(self) -> Coverage:
        return coverage(self.scope, self.goal, self.hows[How.REAL].value)

    @property
    def largest(self) -> tuple[Weighed, Opportunity] | None:
        first = next(iter(self.scope.weighed), None)
        row = self.rows.get(first.pk) if first else None
        return (first, row) if first and row and row.value and row.value > 0 else None

    def of_stage(self, stage: str) -> list[Heap]:
        return [heap for heap in self.heaps if heap.stage == stage]


def whose_goal(scope: Scope) -> int | None:
    """The member whose goal holds for a scope; None: the team's."""
    return scope.rep or (None if scope.member.leads else scope.member.pk)


def read(scope: Scope) -> Pipeline:
    workspace_id = scope.member.workspace_id
    of_stages = weighing.of_stages(scope)
    own = [name.strip().casefold() for name in goal_of(workspace_id, None).stages.splitlines() if name.strip()]
    place = {name: number for number, name in reversed(list(enumerate(own)))}
    shown = sorted(of_stages, key=lambda stage: (stage.casefold() not in place, -len(of_stages[stage]), stage))[:STAGES]
    leading = [one for stage in shown for one in of_stages[stage][:EACH]]
    rows = Opportunity.objects.select_related(*RELATED).in_bulk([one.pk for one in (*scope.weighed[:MOST], *leading)])
    # As the team wants them, then those whose middle deal is the youngest.
    middle = {stage: median_low(one.created for one in of_stages[stage]) for stage in shown}
    board = sorted(sorted(shown), key=middle.__getitem__, reverse=True)
    board.sort(key=lambda stage: place.get(stage.casefold(), len(own)))
    return Pipeline(
        scope, goal_of(workspace_id, whose_goal(scope)), weighing.heaps(scope), board,
        any(stage.casefold() in place for stage in shown), of_stages, rows, adding(scope),
    )  # fmt: skip


def link(scope: Scope, **wanted: str | int) -> str:
    """The query of a link to what stands behind a figure, for the same rep."""
    return urlencode({**({"rep": scope.rep} if scope.rep else {}), **wanted})


def amount(scope: Scope, found: Amount) -> dict[str, Any]:
    without = found.count - found.valued
    return asdict(found) | {
        "words": money(scope, found.value) if found.valued else "",
        "without": without,
    }


def money(scope: Scope, value: float) -> str:
    return f"{value:,.0f} {scope.member.workspace.currency}"


def verdict(scope: Scope, one: Weighed, row: Opportunity) -> Verdict:
    days = (scope.now - row.created_at).days
    return judge(weighing.evidence(one.code, one.contacts, days), scope.member.workspace.policy())


def how(found: How) -> dict[str, str]:
    return {"code": found.value, "words": HOW_WORDS[found], "icon": HOW_ICONS[found]}


def shown(scope: Scope, one: Weighed, row: Opportunity) -> dict[str, Any]:
    """One opportunity, as on the board and in the lists."""
    said = verdict(scope, one, row)
    kind = Kind(row.next_kind) if row.next_kind else None
    asks = row.next_purpose.startswith("S10.")
    return {
        "pk": row.pk,
        "name": row.name,
        "whom": cards.whom(row),
        "organisation": row.organization.name if row.organization and row.person else "",
        "owner": row.owner.name if row.owner else "Nobody",
        "stage": row.stage,
        "value": cards.money(row.value, scope.member.workspace.currency),
        "icon": cards.ICONS[kind] if kind else "",
        "next": KIND_NAMES[kind] if kind else "",
        "when": cards.when(row.next_due_at, scope.now, scope.member.zone) if row.next_due_at else "",
        "how": how(said.how),
        "reasons": [sentence(reason.rule, reason.code, reason.facts) for reason in said.reasons],
        "asks": asks,
        "set": row.situation == "S10" and not asks,
        "may_ask": said.how is not How.REAL and not row.finished and row.situation != "S10" and not asks,
    }


def context(found: Pipeline) -> dict[str, Any]:
    scope = found.scope
    total = found.all
    return {
        "total": amount(scope, total),
        "columns": _columns(found),
        "by_hand": found.by_hand,
        "other_stages": len({heap.stage for heap in found.heaps}) - len(found.board),
        "pictures": [picture(found, look) for look in SIZES] if total.value > 0 else [],
        "concentration": _concentration(found),
        "hows": [
            how(one) | amount(scope, sum_) | {
                "many": HOW_MANY[one],
                "share": percent(sum_.value / total.value) if total.value else None,
                "link": link(scope, how=one.value),
            }
            for one, sum_ in found.hows.items()
        ],
        "suspects": _suspects(scope),
        "coverage": _coverage(found),
        "added": _added(found),
        "goal": found.goal,
        "rep": scope.rep,
        "query": link(scope),
    }  # fmt: skip


def _columns(found: Pipeline) -> list[dict[str, Any]]:
    columns = []
    for stage in found.board:
        all_ = summed(found.of_stage(stage))
        cards_ = [one for one in found.of_stages[stage][:EACH] if one.pk in found.rows]
        columns.append(
            amount(found.scope, all_)
            | {
                "title": stage or "No stage",
                "link": link(found.scope, stage=stage),
                "cards": [shown(found.scope, one, found.rows[one.pk]) for one in cards_],
                "more": all_.count - len(cards_),
                "real": money(found.scope, by_how(found.of_stage(stage))[How.REAL].value),
            }
        )
    return columns


def deals(found: Pipeline) -> list[Deal]:
    """The largest ones with a value, the largest first."""
    rows = ((one, found.rows[one.pk]) for one in found.scope.weighed[:MOST] if one.pk in found.rows)
    return [
        Deal(row.pk, row.name, cards.whom(row), float(row.value), weighing.how_of(one.code))
        for one, row in rows
        if row.value and row.value > 0
    ]


def picture(found: Pipeline, look: str) -> dict[str, Any]:
    width, height = SIZES[look]
    drawn = tiles(deals(found), found.all.value, found.all.valued, width, height)
    own = sum(1 for tile in drawn if tile.pk)
    return {
        "look": look,
        "width": width,
        "height": height,
        "tiles": [
            {
                "pk": tile.pk,
                "box": tile.box,
                "how": tile.how.value if tile.how else "others",
                "pattern": f"{tile.how.value}-{look}" if tile.how and tile.how is not How.REAL else "",
                "lines": [(line, tile.box.y + 20 + 18 * number) for number, line in enumerate(tile.lines)],
                "left": tile.box.x + 8,
                "words": f"{tile.name}: {money(found.scope, tile.value)}, {percent_words(tile.share)} of the open value"
                + (f", {HOW_WORDS[tile.how].lower()}" if tile.how else ""),
            }
            for tile in drawn
        ],
        "others": link(found.scope, valued="yes", after=own),
    }


def _concentration(found: Pipeline) -> dict[str, Any] | None:
    index, largest = found.concentration, found.largest
    if index is None or largest is None:
        return None
    one, row = largest
    assert row.value is not None
    value, cover = float(row.value), found.coverage
    real = found.hows[How.REAL].value - (value if weighing.how_of(one.code) is How.REAL else 0)
    after = real / cover.to_win if cover.to_win else None
    return {
        "pk": row.pk,
        "name": row.name,
        "share": percent_words(value / found.all.value),
        "left": money(found.scope, found.all.value - value),
        "left_real": money(found.scope, max(0.0, real)),
        "times": f"{cover.times:.1f}" if cover.times is not None else "",
        "after": f"{after:.1f}" if after is not None else "",
        "only": found.all.valued == 1,
        "hhi": f"{index.hhi:.3f}",
        "effective": f"{index.effective:.1f}",
        "deals": found.all.valued,
        "link": link(found.scope, valued="yes"),
    }


def _suspects(scope: Scope) -> dict[str, Any]:
    found = weighing.listed(scope, {"how": How.TIRE_KICKER})
    rows = rows_of(scope, found[:SUSPECTS])
    return {"rows": rows, "more": len(found) - len(rows), "link": link(scope, how="tire-kicker")}


def rows_of(scope: Scope, found: Sequence[Weighed]) -> list[dict[str, Any]]:
    rows = Opportunity.objects.select_related(*RELATED).in_bulk([one.pk for one in found])
    return [shown(scope, one, rows[one.pk]) for one in found if one.pk in rows]


def _coverage(found: Pipeline) -> dict[str, Any]:
    one, scope = found.coverage, found.scope
    parts = max(one.target, one.times or 0) * 1.1
    return {
        "set": one.goal is not None,
        "goal": money(scope, one.goal or 0),
        "end": day(one.end),
        "won": money(scope, one.won),
        "won_deals": one.won_deals,
        "to_win": money(scope, one.to_win or 0),
        "reached": one.to_win == 0,
        "times": f"{one.times:.1f}" if one.times is not None else "",
        "target": f"{one.target:g}",
        "enough": one.times is not None and one.times >= one.target,
        "missing": money(scope, max(0.0, one.target * (one.to_win or 0) - one.open_value)),
        "real": money(scope, one.open_value),
        "real_deals": found.hows[How.REAL].valued,
        "bar": round(100 * (one.times or 0) / parts, 1),
        "mark": round(100 * one.target / parts, 1),
        "won_link": link(scope, won="quarter"),
        "real_link": link(scope, how="real"),
    }


def _added(found: Pipeline) -> dict[str, Any]:
    """Bars to scale: 320 × 150 units, 24 of them under the bars, 22 before them."""
    one, goal = found.added, found.goal.new_a_week
    weeks = [*one.weeks, one.current]
    top = max([1, goal or 0, one.shown.high if one.weeks else 0, *(week.added for week in weeks)]) * 1.08
    wide = 292 / len(weeks)

    def up(number: float) -> float:
        return round(14 + 112 * (1 - number / top), 1)

    bars = [
        {
            "x": round(26 + place * wide + wide * 0.14, 1),
            "middle": round(26 + place * wide + wide / 2, 1),
            "width": round(min(wide * 0.72, 40), 1),
            "y": up(week.added),
            "height": round(126 - up(week.added), 1),
            "added": week.added,
            "day": f"{week.monday.day} {week.monday:%b}" if (len(weeks) - 1 - place) % 4 == 0 else "",
            "current": place == len(weeks) - 1,
            "link": link(found.scope, week=week.monday.isoformat()),
            "words": f"Week from {day(week.monday)}: {week.added} added"
            + (f", {week.files} of them from a file" if week.files else "")
            + (", so far" if place == len(weeks) - 1 else ""),
        }
        for place, week in enumerate(weeks)
    ]
    return {
        "bars": bars,
        "goal": goal,
        "goal_y": up(goal) if goal else None,
        "mean_y": up(one.mean) if one.weeks else None,
        "band": (up(one.shown.high), round(up(one.shown.low) - up(one.shown.high), 1)) if one.weeks else None,
        "weeks": len(one.weeks),
        "total": one.total,
        "files": sum(week.files for week in one.weeks),
        "mean": f"{one.mean:.1f}",
        "low": f"{one.shown.low:.1f}",
        "high": f"{one.shown.high:.1f}",
        "now": one.current.added,
        "under": bool(goal and one.weeks and one.shown.high < goal),
        "over": bool(goal and one.weeks and one.shown.low >= goal),
        "any": one.total + one.current.added > 0,
    }


def reps(member: Membership) -> list[Membership]:
    """Whom a lead may look at: those who hold opportunities or work here."""
    if not member.leads:
        return []
    return list(Membership.objects.filter(workspace_id=member.workspace_id).order_by("-active", "name"))
