"""A member's week: their blocks, moved once or for good or paused, and their meetings."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.calendars.models import Appointment, Block, Feed
from fifthcall.insights.reaching import proposals
from fifthcall.pipeline.holds import Hold
from fifthcall.pipeline.moving_blocks import CannotMove, Shape, move_following, move_one, pause, resume
from fifthcall.pipeline.week import Occurrence, absences, week_of
from fifthcall.rules.recurrence import WEEKDAYS
from fifthcall.rules.windows import wall
from fifthcall.rules.words import day as day_words
from fifthcall.syncing.agreeing import asked
from fifthcall.teams.models import Membership
from fifthcall.web.access import MemberRequest
from fifthcall.web.views.other_calendar import account_of
from fifthcall.web.views.reaching import block_words

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
EVERY = [("", "Every week"), ("2", "Every second week"), ("4", "Every fourth week"), ("first", "The first of a month")]
#: The hours that are shown where nothing stands earlier or later.
EARLIEST, LATEST = 7, 19
_DAY, _TIME = (
    forms.DateInput(attrs={"type": "date"}),
    forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
)


class MoveForm(forms.Form):
    on = forms.DateField(widget=forms.HiddenInput)
    day = forms.DateField(label="On", widget=_DAY)
    start = forms.TimeField(label="From", widget=_TIME)
    end = forms.TimeField(label="Until", widget=_TIME)
    weekdays = forms.MultipleChoiceField(
        choices=[(str(n), name) for n, name in enumerate(DAYS)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label="All that follow stand on",
    )
    every = forms.CharField(
        required=False,
        max_length=200,
        label="How often",
        help_text="A rule of your own, as calendars write it (RFC 5545), may stand here too: FREQ=MONTHLY;BYDAY=-1FR.",
        widget=forms.TextInput(attrs={"list": "how-often"}),
    )


class AbsenceForm(forms.Form):
    first = forms.DateField(label="Away from", widget=_DAY)
    last = forms.DateField(label="Until and including", widget=_DAY)
    reason = forms.CharField(max_length=120, label="Why")


@require_GET
def week(request: MemberRequest) -> HttpResponse:
    return _week(request, _asked(request.GET.get("week", ""), request.member))


@require_POST
def occurrence_move(request: MemberRequest, pk: int) -> HttpResponse:
    """B2: one occurrence (`which=one`), or it and all that follow (`which=following`); the plan follows it."""
    if not Block.objects.filter(member=request.member, pk=pk).exists():
        raise Http404
    form = MoveForm(request.POST, prefix=f"block{pk}")
    if form.is_valid():
        try:
            _move(request, pk, form.cleaned_data)
        except CannotMove as wrong:
            form.add_error(wrong.field if wrong.field in form.fields else None, str(wrong))
        else:
            messages.success(request, "Moved. Your next steps have moved with it.")
            return redirect(_at(form.cleaned_data["day"]))
    monday = _asked(request.POST.get("week", ""), request.member)
    return _week(request, monday, (pk, request.POST.get(form.add_prefix("on"), ""), form))


def _move(request: MemberRequest, pk: int, data: dict[str, Any]) -> None:
    start, end = (datetime.combine(data["day"], data[name]) for name in ("start", "end"))
    if request.POST.get("which") == "following":
        rule = _rule(data["every"], data["weekdays"])
        shape = Shape("".join(data["weekdays"]), data["start"], data["end"], rule)
        move_following(pk, request.member, min(data["on"], data["day"]), shape, clock.now())
    else:
        move_one(pk, request.member, data["on"], start, end, clock.now())


def _rule(every: str, weekdays: list[str]) -> str:
    chosen = {words.lower(): code for code, words in EVERY}.get(every.strip().lower(), every.strip())
    names = [WEEKDAYS[int(n)] for n in weekdays]
    if chosen == "first":
        return "FREQ=MONTHLY;BYDAY=" + ",".join(f"1{name}" for name in names)
    if chosen.isdigit():
        return f"FREQ=WEEKLY;INTERVAL={chosen};BYDAY={','.join(names)}"
    return chosen


@require_POST
def absence(request: MemberRequest) -> HttpResponse:
    member, now = request.member, clock.now()
    if request.POST.get("_method") == "DELETE":
        resume(member, now)
        messages.success(request, "Welcome back. Your blocks stand again, and your next steps are in them.")
        return redirect("calendar")
    form = AbsenceForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            pause(member, data["first"], data["last"], data["reason"], now)
        except CannotMove as wrong:
            form.add_error(wrong.field, str(wrong))
        else:
            messages.success(request, "Your blocks pause until then; what stood in them has moved to other days.")
            return redirect(_at(data["first"]))
    return _week(request, _asked("", member), away=form)


def _asked(text: str, member: Membership) -> date:
    """The Monday of the week asked for, else of this one."""
    try:
        day = date.fromisoformat(text)
        if not 2000 <= day.year <= 2100:
            raise ValueError
    except ValueError:
        day = wall(clock.now(), member.zone).date()
    return day - timedelta(days=day.weekday())


def _at(day: date) -> str:
    return f"{reverse('calendar')}?week={day - timedelta(days=day.weekday())}"


def _week(
    request: MemberRequest,
    monday: date,
    wrong: tuple[int, str, MoveForm] | None = None,
    away: AbsenceForm | None = None,
) -> HttpResponse:
    member, now = request.member, clock.now()
    here = wall(now, member.zone)
    days = week_of(member, monday)
    reached = block_words(member, now)
    shown = [_block(one, member, here, wrong, reached) for day in days for one in day.blocks]
    met = [_meeting(one, member) for day in days for one in day.meetings]
    held = [_hold(one, member) for day in days for one in day.holds]
    hours = [(item["from"], item["until"]) for item in (*shown, *met, *held)]
    first = min([EARLIEST, *(a.hour for a, _ in hours)])
    last = max([LATEST, *(b.hour + (b.minute > 0) for _, b in hours if b.hour)])
    context = {
        "days": [
            {
                "date": day.date.isoformat(),
                "words": day_words(day.date),
                "name": f"{day.date:%a}",
                "number": day.date.day,
                "today": day.date == here.date(),
                "blocks": [item for item in shown if item["day"] == day.date],
                "meetings": [item for item in met if item["day"] == day.date],
                "holds": [item for item in held if item["day"] == day.date],
            }
            for day in days
        ],
        "first": first,
        "last": last,
        "hours": range(first, last),
        "title_words": f"{day_words(monday)} – {day_words(monday + timedelta(days=6))}",
        "monday": monday.isoformat(),
        "before": (monday - timedelta(days=7)).isoformat(),
        "after": (monday + timedelta(days=7)).isoformat(),
        "zone": member.zone.replace("_", " "),
        "every": [words for _, words in EVERY],
        "slipped": sum(item["slipped"] for item in shown),
        "absences": [
            {"words": f"{day_words(a)} – {day_words(b)}", "why": why} for a, b, why in _absences(member, here)
        ],
        "feed": Feed.objects.filter(member=member, closed_at=None).exists(),
        "proposals": proposals(member, now),
        "other_calendar": account_of(member),
        "to_decide": len(asked(member)),
        "absence_form": away or AbsenceForm(),
    }
    return render(request, "fifthcall/calendar.html", context, status=422 if wrong or away else 200)


def _absences(member: Membership, here: datetime) -> list[tuple[date, date, str]]:
    return absences(member, here.date())


def _block(
    one: Occurrence,
    member: Membership,
    here: datetime,
    wrong: tuple[int, str, MoveForm] | None,
    reached: dict[int, str],
) -> dict[str, Any]:
    begin, end = wall(one.window.starts_at, member.zone), wall(one.window.until, member.zone)
    mine = wrong and wrong[0] == one.block.pk and wrong[1] == one.on.isoformat()
    return {
        "pk": one.block.pk,
        "reached": reached.get(one.block.pk, ""),
        "id": f"block-{one.block.pk}-{one.on}",
        "on": one.on.isoformat(),
        "name": "Early block" if begin.hour < 12 else "Late block",
        "moved": one.moved,
        "away": one.away,
        "past": end <= here,
        "planned": one.planned,
        "room": one.room,
        "slipped": one.slipped,
        "form": wrong[2] if wrong and mine else _move_form(one, begin, end),
        "wrong": bool(mine),
        **_times(begin, end),
    }


def _meeting(one: Appointment, member: Membership) -> dict[str, Any]:
    begin, end = wall(one.starts_at, member.zone), wall(one.until, member.zone)
    return {"pk": one.opportunity_id, "name": one.opportunity.name, "state": one.get_state_display()} | _times(
        begin, end
    )


def _hold(one: Hold, member: Membership) -> dict[str, Any]:
    begin, end = wall(one.starts_at, member.zone), wall(one.until, member.zone)
    return {"pk": one.opportunity_id, "name": one.title, "theirs": one.theirs} | _times(begin, end)


def _times(begin: datetime, end: datetime) -> dict[str, Any]:
    """Where it stands in its day's column, to five minutes."""
    minutes = max(30, int((end - begin).total_seconds()) // 60)
    return {
        "day": begin.date(),
        "from": begin,
        "until": end,
        "hour": begin.hour,
        "minute": begin.minute // 5 * 5,
        "long": min(12, minutes // 60),
        "longer": minutes % 60 // 5 * 5,
    }


def _move_form(one: Occurrence, begin: datetime, end: datetime) -> MoveForm:
    initial = {
        "on": one.on,
        "day": begin.date(),
        "start": begin.time(),
        "end": end.time(),
        "weekdays": list(one.block.weekdays),
        "every": one.block.rule or EVERY[0][1],
    }
    return MoveForm(prefix=f"block{one.block.pk}", initial=initial, auto_id=f"id_%s_{one.on}")
