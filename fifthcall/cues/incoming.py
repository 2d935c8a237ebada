"""What a mail that came in means for the plan: whose it is, what it says, and what is done about it (E3, C6, D5).

A mail is taken in once, in one transaction: what it is, whose it is, the touch, the next step.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.db import transaction

from fifthcall.channels.email import sending
from fifthcall.channels.email.wanting import cancel_automatic
from fifthcall.channels.models import Mailbox
from fifthcall.cues.arrivals import announce
from fifthcall.cues.bounded import Unreadable, read
from fifthcall.cues.calendar_answers import take_answer
from fifthcall.cues.judging import Sort, Verdict, judge
from fifthcall.cues.matching import Match, match
from fifthcall.cues.models import Received
from fifthcall.cues.parsing import Parsed
from fifthcall.cues.stop_words import Stop
from fifthcall.people.models import ContactPoint
from fifthcall.people.reach import mark_wrong
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Channel
from fifthcall.rules.windows import wall
from fifthcall.touches.log import record

log = logging.getLogger(__name__)
AT_A_TIME = 100
MOST_TRIES = 3
MOST_HEAD = 100_000  # bytes
#: How long somebody is away who doesn't say.
AWAY = timedelta(days=7)
State = Received.State
#: The touch that a mail becomes.
_TOUCHES = {
    Sort.PERSON: "replied",
    Sort.OUT_OF_OFFICE: "out_of_office",
    Sort.AUTO_REPLY: "auto_reply",
    Sort.BOUNCED: "bounced",
    Sort.OWN: "sent",
}


def take_in_all(now: datetime) -> int:
    """Take in what has come, in its order; how many. One that fails is tried again, then set aside."""
    taken = 0
    for pk in Received.objects.filter(state=State.NEW).order_by("id").values_list("pk", flat=True)[:AT_A_TIME]:
        try:
            taken += take_in(pk, now)
        except Exception as error:
            log.exception("Mail %s could not be taken in.", pk)
            _failed(pk, error)
    return taken


def take_in(pk: int, now: datetime) -> bool:
    """Take one mail in; False when that was done already."""
    received = Received.objects.select_related("mailbox", "workspace").get(pk=pk)
    if received.state != State.NEW:
        return False
    try:
        mail = read(bytes(received.raw))
    except Unreadable as error:
        return _set_aside(received, str(error))
    ours = set(Mailbox.objects.filter(workspace=received.workspace).values_list("address", flat=True))
    came = wall(received.came_at, received.mailbox.zone).date()
    verdict = judge(mail, {address.lower() for address in ours}, came)
    with transaction.atomic():
        held = Received.objects.select_for_update(of=("self",)).get(pk=pk)
        if held.state != State.NEW:
            return False
        _keep(held, mail, verdict)
        _act(held, mail, verdict, now)
        if held.opportunity_id is None and held.state == State.READ:
            held.raw, held.text, held.html = b"", "", ""  # nobody's we know: none of our business
        held.save()
    return True


def _keep(received: Received, mail: Parsed, verdict: Verdict) -> None:
    received.state = State.READ
    received.verdict, received.evidence = verdict.sort.value, list(verdict.evidence)
    received.message_id, received.references = mail.message_id, " ".join(mail.references)
    received.from_address, received.from_name = mail.from_address, mail.from_name
    received.subject, received.text, received.html = mail.subject, verdict.text[:100_000], mail.html


def _act(received: Received, mail: Parsed, verdict: Verdict, now: datetime) -> None:
    found = match(received.workspace_id, mail, verdict)
    received.answers, received.person, received.opportunity = found.message, found.person, found.opportunity
    if verdict.sort is Sort.CALENDAR and mail.invitation:
        if why := take_answer(mail.invitation, received.workspace_id, now):
            received.state, received.why = State.FLAGGED, why
        return
    if found.stranger:
        received.state, received.why = State.FLAGGED, found.stranger
        return
    if found.opportunity is None:
        return
    Opportunity.objects.select_for_update(of=("self",)).get(pk=found.opportunity.pk)  # before asking what is known
    if _known_already(received):
        return
    outcome = _TOUCHES.get(verdict.sort)
    if verdict.sort is Sort.OWN and found.message:  # our own message, seen among the sent mail
        sending.confirm(found.message.pk, now)
    elif outcome:
        _record(received, found, verdict, outcome, now)


def _known_already(received: Received) -> bool:
    """The same mail may have come to several of our mailboxes."""
    same = Received.objects.filter(workspace=received.workspace_id, message_id=received.message_id)
    return bool(received.message_id) and same.exclude(pk=received.pk).filter(touch__isnull=False).exists()


def _record(received: Received, found: Match, verdict: Verdict, outcome: str, now: datetime) -> None:
    assert found.opportunity
    stop = "all" if verdict.stop is Stop.YES else ""
    at = min(received.came_at, now)
    received.touch = record(
        found.opportunity.pk,
        "unsubscribed" if stop else outcome,
        at,
        now,
        Channel.EMAIL,
        note=_note(received, verdict),
        reason_until=_back_on(verdict, at, received.mailbox.zone) if verdict.sort is Sort.OUT_OF_OFFICE else None,
        member_id=received.mailbox.member_id if verdict.sort is Sort.OWN else None,
        stop=stop,
    )
    if verdict.sort is Sort.PERSON:
        announce(received.touch, now)
    if verdict.sort is Sort.BOUNCED:
        _used_no_more(found, verdict, now)
    words = {Sort.PERSON: "They answered.", Sort.OWN: "Somebody wrote to them.", Sort.BOUNCED: "The address is dead."}
    if verdict.sort in words:
        cancel_automatic(found.opportunity, words[verdict.sort])
    finished = Opportunity.objects.get(pk=received.touch.opportunity_id).finished
    if verdict.stop is Stop.UNSURE:
        received.state, received.why = State.FLAGGED, "They may be asking for no more. Read it."
    elif finished and verdict.sort is Sort.PERSON and not stop:
        received.state, received.why = State.FLAGGED, "They wrote, and the opportunity is closed."


def _note(received: Received, verdict: Verdict) -> str:
    words = received.subject if verdict.sort is Sort.OWN else received.text or received.subject
    return words[:2_000]


def _back_on(verdict: Verdict, at: datetime, zone: str) -> date:
    """The day on which they can be reached again; the rules make it a working day (D1)."""
    return verdict.until + timedelta(days=1) if verdict.until else (wall(at, zone) + AWAY).date()


def _used_no_more(found: Match, verdict: Verdict, now: datetime) -> None:
    """The address that failed, if we wrote to it: it is used no more, the person's others are."""
    address = verdict.failed_address or (found.message.to_address.lower() if found.message else "")
    if found.message and address != found.message.to_address.lower():
        return  # theirs sends on to somebody else: ours is good
    for point in ContactPoint.objects.filter(person=found.person, kind="email", normal=address, wrong_since=None):
        mark_wrong(point, now)


