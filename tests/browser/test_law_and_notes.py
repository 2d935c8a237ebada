"""Law's hours, and why not yet: each with its pages looked at, and the asking at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser


def test_the_laws_hours(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/settings/")
    page.get_by_role("link", name="See the law's hours").click()
    check_page(page, "law")
    page.get_by_text("Keep hours of your own").click()
    page.get_by_label("Start").fill("12:00")
    page.get_by_label("End").fill("09:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field-error")).to_contain_text("give a later time")
    check_page(page, "law-own-wrong")
    page.get_by_label("End").fill("17:00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You never call or text outside")).to_be_visible()
    page.get_by_role("link", name="Change Kentucky").click()
    page.get_by_label("Start").fill("08:00")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field-error")).to_contain_text("write down why")
    check_page(page, "law-entry-wrong")
    page.get_by_label("Your reason").fill("Existing customers only.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("“Existing customers only.”")).to_be_visible()
    check_page(page, "law-changed")
    page.get_by_role("link", name="Change Kentucky").click()
    check_page(page, "law-entry")
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("“Existing customers only.”")).to_have_count(0)


def test_what_a_conversation_left_open_is_asked_at_once(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.keyboard.press("1")
    expect(page.locator(".panel")).to_be_visible()
    page.get_by_label("Why not yet").select_option("unknown")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="You have just spoken with")).to_be_visible()
    page.locator(".toast button").focus()  # which stops its clock
    check_page(page, "asked-at-once")
    page.get_by_label("Why couldn’t they act yet?").first.select_option("budget")
    page.get_by_label("In their words").first.fill("Money comes in March")
    page.get_by_role("button", name="Note it").first.click()
    expect(page.get_by_text("Noted. The next call opens there.")).to_be_visible()
    page.get_by_role("link", name="Why not yet: noted in").click()
    check_page(page, "notes")
    page.locator("main a", has_text=" ").first.click()
    expect(page.get_by_text("The last conversation left it open.")).to_be_visible()
    check_page(page, "opportunity-asked")
