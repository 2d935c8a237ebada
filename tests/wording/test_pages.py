"""The pages of words: everybody reads them, those who lead change them, and a preview shows only what one may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from fifthcall import clock
from fifthcall.channels.models import Mailbox, Message
from fifthcall.people.models import Person
from fifthcall.people.reach import add_point
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.windows import wall
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.touches.models import Touch
from fifthcall.wording import library, saving
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    row = editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)
    row.person = Person.objects.create(workspace=team.space, name="Ida Berg", key="idaberg")
    row.save(update_fields=["person"])
    return row


def test_every_template_is_listed_and_has_its_page(team: Cast) -> None:
    client = team.sign_in(team.ben)
    page = client.get(reverse("wording")).content.decode()
    for entry in library.entries(team.space.pk):
        assert entry.words.title in page
        assert client.get(reverse("template", args=[entry.words.code])).status_code == 200
    assert client.get(reverse("template", args=["nothing"])).status_code == 404


def test_an_edit_is_saved_as_a_new_version(team: Cast, row: Opportunity) -> None:
    client, url = team.sign_in(team.ada), reverse("template_edit", args=["breakup"])
    assert "Shall I close this?" in client.get(url).content.decode()
    wrong = client.post(url, {"subject": "Hi", "text": "Hello\n{frist_name}"})
    assert wrong.status_code == 422 and "Line 2" in wrong.content.decode()
    assert "Did you mean {first_name}?" in wrong.content.decode()
    client.post(url, {"subject": "Stay?", "text": "Stay or go, {first_name}?"})
    page = client.get(reverse("template", args=["breakup"])).content.decode()
    assert "Version 1" in page and "Stay or go, {first_name}?" in page and "Built in" in page


def test_a_new_template_is_added(team: Cast) -> None:
    client = team.sign_in(team.ada)
    said = {"name": "Spring fair", "kind": "email", "purpose": "In April", "subject": "", "text": "Hello {first_name}"}
    refused = client.post(reverse("template_new"), said)
    assert refused.status_code == 422 and "Give it a subject" in refused.content.decode()
    answer = client.post(reverse("template_new"), said | {"subject": "The fair"})
    assert answer.status_code == 302 and "Spring fair" in client.get(answer["Location"]).content.decode()


def test_a_member_reads_and_does_not_change(team: Cast) -> None:
    client = team.sign_in(team.ben)
    saving.new_version(team.ada, "breakup", "Hi", "Own", NOW)
    for name, args in (("template_edit", ["breakup"]), ("template_new", [])):
        assert client.get(reverse(name, args=args)).status_code == 403
    for name in ("template_edit", "template_use", "template_trial"):
        assert client.post(reverse(name, args=["breakup"]), {"_method": "DELETE"}).status_code == 403
    assert not library.entry(team.space.pk, "breakup").off


def test_the_preview_reads_as_it_would_for_a_prospect(team: Cast, row: Opportunity) -> None:
    client, url = team.sign_in(team.ada), reverse("template_preview")

    def preview(text: str, prospect: object = "") -> str:
        return client.post(url, {"subject": "Hi", "text": text, "prospect": prospect}).content.decode()

    assert "Hello Ida, of Alder." in preview("Hello {first_name}, of {company}.", row.pk)
    assert "Hello Ida, of Alder Ltd." in preview("Hello {first_name}, of {company}.")  # the example
    missing = preview("{topic}", row.pk)
    assert "“topic” is missing for Ida Berg, Alder" in missing and "[topic]" in missing
    assert "Line 1: There is no placeholder" in preview("{person.name}", row.pk)
    assert "merely checks in" in preview("Just checking in.", row.pk)
    assert "&lt;b&gt;" in preview("<b>", row.pk)


def test_the_preview_shows_nobody_elses_prospects(team: Cast, row: Opportunity) -> None:
    client = team.sign_in(team.ben)
    shown = client.post(reverse("template_preview"), {"text": "Hello {full_name}", "prospect": row.pk}).content.decode()
    assert "Ida Berg" in shown and "Alder" not in shown  # the example's name, not the prospect
    hidden = client.post(reverse("template_preview"), {"text": "{product}", "prospect": row.pk}).content.decode()
    assert "Roof" not in hidden


def test_on_off_and_on_trial(team: Cast) -> None:
    client = team.sign_in(team.ada)
    saving.new_version(team.ada, "value_email", "Hi", "One", NOW)
    use, trial = reverse("template_use", args=["value_email"]), reverse("template_trial", args=["value_email"])
    client.post(use, {"_method": "DELETE"})
    assert library.entry(team.space.pk, "value_email").off
    client.post(use)
    assert not library.entry(team.space.pk, "value_email").off
    same = client.post(trial, {"one": "1", "other": "1", "goal": "reply"})
    assert same.status_code == 422 and "different" in same.content.decode()
    assert client.post(trial, {"one": "0", "other": "1", "goal": "open"}).status_code == 422
    client.post(trial, {"one": "1", "other": "0", "goal": "meeting"})
    assert library.entry(team.space.pk, "value_email").trial == (0, 1)
    assert "meetings decide" in client.get(reverse("template", args=["value_email"])).content.decode()
    client.post(trial, {"_method": "DELETE"})
    assert library.entry(team.space.pk, "value_email").trial is None
    assert client.post(reverse("template_use", args=["breakup"])).status_code == 404
    assert client.post(reverse("template_trial", args=["breakup"]), {}).status_code == 404


def test_snippets_are_kept(team: Cast) -> None:
    client, url = team.sign_in(team.ben), reverse("snippets")
    assert "shared" not in client.get(url).content.decode()
    client.post(url, {"code": "signature", "signature-text": "Ben, {my_company}"})
    assert library.snippets(team.ben)["signature"] == "Ben, {my_company}"
    refused = client.post(url, {"code": "signature", "signature-text": "{signature}"})
    assert refused.status_code == 422 and "There is no placeholder" in refused.content.decode()
    ada = team.sign_in(team.ada)
    ada.post(url, {"code": "promise", "promise-text": "Back {promise_when}.", "promise-shared": "on"})
    assert library.snippets(team.ben)["promise"] == "Back {promise_when}."


def test_the_card_says_the_workspaces_words_and_keeps_which(team: Cast, row: Opportunity) -> None:
    client = team.sign_in(team.ada)
    saving.new_version(team.ada, "check_in", "", "Good day, {full_name}.", NOW)
    assert (
        "Good day, Ida Berg."
        in client.get(reverse("today_card", args=[row.pk]), headers={"HX-Request": "true"}).content.decode()
    )
    panel = client.get(reverse("outcome_panel", args=[row.pk, "no_answer"])).content.decode()
    assert 'name="words" value="check_in:1"' in panel
    client.post(reverse("outcome_save", args=[row.pk, "no_answer"]), {"words": "check_in:1"})
    touch = Touch.objects.get()
    assert (touch.template, touch.template_version) == ("check_in", 1)


def test_a_voicemail_has_its_own_words_and_the_next_refers_to_it(team: Cast, row: Opportunity) -> None:
    client = team.sign_in(team.ada)
    panel, save = (reverse(name, args=[row.pk, "voicemail"]) for name in ("outcome_panel", "outcome_save"))
    first = client.get(panel).content.decode()
    assert 'value="voicemail:0"' in first and "I am sending you a text as well." in first
    client.post(save, {"words": "voicemail:0"})
    assert 'value="voicemail_again:0"' in client.get(panel).content.decode()


@pytest.mark.parametrize("words", ["", "x", "<script>:1", "a:-1", f"{'a' * 50}:1"])
def test_words_that_make_no_sense_are_not_kept(team: Cast, row: Opportunity, words: str) -> None:
    team.sign_in(team.ada).post(reverse("outcome_save", args=[row.pk, "no_answer"]), {"words": words})
    assert not Touch.objects.exclude(template="").exists()


def test_other_words_are_chosen_on_the_card_and_kept_with_the_touch(team: Cast, row: Opportunity) -> None:
    client, url = team.sign_in(team.ada), reverse("words", args=[row.pk])
    saving.new_template(team.ada, "Spring fair", "call", "", "", "Come in April, {first_name}.", NOW)
    assert "Spring fair" in client.get(url).content.decode()
    chosen = client.get(url, {"template": "springfair"}).content.decode()
    assert "Come in April, Ida." in chosen and 'value="springfair:1"' in chosen
    panel = client.get(reverse("outcome_panel", args=[row.pk, "no_answer"]), {"words": "springfair:1"}).content.decode()
    assert 'name="words" value="springfair:1"' in panel
    emails = client.get(url, {"template": "breakup"}).content.decode()  # of another kind: the step's own words
    assert 'value="check_in:0"' in emails
    assert team.sign_in(team.ben).get(url).status_code == 404


def test_a_mail_begins_with_the_words_and_keeps_which(team: Cast, row: Opportunity) -> None:
    Opportunity.objects.filter(pk=row.pk).update(next_kind="email", next_purpose="")
    assert row.person
    add_point(row.person, "email", "ida@alder.example")
    Mailbox.objects.create(workspace=team.space, member=team.ada, address="a@b.example", zone="UTC", created_at=NOW)
    saving.new_version(team.ada, "value_email", "R&D, {first_name}?", "Hi {first_name},\n\njust checking in.", NOW)
    client, url = team.sign_in(team.ada), reverse("mail_write", args=[row.pk])
    card = client.get(reverse("words", args=[row.pk])).content.decode()
    assert f'href="{url}?template=value_email"' in card and "merely checks in" in card
    page = client.get(url).content.decode()
    assert "R&amp;D, Ida?" in page and "just checking in." in page and 'value="value_email:1"' in page
    other = client.get(url, {"template": "breakup"}).content.decode()
    assert "Shall I close this?" in other and 'value="breakup:0"' in other
    said = {"to": "ida@alder.example", "subject": "Hi", "text": "[first name]", "key": "k", "words": "breakup:0"}
    assert "still stands in it" in client.post(url, said).content.decode()
    assert client.post(url, said | {"text": "Ida, stay or go?"}).status_code == 302
    mail = Message.objects.get()
    assert (mail.template, mail.template_version) == ("breakup", 0)


def test_what_a_mail_lacks_is_hinted_at_while_it_is_written(team: Cast, row: Opportunity) -> None:
    client, url = team.sign_in(team.ada), reverse("words_hint")
    assert "merely checks in" in client.post(url, {"text": "Just checking in."}).content.decode()
    assert "[first name]" in client.post(url, {"text": "[first name]", "words": "breakup:0"}).content.decode()
    assert client.post(url, {"text": "Stay or go, Ida?", "words": "breakup:x"}).content.decode().strip() == ""


def test_a_text_opens_as_a_draft(team: Cast, row: Opportunity) -> None:
    Opportunity.objects.filter(pk=row.pk).update(next_kind="text", next_purpose="")
    assert row.person
    add_point(row.person, "mobile", "+49 151 23456789")
    saving.new_version(team.ada, "paired_text", "", "R&D, {first_name}?", NOW)
    shown = team.sign_in(team.ada).get(reverse("words", args=[row.pk])).content.decode()
    assert 'href="sms:+4915123456789?body=R%26D%2C%20Ida%3F"' in shown


def test_results_are_shown_with_their_intervals(team: Cast, row: Opportunity) -> None:
    client = team.sign_in(team.ada)
    log(row.pk, team.ada, Draft("no_answer", template="check_in"), clock.now())
    log(row.pk, team.ada, Draft("connected", reason="budget", template="check_in"), clock.now())
    page = client.get(reverse("template", args=["check_in"])).content.decode()
    assert "Used 2 times" in page and "1 of 2" in page and "Reached" in page and "12–88 %" in page
    assert "Used 2 times" in client.get(reverse("wording")).content.decode()


def test_c5_a_promise_being_made_is_put_into_words(team: Cast, row: Opportunity) -> None:
    day = wall(clock.now(), "Europe/Berlin").date() + timedelta(days=1)
    said = {"promise_on": day.isoformat(), "promise_from": "09:00", "promise_until": "11:00"}
    shown = team.sign_in(team.ada).post(reverse("outcome_preview", args=[row.pk, "voicemail"]), said).content.decode()
    assert "I&#x27;ll call tomorrow between 9 and 11." in shown
