"""Post: writing a note or parcel, the desk with the day's batch, what is posted and has landed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fifthcall import clock
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import Changed, NotVisible
from fifthcall.posting import desk, printing, steps
from fifthcall.posting.labels import SHEETS, Sheet, paper_of, usual_sheet
from fifthcall.posting.models import Habits, Idea, Piece
from fifthcall.posting.own_words import NotOwn
from fifthcall.posting.shelf import proposals
from fifthcall.posting.steps import Wish, met_lately
from fifthcall.rules.case import Kind
from fifthcall.rules.outcomes import OUTCOMES
from fifthcall.rules.windows import wall
from fifthcall.teams.models import Workspace
from fifthcall.touches import card as cards
from fifthcall.touches.models import Touch
from fifthcall.touches.queue import end_of_day
from fifthcall.touches.words import to_say
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.web.post_forms import HabitsForm, PieceForm
from fifthcall.wording.saying import words_of


@require_http_methods(["GET", "HEAD", "POST"])
def post_write(request: MemberRequest, pk: int) -> HttpResponse:
    """A note or parcel in one's own words; `?piece=ID` is one that was written before."""
    opportunity, now = one_visible(request.member, pk), clock.now()
    if opportunity.finished:
        return redirect("opportunity", pk)
    piece = _piece(request, opportunity)
    met = bool(met_lately(opportunity))
    if request.method != "POST":
        form = PieceForm(opportunity, met, initial=_initial(request, opportunity, piece, now))
        return _writing(request, opportunity, form, piece)
    form = PieceForm(opportunity, met, data=request.POST)
    if form.is_valid():
        try:
            kept = steps.write(pk, request.member, _wish(form.cleaned_data), now, piece.pk if piece else None)
        except NotOwn as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem))
        except NotVisible:
            raise Http404("It is posted already, or somebody else’s.") from None
        else:
            messages.success(request, f"{kept.get_kind_display()} kept. Print it or copy it, then say it is posted.")
            return redirect(f"{reverse('today')}?opportunity={pk}")
    return _writing(request, opportunity, form, piece, 422)


def _writing(
    request: MemberRequest, opportunity: Opportunity, form: PieceForm, piece: Piece | None, status: int = 200
) -> HttpResponse:
    person, met = opportunity.person, met_lately(opportunity)
    context = {
        "opportunity": opportunity,
        "form": form,
        "piece": piece,
        "met": met and {"when": cards.when(met.at, clock.now(), request.member.zone), "note": met.note},
        "ideas": proposals(person, clock.now().date()) if person else (),
    }
    return render(request, "fifthcall/post_write.html", context, status=status)


def _piece(request: MemberRequest, opportunity: Opportunity) -> Piece | None:
    wanted = request.GET.get("piece", "")
    if not wanted:
        return None
    found = Piece.objects.written().filter(opportunity=opportunity, pk=wanted if wanted.isdecimal() else 0).first()
    if found is None:
        raise Http404("It is posted already, or was never written.")
    return found


def _initial(request: MemberRequest, opportunity: Opportunity, piece: Piece | None, now: datetime) -> dict[str, Any]:
    if piece:
        kept = ("kind", "about", "text", "to", "idea", "carrier", "tracking", "cost")
        tag = f"{piece.template}:{piece.template_version}" if piece.template else ""
        return {name: getattr(piece, name) for name in kept} | {"words": tag}
    kind = Kind(opportunity.next_kind)
    words = to_say(opportunity, request.member, now)
    if words.kind not in ("note", "parcel"):
        words = words_of("handwritten", opportunity, request.member, now)
    sent_as = Piece.Kind.PARCEL if kind is Kind.PARCEL else Piece.Kind.NOTE
    return {
        "kind": sent_as,
        "text": words.text,
        "words": f"{words.template_key}:{words.version}" if words.template_key else "",
        "to": desk.label_for(opportunity),
        "idea": request.GET.get("idea", ""),
        "cost": steps.usual_cost(Habits.of(opportunity.workspace), sent_as),
    }