def _set_aside(received: Received, why: str) -> bool:
    """Keep it for a person's eyes. If its head alone says whose it is, nothing goes out to them by itself meanwhile."""
    head = bytes(received.raw[:MOST_HEAD]).replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    try:
        mail = read(head + b"\n\n")
    except Unreadable:
        mail = Parsed()
    with transaction.atomic():
        held = Received.objects.select_for_update(of=("self",)).get(pk=received.pk)
        if held.state != State.NEW:
            return False
        held.state, held.why = State.QUARANTINED, why[:300]
        held.from_address, held.from_name, held.subject = mail.from_address, mail.from_name, mail.subject
        found = match(held.workspace_id, mail, Verdict(Sort.PERSON, ()))
        if found.opportunity and not found.stranger:
            held.opportunity, held.person, held.answers = found.opportunity, found.person, found.message
            Opportunity.objects.select_for_update(of=("self",)).get(pk=found.opportunity.pk)
            cancel_automatic(found.opportunity, "They wrote, and it can't be read.")
        held.save()
    return True


def _failed(pk: int, error: Exception) -> None:
    row = Received.objects.filter(pk=pk, state=State.NEW)
    tries = (row.values_list("tries", flat=True).first() or 0) + 1
    row.update(tries=tries, why=str(error)[:300], state=State.QUARANTINED if tries >= MOST_TRIES else State.NEW)
