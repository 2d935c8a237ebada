"""Habits: what was kept of the doctrine, for oneself first; for who leads, the team, to talk about (never a table)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fifthcall import clock
from fifthcall.insights.case_words import words
from fifthcall.insights.counting import Asked, Found, Tally
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.habits import HABITS, asked_of, to_talk_about, week_of
from fifthcall.insights.habits import habits as counted_habits
from fifthcall.insights.leaving import by_attempts, left
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.words import day
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.web.access import MemberRequest
from fifthcall.web.figures import as_file, percent
from fifthcall.wording.odds import needed

SPANS = (30, 90, 365)
TEAM = "team"
_COLUMNS = ("habit", "good", "of", "share", "low", "high")


@require_GET
def habits(request: MemberRequest) -> HttpResponse:
    """`?days=` 30 (as it is), 90 or 365; `?who=` a member's id or `team`, for who leads."""
    choice = _choice(request)
    counted = counted_habits(choice.asked)
    owed = choice.asked.policy.attempts_owed
    talk = _rows(request.member, [case for _, case in to_talk_about(counted)])
    context = {
        "choice": choice,
        "spans": [(span, replace(choice, days=span, week="").query) for span in SPANS],
        "people": _people(request.member) if request.member.leads else [],
        "habits": [_habit(key, found) for key, found in counted.items()],
        "left": by_attempts(counted["five_attempts"], owed) if counted["five_attempts"].score.of else [],
        "owed": owed,
        "talk": talk,
        "definitions": [NUMBERS[key] for key in HABITS],
    }
    return render(request, "fifthcall/habits.html", context)


@require_GET
def habit_cases(request: MemberRequest, code: str) -> HttpResponse:
    """The cases behind a number, those to talk about first; `?attempts=` those left after so many (5: or more)."""
    if code not in HABITS:
        raise Http404("There is no such habit.")
    choice = _choice(request)
    asked = choice.asked
    attempts = request.GET.get("attempts", "")
    number = int(attempts[:4]) if attempts.isdecimal() and code == "five_attempts" else None
    found = HABITS[code](asked) if number is None else left(asked, number)
    score = found.score
    context = {
        "title": NUMBERS[code].name,
        "meaning": NUMBERS[code].words,
        "rows": _rows(request.member, found.found),
        "unnamed": score.of - len(found.found),
        "missed_unnamed": score.of - score.good - len(found.missed),
        "choice": choice,
    }
    return render(request, "fifthcall/habit_cases.html", context)


@require_GET
def habits_file(request: MemberRequest, kind: str) -> HttpResponse:
    """The page's figures; `kind` is csv or json. Shares lie between 0 and 1."""
    counted = counted_habits(_choice(request).asked)
    rows = []
    for key, found in counted.items():
        score, shown = found.score, found.score.shown
        counts = {"good": score.good, "of": score.of, "share": score.rate, "low": shown.low, "high": shown.high}
        rows.append({"habit": key} | counts)
    return as_file(kind, "habits", _COLUMNS, rows)


@dataclass(frozen=True, slots=True)
class Choice:
    """Whose habits in which time are asked for; `who` is "" (oneself), "team" or an id, `week` its Monday or ""."""

    asked: Asked
    who: str
    days: int
    week: str = ""

    @property
    def query(self) -> str:
        time = {"week": self.week} if self.week else {"days": str(self.days)}
        return urlencode(time | ({"who": self.who} if self.who else {}))

    @property
    def words(self) -> str:
        return f"the week from {day(date.fromisoformat(self.week))}" if self.week else f"the last {self.days} days"


def _choice(request: MemberRequest) -> Choice:
    """404 for a time that can't be asked for, and for whom the member may not ask about."""
    member, who = request.member, request.GET.get("who", "")
    week, days = request.GET.get("week", ""), request.GET.get("days", "30")
    whose = _whose(member, who)
    if week:
        try:
            asked = week_of(member.workspace, whose, date.fromisoformat(week), member.zone)
        except (ValueError, OverflowError):
            raise Http404("A week is named by the date of its Monday.") from None
        return Choice(asked, who, 0, week)
    if days not in {str(span) for span in SPANS}:
        raise Http404("The last 30, 90 or 365 days can be asked for.")
    return Choice(asked_of(member.workspace, whose, clock.now(), int(days)), who, int(days))


def _whose(member: Membership, who: str) -> Membership | None:
    """None: the team's."""
    if who in ("", str(member.pk)):
        return member
    found = None
    if member.leads and who.isdecimal() and len(who) < 19:
        found = Membership.objects.filter(workspace_id=member.workspace_id, pk=int(who)).first()
    if found is None and not (member.leads and who == TEAM):
        raise Http404("Whose habits these are, is for them and for who leads.")
    return found


def _people(member: Membership) -> list[tuple[str, str]]:
    others = Membership.objects.filter(workspace_id=member.workspace_id).exclude(pk=member.pk)
    named = [(str(pk), name) for pk, name in others.order_by("name", "id").values_list("pk", "name")]
    return [("", "You"), (TEAM, "The team together"), *named]


def _habit(key: str, found: Tally) -> dict[str, Any]:
    score, meaning = found.score, NUMBERS[key]
    codes = Counter[str]()
    for kind, count in found.counts.items():
        codes[kind.code] += count
    parts = [(cases_words, codes[code]) for code, cases_words in _PARTS.items() if codes[code]]
    low, high = percent(score.shown.low), percent(score.shown.high)
    more = max(0, needed(score.rate) - score.of) if score.of else 0
    return {"key": key, "name": meaning.name, "words": meaning.words, "good": score.good, "of": score.of} | {
        "rate": percent(score.rate),
        "low": low,
        "high": high,
        "wide": round(high - low, 1),
        "more_needed": more,
        "parts": parts,
    }


#: What went otherwise, told apart where a habit can be missed in two ways.
_PARTS = {"late": "kept late", "broken": "not kept", "late_note": "late", "no_note": "none"}


def _rows(member: Membership, cases: Iterable[Found]) -> list[dict[str, Any]]:
    """Cases in words; one that has become somebody else's is told without its name."""
    now = clock.now()
    visible = Opportunity.objects.visible_to(member).select_related("person", "organization", "owner")
    by_pk = visible.in_bulk({case.opportunity for case in cases})
    return [_row(case, by_pk.get(case.opportunity), member, now) for case in cases]


def _row(case: Found, one: Opportunity | None, member: Membership, now: Any) -> dict[str, Any]:
    owner = one.owner.name if one and one.owner and one.owner_id != member.pk else ""
    reason = one.close_reason if one and case.kind.code == "lost" else ""
    return {
        "pk": one.pk if one else None,
        "whom": cards.whom(one) if one else "It is somebody else’s now",
        "name": one.name if one else "",
        "owner": owner,
        "what": words(case) + (f": {reason[0].lower()}{reason[1:]}" if reason else ""),
        "good": case.kind.good,
        "when": cards.when(case.at, now, member.zone),
    }
