"""The pages of words in every look, and the preview that follows what is typed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser

#: Somebody who has confirmed nothing yet: there is no topic.
WITHOUT_FACTS = (
    "from fifthcall.pipeline.models import Opportunity as O; "
    "print(O.objects.filter(facts=None, person__isnull=False, next_due_at__isnull=False)"
    ".order_by('next_due_at', 'id').first().pk)"
)


def test_words_are_read_written_and_tried(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.get_by_role("button", name="Other words").click()
    other = page.locator("#words-choice option").last.get_attribute("value")
    before = page.locator("#words .said").inner_text()
    page.get_by_label("Which words").select_option(other)
    expect(page.locator(f"#words input[value='{other}:0']")).to_have_count(1)
    expect(page.locator("#words .said")).not_to_have_text(before)
    check_page(page, "today-words")
    page.keyboard.press("8")
    expect(page.locator(f"input[name=words][value='{other}:0']")).to_have_count(2)  # on the card, and to be kept
    page.keyboard.press("Escape")
    expect(page.locator(".keypad")).to_be_visible()
    page.keyboard.press("7")
    expect(page.locator(".panel .said")).to_contain_text("I am sending you a text as well.")
    check_page(page, "voicemail-words")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_be_visible()
    page.keyboard.press("w")
    expect(page.get_by_role("heading", name="Wording")).to_be_visible()
    check_page(page, "wording")
    page.locator(".wording", has_text="Used 1 time").get_by_role("link").click()
    expect(page.get_by_text("Used 1 time")).to_be_visible()
    check_page(page, "template-used")
    page.keyboard.press("w")
    page.get_by_role("link", name="Stay or go").click()
    check_page(page, "template-builtin")
    page.keyboard.press("e")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Shall I close this?")
    page.get_by_label("As it reads for").select_option(value=sampled.python(WITHOUT_FACTS))
    page.locator("textarea").fill("Hello {first_name},\n\njust checking in about {topic}. {frist_name}")
    expect(preview).to_contain_text("Line 3: There is no placeholder “frist_name”. Did you mean {first_name}?")
    check_page(page, "template-edit-wrong")
    page.locator("textarea").fill("Hello {first_name|there},\n\njust checking in.")
    expect(preview).to_contain_text("merely checks in")
    page.locator("textarea").fill("Hello {first_name|there},\n\nas you said: {topic}. {write: one line of news}")
    expect(preview).to_contain_text("“topic” is missing")
    page.get_by_text("What you can put in").click()
    check_page(page, "template-edit")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="Version 1")).to_be_visible()
    page.get_by_role("button", name="Begin the trial").click()
    expect(page.get_by_text("are on trial")).to_be_visible()
    check_page(page, "template-trial")
    page.get_by_role("button", name="End the trial").click()
    page.get_by_role("button", name="Back to the built-in words").click()
    expect(page.get_by_role("button", name="Use our own words")).to_be_visible()
    check_page(page, "template-off")
    for name in ("wording/new", "wording/snippets"):
        page.goto(f"{sampled.url}/{name}/")
        check_page(page, name.replace("/", "-"))


def test_a_mail_begins_with_words_and_is_told_what_it_lacks(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    for pk in range(1, 60):  # the first whose address we have
        page.goto(f"{sampled.url}/opportunities/{pk}/mail/")
        if page.get_by_label("Words to begin with").count():
            break
    page.get_by_label("Words to begin with").select_option("value_email")
    page.get_by_role("button", name="Use them").click()
    expect(page.get_by_label("Mail", exact=True)).to_have_value(re.compile("this made me think of"))
    expect(page.get_by_text("“[what it is, in a line]” is yours to fill in.")).to_be_visible()
    check_page(page, "mail-words")
    page.get_by_label("Mail", exact=True).fill("Hello,\n\njust checking in.")
    expect(page.get_by_text("this merely checks in")).to_be_visible()
    check_page(page, "mail-checking-in")
