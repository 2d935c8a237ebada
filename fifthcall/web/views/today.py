"""Today: one opportunity at a time, one key an outcome, the next step shown before it is saved."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fifthcall import clock
from fifthcall.cues.arrivals import latest_of
from fifthcall.phoning.calls import log
from fifthcall.phoning.texts import Unfit, on_their_way
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import Changed, NotVisible
from fifthcall.rules.case import Basis, Kind
from fifthcall.rules.outcomes import ON_KEYS, OUTCOMES
from fifthcall.rules.windows import wall
from fifthcall.rules.words import KIND_WORDS, day
from fifthcall.touches import card as cards
from fifthcall.touches import words as wording
from fifthcall.touches.draft import Incomplete
from fifthcall.touches.forms import OutcomeForm
from fifthcall.touches.log import next_step_after, retract
from fifthcall.touches.models import Touch
from fifthcall.touches.note_quality import lacks_reason, of_member
from fifthcall.touches.queue import Due, behind, done_today, due_today, end_of_day, queue
from fifthcall.web.access import MemberRequest
from fifthcall.web.found import one_visible
from fifthcall.web.views.calls import dialled_here, placed_for
from fifthcall.web.views.mail import count_to_look_at, written_here
from fifthcall.web.views.mailbox import trouble
from fifthcall.web.views.note_quality import asking
from fifthcall.web.views.post import answers_to, post_of, written_by_post
from fifthcall.web.views.texts import pair_of, send_pair, texted_here
from fifthcall.wording.saying import words_of
from fifthcall.wording.values import values_for

ROWS = 30
UNDO_SECONDS = 10
#: The extra outcomes a step of another kind than a call is answered with.
_INSTEAD = {
    Kind.CALL: ("away", "proposal_sent"),
    Kind.MEETING: ("meeting_held", "meeting_missed"),
    Kind.REVIEW: ("meeting_held", "meeting_missed"),
    Kind.TEXT: ("sent",),
    Kind.EMAIL: ("sent",),
    Kind.INVITE: ("invited",),
    Kind.LEAD: ("lead_given", "introduction_made"),
    Kind.INTRO: ("introduced", "no_introduction"),
    Kind.RESEARCH: ("found",),
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return redirect("today")


@require_GET
def today(request: MemberRequest) -> HttpResponse:
    """The working area; `?opportunity=PK` shows that one's card out of turn."""
    wanted = request.GET.get("opportunity", "")
    pk = int(wanted) if wanted.isdecimal() else None
    return render(request, "fifthcall/today.html", work(request, clock.now(), pk))


def work(request: MemberRequest, now: datetime, wanted: int | None = None, undo: Touch | None = None) -> dict[str, Any]:
    """The context of the whole working area: the card (of `wanted`, or the next), what follows, how the day stands."""
    member = request.member
    steps = queue(member, now, ROWS + 1)
    texted = on_their_way([step.pk for step in steps])
    steps = [step for step in steps if step.pk not in texted or step.kind != Kind.TEXT]
    current = one_visible(member, wanted) if wanted else None
    if current is None or current.finished:
        first = next((step for step in steps[:1] if step.due_at < end_of_day(member, now)), None)
        current = one_visible(member, first.pk) if first else None
    following = [step for step in steps if current is None or step.pk != current.pk][:ROWS]
    context: dict[str, Any] = {
        "card": _card(current, request, now) if current else None,
        "outcomes": _outcomes(current) if current else (),
        "queue": _groups(following, request, now),
        "behind": _behind(request, now),
        "workspace_empty": not steps and not Opportunity.objects.visible_to(member).exists(),
        "next_up": None,
        "trouble": trouble(member),
        "to_look_at": count_to_look_at(member),
        "news_number": lambda: latest.number if (latest := latest_of(member, None)) else 0,  # asked by whole pages only
        "power": request.session.get("power", False),
        "quality": of_member(member, now),
        "asking": asking(current) if current else None,
    }
    if current is None and steps:
        line = cards.row(steps[0], now, member.zone)
        context["next_up"] = {"pk": line["pk"], "words": f"{line['kind_words']} {line['name']}, {line['when']}"}
    if undo:
        words = f"Saved: {OUTCOMES[undo.outcome].label.lower()}."
        context["undo"] = {"touch_pk": undo.pk, "words": words, "seconds": UNDO_SECONDS}
        context["asked"] = asking(undo.opportunity) if lacks_reason(undo) else None
    return context


def _card(opportunity: Opportunity, request: MemberRequest, now: datetime) -> dict[str, Any]:
    opportunity.workspace = request.member.workspace
    card = cards.card(opportunity, request.member, now)
    through = _through(opportunity, request, now) if request.GET.get("through") == "assistant" else None
    ways = dialled_here(through["ways"] if through else card["ways"], request.member, opportunity.pk)
    first = next((way["href"][4:] for way in ways if way["href"].startswith("tel:")), "")
    return card | {
        "ways": written_by_post(texted_here(written_here(ways, opportunity.pk), opportunity.pk), opportunity),
        "through": through,
        "post": None if through else post_of(opportunity, request, now),
        "call": placed_for(request.member, opportunity.pk, now),
        "scan": f"{reverse('scan', args=[opportunity.pk])}?{urlencode({'number': first})}" if first else "",
    }


