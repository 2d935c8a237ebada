"""Sending texts: claim, ask once more, hand over, write down. A crash anywhere loses nothing and sends nothing twice.

The provider knows no key that makes a text sent twice one. So `begun_at` is committed right before it is asked: a text
found claimed without it is simply sent; one with it is uncertain. What became of that one is asked of the provider, by
number and words, or told by its report; it is never handed over again by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from fifthcall import clock
from fifthcall.channels.email.pace import next_try
from fifthcall.channels.trouble import NotLetIn, Refused, Trouble, TryLater, Unknown
from fifthcall.failpoints import failpoint
from fifthcall.people.models import ContactPoint
from fifthcall.people.reach import mark_wrong
from fifthcall.phoning.lines import pause, report_to
from fifthcall.phoning.may_phone import No, may_text
from fifthcall.phoning.models import Line, Text
from fifthcall.phoning.providers import Accepted, News, Stopped, provider_of
from fifthcall.phoning.stopping import stop
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Agreed, Basis, Channel, Kind, Window
from fifthcall.sealing import Unsealable
from fifthcall.touches.log import record

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=45)
AT_A_TIME = 50
MOST_CRASHES = 3
#: When the provider is asked what became of an uncertain text; after that, a person is.
LOOKS = tuple(timedelta(seconds=s) for s in (10, 60, 300, 1800))
State = Text.State
#: What a report may still change, and never back again.
_RANK = {State.SENDING: 0, State.UNCERTAIN: 0, State.SENT: 1, State.UNDELIVERED: 2, State.DELIVERED: 3}


def send_due(now: datetime, alive: Callable[[], bool] = lambda: True) -> int:
    """Send what is due, the longest wanted first, as long as `alive`; how many the provider took on."""
    waiting = Q(state=State.WAITING, due_at__lte=now)
    lost = Q(state=State.SENDING, claimed_until__lte=now)
    due = Text.objects.filter(waiting | lost).order_by("wanted_at", "id").values_list("pk", flat=True)[:AT_A_TIME]
    sent, began = 0, clock.now()
    for pk in list(due):
        if not alive():
            break
        at = now + (clock.now() - began)  # those before it may have taken their time
        try:
            sent += send(pk, at)
        except Exception as error:  # one that can't be sent never stops the others
            log.exception("Text %s could not be sent.", pk)
            _hold(pk, at, error)
    return sent


def send(pk: int, now: datetime) -> bool:
    """Send one text, if it may be sent and nobody else does; whether the provider took it on."""
    text = claim(pk, now)
    if text is None:
        return False
    failpoint("text_claimed")
    if not _begin(text, now):
        return False
    failpoint("text_begun")
    try:
        taken = provider_of(text.line).send_text(text.line, text.number, text.text, report_to(text.line, "state", pk))
        failpoint("text_taken")
    except Unknown as error:
        return _uncertain(text, f"Nobody can tell whether it went out: {error}.", now)
    except (NotLetIn, Unsealable) as error:
        pause(text.line_id, str(error) or "Its token can’t be read any more: enter it again.", now)
        return _wait(text, str(error), now)
    except TryLater as error:
        return _try_again(text, str(error), now)
    except (Refused, Stopped) as error:
        _refused(text, error, now)
        return False
    _taken_on(text, taken, now)
    failpoint("text_committed")
    return True


def claim(pk: int, now: datetime) -> Text | None:
    """Make the text ours, after every check; None when it isn't to be sent, now or at all."""
    with transaction.atomic():
        text = _locked(pk)
        if text is None:
            return None
        if text.state == State.SENDING and text.claimed_until and text.claimed_until <= now:
            if text.begun_at:
                _doubt(text, "Sending it was interrupted after it had begun.", now)
                return None
            text.crashes += 1
            if text.crashes >= MOST_CRASHES:
                _end(text, State.FAILED, "Sending it failed three times without a word.", "crashes")
                return None
        elif text.state != State.WAITING or text.due_at > now:
            return None
        no = may_text(text, _opportunity(text), now) if text.opportunity_id else None
        if no:
            _not_now(text, no)
            return None
        text.state, text.why = State.SENDING, ""
        text.fence += 1
        text.claimed_until = now + LEASE
        text.save(update_fields=["state", "why", "fence", "claimed_until", "crashes"])
    return text


