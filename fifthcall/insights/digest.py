"""The week's digest: what was kept last week with its cases, what this week holds, and three cases to look at."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q

from fifthcall.insights.case_words import words
from fifthcall.insights.counting import Tally
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.habits import habits, to_talk_about, week_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.windows import instant, wall
from fifthcall.rules.words import day
from fifthcall.teams.models import Membership
from fifthcall.touches.card import whom
from fifthcall.touches.queue import behind, steps_of
from fifthcall.wording.odds import Score

#: So many cases to look at.
CASES = 3
#: Fewer cases than this say little.
FEW = 10
_CONNECTS = sorted(code for code, outcome in OUTCOMES.items() if outcome.attempt and outcome.connect)


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A digest as it is read."""

    subject: str
    sections: tuple[Section, ...]

    def as_text(self, foot: str) -> str:
        parts = [self.subject]
        for section in self.sections:
            lines = [f"- {one.text}" + (f"\n  {one.url}" if one.url else "") for one in section.lines]
            parts.append("\n".join([section.title.upper(), *lines]))
        return "\n\n".join([*parts, foot]) + "\n"

    def as_html(self, foot: str, foot_url: str) -> str:
        body = [f"<h1>{html.escape(self.subject)}</h1>"]
        for section in self.sections:
            items = "\n".join(f"<li>{_linked(one.text, one.url)}</li>" for one in section.lines)
            body.append(f"<h2>{html.escape(section.title)}</h2>\n<ul>\n{items}\n</ul>")
        body.append(f"<p>{_linked(foot, foot_url)}</p>")
        return (
            '<!DOCTYPE html>\n<html><body style="font-family: sans-serif">\n' + "\n".join(body) + "\n</body></html>\n"
        )


def _linked(text: str, url: str) -> str:
    words = html.escape(text)
    return f'<a href="{html.escape(url)}">{words}</a>' if url else words


def monday_of(member: Membership, now: datetime) -> date:
    """The Monday of the member's week, by their own calendar."""
    today = wall(now, member.zone).date()
    return today - timedelta(days=today.weekday())


def write(member: Membership, now: datetime) -> Letter:
    """The digest of the week before the present one, in the member's zone."""
    monday = monday_of(member, now)
    last = monday - timedelta(days=7)
    sections = [*_last_week(member, member, last), *_this_week(member, monday, now)]
    if member.leads and Membership.objects.filter(workspace_id=member.workspace_id).count() > 1:
        sections += [*_last_week(member, None, last), _unowned(member)]
    return Letter(f"Your week from {day(monday)}", tuple(sections))


def _last_week(member: Membership, one: Membership | None, last: date) -> list[Section]:
    """Of one member or (None) of the team."""
    asked = week_of(member.workspace, one, last, member.zone)
    counted = habits(asked)
    query = urlencode({"week": last.isoformat()} | ({} if one else {"who": "team"}))
    made = asked.attempts().aggregate(all=Count("pk"), reached=Count("pk", filter=Q(outcome__in=_CONNECTS)))
    first = Line(f"{_so_many(made['all'], 'attempt')} made, {made['reached']} reached somebody.")
    lines = [_number(key, found, query) for key, found in counted.items() if found.score.of]
    whose = "Your" if one else "The team’s"
    return [
        Section(f"{whose} last week", (first, *lines)),
        Section("Three cases to look at" if one else "Cases to talk about", _cases(member, counted)),
    ]


def _number(key: str, found: Tally, query: str) -> Line:
    score = found.score
    share = f" ({100 * score.rate:.0f} %, likely {_percent(score)})" if score.of >= FEW else ", few cases so far"
    words = f"{NUMBERS[key].name}: {score.good} of {score.of}{share}."
    return Line(words, f"{settings.URL}/insights/habits/{key}/?{query}")


def _percent(score: Score) -> str:
    shown = score.shown
    return f"{100 * shown.low:.0f}–{100 * shown.high:.0f} %"


def _cases(member: Membership, counted: dict[str, Tally]) -> tuple[Line, ...]:
    """One of each habit, as far as the member may see them."""
    chosen = [case for _, case in to_talk_about(counted, each=1)]
    visible = Opportunity.objects.visible_to(member).select_related("person", "organization", "owner")
    by_pk = visible.in_bulk([case.opportunity for case in chosen])
    lines = []
    for case in chosen:
        if one := by_pk.get(case.opportunity):
            owner = f" ({one.owner.name})" if one.owner and one.owner_id != member.pk else ""
            lines.append(Line(f"{whom(one)}{owner}: {words(case)}.", f"{settings.URL}/opportunities/{one.pk}/"))
    return tuple(lines[:CASES]) or (Line("Nothing stands out."),)


def _this_week(member: Membership, monday: date, now: datetime) -> Iterable[Section]:
    until = instant(datetime.combine(monday + timedelta(days=7), time()), member.zone)
    due = steps_of(member).filter(next_due_at__lt=until).order_by()
    today = wall(now, member.zone).date()
    days = Counter(max(today, wall(at, member.zone).date()) for at in due.values_list("next_due_at", flat=True) if at)
    lines = [Line(f"{day(on)}: {_so_many(count, 'step')}") for on, count in sorted(days.items())]
    yield Section("This week", (*(lines or [Line("No steps are planned.")]), _behind(member, now), _coverage(member)))


def _behind(member: Membership, now: datetime) -> Line:
    found = behind(member, now)
    if not found.count:
        return Line("Nothing is behind.")
    more = "More than " if found.more else ""
    return Line(f"{more}{_so_many(found.count, 'step')} behind: owed before today.", f"{settings.URL}/today/")


def _coverage(member: Membership) -> Line:
    """Every open opportunity has a dated next step (A1); of how many it is one that was agreed with them."""
    mine = Opportunity.objects.filter(workspace=member.workspace_id, owner=member, next_due_at__isnull=False)
    agreed = Q(next_firm=True) | Q(has_appointment=True)
    found = mine.aggregate(all=Count("pk"), agreed=Count("pk", filter=agreed))
    if not found["all"]:
        return Line("You have no open opportunity: time to add some.", f"{settings.URL}/opportunities/new/")
    text = f"Open: {found['all']}, each with a dated next step; {found['agreed']} at a time agreed with them."
    return Line(text, f"{settings.URL}/opportunities/")


def _unowned(member: Membership) -> Section:
    rows = Opportunity.objects.filter(workspace=member.workspace_id, next_due_at__isnull=False)
    found = rows.aggregate(all=Count("pk"), nobodys=Count("pk", filter=Q(owner=None)))
    words = f"Open: {found['all']}, each with a dated next step; {found['nobodys']} that nobody owns."
    return Section("The team’s pipeline", (Line(words, f"{settings.URL}/opportunities/"),))


def _so_many(count: int, of: str) -> str:
    return f"{count} {of}{'' if count == 1 else 's'}"