def _through(opportunity: Opportunity, request: MemberRequest, now: datetime) -> dict[str, Any]:
    """C9: their assistant's number and what to ask; where nobody is known, their own number and whom to ask for."""
    person = opportunity.person
    assistant = person.assistants.filter(merged_into=None).order_by("name").first() if person else None
    code = "gatekeeper" if assistant else "gatekeeper_unknown"
    own = [way for way in cards.ways(opportunity) if way["kind"] == "call"]
    return {
        "pk": assistant.pk if assistant else "",
        "words": words_of(code, opportunity, request.member, now).text,
        "ways": cards.ways_of(assistant, "call") if assistant else own,
    }


def _outcomes(opportunity: Opportunity) -> list[dict[str, str]]:
    codes = _INSTEAD.get(Kind(opportunity.next_kind), ()) if opportunity.next_kind else ()
    if opportunity.next_purpose.startswith("S10."):  # C12: the question was asked
        codes = ("serious", "curious")
    codes = answers_to(opportunity) or codes
    extra = [OUTCOMES[code] for code in codes]
    keys = dict(zip((o.code for o in extra), ("m", "n"), strict=False))
    return [
        {"key": keys.get(o.code, o.key), "code": o.code, "label": o.label, "icon": o.icon} for o in (*extra, *ON_KEYS)
    ]


def _groups(steps: list[Due], request: MemberRequest, now: datetime) -> list[dict[str, Any]]:
    member, tonight = request.member, end_of_day(request.member, now)
    groups: dict[str, list[dict[str, Any]]] = {"Now": [], "Later today": [], "Next": []}
    for step in steps:
        title = "Now" if step.due_at <= now else "Later today" if step.due_at < tonight else "Next"
        groups[title].append(cards.row(step, now, member.zone))
    return [{"title": title, "rows": rows} for title, rows in groups.items()]


def _behind(request: MemberRequest, now: datetime) -> dict[str, Any]:
    member = request.member
    late, done = behind(member, now), done_today(member, now)
    return {
        "count": late.count,
        "words": cards.behind_words(late.count, late.more, late.caught_up_at, member.zone),
        "due_today": due_today(member, now) + done,
        "done_today": done,
    }


@require_GET
def today_card(request: MemberRequest, pk: int) -> HttpResponse:
    """The card of one opportunity, out of turn or after leaving an outcome's panel."""
    now, opportunity = clock.now(), one_visible(request.member, pk)
    if opportunity.finished:
        return redirect("opportunity", pk)
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "fifthcall/today.html", work(request, now, pk))
    context = {
        "card": _card(opportunity, request, now),
        "outcomes": _outcomes(opportunity),
        "asking": asking(opportunity),
    }
    return render(request, "fifthcall/today.html#card", context)


def _form(request: MemberRequest, opportunity: Opportunity, code: str) -> OutcomeForm:
    data = request.POST if request.method == "POST" else None
    answered = {"answered_by": request.GET.get("answered_by", "")}
    return OutcomeForm(code, opportunity, request.member, data=data, initial=answered)


@require_GET
def outcome_panel(request: MemberRequest, pk: int, code: str) -> HttpResponse:
    return _panel(request, one_visible(request.member, pk), code)


def _panel(request: MemberRequest, opportunity: Opportunity, code: str, status: int = 200, **more: Any) -> HttpResponse:
    form = more.pop("form", None) or _form(request, opportunity, code)
    context = {
        "opportunity": opportunity,
        "outcome": OUTCOMES[code],
        "form": [*form.shown, form["note"]],
        "change": [form["next_kind"], form["next_on"], form["next_at"]],
        "words": _words(request, opportunity, code),
        "version": opportunity.version,
        "pair": pair_of(opportunity, request, clock.now()) if code == "voicemail" else None,
        **more,
    }
    response = render(request, "fifthcall/outcome.html#panel", context, status=status)
    if status != 200:
        response["HX-Retarget"], response["HX-Reswap"] = "#act", "innerHTML"
    return response


def _words(request: MemberRequest, opportunity: Opportunity, code: str) -> dict[str, str]:
    """What was said, kept with the touch: what stood on the card, but for a voicemail, which has words of its own."""
    words = wording.words_with(opportunity, code, request.member, clock.now())
    shown = request.GET.get("words") or request.POST.get("words") or ""
    tag = f"{words.template_key}:{words.version}" if words.template_key else ""
    return {"tag": shown if tag and shown and code != "voicemail" else tag, "text": words.text}


@require_POST
def outcome_preview(request: MemberRequest, pk: int, code: str) -> HttpResponse:
    """The next step this outcome would produce; nothing is saved."""
    now, opportunity = clock.now(), one_visible(request.member, pk)
    try:
        draft = _form(request, opportunity, code).draft()
        after = next_step_after(pk, request.member, draft, now)
        preview = _preview(after, now, request.member.zone)
        if draft.agreed and draft.agreed.basis is Basis.PROMISE:
            preview["say"] = values_for(opportunity, request.member, now, ("promise",), draft.agreed)["promise"]
    except Incomplete as missing:
        preview = {"problem": str(missing)}
    return render(request, "fifthcall/outcome.html#preview", {"preview": preview})


