"""What the Today card says of one opportunity, as plain data: for the page, the command line and programs."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from fifthcall.people.models import ContactPoint, Person
from fifthcall.people.reach import readable
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Basis, Kind, Policy
from fifthcall.rules.outcomes import OUTCOMES, WHY_LOST, WHY_NO_REVIEW, WHY_NOT, WHY_SNOOZED
from fifthcall.rules.windows import wall
from fifthcall.rules.words import KIND_NAMES, KIND_WORDS, day, moment, sentence
from fifthcall.teams.models import Membership
from fifthcall.touches import playing
from fifthcall.touches import words as wording
from fifthcall.touches.models import Touch
from fifthcall.touches.queue import Due
from fifthcall.touches.share import next_worth_words, share_words
from fifthcall.wording.values import last_told, told_words

ICONS = {
    Kind.PARCEL: "package",
    Kind.INVITE: "ticket",
    Kind.LEAD: "gift",
    Kind.INTRO: "users",
    Kind.CALL: "phone",
    Kind.TEXT: "message-square",
    Kind.EMAIL: "mail",
    Kind.NOTE: "pen-line",
    Kind.MEETING: "calendar-check",
    Kind.RESEARCH: "search",
    Kind.REVIEW: "scale",
}
LAST_TOUCHES = 5
_REASONS = WHY_NOT | WHY_SNOOZED | WHY_NO_REVIEW | WHY_LOST


def whom(opportunity: Opportunity) -> str:
    """Whom to call: the person, else their organisation, else the opportunity's name."""
    if opportunity.person:
        return opportunity.person.name
    return opportunity.organization.name if opportunity.organization else opportunity.name


def when(at: datetime, now: datetime, zone: str) -> str:
    """An instant in `zone` as people say it, near days by name."""
    local, today = wall(at, zone), wall(now, zone).date()
    days = (local.date() - today).days
    name = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days) or (
        f"{local:%a} {local.day} {local:%b}" + (f" {local.year}" if local.year != today.year else "")
    )
    return f"{name}, {local:%H:%M}"


def span(start: datetime, until: datetime, now: datetime, zone: str) -> str:
    """A window in `zone`: "tomorrow, 08:00–09:30"."""
    same_day = wall(start, zone).date() == wall(until, zone).date()
    return f"{when(start, now, zone)}–{wall(until, zone):%H:%M}" if same_day else when(start, now, zone)


def headline(opportunity: Opportunity) -> str:
    return f"{KIND_WORDS[Kind(opportunity.next_kind)]} {whom(opportunity)}"


def why(opportunity: Opportunity) -> list[dict[str, str]]:
    """The rules that chose the step, each in plain words."""
    said = opportunity.next_why.get("reasons", ())
    return [{"rule": rule, "words": sentence(rule, code, facts)} for rule, code, facts in said]


def refused(opportunity: Opportunity) -> list[dict[str, str]]:
    """What was stopped or moved, by which rule, in plain words."""
    said = opportunity.next_why.get("refusals", ())
    return [{"rule": rule, "words": sentence(rule, code, facts), "possible_at": at} for rule, code, facts, at in said]


def step(opportunity: Opportunity, now: datetime, zone: str, policy: Policy) -> dict[str, Any]:
    """The next step for the screen of somebody in `zone`."""
    assert opportunity.next_due_at and opportunity.next_until
    kind = Kind(opportunity.next_kind)
    attempt = opportunity.next_why.get("attempt", 0)
    begun = opportunity.next_due_at <= now
    words = (
        f"until {when(opportunity.next_until, now, zone)}"
        if begun
        else span(opportunity.next_due_at, opportunity.next_until, now, zone)
    )
    if opportunity.next_until <= now:
        words = f"was due {span(opportunity.next_due_at, opportunity.next_until, now, zone)}"
    leave = opportunity.next_why.get("leave_message")
    instruction = {
        True: "If nobody answers, leave a voicemail and send the text that goes with it.",
        False: "If nobody answers, don't leave another voicemail.",
        None: "",
    }[leave]
    return {
        "kind": kind.value,
        "icon": ICONS[kind],
        "headline": headline(opportunity),
        "until": words,
        "instruction": "It goes out by itself. Nothing for you to do." if opportunity.next_automatic else instruction,
        "attempt": f"Attempt {attempt} of at least {policy.attempts_owed}" if attempt else "",
        "attempt_number": attempt,
        "attempts_owed": policy.attempts_owed,
    }


