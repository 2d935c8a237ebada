"""Habits and the week by mail, looked at: from a number to its cases, and the switch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser


def test_from_a_habit_to_its_cases_and_to_the_weeks_mail(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/insights/")
    page.get_by_role("link", name="Habits", exact=True).click()
    expect(page.get_by_role("heading", name="Cases to talk about")).to_be_visible()
    page.get_by_label("Whose").select_option("team")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("link", name="365 days").click()
    expect(page.get_by_text("by the team together")).to_be_visible()
    expect(page.get_by_label("Whose")).to_have_value("team")
    check_page(page, "habits-team")
    number = page.get_by_role("link", name="the cases of").first
    number.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("those to talk about first")).to_be_visible()
    check_page(page, "habit-cases")
    page.get_by_role("link", name="Back to the habits").click()
    expect(page.get_by_label("Whose")).to_have_value("team")
    page.get_by_role("link", name="The week by mail").click()
    expect(page.get_by_text("you have none yet")).to_be_visible()
    check_page(page, "digest")
    page.get_by_role("button", name="Don’t send it").click()
    expect(page.get_by_role("button", name="Send it on Mondays")).to_be_visible()