def _locked(pk: int) -> Text | None:
    """The text with its opportunity, both locked, the opportunity first as everywhere."""
    row = Text.objects.filter(pk=pk).values_list("opportunity_id", flat=True).first()
    if row:
        Opportunity.objects.select_for_update(of=("self",)).get(pk=row)
    return Text.objects.select_for_update(of=("self",)).select_related("line__workspace").filter(pk=pk).first()


def _opportunity(text: Text) -> Opportunity:
    related = ("workspace", "owner", "person", "organization")
    return Opportunity.objects.select_related(*related).get(pk=text.opportunity_id or 0)


def _begin(text: Text, now: datetime) -> bool:
    """Mark, for good, that it goes over now; False when something has come in between.

    Counted against the limits here, once more: two that were claimed together must not both be the last that may go.
    """
    with transaction.atomic():
        held = _locked(text.pk)
        if held is None or (held.state, held.fence, held.begun_at) != (State.SENDING, text.fence, None):
            return False
        no = may_text(held, _opportunity(held), now) if held.opportunity_id else None
        if no:
            _not_now(held, no)
            return False
        held.begun_at = now
        held.save(update_fields=["begun_at"])
    return True


def _not_now(text: Text, no: No) -> None:
    if no.until:
        text.state, text.why, text.due_at, text.claimed_until = State.WAITING, no.why[:300], no.until, None
        text.save(update_fields=["state", "why", "due_at", "claimed_until", "crashes"])
    else:
        _end(text, State.ASKED if no.ask else State.CANCELLED, no.why, "crashes")


def _end(text: Text, state: str, why: str, *more: str) -> None:
    text.state, text.why, text.claimed_until = state, why[:300], None
    text.save(update_fields=["state", "why", "claimed_until", *more])


def _doubt(text: Text, why: str, now: datetime) -> None:
    text.look_at, text.looks = now + LOOKS[0], 0
    _end(text, State.UNCERTAIN, why, "look_at", "looks")


def _ours(text: Text) -> QuerySet[Text]:
    """The text, if it is still ours."""
    return Text.objects.filter(pk=text.pk, state=State.SENDING, fence=text.fence)


def _uncertain(text: Text, why: str, now: datetime) -> bool:
    _ours(text).update(state=State.UNCERTAIN, why=why[:300], look_at=now + LOOKS[0], looks=0, claimed_until=None)
    return False


def _wait(text: Text, why: str, until: datetime, tries: int = 0) -> bool:
    _ours(text).update(
        state=State.WAITING, why=why[:300], due_at=until, begun_at=None, claimed_until=None, tries=F("tries") + tries
    )
    return False


def _try_again(text: Text, why: str, now: datetime) -> bool:
    at = next_try(text.tries + 1, now, text.key)
    if at is None:
        _ours(text).update(state=State.FAILED, why=why[:300], begun_at=None, claimed_until=None)
        return False
    return _wait(text, why, at, tries=1)


def _hold(pk: int, now: datetime, error: Exception) -> None:
    """Something of ours is wrong with this text: it waits, and is held when that happens again and again."""
    row = Text.objects.filter(pk=pk, state__in=(State.WAITING, State.SENDING), begun_at=None)
    row.update(state=State.WAITING, due_at=now + timedelta(minutes=10), crashes=F("crashes") + 1, why=str(error)[:300])
    row.filter(crashes__gte=MOST_CRASHES).update(state=State.FAILED)