def ways(opportunity: Opportunity) -> list[dict[str, str]]:
    """The good numbers and addresses, those for the step first."""
    wanted = Kind(opportunity.next_kind).channel.value if opportunity.next_kind else ""
    return ways_of(opportunity.person, wanted) if opportunity.person else []


def ways_of(person: Person, wanted: str) -> list[dict[str, str]]:
    """A person's good numbers and addresses, those for the `wanted` channel first."""
    stopped = person.stopped.split(",")
    found: list[dict[str, str]] = []
    for point in person.points.filter(wrong_since=None).order_by("id"):
        phone = point.kind in (ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE)
        channels = {"phone": ["call"], "mobile": ["call", "text"], "email": ["email"]}.get(point.kind, ["post"])
        for channel in channels:
            scheme = {"call": "tel:", "text": "sms:", "email": "mailto:"}.get(channel, "")
            off = channel in stopped or "all" in stopped
            found.append(
                {
                    "kind": channel,
                    "label": point.get_kind_display(),
                    "value": readable(point.normal) if phone else point.value,
                    "href": "" if off or not scheme else scheme + (point.normal if phone else point.value),
                    "note": "asked us to stop" if off else "",
                }
            )
    return sorted(found, key=lambda way: way["kind"] != wanted)


def said(touch: Touch, now: datetime, zone: str) -> dict[str, Any]:
    """A touch for the timeline."""
    what = OUTCOMES[touch.outcome].label if touch.outcome != "sent" else f"{touch.channel.title()} sent"
    if touch.reason:
        what += f": {_REASONS.get(touch.reason, touch.reason).lower()}"
    if touch.reason_until:
        what += f", until {day(touch.reason_until)}"
    return {
        "pk": touch.pk,
        "when": when(touch.at, now, zone),
        "what": what,
        "note": " ".join(part for part in (touch.reason_note and f"“{touch.reason_note}”", touch.note) if part),
        "who": touch.member.name if touch.member else "",
        "icon": OUTCOMES[touch.outcome].icon,
    }


def last_touches(opportunity: Opportunity, now: datetime, zone: str, most: int = LAST_TOUCHES) -> list[dict[str, Any]]:
    """The latest touches that stand, newest first."""
    rows = Touch.of(opportunity).filter(retracts=None, retraction=None).select_related("member")
    return [said(touch, now, zone) for touch in rows.order_by("-at", "-id")[:most]]


def why_not(opportunity: Opportunity) -> dict[str, str] | None:
    """Why they could not act last time (D1)."""
    last = last_told(opportunity)
    if last is None:
        return None
    return {"words": told_words(last), "until": f"Until {day(last.reason_until)}" if last.reason_until else ""}


def assistants(opportunity: Opportunity) -> list[dict[str, Any]]:
    """C9: who looks after their calendar, with the way to reach them and what is known of them."""
    if not opportunity.person or not opportunity.person.helpers:
        return []
    found = opportunity.person.assistants.filter(merged_into=None).order_by("name")
    return [
        {"name": one.name, "best_times": one.best_times, "note": one.note, "ways": ways_of(one, "call")[:1]}
        for one in found
    ]


