"""The one place that says whether a call may be placed or a text go out: stops, the law's hours, how often (B4, D5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from fifthcall.people.models import Person, Suppression
from fifthcall.people.reach import hidden
from fifthcall.phoning.models import Call, Text
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import case_of
from fifthcall.rules.b4_windows import REGULATED
from fifthcall.rules.law import limits, most_a_day, own
from fifthcall.rules.outcomes import OUTCOMES, THEIRS
from fifthcall.rules.windows import is_open, next_open, wall
from fifthcall.touches.models import Touch

#: Calls and texts to one person, from all of us together, wherever no law is stricter.
MOST = 3
DAY = timedelta(hours=24)
#: Older than this, somebody is asked whether it should still go out.
TOO_LATE = timedelta(days=3)
A_MOMENT = timedelta(minutes=1)
_ATTEMPTS = tuple(code for code, outcome in OUTCOMES.items() if outcome.attempt and code not in THEIRS)
_ANSWERS = (*(code for code, outcome in OUTCOMES.items() if outcome.connect), "closed", "bounced")


@dataclass(frozen=True, slots=True)
class No:
    """Why not, in words; `until` when it may be asked again, None when it is over. `ask`: somebody has to say."""

    why: str
    until: datetime | None = None
    ask: bool = False


def may_text(text: Text, opportunity: Opportunity, now: datetime) -> No | None:
    """None: it may. The text and the opportunity are locked by the caller; the person is, from here on."""
    if text.line.removed_at:
        return No("The line was taken away.")
    if text.line.paused_at:
        return No(f"The line is paused: {text.line.paused_why}", until=now + A_MOMENT)
    if text.service:
        return None
    return (
        stopped(text.workspace_id, opportunity.person, text.number, "text")
        or _outdated(text, opportunity, now)
        or at_this_hour(opportunity, now)
        or too_often(opportunity, text.number, now, but_text=text.pk)
    )


def may_call(opportunity: Opportunity, number: str, now: datetime) -> No | None:
    """None: it may. The opportunity is locked by the caller; the person is, from here on."""
    return (
        stopped(opportunity.workspace_id, opportunity.person, number, "call")
        or at_this_hour(opportunity, now)
        or too_often(opportunity, number, now)
    )


def stopped(workspace_id: int, person: Person | None, number: str, channel: str) -> No | None:
    """D5: they, or whoever has the number, said stop."""
    targets = [number, hidden(number), *([f"person:{person.pk}"] if person else [])]
    stops = Suppression.objects.filter(workspace_id=workspace_id, target__in=targets, lifted_at=None)
    if stops.filter(Q(channel=channel) | Q(channel="all")).exists():
        return No(f"They asked not to be {'called' if channel == 'call' else 'texted'}.")
    return None


def _outdated(text: Text, opportunity: Opportunity, now: datetime) -> No | None:
    since = Touch.of(opportunity).filter(at__gt=text.wanted_at, outcome__in=_ANSWERS, retraction=None).last()
    if since:
        return No(f"{OUTCOMES[since.outcome].label} since it was written.", ask=True)
    return No("It was to go out days ago.", ask=True) if now - text.wanted_at > TOO_LATE else None


def at_this_hour(opportunity: Opportunity, now: datetime) -> No | None:
    """B4: the hours of the law, wherever they may be, and the rep's own, which are only ever stricter."""
    case, policy = case_of(opportunity, now), opportunity.workspace.policy()
    hours = limits(case, policy) + own(case)
    if is_open(now, hours):
        return None
    window = next_open(now, hours)
    if window is None:
        return No("Their numbers and address allow no hour at which this is legal in all of those places.", ask=True)
    theirs = wall(now, case.prospect_zone)
    return No(f"It is {theirs:%H:%M} for them: too early, too late, or a day that is not for it.", window.starts_at)


def too_often(opportunity: Opportunity, number: str, now: datetime, but_text: int = 0) -> No | None:
    """B4: three in 24 hours to one person, or fewer where the law says so, counted over the whole team.

    What is on its way counts: it is written down before it goes, and the person's row is locked while we count.
    """
    person = opportunity.person
    if person:
        Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    entry = most_a_day(case_of(opportunity, now))
    most = min(MOST, entry.a_day) if entry and entry.a_day is not None else MOST
    made = sorted(_made(opportunity.workspace_id, person, number, now - DAY, but_text))
    if len(made) < most:
        return None
    return No(f"They had {len(made)} calls and texts in 24 hours: {most} is the most.", until=made[-most] + DAY)


def _made(workspace_id: int, person: Person | None, number: str, since: datetime, but_text: int) -> list[datetime]:
    """When they were called or texted after `since`: what was logged, and what is on its way or not logged yet."""
    theirs = Q(workspace=workspace_id, number=number) | (Q(person=person) if person else Q(pk=None))
    texts = Text.objects.filter(theirs, begun_at__gt=since, touch=None, service=False).exclude(pk=but_text)
    texts = texts.filter(state__in=(Text.State.SENDING, Text.State.UNCERTAIN, Text.State.SENT))
    calls = Call.objects.filter(theirs, began_at__gt=since, touch=None).exclude(state=Call.State.FAILED)
    found = [at for at in texts.values_list("begun_at", flat=True) if at]
    found += calls.values_list("began_at", flat=True)
    if person:
        touches = Touch.objects.filter(person=person, at__gt=since, retraction=None, retracts=None)
        touches = touches.filter(channel__in=[channel.value for channel in REGULATED], outcome__in=_ATTEMPTS)
        found += touches.values_list("at", flat=True)
    return found
