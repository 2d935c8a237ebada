"""The pages around a line: setting it up, texting, calling, the voicemail with its text, codes to scan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fifthcall import clock
from fifthcall.people.reach import add_assistant, add_point
from fifthcall.phoning import sending
from fifthcall.phoning.models import Call, Line, Text, Voice
from fifthcall.touches.models import Touch
from tests.cast import Cast
from tests.phone_provider import ACCOUNT, OUR_NUMBER, OUR_PHONE, TOKEN, Provider
from tests.phoning.lines import NOON, THEIRS, came, leg, line_for, prospect, report, sent

LINE = {"provider": "twilio", "account": ACCOUNT, "token": TOKEN, "number": OUR_NUMBER, "rings": OUR_PHONE}


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def ada(team: Cast, provider: Provider, noon: None) -> Client:
    return team.sign_in(team.ada)


def test_a_line_is_kept_only_when_the_provider_accepts_it(team: Cast, ada: Client, settings: Any) -> None:
    wrong = ada.post("/line/", LINE | {"token": "wrong"})
    assert wrong.status_code == 422
    assert "Not saved: Twilio says: Authenticate" in wrong.content.decode()
    other = ada.post("/line/", LINE | {"number": "+13125550999"})
    assert "The account has no number +13125550999." in other.content.decode()
    assert not Line.objects.exists()
    assert ada.post("/line/", LINE | {"rings": "sip:ada@office.example"}).status_code == 302
    line = Line.objects.get()
    assert (line.rings, line.secrets()["token"]) == ("sip:ada@office.example", TOKEN)
    assert TOKEN not in line.sealed
    page = ada.get("/line/").content.decode()
    assert TOKEN not in page
    assert "can’t reach" in page


def test_a_desk_phone_rings_through_its_sip_account(team: Cast, ada: Client, provider: Provider) -> None:
    """Its user name and password go to the provider with the call, and nowhere else."""
    desk = {"rings": "sip:ada@office.example", "sip_username": "ada7", "sip_password": "s3cret"}
    half = ada.post("/line/", LINE | desk | {"sip_password": ""})
    assert half.status_code == 422 and "a user name and a password" in half.content.decode()
    assert ada.post("/line/", LINE | desk | {"rings": OUR_PHONE}).status_code == 422
    assert ada.post("/line/", LINE | desk).status_code == 302
    assert ada.post("/line/", LINE | desk | {"sip_username": "", "sip_password": ""}).status_code == 302  # kept
    line = Line.objects.get()
    assert "s3cret" not in line.sealed and "s3cret" not in ada.get("/line/").content.decode()
    opportunity = prospect(team.ada)
    ada.post(f"/opportunities/{opportunity.pk}/call/", {"number": THEIRS, "key": "press"})
    placed = provider.calls[0]
    assert (placed["to"], placed["_sip"]) == ("sip:ada@office.example", ("ada7", "s3cret"))
    ada.post("/line/", LINE | {"account": "", "token": ""})  # a number instead: the account is forgotten
    line.refresh_from_db()
    assert line.rings == OUR_PHONE and set(line.secrets()) == {"account", "token"}
    other = prospect(team.ada, "Ben", "+4915199999999")
    ada.post(f"/opportunities/{other.pk}/call/", {"number": "+4915199999999", "key": "press 2"})
    assert (provider.calls[1]["to"], provider.calls[1]["_sip"]) == (OUR_PHONE, ("", ""))


@pytest.mark.parametrize("fault", ["hang", "drop"])
def test_a_call_that_was_taken_on_without_an_answer_is_not_placed_again(
    team: Cast, ada: Client, provider: Provider, fault: str
) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    provider.faults, provider.hang = [fault], 0.1
    for _ in range(3):
        ada.post(f"/opportunities/{opportunity.pk}/call/", {"number": THEIRS, "key": "press"})
    assert len(provider.calls) == 1
    call = Call.objects.get()
    leg(call, "ours", "ringing")  # its reports tell how it goes on
    leg(call, "theirs", "in-progress")
    leg(call, "theirs", "completed", CallDuration="9")
    call.refresh_from_db()
    assert (call.state, call.seconds) == (Call.State.ENDED, 9)


def test_an_installation_that_can_be_reached_asks_for_reports(
    team: Cast, ada: Client, provider: Provider, settings: Any
) -> None:
    settings.URL = "https://sales.example"
    ada.post("/line/", LINE)
    line = Line.objects.get()
    wanted = f"https://sales.example/hooks/phone/{line.pk}/{line.hook_secret}/texts/0/"
    assert provider.changes[-1][1]["SmsUrl"] == wanted


@pytest.mark.parametrize(
    ("field", "value", "words"), [("number", "555", "with its country"), ("rings", "sip:ada", "an @")]
)
def test_what_is_wrong_is_said(team: Cast, ada: Client, field: str, value: str, words: str) -> None:
    answer = ada.post("/line/", LINE | {field: value})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_text_is_written_and_its_length_and_cost_shown(team: Cast, ada: Client, provider: Provider) -> None:
    line_for(team.ada, part_price="0.0079")
    opportunity = prospect(team.ada)
    page = ada.get(f"/opportunities/{opportunity.pk}/text/").content.decode()
    assert "You can take it back" in page
    length = ada.post("/texts/length/", {"text": "a" * 161}).content.decode()
    assert "2 parts, 161 of 306 letters, about 0.016" in length
    wide = ada.post("/texts/length/", {"text": "a — b" * 20}).content.decode()
    assert "“—” halves the room" in wide
    form = {"number": THEIRS, "text": "Shall we talk?", "key": "k1"}
    assert ada.post(f"/opportunities/{opportunity.pk}/text/", form).status_code == 302
    assert sending.send_due(NOON + timedelta(seconds=11)) == 1
    assert "Shall we talk?" in ada.get(f"/opportunities/{opportunity.pk}/").content.decode()


def test_without_a_line_the_text_opens_on_ones_own_phone(team: Cast, ada: Client) -> None:
    opportunity = prospect(team.ada)
    page = ada.get(f"/opportunities/{opportunity.pk}/text/").content.decode()
    assert f"sms:{THEIRS}?body=" in page
    code = ada.get(f"/opportunities/{opportunity.pk}/scan/", {"number": THEIRS, "text": "1"})
    assert "<svg" in code.content.decode()
    assert ada.get(f"/opportunities/{opportunity.pk}/scan/", {"number": "+15550000000"}).status_code == 404


def test_a_call_rings_once_and_its_state_stands_apart_from_the_outcome(
    team: Cast, ada: Client, provider: Provider
) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    press = {"number": THEIRS, "key": "press"}
    for _ in range(2):
        assert ada.post(f"/opportunities/{opportunity.pk}/call/", press).status_code == 200
    assert len(provider.calls) == 1
    assert (provider.calls[0]["to"], provider.calls[0]["from"]) == (OUR_PHONE, OUR_NUMBER)
    assert f">{THEIRS}</Number>" in provider.calls[0]["_twiml"]
    call = Call.objects.get()
    Call.objects.update(our_leg="")
    for which, what in [("ours", "ringing"), ("theirs", "ringing"), ("theirs", "in-progress"), ("ours", "ringing")]:
        leg(call, which, what)
    assert "Connected" in ada.get(f"/calls/{call.pk}/").content.decode()
    leg(call, "theirs", "completed", CallDuration="75")
    leg(call, "theirs", "ringing")
    page = ada.get(f"/calls/{call.pk}/").content.decode()
    assert "Ended after 1:15" in page
    assert not Touch.objects.exists()
    saved = ada.post(f"/opportunities/{opportunity.pk}/touches/no_answer/", {"note": ""})
    assert saved.status_code == 302
    call.refresh_from_db()
    assert call.touch
    assert call.touch.outcome == "no_answer"


def test_why_a_call_is_not_placed_is_said(team: Cast, ada: Client, provider: Provider) -> None:
    opportunity = prospect(team.ada)
    url = f"/opportunities/{opportunity.pk}/call/"
    assert "Set up your line" in ada.post(url, {"number": THEIRS, "key": "1"}).content.decode()
    line = line_for(team.ada, rings="")
    assert "which phone of yours rings" in ada.post(url, {"number": THEIRS, "key": "2"}).content.decode()
    Line.objects.filter(pk=line.pk).update(rings=OUR_PHONE)
    assert "one of their numbers" in ada.post(url, {"number": "+15550001111", "key": "3"}).content.decode()
    assert not provider.calls


def test_a_recorded_voicemail_is_left_with_one_key(team: Cast, ada: Client, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    sound = SimpleUploadedFile("a.wav", b"RIFF....WAVEfmt ", content_type="audio/wav")
    assert ada.post("/line/voices/", {"name": "After a quote", "sound": sound}).status_code == 302
    not_sound = SimpleUploadedFile("a.wav", b"<html>", content_type="audio/wav")
    assert ada.post("/line/voices/", {"name": "No", "sound": not_sound}).status_code == 422
    voice = Voice.objects.get()
    heard = Client().get(f"/voice/{voice.token}/")
    assert (heard.content, heard["Content-Type"]) == (b"RIFF....WAVEfmt ", "audio/wav")
    ada.post(f"/opportunities/{opportunity.pk}/call/", {"number": THEIRS, "key": "press"})
    call = Call.objects.get()
    leg(call, "theirs", "in-progress")
    page = ada.post(f"/calls/{call.pk}/voicemail/", {"voice": voice.pk}).content.decode()
    assert "Left: After a quote" in page
    path, said = provider.changes[-1]
    assert path.endswith(f"/Calls/CAtheirs{call.pk}.json")
    assert f"/voice/{voice.token}/" in said["Twiml"]


def test_nothing_is_recorded_without_their_words(team: Cast, ada: Client, provider: Provider) -> None:
    line = line_for(team.ada)
    opportunity = prospect(team.ada)
    ada.post(f"/opportunities/{opportunity.pk}/call/", {"number": THEIRS, "key": "press"})
    call = Call.objects.get()
    leg(call, "theirs", "in-progress")
    record = f"/calls/{call.pk}/record/"
    assert "Recording is off" in ada.post(record, {"agreed": "yes"}).content.decode()
    Line.objects.filter(pk=line.pk).update(records=True)
    assert "in what words" in ada.post(record, {"agreed": " "}).content.decode()
    assert not [path for path, _ in provider.changes if "Recordings" in path]
    assert "Recorded" in ada.post(record, {"agreed": "“Sure, record it”"}).content.decode()
    assert opportunity.person
    assert opportunity.person.consents.get(kind="recording").given


def test_voicemail_and_text_are_one_gesture(team: Cast, ada: Client, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    panel = ada.get(f"/opportunities/{opportunity.pk}/outcomes/voicemail/").content.decode()
    assert "Send the text that goes with it" in panel
    save = f"/opportunities/{opportunity.pk}/touches/voicemail/"
    wrong = ada.post(save, {"pair": "key", "pair_text": " "})
    assert wrong.status_code == 422
    assert not Touch.objects.exists()
    assert ada.post(save, {"pair": "key", "pair_text": "I left you a voicemail just now."}).status_code == 302
    sending.send_due(NOON + timedelta(seconds=11))
    assert list(Touch.objects.order_by("id").values_list("outcome", "channel")) == [
        ("voicemail", "call"),
        ("sent", "text"),
    ]
    opportunity.refresh_from_db()
    assert opportunity.next_purpose != "paired_text"


def test_the_text_names_the_promise(team: Cast, ada: Client, provider: Provider) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    panel = ada.get(f"/opportunities/{opportunity.pk}/outcomes/voicemail/").content.decode()
    words = panel.partition('name="pair_text" rows="3">')[2].partition("</textarea>")[0]
    promise = {"promise_on": "2026-11-25", "promise_from": "09:00", "promise_until": "11:00", "zone": "Europe/Berlin"}
    from html import unescape

    said = {"pair": "key", "pair_text": unescape(words)}
    ada.post(f"/opportunities/{opportunity.pk}/touches/voicemail/", said | promise)
    assert "tomorrow between 9 and 11 your time" in Text.objects.get().text


def test_one_key_asks_their_assistant(team: Cast, ada: Client) -> None:
    line_for(team.ada)
    opportunity = prospect(team.ada)
    card = f"/opportunities/{opportunity.pk}/card/"
    headers = {"HX-Request": "true"}
    unknown = ada.get(card, {"through": "assistant"}, headers=headers).content.decode()
    assert "Who looks after Anna" in unknown
    assert opportunity.person
    helper = add_assistant(opportunity.person, "Maria", "maria")
    add_point(helper, "phone", "+493012345678")
    shown = ada.get(card, {"through": "assistant"}, headers=headers).content.decode()
    assert "be around this week?" in shown
    assert "+49 30 12345678" in shown
    panel = ada.get(f"/opportunities/{opportunity.pk}/outcomes/away/", {"answered_by": helper.pk}).content.decode()
    assert f'value="{helper.pk}" selected' in panel


def test_what_may_be_a_stop_waits_for_eyes(team: Cast, ada: Client, provider: Provider) -> None:
    line = line_for(team.ada)
    sent(prospect(team.ada), team.ada)
    text = came(line, "Can you stop it?")
    assert text
    assert "1 message to look at" in ada.get("/today/").content.decode()
    assert "Can you stop it?" in ada.get("/mails/").content.decode()
    assert team.sign_in(team.ben).post(f"/texts/{text.pk}/looked-at/").status_code == 404
    assert ada.post(f"/texts/{text.pk}/looked-at/").status_code == 302
    assert "to look at" not in ada.get("/today/").content.decode()


def test_reports_are_checked_at_the_door(team: Cast, ada: Client, provider: Provider) -> None:
    line = line_for(team.ada)
    text = sent(prospect(team.ada), team.ada)
    said = {"MessageSid": text.provider_id, "MessageStatus": "delivered"}
    good = report(line, "state", text.pk, said)
    url = f"/hooks/phone/{line.pk}/{line.hook_secret}/state/{text.pk}/"
    stranger = Client()
    assert stranger.get(url).status_code == 405
    assert stranger.post(url, said).status_code == 403
    assert stranger.post(url, said, headers={"X-Twilio-Signature": good.signature}).status_code == 200
    text.refresh_from_db()
    assert text.state == Text.State.DELIVERED


def test_a_report_waits_while_the_database_is_busy(
    team: Cast, ada: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    from django.db import OperationalError

    from fifthcall.cues import phone_hooks

    settings.DATA = tmp_path
    line = line_for(team.ada)
    text = sent(prospect(team.ada), team.ada)
    said = {"MessageSid": text.provider_id, "MessageStatus": "delivered"}
    good = report(line, "state", text.pk, said)
    take = phone_hooks.take

    def busy(*_: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(phone_hooks, "take", busy)
    url = f"/hooks/phone/{line.pk}/{line.hook_secret}/state/{text.pk}/"
    assert Client().post(url, said, headers={"X-Twilio-Signature": good.signature}).status_code == 200
    assert Client().post(url, said, headers={"X-Twilio-Signature": "forged"}).status_code == 200
    assert phone_hooks.take_kept(NOON) == 0
    monkeypatch.setattr(phone_hooks, "take", take)
    assert phone_hooks.take_kept(NOON) == 2
    assert phone_hooks.take_kept(NOON) == 0
    text.refresh_from_db()
    assert text.state == Text.State.DELIVERED


def test_a_kept_report_that_cannot_be_taken_in_stops_none_behind_it(
    team: Cast, ada: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any
) -> None:
    from fifthcall.cues import phone_hooks

    settings.DATA = tmp_path
    line = line_for(team.ada)
    text = sent(prospect(team.ada), team.ada)
    said = {"MessageSid": text.provider_id, "MessageStatus": "delivered"}
    bad = report(line, "state", text.pk, {**said, "MessageStatus": "sent"})
    for one in (bad, report(line, "state", text.pk, said)):
        phone_hooks.keep(one)
    take = phone_hooks.take

    def stumbles(one: phone_hooks.Report, *rest: Any) -> None:
        if one == bad:
            raise RuntimeError("a mistake of ours")
        take(one, *rest)

    monkeypatch.setattr(phone_hooks, "take", stumbles)
    phone_hooks.take_kept(NOON)
    text.refresh_from_db()
    assert text.state == Text.State.DELIVERED
    assert len(list(phone_hooks.folder().glob("*.bad"))) == 1 and not list(phone_hooks.folder().glob("*.report"))


def test_power_mode_is_a_switch(team: Cast, ada: Client) -> None:
    line_for(team.ada)
    prospect(team.ada)
    assert "data-power=" not in ada.get("/today/").content.decode()
    ada.post("/today/power/")
    page = ada.get("/today/").content.decode()
    assert "Power mode is on" in page