def _wish(data: dict[str, Any]) -> Wish:
    code, _, number = data["words"].partition(":")
    text, about = data["text"], data.get("about", "")
    if about.strip() and "[" in text:  # the gap that the template leaves for it
        before, _, after = text.partition("[")
        text = f"{before}{about.strip()}{after.partition(']')[2]}"
    return Wish(
        kind=data["kind"],
        text=text,
        to=data["to"],
        about=about,
        idea=data["idea"].pk if data["idea"] else None,
        carrier=data["carrier"],
        tracking=data["tracking"],
        cost=data["cost"],
        words=(code, int(number or 0)),
    )


@require_POST
def post_state(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """POST posted, arrived, came-back or dropped."""
    member, now = request.member, clock.now()
    try:
        if act == "posted":
            steps.post(pk, member, now)
        elif act in ("arrived", "came-back"):
            steps.land(pk, member, act == "came-back", now)
        elif act == "dropped":
            steps.drop(pk, member, now)
        else:
            raise Http404("No such act.")
    except NotVisible:
        raise Http404("Somebody was faster, or it is somebody else’s.") from None
    except (NotOwn, Changed) as problem:
        messages.error(request, str(problem) or "Somebody else has just logged something there. Look again.")
    else:
        messages.success(request, _SAID[act])
    return redirect("post" if request.POST.get("back") == "post" else "today")


_SAID = {
    "posted": "Posted. The call comes the day after it lands.",
    "arrived": "Arrived. The call is due the day after.",
    "came-back": "It came back. Ask them for the right address.",
    "dropped": "It is not sent.",
}


@require_POST
def post_batch(request: MemberRequest) -> HttpResponse:
    """All the chosen pieces went out together; one that can't doesn't stop the others."""
    member, now = request.member, clock.now()
    done, problems = 0, []
    for pk in request.POST.getlist("piece"):
        try:
            steps.post(int(pk) if pk.isdecimal() else 0, member, now)
            done += 1
        except (NotOwn, NotVisible, Changed) as problem:
            problems.append(str(problem) or "One was posted already, or is somebody else’s.")
    if done:
        messages.success(request, f"{done} posted. Each call comes the day after it lands.")
    for words in problems:
        messages.error(request, words)
    return redirect("post")


@require_GET
def post(request: MemberRequest) -> HttpResponse:
    """The desk: what is to be written, posted, and on its way."""
    member, now = request.member, clock.now()
    pieces = list(desk.written(member))
    sheet = _sheet(request, member.workspace)
    month = f"{wall(now, member.workspace.zone):%Y-%m}"
    context = {
        "to_write": [
            {"pk": row.pk, "whom": cards.whom(row), "what": cards.headline(row), "where": bool(desk.label_for(row))}
            for row in desk.to_write(member, end_of_day(member, now))
        ],
        "written": pieces,
        "away": [
            {"piece": piece, "when": cards.when(piece.posted_at, now, member.zone)}
            for piece in desk.on_the_way(member)
            if piece.posted_at
        ],
        "problems": printing.problems(desk.papers(pieces), sheet),
        "sheets": [(code, one.name) for code, one in SHEETS.items()],
        "sheet": _code(request, member.workspace),
        "spent": next((one for one in desk.spent(member) if one.month == month), None),
        "currency": member.workspace.currency,
        "form": HabitsForm(instance=Habits.of(member.workspace)) if member.leads else None,
    }
    return render(request, "fifthcall/post.html", context)


@require_GET
def post_print(request: MemberRequest, what: str) -> HttpResponse:
    """The day's pieces as PDF: `day` (sheets to copy from, and labels), `labels` or `cards`; `?piece=ID` only that."""
    member = request.member
    pieces = desk.written(member)
    wanted = request.GET.get("piece", "")
    chosen = [one for one in pieces if not wanted or str(one.pk) == wanted]
    if not chosen:
        raise Http404("There is nothing to print.")
    papers, sheet = desk.papers(chosen), _sheet(request, member.workspace)
    start = request.GET.get("start", "")
    used = min(int(start), sheet.count - 1) if start.isdecimal() else 0
    size = _paper(member.workspace)
    if what == "day":
        made = printing.day(papers, size, sheet, used)
    elif what == "labels":
        made = printing.labels(papers, sheet, used)
    elif what == "cards":
        made = printing.cards([paper for paper in papers if paper.text], size)
    else:
        raise Http404("No such print.")
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{what}.pdf"'
    return response


@require_POST
def post_habits(request: MemberRequest) -> HttpResponse:
    """Paper, labels and the usual costs."""
    habits = Habits.of(request.member.workspace)
    form = HabitsForm(request.POST, instance=habits)
    if form.is_valid():
        form.save()
        messages.success(request, "Kept. New pieces cost that much unless you say otherwise.")
    else:
        field, found = next(iter(form.errors.items()))
        messages.error(request, f"{form.fields[field].label or field}: {found[0]}")
    return redirect("post")


def _paper(workspace: Workspace) -> str:
    return Habits.of(workspace).paper or paper_of(workspace.country, workspace.currency)


def _code(request: MemberRequest, workspace: Workspace) -> str:
    asked = request.GET.get("sheet", "")
    return asked if asked in SHEETS else Habits.of(workspace).labels or usual_sheet(_paper(workspace))


def _sheet(request: MemberRequest, workspace: Workspace) -> Sheet:
    return SHEETS[_code(request, workspace)]


def post_of(opportunity: Opportunity, request: MemberRequest, now: datetime) -> dict[str, Any] | None:
    """What the card says of post: the form for this step, and what could be given to them (C7)."""
    kind = Kind(opportunity.next_kind) if opportunity.next_kind else None
    pieces = Piece.objects.filter(opportunity=opportunity)
    waiting = pieces.written().order_by("-id").first()
    away = pieces.on_the_way().order_by("-id").first()
    wanted = {Kind.INVITE: (Idea.Kind.EVENT,), Kind.EMAIL: (Idea.Kind.ARTICLE,), Kind.TEXT: (Idea.Kind.ARTICLE,)}
    fitting = wanted.get(kind, ()) if kind else ()
    things = kind in (Kind.INVITE, Kind.EMAIL, Kind.NOTE, Kind.PARCEL)
    person = opportunity.person
    ideas = proposals(person, wall(now, request.member.zone).date(), fitting, 1) if person and things else ()
    if not waiting and not away and not ideas and kind not in (Kind.NOTE, Kind.PARCEL, Kind.INVITE):
        return None
    return {
        "write": kind in (Kind.NOTE, Kind.PARCEL) and waiting is None,
        "invite": kind is Kind.INVITE,
        "waiting": waiting,
        "away": away and {"pk": away.pk, "what": away.get_kind_display(), "tracking": away.tracking},
        "ideas": ideas,
    }


def written_by_post(ways: list[dict[str, str]], opportunity: Opportunity) -> list[dict[str, str]]:
    """The ways to reach somebody, with post written in Fifthcall; without it where the step's own key leads there."""
    page = reverse("post_write", args=[opportunity.pk])
    others = [way for way in ways if way["kind"] != "post"]
    if len(others) == len(ways) or (others and opportunity.next_kind in desk.BY_POST):
        return others
    stopped = next(way["note"] for way in ways if way["kind"] == "post")
    letter = {"kind": "post", "label": "", "value": "By post", "href": "" if stopped else page, "note": stopped}
    place = next(place for place, way in enumerate(ways) if way["kind"] == "post")
    return [*others[:place], letter, *others[place:]]


#: What may come next of an invitation or a lead, on the two keys of one's own.
_ANSWERS = {
    "invited": ("accepted", "declined"),
    "lead_given": ("lead_contacted", "lead_thanked"),
    "introduction_made": ("lead_contacted", "lead_thanked"),
}


def answers_to(opportunity: Opportunity) -> tuple[str, ...]:
    """Outcomes that answer the last thing given to them; () where nothing is open."""
    rows = Touch.of(opportunity).filter(retracts=None, retraction=None)
    if opportunity.next_kind in (Kind.MEETING.value, Kind.REVIEW.value):
        last = rows.filter(outcome__in=("accepted", "meeting_set", "meeting_held")).order_by("-at", "-id").first()
        return ("came", "stayed_away") if last and last.outcome == "accepted" else ()
    if opportunity.next_kind != Kind.CALL.value:
        return ()
    talks = [code for code, outcome in OUTCOMES.items() if outcome.connect]
    last = rows.filter(outcome__in=(*_ANSWERS, *talks, "posted")).order_by("-at", "-id").first()
    return _ANSWERS.get(last.outcome, ()) if last else ()
