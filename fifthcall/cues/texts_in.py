"""A text of theirs: kept, judged and acted on, in one transaction (D5, E3)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from enum import StrEnum

from fifthcall.channels.email.wanting import cancel_automatic
from fifthcall.cues import phrases
from fifthcall.cues.arrivals import announce
from fifthcall.cues.stop_words import Stop, says_stop
from fifthcall.people.models import ContactPoint, Person
from fifthcall.phoning import stopping
from fifthcall.phoning.models import Line, Text
from fifthcall.phoning.parts import length_of
from fifthcall.phoning.providers import Came
from fifthcall.phoning.texts import cancel
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel, Status
from fifthcall.touches.log import record

#: The same answer to the same number isn't given again within this time.
_ONCE = timedelta(hours=24)
State = Text.State


class Asked(StrEnum):
    STOP = "stop"
    UNSURE = "unsure"
    START = "start"
    HELP = "help"
    NOTHING = "nothing"


def known(line: Line, came: Came) -> bool:
    return Text.objects.filter(line=line, provider_id=came.provider_id).exists()


def asks(words: str) -> Asked:
    """What a text asks for besides what it says."""
    alone = " ".join(re.sub(r"[^\w'’ -]+", " ", phrases.tidy(words)).lower().split())
    if phrases.whole("text.start", alone):
        return Asked.START
    if phrases.whole("text.help", alone):
        return Asked.HELP
    if phrases.whole("text.stop", alone):
        return Asked.STOP
    return {Stop.YES: Asked.STOP, Stop.UNSURE: Asked.UNSURE, Stop.NO: Asked.NOTHING}[says_stop(words)]


def take_in(line: Line, came: Came, now: datetime) -> Text:
    """Keep it and do what it asks for. Raises IntegrityError when it is known already."""
    person, opportunity = _whose(line, came.number)
    if opportunity:
        Opportunity.objects.select_for_update(of=("self",)).get(pk=opportunity.pk)
    asked = asks(came.text)
    text = Text.objects.create(
        workspace_id=line.workspace_id,
        line=line,
        opportunity=opportunity,
        person=person,
        key=f"came:{line.pk}:{came.provider_id}"[:80],
        number=came.number,
        text=came.text[:5_000],
        parts=length_of(came.text).parts,
        provider_id=came.provider_id,
        state=State.CAME,
        wanted_at=now,
        due_at=now,
    )
    if asked is Asked.STOP:
        text.touch = stopping.stop(text, now)
    elif asked is Asked.START and not stopping.start(text, now):
        asked = Asked.NOTHING  # nothing had been stopped: it is an answer like any other
    if asked in (Asked.NOTHING, Asked.UNSURE):
        _replied(text, asked, now)
    text.save(update_fields=["touch", "state", "why"])
    if not came.answered:
        _answer(text, asked, now)
    return text


def _whose(line: Line, number: str) -> tuple[Person | None, Opportunity | None]:
    """Whom we last texted there; else who has the number. Their opportunity of this line's member first, then any."""
    last = Text.objects.filter(workspace=line.workspace_id, number=number, line=line, sent_at__isnull=False).last()
    person = last.person if last else None
    if person is None:
        points = ContactPoint.objects.filter(workspace=line.workspace_id, normal=number, wrong_since=None)
        point = points.select_related("person").order_by("-id").first()
        person = point.person if point else None
    if person is None:
        return None, None
    person = person.merged_into or person
    theirs = Opportunity.objects.filter(person=person, merged_into=None)
    open_ = theirs.filter(status__in=(Status.OPEN.value, Status.RESTING.value)).order_by("-id")
    mine = open_.filter(owner=line.member_id).first()
    about = last.opportunity if last and last.opportunity and not last.opportunity.finished else None
    return person, about or mine or open_.first() or theirs.order_by("-id").first()


def _replied(text: Text, asked: Asked, now: datetime) -> None:
    if text.opportunity is None:
        text.state, text.why = State.FLAGGED, "Nobody we know has this number."
        return
    text.touch = record(text.opportunity.pk, "replied", now, now, Channel.TEXT, note=text.text[:2_000])
    announce(text.touch, now)
    cancel_automatic(text.opportunity, "They answered.")
    cancel([text.opportunity.pk], "They answered.")
    if asked is Asked.UNSURE:
        text.state, text.why = State.FLAGGED, "They may be asking for no more. Read it."
    elif Opportunity.objects.get(pk=text.touch.opportunity_id).finished:
        text.state, text.why = State.FLAGGED, "They texted, and the opportunity is closed."


def _answer(text: Text, asked: Asked, now: datetime) -> None:
    """One answer to STOP, START or HELP, where the provider has given none."""
    company, member = text.line.workspace.name, text.line.member.name
    words = {
        Asked.STOP: f"{company}: you will get no more messages from us. Reply START if you change your mind.",
        Asked.START: f"{company}: welcome back. Reply STOP at any time and we stop.",
        Asked.HELP: f"{company}: this is {member}'s number. Reply STOP and we stop. {text.line.number}",
    }.get(asked)
    before = Text.objects.filter(line=text.line, number=text.number, service=True, text=words or "")
    if words is None or before.filter(wanted_at__gt=text.wanted_at - _ONCE).exists():
        return
    Text.objects.create(
        workspace_id=text.workspace_id,
        line=text.line,
        opportunity=text.opportunity,
        person=text.person,
        key=f"answer:{text.pk}",
        number=text.number,
        text=words,
        parts=length_of(words).parts,
        service=True,
        wanted_at=now,
        due_at=now,
    )