def _refused(text: Text, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        held = _locked(text.pk)
        if held is None or (held.state, held.fence) != (State.SENDING, text.fence):
            return
        held.begun_at = None
        _end(held, State.FAILED, str(error), "begun_at")
        _what_it_means(held, isinstance(error, Stopped), isinstance(error, Refused) and error.dead, now)


def _what_it_means(text: Text, they_stopped: bool, dead: bool, now: datetime) -> None:
    """D5: who has told the provider to stop has told us. A number that no text reaches isn't texted again."""
    if they_stopped:
        stop(text, now)
    if dead:
        mobiles = ContactPoint.objects.filter(kind=ContactPoint.Kind.MOBILE, normal=text.number, wrong_since=None)
        for point in mobiles.filter(workspace=text.workspace_id).select_related("person"):
            mark_wrong(point, now)


def _taken_on(text: Text, taken: Accepted, now: datetime) -> None:
    with transaction.atomic():
        held = _locked(text.pk)
        # A report may have been faster, or the lease ended meanwhile: the provider has it, that is certain.
        if held and held.fence == text.fence and held.state in (State.SENDING, State.UNCERTAIN):
            _record_sent(held, taken, held.begun_at or now, now)


def _record_sent(text: Text, taken: Accepted, at: datetime, now: datetime) -> None:
    """In the caller's transaction: the touch, the next step, and the provider's id."""
    if text.opportunity_id and not text.service:
        text.touch = record(
            text.opportunity_id,
            "sent",
            at,
            now,
            Channel.TEXT,
            note=text.text,
            member_id=text.member_id,
            agreed=_promised(text),
            purpose=text.purpose,
            words=(text.template, text.template_version or 0),
        )
    text.sent_at, text.provider_id, text.look_at = at, taken.provider_id, None
    text.parts = taken.parts or text.parts
    _end(text, State.SENT, "", "sent_at", "touch", "provider_id", "parts", "look_at")


def _promised(text: Text) -> Agreed | None:
    said = text.promise
    if not said:
        return None
    window = Window(datetime.fromisoformat(said["from"]), datetime.fromisoformat(said["until"]), said["zone"])
    return Agreed(Basis.PROMISE, window, Kind(said["kind"]))


def take_news(pk: int, line: Line, news: News, now: datetime) -> bool:
    """What the provider reports of a text of ours; False when it is none, or says nothing new."""
    with transaction.atomic():
        text = _locked(pk)
        if text is None or text.line_id != line.pk or text.state not in _RANK:
            return False
        if text.provider_id and text.provider_id != news.provider_id:
            return False
        if not text.provider_id:  # it is faster than the provider's answer, or that never came: it has the text
            if text.begun_at is None:
                return False
            _record_sent(text, Accepted(news.provider_id), text.begun_at, now)
        if _RANK[State(news.what)] <= _RANK[State(text.state)]:
            return False
        text.error_code = news.error_code[:20]
        _end(text, news.what, news.why, "error_code")
        _what_it_means(text, news.stopped, news.dead, now)
        if news.what == State.UNDELIVERED and text.opportunity_id and not text.service:
            record(text.opportunity_id, "bounced", now, now, Channel.TEXT, note=news.why)
    return True


def confirm(pk: int, now: datetime) -> None:
    """A person says that an uncertain text has arrived."""
    with transaction.atomic():
        text = _locked(pk)
        if text and text.state == State.UNCERTAIN:
            _record_sent(text, Accepted(""), text.begun_at or now, now)


def look_for_lost(now: datetime) -> int:
    """Ask the provider what became of uncertain texts; how many were found."""
    rows = Text.objects.filter(state=State.UNCERTAIN, look_at__lte=now).order_by("look_at", "id")
    return sum(_look_for(text, now) for text in rows.select_related("line")[:AT_A_TIME])


def _look_for(text: Text, now: datetime) -> bool:
    looks = text.looks + 1
    later = now + LOOKS[looks] - LOOKS[looks - 1] if looks < len(LOOKS) else None
    Text.objects.filter(pk=text.pk, state=State.UNCERTAIN).update(looks=looks, look_at=later)
    try:
        found = provider_of(text.line).find_texts(text.line, text.number, text.text, text.begun_at or text.wanted_at)
    except (Trouble, Unknown, Unsealable) as error:
        log.info("What became of text %s can't be asked: %s", text.pk, error)
        return False
    with transaction.atomic():
        held = _locked(text.pk)
        ids = [one.provider_id for one in found]
        known = set(Text.objects.filter(line=text.line_id, provider_id__in=ids).values_list("provider_id", flat=True))
        new = [one for one in found if one.provider_id not in known]
        if held is None or held.state != State.UNCERTAIN or not new:
            return False
        _record_sent(held, new[0], held.begun_at or now, now)
    return True
