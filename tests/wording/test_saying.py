"""The words for a step: whose template, which version, what is missing, and what is stored with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from fifthcall.journal.models import Event
from fifthcall.people.models import Fact, Person
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Agreed, Basis, Kind, Window
from fifthcall.rules.playbook import builtin_text
from fifthcall.teams.models import Workspace
from fifthcall.touches.draft import Draft
from fifthcall.touches.log import log
from fifthcall.wording import library, saving
from fifthcall.wording.models import Template, Version
from fifthcall.wording.saying import Words, words_for, words_of
from fifthcall.wording.values import first_name
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def row(team: Cast) -> Opportunity:
    row = editing.add(team.ada, {"name": "Roof", "organization": "Alder", "owner_id": team.ada.pk}, NOW)
    row.person = Person.objects.create(
        workspace=team.space, name="Ida Berg", key="idaberg", organization=row.organization
    )
    row.save(update_fields=["person"])
    return row


def email(row: Opportunity, team: Cast, key: str = "") -> Words:
    return words_for(row, team.ada, "S7.9", Kind.EMAIL.value, NOW, key)


def test_the_built_in_words_stand_in_until_there_are_own_ones(team: Cast, row: Opportunity) -> None:
    words = words_for(row, team.ada, "", "call", NOW)
    assert (words.template_key, words.version, words.problem) == ("check_in", 0, "")
    assert words.text.startswith("Hello Ida, Ada from Berg.")
    saving.new_version(team.ada, "check_in", "", "Good day {full_name}", NOW)
    words = words_for(row, team.ada, "", "call", NOW)
    assert (words.text, words.version) == ("Good day Ida Berg", 1)


def test_another_workspace_keeps_its_own(team: Cast, row: Opportunity) -> None:
    saving.new_version(team.ada, "check_in", "", "Ours", NOW)
    other = Workspace.objects.create(name="Theirs", zone="UTC", created_at=NOW)
    assert library.entry(other.pk, "check_in").row is None


def test_what_is_missing_is_named_for_whom(team: Cast, row: Opportunity) -> None:
    saving.new_version(team.ada, "value_email", "About {topic}", "Hello {first_name}, {topic}: {why_not}", NOW)
    words = email(row, team)
    assert words.missing == ("topic", "why not")
    assert words.problem == "“topic”, “why not” are missing for Ida Berg."
    Fact.objects.create(workspace=team.space, opportunity=row, text="The roof leaks", confirmed_on=date(2026, 11, 1))
    assert email(row, team).problem == "“why not” is missing for Ida Berg."
    log(row.pk, team.ada, Draft("connected", reason="budget"), NOW)
    words = email(row, team)
    assert (words.subject, words.text, words.problem) == (
        "About The roof leaks",
        "Hello Ida, The roof leaks: No budget yet",
        "",
    )


def test_a_gap_needs_a_persons_words(team: Cast, row: Opportunity) -> None:
    words = email(row, team)
    assert words.gaps == ("what it is, in a line",)
    assert words.problem == "Its template leaves “what it is, in a line” for your own words: send it by hand."


def test_a_step_without_a_template_says_so(team: Cast, row: Opportunity) -> None:
    assert words_for(row, team.ada, "all_stopped", "review", NOW) == Words()
    assert "by hand" in Words().problem
    assert words_of("nothing_like_it", row, team.ada, NOW) == Words()


def test_an_edit_is_a_new_version_and_the_old_ones_stay(team: Cast, row: Opportunity) -> None:
    saving.new_version(team.ada, "breakup", "Shall I?", "Stay or go, {first_name}?", NOW)
    again = saving.new_version(team.ada, "breakup", " Shall I? ", "Stay or go, {first_name}?\r\n", NOW)
    second = saving.new_version(team.ada, "breakup", "Shall I?", "Go?", NOW + HOUR)
    assert (again.number, second.number) == (1, 2)
    assert [saved.number for saved in library.versions(team.space.pk, "breakup")] == [2, 1, 0]
    assert library.version(team.space.pk, "breakup", 1).text == "Stay or go, {first_name}?"
    assert Event.objects.filter(verb="template_changed").count() == 2


@pytest.mark.parametrize(
    ("subject", "text", "field", "words"),
    [
        ("", "Hello", "subject", "subject"),
        ("Hi", " ", "text", "no words"),
        (
            "Hi",
            "Hello\n{frist_name}",
            "text",
            "Line 2: There is no placeholder “frist_name”. Did you mean {first_name}?",
        ),
        ("{nobody_knows}", "Hello", "subject", "no placeholder"),
    ],
)
def test_what_cannot_be_said_is_not_saved(team: Cast, subject: str, text: str, field: str, words: str) -> None:
    with pytest.raises(saving.Refused, match=r"\w") as refused:
        saving.new_version(team.ada, "breakup", subject, text, NOW)
    assert refused.value.field == field and words in str(refused.value)
    assert not Template.objects.exists() and not Version.objects.exists()


def test_off_is_the_built_in_one_again_and_nothing_is_lost(team: Cast, row: Opportunity) -> None:
    saving.new_version(team.ada, "check_in", "", "Own words", NOW)
    saving.turn(team.ada, "check_in", False, NOW)
    assert words_for(row, team.ada, "", "call", NOW).version == 0
    saving.turn(team.ada, "check_in", True, NOW)
    assert words_for(row, team.ada, "", "call", NOW).text == "Own words"
    with pytest.raises(library.NoSuchTemplate):
        saving.turn(team.ada, "breakup", False, NOW)


def test_a_new_template_gets_a_code_of_its_own(team: Cast, row: Opportunity) -> None:
    codes = [
        saving.new_template(team.ada, name, "text", "", "", "Hello {first_name}", NOW).template.code
        for name in ("Spring fair", "Spring fair", "new", "春の市", "check_in")
    ]
    assert len(set(codes)) == 5 and not set(codes) & saving.RESERVED and all(code.isascii() for code in codes)
    assert words_of(codes[3], row, team.ada, NOW).text == "Hello Ida"
    saving.turn(team.ada, codes[3], False, NOW)
    assert words_of(codes[3], row, team.ada, NOW) == Words()
    with pytest.raises(saving.Refused, match="One of: call"):
        saving.new_template(team.ada, "x", "meeting", "", "", "Hello", NOW)


def test_snippets_are_ones_own_then_everybodys(team: Cast, row: Opportunity) -> None:
    saving.new_version(team.ada, "check_in", "", "{signature}", NOW)
    assert words_of("check_in", row, team.ada, NOW).text == "Ada\nBerg"
    saving.keep_snippet(team.ada, "signature", "{my_name}, at your service", NOW, shared=True)
    saving.keep_snippet(team.ben, "signature", "Ben himself", NOW)
    assert words_of("check_in", row, team.ada, NOW).text == "Ada, at your service"
    assert words_of("check_in", row, team.ben, NOW).text == "Ben himself"
    saving.keep_snippet(team.ben, "signature", "", NOW)
    assert words_of("check_in", row, team.ben, NOW).text == "Ben, at your service"
    saving.keep_snippet(team.ben, "signature", "{my_name}, at your service", NOW)  # the same as everybody's: no own
    saving.keep_snippet(team.ada, "signature", "{my_company}", NOW, shared=True)
    assert words_of("check_in", row, team.ben, NOW).text == "Berg"
    with pytest.raises(saving.Refused, match="managers"):
        saving.keep_snippet(team.ben, "signature", "x", NOW, shared=True)
    with pytest.raises(saving.Refused, match="placeholder"):
        saving.keep_snippet(team.ben, "signature", "{promise}", NOW)  # no snippet in a snippet


def test_c2_the_voicemail_and_its_text_name_each_other(team: Cast, row: Opportunity) -> None:
    assert "text as well" in words_of("voicemail", row, team.ada, NOW).text
    assert "voicemail" in words_of("paired_text", row, team.ada, NOW).text


def test_c5_the_promise_stands_in_the_words_and_on_their_clock(team: Cast, row: Opportunity) -> None:
    window = Window(NOW + 24 * HOUR, NOW + 26 * HOUR, "Europe/Berlin")
    agreed = Agreed(Basis.PROMISE, window)
    assert row.person
    row.person.zone = "America/New_York"
    words = words_of("voicemail", row, team.ada, NOW, agreed=agreed)
    assert words.text.endswith("I'll call tomorrow between 3 and 5 your time.")
    assert "I'll" not in words_of("voicemail", row, team.ada, NOW).text
    log(row.pk, team.ada, Draft("voicemail", agreed=agreed), NOW)
    row.refresh_from_db()
    assert "tomorrow between 9 and 11" in words_of("voicemail", row, team.ada, NOW).text
    assert "tomorrow" not in words_of("voicemail", row, team.ada, NOW + 30 * HOUR).text


def test_two_versions_on_trial_share_what_comes_up_and_a_key_keeps_its_own(team: Cast, row: Opportunity) -> None:
    for text in ("One", "Two"):
        saving.new_version(team.ada, "value_email", "Hi", text, NOW)
    assert {email(row, team, f"k{n}").version for n in range(20)} == {2}  # off by default
    saving.begin_trial(team.ada, "value_email", (2, 1), "reply", NOW)
    drawn = [email(row, team, f"k{n}").version for n in range(60)]
    assert drawn == [email(row, team, f"k{n}").version for n in range(60)]
    assert 12 <= drawn.count(1) <= 48
    Template.objects.update(trial_scores={"1": [40, 100], "2": [5, 100]})
    later = [email(row, team, f"k{n}").version for n in range(100)]
    assert later.count(1) >= 75 and later.count(2) >= 3  # the better one, and still some of the other
    saving.end_trial(team.ada, "value_email", NOW)
    assert email(row, team, "k1").version == 2


def test_a_trial_needs_two_versions_and_what_decides(team: Cast) -> None:
    saving.new_version(team.ada, "value_email", "Hi", "One", NOW)
    with pytest.raises(saving.Refused, match="different"):
        saving.begin_trial(team.ada, "value_email", (1, 1), "reply", NOW)
    with pytest.raises(saving.Refused, match="replies or meetings"):
        saving.begin_trial(team.ada, "value_email", (0, 1), "open", NOW)  # never over opens
    with pytest.raises(library.NoSuchTemplate):
        saving.begin_trial(team.ada, "value_email", (1, 7), "reply", NOW)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ida Berg", "Ida"), ("Dr. Ida Berg", "Ida"), ("Berg, Ida", "Ida"), ("Mr Tanaka", "Mr Tanaka"),
        ("Prof. Dr. Ida Maria Berg", "Ida"), ("Ida", "Ida"), ("", ""), ("Dr.", "Dr."),
    ],
)  # fmt: skip
def test_first_names(name: str, first: str) -> None:
    assert first_name(name) == first


def test_a_playbook_may_name_a_template_of_ones_own(team: Cast, row: Opportunity) -> None:
    saving.new_template(team.ada, "Spring fair", "email", "", "The fair", "Come, {first_name}.", NOW)
    client, url = team.sign_in(team.ada), reverse("playbook_edit", args=["S7"])
    ours = builtin_text("S7").replace('template = "value_email"', 'template = "springfair"', 1)
    unknown = ours.replace("springfair", "autumnfair")
    assert "There is no template “autumnfair”" in client.post(url, {"text": unknown}).content.decode()
    assert client.post(url, {"text": ours, "confirm": "1"}).status_code == 302
    team.space.refresh_from_db()
    team.ada.workspace = team.space
    [number] = [n for n, play in enumerate(team.space.policy().playbooks[0].steps, 1) if play.template == "springfair"]
    said = words_for(row, team.ada, f"S7.{number}", "email", NOW)
    assert (said.subject, said.text, said.template_key) == ("The fair", "Come, Ida.", "springfair")
    saving.turn(team.ada, "springfair", False, NOW)
    assert words_for(row, team.ada, f"S7.{number}", "email", NOW) == Words()


def test_e3_their_mail_is_answered_in_ones_own_words(team: Cast, row: Opportunity) -> None:
    assert words_for(row, team.ada, "answer", "email", NOW) == Words()


def test_a_step_never_takes_the_words_of_another_kind(team: Cast, row: Opportunity) -> None:
    assert words_for(row, team.ada, "reason_ends", "call", NOW).template_key == "open_at_reason"
    assert words_for(row, team.ada, "reason_ends", "text", NOW).template_key == "paired_text"
