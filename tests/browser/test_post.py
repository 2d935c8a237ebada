"""Post by the keyboard: written, printed, posted, landed; the desk and the shelf, each page looked at."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser

#: The latest opportunity whose next step has a purpose, for a look at its card.
FIND = (
    "from fifthcall.pipeline.models import Opportunity as O;"
    "print(O.objects.filter(next_purpose='{}').order_by('id').last().pk)"
)
#: … of those with a note due, one that nobody has written yet.
UNWRITTEN = (
    "from fifthcall.pipeline.models import Opportunity as O;"
    "print(O.objects.filter(next_purpose='meeting_note', pieces=None).order_by('id').last().pk)"
)


def test_a_note_from_the_writing_to_the_landing(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/today/?opportunity={sampled.python(UNWRITTEN)}")
    check_page(page, "note-due")
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="Write to")).to_be_visible()
    page.get_by_label("One thing from your meeting").fill("our nice meeting")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".field-error")).to_contain_text("only you two know")
    check_page(page, "note-refused")
    page.get_by_label("One thing from your meeting").fill("the new line in hall two")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#post")).to_contain_text("the new line in hall two")
    check_page(page, "note-written")
    page.keyboard.press("m")
    expect(page.get_by_text("Posted. The call comes the day after it lands.")).to_be_visible()


def test_the_desk_and_what_has_landed(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/today/?opportunity={sampled.python(FIND.format('after_it_lands'))}")
    check_page(page, "post-on-its-way")
    page.keyboard.press("l")
    expect(page.get_by_text("Arrived. The call is due the day after.")).to_be_visible()
    page.get_by_role("link", name="Post", exact=True).click()
    expect(page.get_by_role("heading", name="Written, to be posted")).to_be_visible()
    check_page(page, "post")
    page.get_by_role("link", name="The shelf").click()
    check_page(page, "shelf")
    page.get_by_label("What", exact=True).select_option("article")
    page.get_by_label("Name").fill("Knots for beginners")
    page.get_by_label("Interests it goes with").fill("sailing")
    page.get_by_role("button", name="Put it up").click()
    expect(page.get_by_role("heading", name="Knots for beginners")).to_be_visible()
    page.get_by_role("link", name=re.compile("Knots for beginners")).click()
    check_page(page, "idea")


def test_an_invitation_is_answered_on_its_own_keys(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    found = sampled.python(
        "from fifthcall.touches.models import Touch;"
        "print(Touch.objects.filter(outcome='invited').order_by('id').last().opportunity_id)"
    )
    page.goto(f"{sampled.url}/opportunities/{found}/give/")
    check_page(page, "give")
    page.goto(f"{sampled.url}/today/?opportunity={found}")
    check_page(page, "invited")
    page.keyboard.press("m")
    expect(page.locator("#panel-title")).to_contain_text("Accepted the invitation")
    check_page(page, "accepted")
    page.goto(f"{sampled.url}/opportunities/{found}/")
    check_page(page, "opportunity-post")
    page.goto(f"{sampled.url}/insights/")
    expect(page.get_by_role("heading", name="Cost of the post")).to_be_visible()