def answered(person: Person, now: datetime, zone: str) -> str:
    """What came of the calls that this person answered in somebody's place."""
    mine = Touch.objects.filter(answered_by=person, retracts=None, retraction=None).order_by("-at", "-id")
    last, count = mine.first(), mine.count()
    if last is None:
        return ""
    often = "once" if count == 1 else f"{count} times"
    return f"Answered {often}; the last time, {when(last.at, now, zone)}: {OUTCOMES[last.outcome].label.lower()}"


def promise(opportunity: Opportunity) -> dict[str, str] | None:
    """What we said we would do, when the next step is that (C5)."""
    if opportunity.next_purpose != "promised":
        return None
    made = Touch.of(opportunity).filter(agreed_basis=Basis.PROMISE, retraction=None)
    last = made.order_by("-at", "-id").first()
    if last is None or last.agreed_from is None or last.agreed_until is None:
        return None
    start, until = wall(last.agreed_from, last.agreed_zone), wall(last.agreed_until, last.agreed_zone)
    return {"words": f"To be in touch {moment(start)}–{until:%H:%M}"}


def money(value: Decimal | None, currency: str) -> str:
    if value is None:
        return ""
    return f"{value:,.0f} {currency}" if value == value.to_integral() else f"{value:,.2f} {currency}"


def local_time(opportunity: Opportunity, now: datetime) -> str:
    zone = opportunity.prospect_zone
    return f"{wall(now, zone):%H:%M} for them, {zone.split('/')[-1].replace('_', ' ')}"


def card(opportunity: Opportunity, member: Membership, now: datetime) -> dict[str, Any]:
    """Everything the card answers: who, how, what, until when, and why."""
    workspace = member.workspace
    person, organization = opportunity.person, opportunity.organization
    found = ways(opportunity)
    return {
        "opportunity": {
            "pk": opportunity.pk,
            "version": opportunity.version,
            "name": opportunity.name,
            "organisation": organization.name if organization else "",
            "value_display": money(opportunity.value, workspace.currency),
            "share_display": share_words(opportunity),
            "next_worth": next_worth_words(opportunity),
            "stage": opportunity.stage,
            "note": opportunity.note,
        },
        "person": {"name": person.name, "role": person.title} if person else None,
        "ways": found,
        "local_time": local_time(opportunity, now),
        "zone_known": bool((person and person.zone) or (organization and organization.zone)),
        "step": step(opportunity, now, member.zone, workspace.policy()) if opportunity.next_kind else None,
        "reasons": why(opportunity),
        "refusals": refused(opportunity),
        "last_touches": last_touches(opportunity, now, member.zone),
        "why_not": why_not(opportunity),
        "assistants": assistants(opportunity),
        "promise": promise(opportunity),
        "say": wording.shown(opportunity, wording.to_say(opportunity, member, now), found),
        "ask": playing.to_ask(opportunity),
        "situation": playing.situation(opportunity, now) if opportunity.next_kind else None,
        "facts": [
            {"text": fact.text, "on": day(fact.confirmed_on)}
            for fact in opportunity.facts.order_by("-confirmed_on", "-id")[:3]
        ],
    }


def behind_words(count: int, more: bool, caught_up_at: datetime | None, zone: str) -> str:
    """How far behind, in words that show the way out."""
    steps = f"more than {count:,} follow-ups are" if more else f"{count:,} follow-up{'s are' if count != 1 else ' is'}"
    if caught_up_at is None:
        return ""
    ends = wall(caught_up_at, zone)
    said_ = f"{steps} spread over your blocks; you are caught up on {ends:%a} {ends.day} {ends:%b}"
    words = f"{steps} spread over your blocks" if more else said_
    return words[0].upper() + words[1:] + "."


def row(due: Due, now: datetime, zone: str) -> dict[str, Any]:
    """A line of the list of what follows."""
    kind = Kind(due.kind)
    return {
        "pk": due.pk,
        "name": due.whom,
        "organisation": due.product or "",
        "kind_words": KIND_NAMES[kind],
        "icon": ICONS[kind],
        "when": when(due.due_at, now, zone),
    }
