"""The week with a mouse, with keys, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import SIZES, check_page

pytestmark = pytest.mark.browser


def test_a_block_is_dragged_and_moved_by_keys(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Your week")).to_be_visible()
    check_page(page, "calendar")
    page.keyboard.press("n")  # nothing of next week is over
    page.wait_for_url("**week=*")
    days = page.locator("[data-day]")
    block = days.nth(1).locator("[data-moves]").first
    box, to = block.bounding_box(), days.nth(5).bounding_box()
    assert box and to
    page.mouse.move(box["x"] + 20, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 30)
    page.mouse.move(to["x"] + 30, box["y"] + 10 + 2 * box["height"], steps=5)
    page.mouse.up()
    dialog = page.locator("dialog[open]")
    expect(dialog.get_by_role("heading", name="Early block")).to_be_visible()
    assert dialog.get_by_label("From").input_value() == "11:00"
    check_page(page, "calendar-move")
    dialog.get_by_role("button", name="Move this one").click()
    expect(page.get_by_text("Your next steps have moved with it")).to_be_visible()
    expect(days.nth(5).locator("[data-moves]")).to_contain_text("11:00–12:30")
    days.nth(5).locator("[data-moves]").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert dialog.get_by_label("From").input_value() == "11:30"
    page.keyboard.press("Escape")
    expect(days.nth(5).locator("[data-moves]")).to_contain_text("11:00–12:30")
    for key in ("ArrowUp", "Enter", "Control+Enter"):
        page.keyboard.press(key)
    expect(days.nth(5).locator("[data-moves]")).to_contain_text("10:45–12:15")


def test_on_a_phone_an_absence_is_stated(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page("phone")
    sign_in(page, sampled)
    page.locator(".tabs").get_by_role("link", name="Calendar").click()
    page.get_by_text("I will be away").click()
    check_page(page, "calendar-away")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("Away from").fill("2030-01-07")
    page.get_by_label("Until and including").fill("2030-01-01")
    page.get_by_label("Why").fill("Skiing")
    page.get_by_role("button", name="Pause my blocks").click()
    expect(page.locator(".field-error")).to_contain_text("before the first")
    page.get_by_label("Until and including").fill("2030-01-11")
    page.get_by_role("button", name="Pause my blocks").click()
    expect(page.locator(".week-away").first).to_contain_text("Paused: Skiing")
    page.get_by_role("button", name="I am here after all").click()
    expect(page.get_by_text("Welcome back")).to_be_visible()


def test_a_prospect_books_on_a_phone(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/opportunities/2/")
    page.get_by_text("Book a meeting").click()
    page.get_by_role("button", name="Let them choose a time").click()
    said = page.locator("#messages").inner_text()
    [path] = re.findall(r"/book/[\w-]+/", said)
    them = new_page("phone")
    them.goto(f"{sampled.url}{path}")
    check_page(them, "booking")
    them.set_viewport_size(SIZES["phone"])
    them.locator(".free button").first.click()
    expect(them.get_by_role("heading", name="You meet Ada Berg")).to_be_visible()
    check_page(them, "booking-booked")
    page.goto(f"{sampled.url}/opportunities/2/")
    expect(page.get_by_role("heading", name="You meet")).to_be_visible()
    check_page(page, "opportunity-meeting")
    page.goto(f"{sampled.url}/calendar/")
    page.get_by_role("button", name="Make an address").click()
    expect(page.get_by_label("The address")).to_be_visible()
    check_page(page, "calendar-feed")
    page.goto(f"{sampled.url}/opportunities/2/")
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_text("No meeting yet")).to_be_visible()
