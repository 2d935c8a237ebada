"""Calls through a line: our phone rings, then theirs. How the call went on the wire stands apart from what came of it,
which a person logs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from fifthcall.channels.trouble import NotLetIn, Trouble, Unknown
from fifthcall.failpoints import failpoint
from fifthcall.journal.models import note_event
from fifthcall.people import consent
from fifthcall.people.models import Consent, ContactPoint, Person
from fifthcall.phoning.lines import line_of, pause, report_to
from fifthcall.phoning.may_phone import may_call
from fifthcall.phoning.models import Call, Line, Voice
from fifthcall.phoning.providers import News, provider_of
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import to_change
from fifthcall.teams.models import Membership
from fifthcall.touches import log as touches
from fifthcall.touches.draft import Draft
from fifthcall.touches.models import Touch

#: A call whose end nobody reported is over after that: no provider lets one last longer.
LONGEST = timedelta(hours=4)
#: An outcome logged so long after a call belongs to it.
LOGGED_WITHIN = timedelta(hours=2)
State = Call.State
_RANK = {State.PLACING: 0, State.RINGING_YOU: 1, State.RINGING: 2, State.TALKING: 3, State.ENDED: 4, State.FAILED: 4}


class NotCalled(Exception):
    """The call was not placed; the text says why."""


def place(opportunity_id: int, member: Membership, number: str, key: str, now: datetime) -> Call:
    """Ring the member's phone, then `number`. The same `key` again gives the same call, and rings nobody twice.

    Raises NotCalled, or NotVisible.
    """
    known = Call.objects.filter(key=f"{member.pk}:{key}"[:80]).first()
    if known:
        return known
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member)
        line = line_of(member)
        _check(opportunity, line, number, now)
        assert line
        call = Call.objects.create(
            workspace_id=member.workspace_id,
            line=line,
            opportunity=opportunity,
            person=opportunity.person,
            member=member,
            key=f"{member.pk}:{key}"[:80],
            number=number,
            began_at=now,
        )
    failpoint("call_written")
    try:
        ours, theirs = report_to(line, "ours", call.pk), report_to(line, "theirs", call.pk)
        taken = provider_of(line).ring(line, number, ours, theirs)
    except Unknown:
        return call  # its reports will tell; it is never placed again by itself
    except NotLetIn as error:
        pause(line.pk, str(error), now)
        raise _failed(call, str(error)) from error
    except Trouble as error:
        raise _failed(call, str(error)) from error
    Call.objects.filter(pk=call.pk, our_leg="").update(our_leg=taken.provider_id)
    return call


def _check(opportunity: Opportunity, line: Line | None, number: str, now: datetime) -> None:
    if line is None:
        raise NotCalled("Set up your line first, or call from your own phone.")
    if line.paused_at:
        raise NotCalled(f"Your line is paused: {line.paused_why}")
    if not line.rings:
        raise NotCalled("Say first which phone of yours rings, on the page of your line.")
    if number not in callable_numbers(opportunity.person):
        raise NotCalled("Choose one of their numbers.")
    if no := may_call(opportunity, number, now):
        raise NotCalled(no.why)


def callable_numbers(person: Person | None) -> list[str]:
    """The good numbers (E.164) of the person and of those who look after their calendar (C9)."""
    if person is None:
        return []
    people = [person.pk, *person.assistants.filter(merged_into=None).values_list("pk", flat=True)]
    kinds = (ContactPoint.Kind.PHONE, ContactPoint.Kind.MOBILE)
    points = ContactPoint.objects.filter(person__in=people, kind__in=kinds, wrong_since=None)
    return list(points.order_by("id").values_list("normal", flat=True))


def _failed(call: Call, why: str) -> NotCalled:
    Call.objects.filter(pk=call.pk).update(state=State.FAILED, why=why[:300])
    return NotCalled(why)


def current(member: Membership, opportunity_id: int, now: datetime) -> Call | None:
    """The member's latest call about this that no outcome was logged for."""
    mine = Call.objects.filter(member=member, opportunity=opportunity_id, touch=None, began_at__gt=now - LOGGED_WITHIN)
    return mine.exclude(state=State.FAILED).order_by("-id").first()


