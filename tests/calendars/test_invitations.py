"""Appointments and their invitations: what other calendars read, what their answers change, what is sent when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.util import find_spec
from typing import Any

import icalendar
import pytest
from icalendar import Calendar

from fifthcall.calendars.feeds import close_feed, feed_of, open_feed
from fifthcall.calendars.invitations import CANCEL, REQUEST, Party, invitation
from fifthcall.calendars.models import Appointment, Taken
from fifthcall.channels.email.composing import compose
from fifthcall.channels.email.inviting import want_invitations
from fifthcall.channels.models import Mailbox, Message
from fifthcall.erasing import erase
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Meeting, Window
from fifthcall.rules.windows import instant, wall
from fifthcall.touches.booking import Answer, agree, answer, book, call_off
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log, retract
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.channels.mail import opportunity_with
from tests.rules.test_windows import TABLE

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
LATER, HALF = timedelta(seconds=30), timedelta(minutes=30)
ZONE = "America/New_York"
HOST, GUEST = Party("ada@sales.example", "Ada Berg"), Party("eve@buyers.example", 'Eve "E" Ólafs')
pytestmark = pytest.mark.django_db


def meeting_at(day: int = 3, zone: str = ZONE) -> Meeting:
    at = instant(datetime(2026, 12, day, 10), zone)  # noqa: DTZ001
    return Meeting(at, at + HALF, zone)


@pytest.fixture
def eve(team: Cast) -> Opportunity:
    Mailbox.objects.create(
        workspace=team.space, member=team.ada, address=HOST.email, name=HOST.name, zone="UTC", created_at=NOW
    )
    return opportunity_with(team.ada, "Eve", NOW)


def messages() -> list[Message]:
    return list(Message.objects.order_by("id"))


def calendar_of(message: Message) -> tuple[EmailMessage, Any]:
    """The mail's calendar part and the event in it, as the prospect's program gets them: by wire."""
    sent = compose(message, message.mailbox, "", NOW)
    mail = message_from_bytes(sent.as_bytes(), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    [part] = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    assert isinstance(part, EmailMessage)
    return part, Calendar.from_ical(part.get_content()).walk("VEVENT")[0]


def test_invited_moved_and_called_off_are_three_messages_about_one_event(team: Cast, eve: Opportunity) -> None:
    booked = book(eve.pk, team.ada, meeting_at(3), NOW, "By phone, we call you")
    assert want_invitations(NOW) == 0  # it can still be taken back
    assert want_invitations(NOW + LATER) == 1 and want_invitations(NOW + LATER) == 0
    Message.objects.update(state=Message.State.SENT)
    book(eve.pk, team.ada, meeting_at(4), NOW + timedelta(hours=1))
    assert want_invitations(NOW + timedelta(hours=2)) == 1
    Message.objects.update(state=Message.State.SENT)
    call_off(eve.pk, team.ada, NOW + timedelta(hours=3))
    assert want_invitations(NOW + timedelta(hours=4)) == 1
    found = [calendar_of(message) for message in messages()]
    assert [part.get_param("method") for part, _ in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert {str(event["uid"]) for _, event in found} == {booked.uid}
    assert [event["sequence"] for _, event in found] == [0, 1, 2]
    assert [event["dtstart"].dt.isoformat() for _, event in found] == [
        "2026-12-03T10:00:00-05:00",
        "2026-12-04T10:00:00-05:00",
        "2026-12-04T10:00:00-05:00",
    ]
    assert found[2][1]["status"] == "CANCELLED"
    assert messages()[0].to_address == "eve@buyers.example"
    assert "10:00–10:30 (America/New York)" in messages()[0].text


def test_the_mail_says_the_same_thrice_and_the_method_stands_in_its_type(team: Cast, eve: Opportunity) -> None:
    book(eve.pk, team.ada, meeting_at(), NOW)
    want_invitations(NOW + LATER)
    [message] = messages()
    mail = compose(message, message.mailbox, "", NOW)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    part, event = calendar_of(message)
    assert part.get_content_charset() == "utf-8"
    assert f"METHOD:{part.get_param('method')}\r\n" in message.calendar
    assert str(event["organizer"]) == f"mailto:{HOST.email}" and str(event["attendee"]) == "mailto:eve@buyers.example"


def test_taken_back_before_it_goes_out_they_hear_nothing(team: Cast, eve: Opportunity) -> None:
    touch = log(eve.pk, team.ada, Draft("meeting_set", meeting=meeting_at()), NOW)
    retract(touch.pk, team.ada, NOW + timedelta(seconds=5))
    assert want_invitations(NOW + LATER) == 0 and messages() == []
    assert not Taken.objects.exists()
    book(eve.pk, team.ada, meeting_at(), NOW + LATER)
    want_invitations(NOW + 2 * LATER)
    call_off(eve.pk, team.ada, NOW + 3 * LATER)  # the mail waits still
    assert want_invitations(NOW + 4 * LATER) == 0
    assert [message.state for message in messages()] == ["cancelled"]


def test_a_move_that_is_taken_back_is_where_it_was(team: Cast, eve: Opportunity) -> None:
    booked = book(eve.pk, team.ada, meeting_at(3), NOW)
    touch = log(eve.pk, team.ada, Draft("meeting_set", meeting=meeting_at(4)), NOW + LATER)
    retract(touch.pk, team.ada, NOW + LATER + timedelta(seconds=5))
    booked.refresh_from_db()
    assert (booked.starts_at, booked.state, booked.sequence) == (meeting_at(3).starts_at, "booked", 2)
    assert Appointment.objects.count() == 1


def test_no_invitation_to_who_has_no_address_or_said_no(team: Cast, eve: Opportunity) -> None:
    assert eve.person
    eve.person.stopped = "email"
    eve.person.save()
    booked = book(eve.pk, team.ada, meeting_at(), NOW)
    assert booked.email == "" and want_invitations(NOW + LATER) == 0


def test_a7_yes_no_and_another_time_change_the_appointment_and_the_next_step(team: Cast, eve: Opportunity) -> None:
    booked = book(eve.pk, team.ada, meeting_at(3), NOW)
    at = NOW + timedelta(hours=1)
    assert answer(booked.uid, "mailto:EVE@buyers.example", "ACCEPTED", 0, at) is Answer.TAKEN
    booked.refresh_from_db()
    eve.refresh_from_db()
    assert (booked.answer, eve.next_kind, eve.next_due_at) == ("ACCEPTED", "meeting", booked.starts_at)
    asked = meeting_at(5)
    counter = Window(asked.starts_at, asked.until, ZONE)
    assert answer(booked.uid, "eve@buyers.example", "TENTATIVE", 0, at, counter) is Answer.TAKEN
    eve.refresh_from_db()
    assert (eve.next_kind, eve.next_purpose) == ("review", "asked_for")
    agreed = agree(eve.pk, team.ada, at + LATER)
    eve.refresh_from_db()
    assert (agreed.pk, agreed.starts_at, agreed.sequence) == (booked.pk, asked.starts_at, 1)
    assert (eve.next_kind, eve.next_due_at) == ("meeting", asked.starts_at)
    # What they say to the earlier time no longer counts.
    assert answer(booked.uid, "eve@buyers.example", "DECLINED", 0, at) is Answer.OLD
    assert answer(booked.uid, "eve@buyers.example", "DECLINED", 1, at + 2 * LATER) is Answer.TAKEN
    booked.refresh_from_db()
    eve.refresh_from_db()
    assert (booked.state, booked.tell_at, eve.has_appointment) == ("cancelled", None, False)
    assert eve.next_purpose == "answer" and eve.next_due_at == at + 2 * LATER
    assert answer(booked.uid, "eve@buyers.example", "ACCEPTED", 1, at + 3 * LATER) is Answer.OVER


def test_only_who_was_invited_may_answer_and_twice_is_once(team: Cast, eve: Opportunity) -> None:
    booked = book(eve.pk, team.ada, meeting_at(), NOW)
    assert answer("nobody@nowhere", "eve@buyers.example", "DECLINED", 0, NOW) is Answer.UNKNOWN
    assert answer(booked.uid, "mallory@evil.example", "DECLINED", 0, NOW) is Answer.NOT_INVITED
    assert answer(booked.uid, "eve@buyers.example", "DECLINED", 0, NOW, workspace_id=0) is Answer.UNKNOWN
    for _ in range(2):
        answer(booked.uid, "eve@buyers.example", "ACCEPTED", 0, NOW + LATER)
    assert Touch.objects.filter(opportunity=eve, outcome="note").count() == 1
    with pytest.raises(Incomplete, match="don't ask"):
        agree(eve.pk, team.ada, NOW)
    with pytest.raises(Incomplete, match="passed"):
        book(eve.pk, team.ada, Meeting(NOW - HALF, NOW, ZONE), NOW)


@pytest.mark.parametrize(("outcome", "state"), [("meeting_held", "held"), ("meeting_missed", "missed")])
def test_how_it_went(team: Cast, eve: Opportunity, outcome: str, state: str) -> None:
    booked = book(eve.pk, team.ada, meeting_at(), NOW)
    reason = "thinking" if outcome == "meeting_held" else ""
    log(eve.pk, team.ada, Draft(outcome, reason=reason), meeting_at().until + HALF)
    booked.refresh_from_db()
    eve.refresh_from_db()
    assert booked.state == state and eve.next_due_at and not eve.has_appointment


def test_a_sent_invitation_is_no_attempt_to_reach_them(team: Cast, eve: Opportunity) -> None:
    from fifthcall.channels.email.sending import confirm

    book(eve.pk, team.ada, meeting_at(), NOW)
    want_invitations(NOW + LATER)
    Message.objects.update(state=Message.State.UNCERTAIN)
    confirm(messages()[0].pk, NOW + 2 * LATER)
    assert messages()[0].state == "sent"
    assert list(Touch.objects.filter(opportunity=eve).values_list("outcome", flat=True)) == ["meeting_set"]


def parsed_by(name: str, text: str) -> tuple[str, int, datetime]:
    """UID, SEQUENCE and start as an independent reader understands them."""
    if name == "icalendar":
        event: Any = Calendar.from_ical(text).walk("VEVENT")[0]
        return str(event["uid"]), int(event["sequence"]), event["dtstart"].dt.astimezone(UTC)
    if name == "vobject":
        import vobject  # type: ignore[import-not-found, import-untyped, unused-ignore]

        event = vobject.readOne(text).vevent
        return event.uid.value, int(event.sequence.value), event.dtstart.value.astimezone(UTC)
    import ics  # type: ignore[import-not-found, import-untyped, unused-ignore]

    [event] = ics.Calendar(text).events
    [sequence] = [line.value for line in event.extra if line.name == "SEQUENCE"]
    return event.uid, int(sequence), event.begin.datetime.astimezone(UTC)


#: Wall times in the hour that comes twice (or half of which does), where only UTC is clear.
TWICE = {at for _, at, _ in TABLE if at[5:10] in ("11-07", "10-31", "10-28", "04-03", "02-07", "04-04")}


@pytest.mark.parametrize("reader", ["icalendar", "vobject", "ics"])
@pytest.mark.parametrize(("zone", "wanted", "expected"), TABLE)
def test_independent_readers_and_the_database_find_the_same_instant(
    eve: Opportunity, reader: str, zone: str, wanted: str, expected: str
) -> None:
    if not find_spec(reader):
        pytest.skip(f"{reader} is not installed")
    starts_at = instant(datetime.fromisoformat(wanted), zone)
    row = Appointment.objects.create(
        workspace_id=eve.workspace_id, opportunity=eve, starts_at=starts_at, until=starts_at + HALF, zone=zone
    )
    stored = Appointment.objects.get(pk=row.pk)
    assert stored.starts_at == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    text = invitation(stored, REQUEST, HOST, GUEST, NOW)
    assert f"TZID:{zone}" in text and "BEGIN:VTIMEZONE" in text
    assert f"DTSTART;TZID={zone}:" in text or wanted in TWICE
    assert parsed_by(reader, text) == (stored.uid, 0, stored.starts_at)


def test_hostile_words_stay_words(eve: Opportunity) -> None:
    row = Appointment.objects.create(
        workspace_id=eve.workspace_id,
        opportunity=eve,
        starts_at=NOW,
        until=NOW + HALF,
        zone=ZONE,
        title="Roof\r\nATTENDEE:mailto:mallory@evil.example; \\n, “x”" + "ö" * 120,
        place="a;b,c\nEND:VEVENT",
    )
    text = invitation(row, CANCEL, HOST, Party(GUEST.email, "Eve\r\nX-EVIL:1"), NOW)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    event: Any
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["attendee"]) == "mailto:eve@buyers.example" and "X-EVIL" not in event
    assert str(event["location"]) == "a;b,c\nEND:VEVENT"
    assert icalendar.Calendar.from_ical(text)["method"] == "CANCEL"


def test_the_feed_is_secret_and_can_be_taken_back(team: Cast, eve: Opportunity) -> None:
    book(eve.pk, team.ada, meeting_at(), NOW)
    token = open_feed(team.ada, NOW)
    text = feed_of(token, NOW)
    assert text and "METHOD:PUBLISH" in text and "TRIGGER:-PT15M" in text
    event: Any
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert wall(event["dtstart"].dt, ZONE) == datetime(2026, 12, 3, 10)  # noqa: DTZ001
    assert feed_of(token + "x", NOW) is None and feed_of(token[:-1], NOW) is None and feed_of("", NOW) is None
    other = feed_of(open_feed(team.ben, NOW), NOW)
    assert other and "VEVENT" not in other
    newer = open_feed(team.ada, NOW)
    assert feed_of(token, NOW) is None and feed_of(newer, NOW)
    close_feed(team.ada, NOW)
    assert feed_of(newer, NOW) is None
    last = open_feed(team.ada, NOW)
    team.ada.active = False
    team.ada.save()
    assert feed_of(last, NOW) is None


def test_who_is_erased_stands_in_no_invitation(team: Cast, eve: Opportunity) -> None:
    booked = book(eve.pk, team.ada, meeting_at(), NOW, "At Eve's")
    want_invitations(NOW + LATER)
    assert eve.person
    erase(eve.person.pk, team.ada, "They asked", NOW + 2 * LATER)
    booked.refresh_from_db()
    assert (booked.email, booked.title, booked.place, messages()[0].calendar) == ("", "", "", "")
    assert answer(booked.uid, "", "DECLINED", 0, NOW + 3 * LATER) is Answer.NOT_INVITED
