"""The verbs of a touch: log it (and see its next step beforehand), and take it back within ten seconds.

Each is one transaction: the touch is appended, its consequences follow, the rules decide again, the next step is saved.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, DateTimeField

from fifthcall.journal.models import Event, note_event
from fifthcall.people.reach import suppress
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED, case_of
from fifthcall.pipeline.settle import Changed, settle, to_change, to_change_by_itself
from fifthcall.prepared import Given, Prepared
from fifthcall.rules.c4_fatigue import organization_spent
from fifthcall.rules.case import Agreed, Case, Channel, Kind
from fifthcall.rules.facts import WEEK, read
from fifthcall.rules.outcomes import channel_of
from fifthcall.teams.models import Membership
from fifthcall.touches import consequences
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.models import Touch

#: Opportunities of one person that are decided again with a touch; nobody is followed up about more.
OTHERS = 50
#: Ten seconds on screen, and a little for the way.
UNDO_WITHIN = timedelta(seconds=15)


def log(opportunity_id: int, member: Membership, draft: Draft, now: datetime, version: int | None = None) -> Touch:
    """Append a touch and set the next step that follows from it.

    Raises Incomplete (also for “sent” where post is due, C8), NotVisible, or Changed (when `version` is given and
    somebody was faster).
    """
    draft.check()
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member, version)
        return _log(opportunity, member, draft, now)


def next_step_after(opportunity_id: int, member: Membership, draft: Draft, now: datetime) -> Opportunity:
    """The opportunity as `log` would leave it; nothing is saved. Raises as `log` does."""
    draft.check()
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member)
        _log(opportunity, member, draft, now)
        transaction.set_rollback(True)
    return opportunity


def record(
    opportunity_id: int,
    outcome: str,
    at: datetime,
    now: datetime,
    channel: Channel,
    note: str = "",
    reason_until: date | None = None,
    member_id: int | None = None,
    agreed: Agreed | None = None,
    purpose: str = "",
    stop: str = "",
    words: tuple[str, int] = ("", 0),
) -> Touch:
    """Append what happened by itself at `at` (a mail went out, an answer came) and decide again (E2, E3).

    `purpose`: of the step that was taken; `words`: the template's code and version (D3).
    `stop`: the channel they want to hear no more on, or "all" (D5).
    A finished opportunity gets the touch and the stop, nothing else. Raises Opportunity.DoesNotExist.
    """
    with transaction.atomic():
        opportunity = to_change_by_itself(opportunity_id)
        draft = Draft(outcome, note, agreed, reason_until=reason_until, stop=stop)
        draft = replace(draft, template=words[0], template_version=words[1])
        zone = (opportunity.owner or opportunity.workspace).zone
        touch = _append(opportunity, member_id, draft, at, channel, zone, purpose)
        if not opportunity.finished:
            consequences.follow(opportunity, draft, now)
            _settle(opportunity, now)
        else:
            if stop and opportunity.person:
                suppress(opportunity.person, stop, now, outcome)
            _settle_others(opportunity, case_of(opportunity, now), now)
        return touch


def _log(opportunity: Opportunity, member: Membership, draft: Draft, now: datetime) -> Touch:
    if opportunity.merged_into_id:
        raise Incomplete("outcome", "It was merged into another. Log it there.")
    if opportunity.finished and draft.outcome not in ("reopened", "note", "closed", "thanked"):
        raise Incomplete("outcome", "It is closed. Reopen it first.")
    step = Kind(opportunity.next_kind).channel if opportunity.next_kind else Channel.DESK
    if draft.outcome == "sent" and step is Channel.POST:  # C8: what goes by post was written here, and checked
        raise Incomplete("outcome", "Post goes out in your own words: write it first, then say that it is posted.")
    channel = channel_of(draft.outcome, step)
    touch = _append(opportunity, member.pk, draft, now, channel, member.zone, opportunity.next_purpose)
    if draft.outcome in ("note", "thanked"):  # changes nothing about what comes next
        return touch
    before = {column: getattr(opportunity, column) for column in consequences.COLUMNS}
    made = consequences.follow(opportunity, draft, now)
    changed = {column: old for column, old in before.items() if old != getattr(opportunity, column)}
    if made or changed:
        kept = {column: str(old) if hasattr(old, "isoformat") else old for column, old in changed.items()}
        note_event(opportunity.workspace_id, member.pk, "followed", touch, now, before=kept, made=made)
    _settle(opportunity, now)
    return touch


def _append(
    opportunity: Opportunity,
    member_id: int | None,
    draft: Draft,
    at: datetime,
    channel: Channel,
    zone: str,
    purpose: str,
) -> Touch:
    return Touch.objects.create(
        workspace_id=opportunity.workspace_id,
        opportunity_id=opportunity.pk,
        person_id=opportunity.person_id,
        member_id=member_id,
        at=at,
        zone=zone,
        prospect_zone=opportunity.prospect_zone,
        channel=channel.value,
        outcome=draft.outcome,
        note=draft.note.strip(),
        reason=draft.reason,
        answered_by_id=draft.answered_by,
        reason_note=draft.reason_note.strip(),
        reason_until=draft.reason_until,
        purpose=purpose,
        template=draft.template,
        template_version=draft.template_version,
        version=opportunity.version + (draft.outcome not in ("note", "thanked")),
        **_agreed(draft),
    )


def _settle(opportunity: Opportunity, now: datetime, taken_back: bool = False) -> None:
    """Decide again, and what else hangs on it."""
    case = case_of(opportunity, now)
    settle(opportunity, now, *consequences.COLUMNS, case=case)
    _settle_others(opportunity, case, now, taken_back)


def _settle_others(opportunity: Opportunity, case: Case, now: datetime, taken_back: bool = False) -> None:
    """Decide those again for which it makes a difference.

    What was said to a person counts wherever they are followed up: their no (D5), and the week's budget (C4). Their
    organisation's others are decided again only where its week has just been used up, or is no longer.
    """
    others: set[int] = set()
    if opportunity.person_id:
        others |= {pk for (pk,) in _OTHERS.rows(person=opportunity.person_id, limit=OTHERS + 1)}
    if case.around:
        free = organization_spent(read(case, now, opportunity.workspace.policy()))
        if free or taken_back:
            before = free or now + WEEK
            found = _ORGANIZATIONS.rows(organization=opportunity.organization_id, before=before, limit=OTHERS)
            others |= {pk for (pk,) in found}
    others.discard(opportunity.pk)
    if others:
        for other in Opportunity.objects.filter(pk__in=others).select_related(*RELATED).order_by("id"):
            settle(other, now)


#: Those of an organisation that would be contacted before its week has room again.
_ORGANIZATIONS = Prepared(
    lambda: (
        Opportunity.objects.filter(
            organization_id=Given("organization", BigIntegerField()),
            next_due_at__lt=Given("before", DateTimeField()),
            next_firm=False,
        )
        .order_by("next_due_at", "id")
        .values_list("id")
    )
)
_OTHERS = Prepared(
    lambda: (
        Opportunity.objects.filter(person_id=Given("person", BigIntegerField()), next_due_at__isnull=False)
        .order_by("id")
        .values_list("id")
    )
)


def _agreed(draft: Draft) -> dict[str, Any]:
    if draft.agreed is None:
        return {}
    window = draft.agreed.window
    return {
        "agreed_basis": draft.agreed.basis.value,
        "agreed_kind": draft.agreed.kind.value,
        "agreed_from": window.starts_at,
        "agreed_until": window.until,
        "agreed_zone": window.zone,
    }


def retract(touch_id: int, member: Membership, now: datetime) -> Opportunity:
    """Take back one's own latest touch, with all its consequences, as a new entry (C15).

    Raises Touch.DoesNotExist for somebody else's, Changed when it is too late or anything came after it.
    """
    with transaction.atomic():
        touch = Touch.objects.get(pk=touch_id, member=member, workspace_id=member.workspace_id, retracts=None)
        opportunity = to_change(touch.opportunity_id, member)
        latest = Touch.objects.filter(opportunity=opportunity).latest("id")
        if latest.pk != touch.pk or touch.version != opportunity.version or now - touch.at > UNDO_WITHIN:
            raise Changed
        Touch.objects.create(
            workspace_id=touch.workspace_id,
            opportunity=opportunity,
            person_id=touch.person_id,
            member=member,
            at=now,
            zone=member.zone,
            channel=Channel.DESK.value,
            outcome="retracted",
            retracts=touch,
        )
        event = Event.objects.filter(subject="touch", subject_id=touch.pk, verb="followed").first()
        if event:
            consequences.reverse(opportunity, event.data, now)
        _settle(opportunity, now, taken_back=True)
        return opportunity
