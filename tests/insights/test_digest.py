"""The week by mail: on Monday morning by the member's own clock, once, and no more when they say so."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from fifthcall import clock
from fifthcall.channels.email.sending import pause
from fifthcall.channels.models import Digest, Mailbox, Message
from fifthcall.insights import digest_mail
from fifthcall.insights.digest import write
from fifthcall.insights.digest_mail import claim, due_on, member_of, send, send_digests, stop_url, want
from fifthcall.pipeline.models import Opportunity
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.models import Touch
from tests import smtp_sink
from tests.cast import Cast
from tests.channels.mail import mailbox_at, opportunity_with
from tests.insights.test_habits import touch
from tests.insights.test_page import history

MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)  # 07:00 in Berlin
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: MONDAY)


def test_it_goes_out_once_on_monday_morning(team: Cast) -> None:
    with smtp_sink.running() as sink:
        mailbox_at(sink, team.ben, MONDAY - DAY)
        assert send_digests(MONDAY - MINUTE) == 0
        assert [send_digests(MONDAY + n * HOUR) for n in (0, 0, 1, 12, 23)] == [1, 0, 0, 0, 0]
        assert [send_digests(MONDAY + n * DAY) for n in range(1, 8)] == [0, 0, 0, 0, 0, 0, 1]
        assert len(sink.taken) == 2
        mail = sink.taken[0].mail
        assert sink.taken[0].to == ("ben@sales.example",)
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "Your week from Mon 30 Nov 2026" in mail["Subject"]
        html = mail.get_body(("html",))
        assert html and "<ul>" in html.get_content() and stop_path(sink.taken[0].text) in html.get_content()
        assert len({taken.message_id for taken in sink.taken}) == 2
    assert Message.objects.count() == 0 and Touch.objects.count() == 0


def stop_path(text: str) -> str:
    return "/digest/stop/" + text.partition("/digest/stop/")[2].split()[0]


@pytest.mark.parametrize(
    ("zone", "morning"),
    [
        ("Europe/Berlin", datetime(2026, 10, 26, 6, tzinfo=UTC)),  # the day after the clocks went back
        ("Europe/Berlin", datetime(2026, 3, 30, 5, tzinfo=UTC)),  # and after they went forward
        ("America/New_York", datetime(2026, 11, 2, 12, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 11, 29, 17, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 11, 30, 18, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 11, 30, 1, 15, tzinfo=UTC)),
    ],
)
def test_monday_morning_is_seven_by_the_members_own_clock(team: Cast, zone: str, morning: datetime) -> None:
    team.ben.zone = zone
    assert due_on(team.ben, morning - MINUTE) is None
    assert due_on(team.ben, morning) is not None
    assert due_on(team.ben, morning + 16 * HOUR) == due_on(team.ben, morning)
    assert due_on(team.ben, morning + 17 * HOUR) is None


def test_clocks_changed_by_half_an_hour_the_day_before(team: Cast) -> None:
    team.ben.zone = "America/Caracas"  # forward on Sunday 1 May 2016
    found = {due_on(team.ben, datetime(2016, 5, 2, 10, 30, tzinfo=UTC) + n * MINUTE) for n in range(60)}
    assert found == {None, date(2016, 5, 2)}
    assert due_on(team.ben, datetime(2016, 5, 2, 11, tzinfo=UTC)) == date(2016, 5, 2)


def test_a_crash_after_the_claim_loses_nothing_and_one_after_the_beginning_sends_nothing_twice(
    team: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Crash(BaseException):
        pass

    def die_at(name: str) -> Any:
        def failpoint(at: str) -> None:
            if at == name:
                raise Crash

        return failpoint

    with smtp_sink.running() as sink:
        mailbox_at(sink, team.ben, MONDAY - DAY)
        monkeypatch.setattr(digest_mail, "failpoint", die_at("digest_claimed"))
        with pytest.raises(Crash):
            send_digests(MONDAY)
        monkeypatch.setattr(digest_mail, "failpoint", lambda name: None)
        assert send_digests(MONDAY + MINUTE) == 0, "somebody else may still be at it"
        assert send_digests(MONDAY + 6 * MINUTE) == 1
        assert len(sink.taken) == 1
        for name in ("begun", "after_dot", "after_250"):
            Digest.objects.all().delete()
            before = len(sink.taken)
            monkeypatch.setattr("fifthcall.channels.email.transport.failpoint", die_at(name))
            with pytest.raises(Crash):
                send_digests(MONDAY)
            monkeypatch.setattr("fifthcall.channels.email.transport.failpoint", lambda name: None)
            assert [send_digests(MONDAY + n * HOUR) for n in range(1, 17)] == [0] * 16
            assert len(sink.taken) <= before + 1, name  # the server may still be taking what it was given


def test_of_two_workers_one_sends(team: Cast) -> None:
    with smtp_sink.running() as sink:
        box = mailbox_at(sink, team.ben, MONDAY - DAY)
        first = claim(team.ben, box, MONDAY.date(), MONDAY)
        assert first and claim(team.ben, box, MONDAY.date(), MONDAY) is None
        second = claim(team.ben, box, MONDAY.date(), MONDAY + 6 * MINUTE)
        assert second and second.pk == first.pk
        assert not digest_mail._begin(first, box, MONDAY), "its lease had ended and another has it"
        assert digest_mail._begin(second, box, MONDAY)
        assert not digest_mail._begin(second, box, MONDAY)


def test_a_server_that_cannot_take_it_is_asked_again_that_day_only(team: Cast) -> None:
    with smtp_sink.running() as sink:
        box = mailbox_at(sink, team.ben, MONDAY - DAY)
        Mailbox.objects.filter(pk=box.pk).update(smtp_port=1)
        assert send_digests(MONDAY) == 0
        assert "can't be reached" in Digest.objects.get().why
        Mailbox.objects.filter(pk=box.pk).update(smtp_port=sink.port)
        assert send_digests(MONDAY + MINUTE) == 0
        assert send_digests(MONDAY + DAY) == 0
        assert send_digests(MONDAY + HOUR) == 1


def test_nobody_gets_one_who_does_not_want_it_or_has_no_mailbox(team: Cast) -> None:
    with smtp_sink.running() as sink:
        assert send_digests(MONDAY) == 0
        box = mailbox_at(sink, team.ben, MONDAY - DAY)
        want(team.ben, False, MONDAY)
        assert send_digests(MONDAY) == 0
        want(team.ben, True, MONDAY)
        pause(box.pk, "Stopped", MONDAY)
        assert send_digests(MONDAY) == 0
        Mailbox.objects.filter(pk=box.pk).update(paused_at=None)
        Membership.objects.filter(pk=team.ben.pk).update(active=False)
        assert send_digests(MONDAY) == 0
        assert sink.taken == []


def test_a_no_in_the_last_moment_holds(team: Cast) -> None:
    with smtp_sink.running() as sink:
        mailbox_at(sink, team.ben, MONDAY - DAY)
        stale = Membership.objects.select_related("workspace").get(pk=team.ben.pk)
        want(team.ben, False, MONDAY)
        assert not send(stale, MONDAY.date(), MONDAY)
        assert sink.taken == []


def test_the_way_out_works_without_sign_in_and_looking_changes_nothing(team: Cast) -> None:
    path = stop_path(stop_url(team.ben))
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == client.head(path).status_code == 200
    team.ben.refresh_from_db()
    assert team.ben.weekly_digest
    assert client.put(path).status_code == 405
    assert "Done" in client.post(path, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert "Done" in client.post(path).content.decode()
    for member, on in ((team.ben, False), (team.ada, True)):
        member.refresh_from_db()
        assert member.weekly_digest is on
    for bad in ("x", path.split("/")[3][:-2] + "AA", "ä", "%00"):
        assert client.post(f"/digest/stop/{bad}/").status_code == 404
    assert member_of(path.split("/")[3]) == team.ben


def test_it_is_switched_on_and_off_on_ones_own_page(team: Cast) -> None:
    ben = team.sign_in(team.ben)
    assert "you have none yet" in ben.get("/digest/").content.decode()
    for wanted, on in (("off", False), ("off", False), ("on", True)):
        assert ben.post("/digest/", {"want": wanted}).status_code == 302
        team.ben.refresh_from_db()
        assert team.ben.weekly_digest is on
    team.ada.refresh_from_db()
    assert team.ada.weekly_digest
    assert Client().get("/digest/").status_code == 302


def lines(member: Membership, now: datetime = MONDAY) -> dict[str, list[str]]:
    return {section.title: [line.text for line in section.lines] for section in write(member, now).sections}


def test_what_it_says(team: Cast) -> None:
    row = opportunity_with(team.ben, "Eve", MONDAY - 10 * DAY)
    touch(row, team.ben, MONDAY - 3 * DAY, "meeting_held", reason="unknown")
    touch(row, team.ben, MONDAY - 9 * DAY, "no_answer")  # the week before
    touch(row, team.ada, MONDAY - 3 * DAY, "no_answer")
    said = lines(team.ben)
    assert said["Your last week"][0] == "1 attempt made, 1 reached somebody."
    assert "Notes within a day: 0 of 1, few cases so far." in said["Your last week"]
    assert said["Three cases to look at"] == ["Eve: Nobody noted why not yet."]
    assert "Open: 1, each with a dated next step; 0 at a time agreed with them." in said["This week"]
    assert "1 step behind: owed before today." in said["This week"] or "Nothing is behind." in said["This week"]
    assert "The team’s last week" not in said
    leads = lines(team.ada)
    assert leads["The team’s last week"][0] == "2 attempts made, 1 reached somebody."
    assert leads["Cases to talk about"] == ["Eve (Ben): Nobody noted why not yet."]
    url = next(line.url for line in write(team.ben, MONDAY).sections[0].lines if line.text.startswith("Notes"))
    client = team.sign_in(team.ben)
    page = client.get(url[url.index("/insights") :]).content.decode()
    assert "the week from Mon 23 Nov 2026".lower() in page.lower() and f"/opportunities/{row.pk}/" in page


def test_of_an_empty_workspace_it_says_something_sensible(team: Cast) -> None:
    said = lines(team.ben)
    assert said["Your last week"] == ["0 attempts made, 0 reached somebody."]
    assert said["Three cases to look at"] == ["Nothing stands out."]
    assert said["This week"][0] == "No steps are planned."
    assert "You have no open opportunity: time to add some." in said["This week"]


def test_words_from_outside_cannot_break_out_of_it(team: Cast) -> None:
    row = history(team.ben, 0, "open")
    Opportunity.objects.filter(pk=row.pk).update(name="<script>x</script>\r\nBcc: eve@example.com")
    Workspace.objects.update(name="A\r\nBcc: eve@example.com")
    touch(row, team.ben, MONDAY - 3 * DAY, "meeting_held", reason="unknown")
    with smtp_sink.running() as sink:
        mailbox_at(sink, team.ben, MONDAY - DAY)
        assert send_digests(MONDAY) == 1
        mail = sink.taken[0].mail
        assert mail["Bcc"] is None
        body = mail.get_body(("html",))
        assert body and "<script>" not in body.get_content() and "&lt;script&gt;" in body.get_content()