def _preview(after: Opportunity, now: datetime, zone: str) -> dict[str, Any]:
    if after.finished:
        return {"closes": True, "icon": "flag", "words": f"Closed as {after.status}: {after.close_reason or 'won'}."}
    assert after.next_due_at and after.next_until
    kind = Kind(after.next_kind)
    when = cards.span(after.next_due_at, after.next_until, now, zone)
    return {
        "icon": cards.ICONS[kind],
        "words": f"{KIND_WORDS[kind]} {cards.whom(after)} {when}",
        "why": " ".join(reason["words"] for reason in cards.why(after)),
        "chosen": after.next_purpose == "chosen",
    }


@require_POST
def outcome_save(request: MemberRequest, pk: int, code: str) -> HttpResponse:
    now, opportunity = clock.now(), one_visible(request.member, pk)
    form = _form(request, opportunity, code)
    version = request.POST.get("version", "")
    try:
        with transaction.atomic():
            draft = form.draft()
            touch = log(pk, request.member, draft, now, int(version) if version.isdecimal() else None)
            if code == "voicemail":
                send_pair(opportunity, request, draft.agreed, now)
    except Incomplete as missing:
        form.add_error(missing.field if missing.field in form.fields else None, str(missing))
        return _panel(request, opportunity, code, 422, form=form)
    except Unfit as unfit:
        pair = pair_of(opportunity, request, now)
        return _panel(request, opportunity, code, 422, form=form, pair=pair and pair | {"problem": str(unfit)})
    except Changed:
        form.add_error(None, "Somebody else has just logged something here. Look again before you save.")
        return _panel(request, opportunity, code, 422, form=form)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("today")
    return render(request, "fifthcall/today.html#work", work(request, now, undo=touch))


@require_POST
def touch_retraction(request: MemberRequest, pk: int) -> HttpResponse:
    """Undo, within ten seconds: the card of the opportunity comes back."""
    now = clock.now()
    try:
        opportunity = retract(pk, request.member, now)
    except (Touch.DoesNotExist, NotVisible):
        return HttpResponse(status=404)
    except Changed:
        context = work(request, now) | {"notice": "Too late to undo. Log a correction instead."}
        return render(request, "fifthcall/today.html#work", context)
    context = work(request, now, opportunity.pk)
    template = "fifthcall/today.html#work" if request.htmx else "fifthcall/today.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@require_POST
def power(request: MemberRequest) -> HttpResponse:
    """Power mode on or off: the next call starts by itself after an outcome is saved, while somebody is there."""
    request.session["power"] = not request.session.get("power", False)
    return redirect("today")


def _snooze_choices(member_zone: str, now: datetime) -> list[dict[str, Any]]:
    """When a step may come back: each with its exact time."""
    local = wall(now, member_zone)
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(8))
    monday = datetime.combine(local.date() + timedelta(days=7 - local.weekday()), time(8))
    month = datetime.combine(local.date() + timedelta(days=30), time(8))
    hour = (local + timedelta(hours=1)).replace(second=0, microsecond=0)
    choices = (("In an hour", hour), ("Tomorrow", tomorrow), ("Next Monday", monday), ("In thirty days", month))
    return [
        {
            "value": at.isoformat(timespec="minutes"),
            "label": label,
            "returns": f"{day(at.date())}, {at:%H:%M}",
            "checked": label == "Tomorrow",
        }
        for label, at in choices
    ]


@require_GET
def snooze_panel(request: MemberRequest, pk: int) -> HttpResponse:
    return _snooze(request, one_visible(request.member, pk))


def _snooze(request: MemberRequest, opportunity: Opportunity, form: OutcomeForm | None = None) -> HttpResponse:
    form = form or OutcomeForm("snoozed", opportunity, request.member)
    context = {
        "opportunity": opportunity,
        "choices": _snooze_choices(request.member.zone, clock.now()),
        "form": [form["reason"], form["note"]],
        "version": opportunity.version,
    }
    response = render(request, "fifthcall/snooze.html#panel", context, status=422 if form.is_bound else 200)
    if form.is_bound:
        response["HX-Retarget"], response["HX-Reswap"] = "#act", "innerHTML"
    return response


@require_POST
def snooze(request: MemberRequest, pk: int) -> HttpResponse:
    now, opportunity = clock.now(), one_visible(request.member, pk)
    chosen = request.POST.get("choice", "")
    day_part, _, time_part = chosen.partition("T")
    data = request.POST.dict() | {"when_on": day_part, "when_at": time_part, "zone": request.member.zone}
    form = OutcomeForm("snoozed", opportunity, request.member, data=data)
    try:
        touch = log(pk, request.member, form.draft(), now)
    except Incomplete as missing:
        form.add_error(missing.field if missing.field in form.fields else None, str(missing))
        return _snooze(request, opportunity, form)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect("today")
    return render(request, "fifthcall/today.html#work", work(request, now, undo=touch))
