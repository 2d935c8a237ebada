"""Mail goes out once, when it may, and says what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import pairwise

import pytest

from fifthcall import clock
from fifthcall.channels.email import composing, sending, wanting
from fifthcall.channels.email.transport import check
from fifthcall.channels.email.wanting import Letter, Unfit
from fifthcall.channels.models import Mailbox, Message
from fifthcall.channels.trouble import NotLetIn
from fifthcall.journal.models import Event
from fifthcall.people.models import ContactPoint
from fifthcall.people.reach import suppress
from fifthcall.pipeline.slipping import flow_on
from fifthcall.rules.case import Channel, Meeting, Window
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log, record
from fifthcall.touches.models import Touch
from fifthcall.touches.promises import promises_of
from tests import smtp_sink
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with
from tests.smtp_sink import Sink

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LETTER = Letter("ida@buyers.example", "The roof", "Dear Ida,\n\nhere it is: https://berg.example/roof\n", "form-1")
State = Message.State
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands at NOW: sending asks it how late it is after each answer of the server."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink.running() as running:
        yield running


@pytest.fixture
def mailbox(team: Cast, sink: Sink) -> Mailbox:
    team.space.postal_address = "Berg, Hauptstr. 1, 10115 Berlin"
    team.space.save()
    return mailbox_at(sink, team.ada, NOW)


def fresh(message: Message) -> Message:
    message.refresh_from_db()
    return message


def test_what_somebody_writes_goes_out_after_ten_seconds_and_is_a_touch(
    team: Cast, sink: Sink, mailbox: Mailbox
) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    message = wanting.write(row.pk, team.ada, LETTER, NOW)
    assert wanting.write(row.pk, team.ada, LETTER, NOW).pk == message.pk  # the same form again
    assert sending.send_due(NOW + 9 * SECOND) == 0
    assert sending.send_due(NOW + 10 * SECOND) == 1
    [taken] = sink.taken
    mail = taken.mail
    assert taken.sender == "ada@sales.example" and taken.to == ("ida@buyers.example",)
    assert (mail["From"], mail["To"]) == ("Ada <ada@sales.example>", "Ida <ida@buyers.example>")
    assert mail["Message-ID"] == message.message_id and "List-Unsubscribe" not in mail
    simple = mail.get_body(("html",))
    assert taken.text == "Dear Ida,\n\nhere it is: https://berg.example/roof\n"
    assert simple
    assert '<a href="https://berg.example/roof">' in simple.get_content()
    sent = fresh(message)
    assert sent.state == State.SENT and sent.touch
    assert (sent.touch.outcome, sent.touch.channel, sent.touch.member_id) == ("sent", "email", team.ada.pk)
    row.refresh_from_db()
    assert row.next_due_at and row.next_due_at > NOW
    assert sending.send_due(NOW + HOUR) == 0


@pytest.mark.parametrize(
    ("template", "outcome"),
    [("business_lead", "lead_given"), ("invitation", "invited"), ("value_email", "sent"), ("none_such", "sent")],
)
def test_c7_an_invitation_or_business_by_mail_is_logged_as_what_it_is(
    team: Cast, sink: Sink, mailbox: Mailbox, template: str, outcome: str
) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    message = wanting.write(row.pk, team.ada, LETTER, NOW)
    Message.objects.filter(pk=message.pk).update(template=template, template_version=0)
    assert sending.send_due(NOW + 10 * SECOND) == 1
    sent = fresh(message)
    assert sent.touch and (sent.touch.outcome, sent.touch.channel) == (outcome, "email")
    assert (sent.touch.template, sent.touch.template_version) == (template, 0)  # D3: whose words went out


def test_it_can_be_taken_back_until_then(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    message = wanting.write(opportunity_with(team.ada, "Ida", NOW).pk, team.ada, LETTER, NOW)
    assert not wanting.take_back(message.pk, team.ben)
    assert wanting.take_back(message.pk, team.ada)
    assert sending.send_due(NOW + HOUR) == 0 and fresh(message).why == "Taken back."


@pytest.mark.parametrize(
    ("letter", "field"),
    [
        (Letter("ida@buyers.example", " ", "x", "1"), "subject"),
        (Letter("ida@buyers.example", "a\r\nBcc: all@x.example", "x", "1"), "subject"),
        (Letter("ida@buyers.example", "a", "\n", "1"), "text"),
        (Letter("somebody@else.example", "a", "x", "1"), "to"),
    ],
)
def test_what_is_wrong_with_a_letter_names_the_field(team: Cast, mailbox: Mailbox, letter: Letter, field: str) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    with pytest.raises(Unfit) as refused:
        wanting.write(row.pk, team.ada, letter, NOW)
    assert refused.value.field == field


def test_without_a_mailbox_it_says_what_to_do(team: Cast) -> None:
    with pytest.raises(Unfit, match="Set up your mailbox"):
        wanting.write(opportunity_with(team.ada, "Ida", NOW).pk, team.ada, LETTER, NOW)


def test_a_promise_in_a_letter_is_the_next_step_once_it_is_out(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    window = Window(NOW + DAY, NOW + DAY + 2 * HOUR, "Europe/Berlin")
    wanting.write(row.pk, team.ada, Letter(LETTER.to_address, "Soon", "Tomorrow!", "p", promise=window), NOW)
    sending.send_due(NOW + MINUTE)
    row.refresh_from_db()
    assert row.next_due_at == window.starts_at
    assert promises_of(row, NOW, "Europe/Berlin")


def test_what_goes_out_by_itself_shows_the_way_out(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    assert sending.send_due(NOW) == 1
    mail = sink.taken[0].mail
    assert mail["List-Unsubscribe"] == f"<http://127.0.0.1:8000/stop/{message.stop_token}/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Hauptstr. 1" in sink.taken[0].text and message.stop_token in sink.taken[0].text


def test_a_header_that_would_break_stays_one_line(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    by_itself(row, mailbox, NOW, subject="Hello\r\nBcc: all@x.example", to_name="Ida\nBerg", in_reply_to="<a>\r\nX: 1")
    sending.send_due(NOW)
    mail = sink.taken[0].mail
    assert mail["Subject"] == "Hello Bcc: all@x.example" and "Bcc" not in mail and "X" not in mail


def test_lines_that_begin_with_dots_arrive(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW, text=".\n..\n.end")
    sending.send_due(NOW)
    assert sink.taken[0].text.startswith(".\n..\n.end\n")


@pytest.mark.parametrize("at", ["at_rcpt", "at_data", "after_dot"])
def test_a_server_that_cannot_take_it_now_is_asked_again_six_times_in_a_day(
    team: Cast, sink: Sink, mailbox: Mailbox, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    getattr(sink, at).extend(["451 4.3.2 Come back later"] * 10)
    now, tries = NOW, []
    for _ in range(20):
        monkeypatch.setattr(clock, "now", lambda: now)  # noqa: B023
        before = len(getattr(sink, at))
        sending.send_due(now)
        if len(getattr(sink, at)) < before:
            tries.append(now)
        if fresh(message).state != State.WAITING:
            break
        now = message.due_at
    assert len(tries) == 6 and tries[-1] - tries[0] < DAY
    assert message.state == State.FAILED and "6 times: 451 4.3.2 Come back later" in message.why
    assert not sink.taken and not Touch.objects.filter(outcome="sent").exists()


@pytest.mark.parametrize("at", ["at_rcpt", "at_data", "after_dot"])
def test_a_no_is_not_tried_again(team: Cast, sink: Sink, mailbox: Mailbox, at: str) -> None:
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    getattr(sink, at).append("554 5.7.1 Not here")
    sending.send_due(NOW)
    sending.send_due(NOW + DAY)
    assert fresh(message).state == State.FAILED and message.why == "554 5.7.1 Not here"
    assert not sink.taken


def test_an_address_that_does_not_exist_is_used_no_more(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    by_itself(row, mailbox, NOW)
    sink.at_rcpt.append("550 5.1.1 No such user")
    sending.send_due(NOW)
    assert ContactPoint.objects.get(person=row.person, kind="email").wrong_since == NOW
    assert Touch.of(row).last().outcome == "bounced"  # type: ignore[union-attr]
    row.refresh_from_db()
    assert row.next_kind != "email"


def test_a_wrong_password_pauses_the_mailbox_once(team: Cast) -> None:
    with smtp_sink.running(password="right") as sink:
        mailbox = mailbox_at(sink, team.ada, NOW, auth=Mailbox.Auth.PASSWORD)
        mailbox.keep_secrets(password="wrong")
        mailbox.save()
        with pytest.raises(NotLetIn):
            check(mailbox)
        messages = [by_itself(opportunity_with(team.ada, name, NOW), mailbox, NOW) for name in ("Ida", "Eva")]
        sending.send_due(NOW)
        sending.send_due(NOW + HOUR)
        mailbox.refresh_from_db()
        assert mailbox.paused_at == NOW and "does not accept the user name or password" in mailbox.paused_why
        assert Event.objects.filter(verb="paused").count() == 1
        assert [fresh(message).state for message in messages] == [State.WAITING] * 2
        mailbox.keep_secrets(password="right")
        mailbox.paused_at = None
        mailbox.save()
        check(mailbox)
        assert sending.send_due(NOW + 2 * HOUR) == 2
        assert len(sink.taken) == 2


def test_a_server_that_is_away_loses_nothing(team: Cast) -> None:
    mailbox = mailbox_at(Sink(port=smtp_sink.closed_port()), team.ada, NOW)
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    assert sending.send_due(NOW) == 0
    assert fresh(message).state == State.WAITING and "can't be reached" in message.why


def test_accepted_and_dropped_is_uncertain_and_never_handed_over_again(
    team: Cast, sink: Sink, mailbox: Mailbox
) -> None:
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    sink.after_dot.append("drop")
    sending.send_due(NOW)
    for hours in range(48):
        sending.send_due(NOW + hours * HOUR)
    assert fresh(message).state == State.UNCERTAIN and "before the server answered" in message.why
    assert len(sink.taken) == len(sink.begun) == 1
    sending.confirm(message.pk, NOW + HOUR)
    assert fresh(message).state == State.SENT and message.sent_at == NOW


def test_cut_before_the_content_is_tried_again(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    sink.at_data.append("cut")
    sending.send_due(NOW)
    assert fresh(message).state == State.WAITING and message.tries == 1
    assert sending.send_due(message.due_at) == 1 and len(sink.taken) == 1


def test_one_bad_mail_holds_up_nobody(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    for number in range(100):
        by_itself(opportunity_with(team.ada, f"P{number}", NOW), mailbox, NOW)
    sink.poison = "p50@buyers.example"
    for minute in range(5):
        sending.send_due(NOW + minute * MINUTE)
    assert sorted(taken.to[0] for taken in sink.taken) == sorted(f"p{number}@buyers.example" for number in range(100))
    assert Message.objects.filter(state=State.SENT).count() == 99
    assert Message.objects.get(state=State.UNCERTAIN).to_address == sink.poison


def test_a_mail_of_ours_that_breaks_is_held_after_three_times(
    team: Cast, sink: Sink, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    good = by_itself(opportunity_with(team.ada, "Eva", NOW), mailbox, NOW)

    def compose(message: Message, mailbox: Mailbox, postal_address: str, now: datetime) -> EmailMessage:
        if message.pk == bad.pk:
            raise RuntimeError("a bug")
        return composing.compose(message, mailbox, postal_address, now)

    monkeypatch.setattr(sending, "compose", compose)
    for hour in range(5):
        sending.send_due(NOW + hour * HOUR)
    assert fresh(good).state == State.SENT and fresh(bad).state == State.FAILED and bad.why == "a bug"


def test_the_mailbox_keeps_its_pace_and_its_day(team: Cast, sink: Sink) -> None:
    mailbox = mailbox_at(sink, team.ada, NOW, apart_seconds=60, most_a_day=3)
    for number in range(5):
        by_itself(opportunity_with(team.ada, f"P{number}", NOW), mailbox, NOW)
    now, at = NOW, []
    while now < NOW + 12 * HOUR:
        at += [now] * sending.send_due(now)
        now += 20 * SECOND
    assert len(at) == 3 and all(later - sooner >= MINUTE for sooner, later in pairwise(at))
    waiting = Message.objects.filter(state=State.WAITING)
    assert {message.why for message in waiting} == {"The mailbox has sent its most for today."}
    assert {message.due_at for message in waiting} == {datetime(2026, 11, 23, 23, tzinfo=UTC)}  # midnight in Berlin


def test_a_new_mailbox_begins_with_few(team: Cast, sink: Sink) -> None:
    mailbox = mailbox_at(sink, team.ada, NOW, ramps_from=NOW.date())
    for number in range(12):
        by_itself(opportunity_with(team.ada, f"P{number}", NOW), mailbox, NOW)
    assert sending.send_due(NOW) == 10


def test_what_goes_out_by_itself_keeps_the_steps_hours(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    message = by_itself(row, mailbox, NOW)
    type(row).objects.filter(pk=row.pk).update(next_due_at=NOW + HOUR, next_until=NOW + 2 * HOUR)
    assert sending.send_due(NOW) == 0 and fresh(message).due_at == NOW + HOUR
    sink.at_rcpt.append("451 4.7.1 Greylisted")
    assert sending.send_due(NOW + 2 * HOUR) == 0  # at the end of its hours; the next try is after them
    assert sending.send_due(NOW + 3 * HOUR) == 0 and "hours are over" in fresh(message).why
    assert len(sink.begun) == 0
    flow_on(NOW + 3 * HOUR)  # the step stands in the next hours, and the message is made for these
    assert sending.send_due(NOW + 4 * HOUR) == 0 and fresh(message).state == State.CANCELLED


def test_unread_answers_hold_the_mail(team: Cast, sink: Sink) -> None:
    mailbox = mailbox_at(sink, team.ada, NOW, imap_host="127.0.0.1", read_at=NOW - 31 * MINUTE)
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    assert sending.send_due(NOW) == 0 and "could not be read" in fresh(message).why
    Mailbox.objects.update(read_at=NOW)
    assert sending.send_due(NOW + MINUTE) == 1


def test_after_a_week_somebody_is_asked(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    message = by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox, NOW)
    assert sending.send_due(NOW + 8 * DAY) == 0 and fresh(message).state == State.ASKED
    wanting.send_still(message.pk, team.ada, NOW + 8 * DAY)
    assert sending.send_due(NOW + 8 * DAY) == 1


def test_to_one_person_one_a_day_by_itself(team: Cast, sink: Sink, mailbox: Mailbox) -> None:
    first = opportunity_with(team.ada, "Ida", NOW)
    second = opportunity_with(team.ada, "Eva", NOW, "ida@buyers.example")
    by_itself(first, mailbox, NOW)
    later = by_itself(second, mailbox, NOW)
    assert sending.send_due(NOW) == 1
    assert fresh(later).why == "They had a mail today already." and later.due_at == NOW + DAY


@pytest.mark.parametrize("what", ["replied", "meeting", "closed", "stopped", "elsewhere"])
def test_whatever_happens_stops_what_would_go_out_by_itself(
    team: Cast, sink: Sink, mailbox: Mailbox, what: str
) -> None:
    row = opportunity_with(team.ada, "Ida", NOW)
    message = by_itself(row, mailbox, NOW + MINUTE)
    assert row.person
    if what == "replied":
        record(row.pk, "replied", NOW, NOW, Channel.EMAIL)
    elif what == "meeting":
        log(row.pk, team.ada, Draft("meeting_set", meeting=Meeting(NOW + DAY, NOW + DAY + HOUR, "UTC")), NOW)
    elif what == "closed":
        log(row.pk, team.ada, Draft("closed", reason="said_no"), NOW)
    elif what == "stopped":
        suppress(row.person, "email", NOW, "asked")
    else:
        wanting.write(row.pk, team.ada, LETTER, NOW)
    sending.send_due(NOW + MINUTE)
    assert fresh(message).state == State.CANCELLED and message.why
    assert [taken for taken in sink.taken if taken.message_id == message.message_id] == []
