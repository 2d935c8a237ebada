"""D5: they text STOP, or have told the provider so: no more, on any channel; START lets texts through again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from fifthcall.channels.email.wanting import cancel_automatic
from fifthcall.people import consent
from fifthcall.people.models import Consent, Person, Suppression
from fifthcall.people.reach import refresh, suppress
from fifthcall.phoning.models import Text
from fifthcall.phoning.texts import cancel
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel, Status
from fifthcall.touches.log import record
from fifthcall.touches.models import Touch

#: How a stop is written down that a text of theirs, and only that, may lift again.
BY_TEXT = "texted stop"
MOST = 50  # opportunities of one person


def stop(text: Text, now: datetime) -> Touch | None:
    """They want to hear no more, as `text` says or what became of it. Said twice, it is said once."""
    with transaction.atomic():
        if stopped(text):
            return None
        touch = None
        if text.opportunity_id:
            touch = record(text.opportunity_id, "unsubscribed", now, now, Channel.TEXT, note=text.text, stop="all")
        if text.person and (touch is None or touch.person_id != text.person_id):
            suppress(text.person, "all", now, BY_TEXT)
        if not stopped(text):  # the number is nobody's we know, or nobody's any more
            Suppression.objects.create(
                workspace_id=text.workspace_id,
                person=text.person,
                target=text.number,
                channel="all",
                reason=BY_TEXT,
                at=now,
            )
        for opportunity in _theirs(text.person):
            cancel([opportunity.pk], "They asked us to stop.")
            cancel_automatic(opportunity, "They asked us to stop.")
    return touch


def stopped(text: Text) -> bool:
    """Whether nothing goes to that number any more, on any channel."""
    stops = Suppression.objects.filter(workspace=text.workspace_id, target=text.number, channel="all", lifted_at=None)
    return stops.exists()


def start(text: Text, now: datetime) -> bool:
    """They want to hear from us again, as they say from the same number: lifts what their STOP by text has set.

    A stop that came by mail, or was noted by a colleague, stays. False when there was nothing to lift.
    """
    with transaction.atomic():
        by_text = Touch.objects.filter(workspace=text.workspace_id, outcome="unsubscribed", channel=Channel.TEXT.value)
        theirs = Q(target=text.number) | Q(target=f"person:{text.person_id or 0}")
        set_here = Suppression.objects.filter(theirs, workspace=text.workspace_id, channel="all", lifted_at=None)
        lifted = set_here.filter(Q(reason=BY_TEXT) | Q(at__in=by_text.filter(person=text.person_id).values("at")))
        count = lifted.update(lifted_at=now)
        if count and text.person:
            refresh(text.person)
            said = f"Texted: {text.text}"
            consent.note_consent(text.person, Consent.Kind.TEXTS, True, said, text.line.member, now, now)
        return bool(count)


def _theirs(person: Person | None) -> list[Opportunity]:
    if person is None:
        return []
    open_ = Opportunity.objects.filter(person=person, merged_into=None, status__in=(Status.OPEN, Status.RESTING))
    return list(open_.order_by("id")[:MOST])
