"""The pipeline: by stage, by size, by how real it is, against the goals (F1 to F3); its files, lists and goals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.insights import adding, weighing
from fifthcall.insights.coverage import quarter
from fifthcall.insights.definitions import NUMBERS
from fifthcall.insights.weighing import Scope
from fifthcall.pipeline.goals import goal_of, set_goal
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Status
from fifthcall.rules.honesty import How
from fifthcall.rules.windows import wall
from fifthcall.rules.words import day
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.web import pipeline_page as pages
from fifthcall.web.access import MemberRequest
from fifthcall.web.figures import as_file
from fifthcall.web.pipeline_files import FILES

PAGE = 50
_MEANT = ("open_value", "honest_value", "concentration", "effective_deals", "coverage", "added_a_week", "how_real")


class GoalForm(forms.Form):
    value = forms.DecimalField(
        required=False, min_value=0, max_digits=18, decimal_places=2, label="To win in a quarter"
    )
    coverage = forms.DecimalField(
        min_value=0, max_value=100, max_digits=5, decimal_places=2, initial=3, label="Coverage",
        help_text="Open real value for each of what is still to win. Three is usual.",
    )  # fmt: skip
    new_a_week = forms.IntegerField(required=False, min_value=0, max_value=100_000, label="New opportunities a week")


class TeamGoalForm(GoalForm):
    stages = forms.CharField(
        required=False, max_length=4000, label="Stages in their order", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line. Others follow, the youngest first.",
    )  # fmt: skip


@require_GET
def pipeline(request: MemberRequest) -> HttpResponse:
    return _page(request)


def _page(request: MemberRequest, status: int = 200, **forms_: forms.Form) -> HttpResponse:
    member = request.member
    scope = _scope(request)
    mine, team = goal_of(member.workspace_id, member.pk), goal_of(member.workspace_id, None)
    context = pages.context(pages.read(scope)) | {
        "whose": _whose(scope),
        "reps": pages.reps(member),
        "mine_form": GoalForm(prefix="mine", initial=_initial(mine)),
        "team_form": TeamGoalForm(prefix="team", initial=_initial(team)) if member.leads else None,
        "definitions": [NUMBERS[key] for key in _MEANT],
    }
    return render(request, "fifthcall/pipeline.html", context | forms_, status=status)


def _initial(goal: Any) -> dict[str, Any]:
    plain = {name: getattr(goal, name) for name in ("value", "coverage", "new_a_week", "stages")}
    return {name: f"{said.normalize():f}" if isinstance(said, Decimal) else said for name, said in plain.items()}


def _scope(request: MemberRequest) -> Scope:
    """`?rep=`: one member of the team, for who leads it."""
    said, member = request.GET.get("rep", ""), request.member
    if not said:
        return Scope(member, clock.now())
    if not said.isdecimal() or len(said) > 18:
        raise Http404
    found = Membership.objects.filter(workspace_id=member.workspace_id, pk=int(said)).first()
    if found is None or not (member.leads or found.pk == member.pk):
        raise Http404("That is nobody of yours.")
    return Scope(member, clock.now(), found.pk)


def _whose(scope: Scope) -> str:
    """In "… of WHOSE open value"."""
    if scope.rep and scope.rep != scope.member.pk:
        return f"{Membership.objects.get(pk=scope.rep).name}’s"
    return "your" if scope.rep or not scope.member.leads else "the team’s"


@require_POST
def pipeline_goal(request: MemberRequest, whose: str) -> HttpResponse:
    """Set one's own goal (`mine`) or, who leads, the team's (`team`)."""
    if whose not in ("mine", "team"):
        raise Http404
    kind = TeamGoalForm if whose == "team" else GoalForm
    form = kind(request.POST, prefix=whose)
    if whose == "team" and not request.member.leads:
        raise PermissionDenied
    if not form.is_valid():
        return _page(request, 422, **{f"{whose}_form": form})
    set_goal(request.member, request.member.pk if whose == "mine" else None, form.cleaned_data, clock.now())
    messages.success(request, "Saved.")
    return redirect("pipeline")


@require_GET
def pipeline_list(request: MemberRequest) -> HttpResponse:
    """What stands behind a figure: `stage`, `how`, `valued`, `after` so many; or `week`, `won`."""
    scope = _scope(request)
    if "week" in request.GET or "won" in request.GET:
        return _dated(request, scope)
    title, wanted = _wanted(request)
    found = weighing.listed(scope, wanted)[_number(request.GET.get("after", "0")) :]
    page = Paginator(found, PAGE).get_page(_number(request.GET.get("page", "1")))
    return _list(request, title, pages.rows_of(scope, list(page)), len(found), page.number)


def _wanted(request: MemberRequest) -> tuple[str, dict[str, Any]]:
    said = request.GET
    wanted: dict[str, Any] = {"stage": said["stage"]} if "stage" in said else {}
    if "how" in said:
        if said["how"] not in list(How):
            raise Http404
        wanted["how"] = How(said["how"])
    if "valued" in said:
        wanted["valued"] = said["valued"] != "no"
    words = [
        pages.HOW_MANY[wanted["how"]] if "how" in wanted else "Open",
        f"at “{wanted['stage'] or 'no stage'}”" if "stage" in wanted else "",
        "" if "valued" not in wanted else "with a value" if wanted["valued"] else "without a value",
    ]
    return " ".join(word for word in words if word), wanted


def _number(said: str) -> int:
    if not said.isdecimal() or len(said) > 9:
        raise Http404
    return int(said)


def _won(scope: Scope) -> tuple[str, QuerySet[Opportunity]]:
    first, last = quarter(wall(scope.now, scope.member.workspace.zone).date())
    rows = scope.opportunities().filter(status=Status.WON.value, closed_on__range=(first, last))
    return f"Won from {day(first)} on", rows.order_by("-closed_on", "-id")


def _added_in(scope: Scope, week: str) -> tuple[str, QuerySet[Opportunity]]:
    monday = _monday(week)
    start, end = adding.bounds(monday, scope.member.workspace.zone)
    rows = adding.added(scope).filter(created_at__gte=start, created_at__lt=end)
    return f"Added in the week from {day(monday)}", rows.order_by("-created_at", "-id")


def _dated(request: MemberRequest, scope: Scope) -> HttpResponse:
    """Those added in a week, or won in this quarter."""
    title, rows = _added_in(scope, request.GET["week"]) if "week" in request.GET else _won(scope)
    page = Paginator(rows.select_related("organization", "owner", "person"), PAGE).get_page(request.GET.get("page"))
    told = [
        {
            "pk": row.pk,
            "name": row.name,
            "whom": cards.whom(row),
            "owner": row.owner.name if row.owner else "Nobody",
            "stage": row.stage,
            "value": cards.money(row.value, scope.member.workspace.currency),
            "status": row.get_status_display(),
        }
        for row in page
    ]
    return _list(request, title, told, page.paginator.count, page.number)


def _monday(said: str) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        raise Http404 from None
    if not 1900 < found.year < 9000:
        raise Http404
    return found - timedelta(days=found.weekday())


def _list(request: MemberRequest, title: str, rows: list[dict[str, Any]], total: int, page: int) -> HttpResponse:
    query = request.GET.copy()
    query.pop("page", None)
    shown = Paginator(range(total), PAGE).get_page(page)
    context = {"title": title, "rows": rows, "total": total, "page_obj": shown, "query": query.urlencode()}
    return render(request, "fifthcall/pipeline_list.html", context | {"rep": request.GET.get("rep", "")})


@require_GET
def pipeline_file(request: MemberRequest, what: str, kind: str) -> HttpResponse:
    """A picture's figures: `what` is board, honesty, magnitude, figures or added. Shares lie between 0 and 1."""
    if what not in FILES:
        raise Http404("There is board, honesty, magnitude, figures and added.")
    found = pages.read(_scope(request))
    columns, rows = FILES[what](found)
    return as_file(kind, what, columns, rows)
