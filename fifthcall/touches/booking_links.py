"""A prospect books a time by themselves: which times are free, and that only one of two who want the same gets it."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import datetime, time, timedelta

from django.db import IntegrityError, transaction

from fifthcall.calendars.models import TOLD_AFTER, Appointment, BookingHours, BookingLink, Busy
from fifthcall.journal.models import note_event
from fifthcall.pipeline.holds import holds_of
from fifthcall.pipeline.next_step import blocks_of
from fifthcall.pipeline.settle import settle, to_change, to_change_by_itself
from fifthcall.rules.case import Channel, Hours, Meeting, Window
from fifthcall.rules.holidays import closed_on
from fifthcall.rules.windows import held, opens, wall
from fifthcall.rules.words import moment
from fifthcall.teams.models import Membership
from fifthcall.touches.log import record
from fifthcall.touches.meetings import meet

#: A time that is decent for who books it, in their zone.
DECENT = Hours(frozenset(range(7)), time(7), time(21))
STEP = timedelta(minutes=30)
State = Appointment.State


class NoLonger(Exception):
    """The time is taken (or was never free); nothing was booked."""


def link_for(opportunity_id: int, member: Membership, now: datetime) -> BookingLink:
    """The opportunity's open link, made if there is none: the times are its owner's. Raises NotVisible."""
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member)
        whose = opportunity.owner or member
        found = BookingLink.objects.filter(opportunity=opportunity, member=whose, closed_at=None).first()
        if found is None:
            found = BookingLink.objects.create(
                opportunity=opportunity,
                member=whose,
                token=secrets.token_urlsafe(20),
                minutes=hours_of(whose).minutes,
                created_at=now,
            )
            note_event(opportunity.workspace_id, member.pk, "booking_link_made", found, now)
    return found


def revoke(opportunity_id: int, member: Membership, now: datetime) -> bool:
    """The links of an opportunity work no more; what was booked stays. False when there was none. Raises NotVisible."""
    with transaction.atomic():
        opportunity = to_change(opportunity_id, member)
        links = BookingLink.objects.filter(opportunity=opportunity, closed_at=None)
        for link in links:
            note_event(opportunity.workspace_id, member.pk, "booking_link_revoked", link, now)
        return bool(links.update(closed_at=now))


def open_link(token: str) -> BookingLink | None:
    """The link of a token while it is open: a closed opportunity and a member who has left end it."""
    rows = BookingLink.objects.filter(token=token, closed_at=None, member__active=True)
    found = rows.select_related("opportunity__person", "opportunity__organization", "member__workspace").first()
    return None if found is None or found.opportunity.finished else found


def hours_of(member: Membership) -> BookingHours:
    """The member's own booking hours, else the defaults (unsaved)."""
    return BookingHours.objects.filter(member=member).first() or BookingHours(member=member)


def free_times(member: Membership, minutes: int, zone: str, now: datetime, moving: int = 0) -> list[datetime]:
    """When a meeting of so many minutes may begin, for somebody in `zone`, in the member's next days.

    Their follow-up blocks stay for following up (B1), promises are kept free (C5), so is what stands in
    other calendars, and public holidays are holidays.
    `moving`: the opportunity whose own meeting is to be moved, and is in nobody's way.
    """
    own, length, blocks = hours_of(member), timedelta(minutes=minutes), blocks_of(member.pk, member.zone)
    begin, end = wall(now, member.zone).date(), now + timedelta(days=own.days_ahead + 2)
    met = Appointment.objects.filter(member=member, state=State.BOOKED, until__gt=now, starts_at__lt=end)
    met = met.exclude(opportunity_id=moving)
    meetings = list(met.values_list("starts_at", "until"))
    promised = [(hold.starts_at, hold.until) for hold in holds_of(member, now, end) if hold.opportunity_id != moving]
    elsewhere = Busy.objects.filter(member=member, until__gt=now, starts_at__lt=end)
    promised += elsewhere.values_list("starts_at", "until")
    a_day = Counter(wall(at, member.zone).date() for at, _ in meetings)
    buffer, notice = timedelta(minutes=own.buffer_minutes), timedelta(hours=own.notice_hours)
    working = Hours(frozenset(map(int, own.weekdays)), own.start, own.end)
    found: list[datetime] = []
    for day in (begin + timedelta(days=n) for n in range(own.days_ahead)):
        hours = opens(working, member.zone, day)
        away = any(first <= day <= last for block in blocks for first, last in block.away)
        holiday = closed_on(day, member.workspace.country)
        if hours is None or away or holiday or a_day[day] >= own.most_a_day:
            continue
        closed = [(one.starts_at, one.until) for block in blocks for one in held(block, day)]
        closed += [*promised, *((a - buffer, b + buffer) for a, b in meetings)]
        found += _in(hours, closed, length, now + notice)
    return [at for at in found if _decent(at, length, zone)]


def _in(
    hours: Window, closed: list[tuple[datetime, datetime]], length: timedelta, earliest: datetime
) -> list[datetime]:
    at, found = hours.starts_at, []
    while at + length <= hours.until:
        if at >= earliest and all(at + length <= a or at >= b for a, b in closed):
            found.append(at)
        at += STEP
    return found


def _decent(at: datetime, length: timedelta, zone: str) -> bool:
    hours = opens(DECENT, zone, wall(at, zone).date())
    return hours is not None and hours.starts_at <= at and at + length <= hours.until


def book_by_link(token: str, starts_at: datetime, zone: str, now: datetime) -> Appointment:
    """Book (or move) the meeting of a link's opportunity. Raises NoLonger when the time isn't free any more.

    The same time twice is the same meeting. Of two who want one time, the database lets one have it.
    """
    link = open_link(token)
    if link is None:
        raise NoLonger
    try:
        with transaction.atomic():
            # Whoever books with this member waits here, so that the buffer and the most a day hold as well.
            member = Membership.objects.select_for_update(of=("self",)).get(pk=link.member_id)
            member.workspace = link.member.workspace
            return _book(link, member, starts_at, zone, now)
    except IntegrityError as taken:
        raise NoLonger from taken


def _book(link: BookingLink, member: Membership, starts_at: datetime, zone: str, now: datetime) -> Appointment:
    opportunity = to_change_by_itself(link.opportunity_id)
    until = starts_at + timedelta(minutes=link.minutes)
    same = Appointment.objects.filter(
        opportunity=opportunity, state=State.BOOKED, starts_at=starts_at, member=member
    ).first()
    if same:
        return same
    if opportunity.finished or starts_at not in free_times(member, link.minutes, zone, now, opportunity.pk):
        raise NoLonger
    made = meet(opportunity, Meeting(starts_at, until, zone), now)
    booked = Appointment.objects.get(pk=made.get("appointment") or made["moved"])
    if booked.member_id != member.pk:
        booked.member = member
    booked.place = booked.place or hours_of(member).place
    booked.answer, booked.answered_at = "ACCEPTED", now  # they chose it
    booked.tell_at = now + TOLD_AFTER if booked.email else None
    booked.save()
    booked.take(alone=True)
    settle(opportunity, now, "has_appointment")
    note_event(opportunity.workspace_id, None, "booked_by_link", booked, now, starts_at=starts_at.isoformat())
    said = f"They booked {moment(wall(starts_at, member.zone))} by themselves."
    record(opportunity.pk, "meeting_set", now, now, Channel.MEETING, note=said)
    return booked