def log(opportunity_id: int, member: Membership, draft: Draft, now: datetime, version: int | None = None) -> Touch:
    """`touches.log.log`, and the call that it says the outcome of. Raises as that does."""
    with transaction.atomic():
        touch = touches.log(opportunity_id, member, draft, now, version)
        call = current(member, opportunity_id, now) if touch.channel == "call" else None
        if call:
            Call.objects.filter(pk=call.pk, touch=None).update(touch=touch)
    return touch


def take_news(pk: int, line: Line, theirs: bool, news: News, now: datetime) -> bool:
    """What the provider reports of a leg of a call; False when it is none of ours, or says nothing new."""
    with transaction.atomic():
        call = Call.objects.select_for_update(of=("self",)).filter(pk=pk, line=line).first()
        if call is None:
            return False
        leg = "their_leg" if theirs else "our_leg"
        if getattr(call, leg) not in ("", news.provider_id):
            return False
        setattr(call, leg, news.provider_id)
        state = _state(call, theirs, news)
        new = state is not None and _RANK[state] > _RANK[State(call.state)]
        if state and new:
            call.state = state
            call.answered_at = now if state == State.TALKING else call.answered_at
            call.ended_at = now if state == State.ENDED else call.ended_at
        if theirs and news.what == State.ENDED:
            call.seconds, call.ended_how = news.seconds, news.ended_how
        elif news.what == State.ENDED and not call.ended_how:
            call.ended_how = "" if call.their_leg else news.ended_how
        call.save(update_fields=["state", "our_leg", "their_leg", "answered_at", "ended_at", "seconds", "ended_how"])
    return new


def _state(call: Call, theirs: bool, news: News) -> Call.State | None:
    """Our leg rings first, then theirs; theirs says when we talk, either when it is over."""
    if news.what == State.ENDED:
        return State.ENDED
    if theirs:
        return State(news.what)
    return State.RINGING_YOU if news.what == State.RINGING else None


def hang_up(call: Call, now: datetime) -> None:
    """End it. Raises Trouble or Unknown."""
    if call.our_leg and not call.over:
        provider_of(call.line).hang_up(call.line, call.our_leg)


def leave(call: Call, voice: Voice, now: datetime) -> None:
    """Leave a recorded voicemail; our phone is free again. Raises Trouble or Unknown."""
    if not call.their_leg or call.over:
        raise Trouble("The call is over, or they have not answered yet.")
    provider_of(call.line).leave(call.line, call.their_leg, f"{settings.URL}/voice/{voice.token}/")
    Call.objects.filter(pk=call.pk).update(voice=voice)


def record(call: Call, words: str, now: datetime) -> None:
    """Record from now on: they have just agreed, in `words`. Raises Trouble or Unknown."""
    if not call.line.records:
        raise Trouble("Recording is off for your line.")
    if call.person is None or not words.strip():
        raise Trouble("Say in what words they agreed: without that, nothing is recorded.")
    if not call.our_leg or call.over or call.recording:
        raise Trouble("The call is over, or recorded already.")
    consent.note_consent(call.person, Consent.Kind.RECORDING, True, f"In this call: {words}", call.member, now, now)
    taken = provider_of(call.line).record(call.line, call.our_leg)
    with transaction.atomic():
        Call.objects.filter(pk=call.pk).update(recording=taken.provider_id)
        note_event(call.workspace_id, call.member_id, "recorded", call, now)


def end_forgotten(now: datetime) -> int:
    """Calls whose end was never reported are over."""
    open_ = Call.objects.exclude(state__in=(State.ENDED, State.FAILED)).filter(began_at__lt=now - LONGEST)
    return open_.update(state=State.ENDED, ended_at=now, ended_how="")
