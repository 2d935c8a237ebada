"""The pages of numbers in every look: what works, what the next touch is worth, and how its switch is used."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser

RESULTS = (
    "from fifthcall import clock; from fifthcall.insights.next_touch import refresh_worth; "
    "print(refresh_worth(clock.now()))"
)


def test_what_works_and_the_next_touch(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/insights/")
    page.get_by_role("navigation", name="Numbers").get_by_role("link", name="What works").click()
    expect(page.get_by_role("heading", name="What works here")).to_be_visible()
    check_page(page, "splits-channel")
    page.get_by_label("Split by").select_option("playbook")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("columnheader", name="Playbook")).to_be_visible()
    check_page(page, "splits-playbook")
    sampled.python(RESULTS)
    page.get_by_role("navigation", name="Numbers").get_by_role("link", name="The next touch").click()
    expect(page.get_by_text("A first call to a new lead of mean value")).to_be_visible()
    check_page(page, "next-touch")
    page.get_by_role("button", name="Order by what touches are worth").click()
    expect(page.get_by_role("button", name="Back to warmth and value")).to_be_visible()
    page.get_by_role("button", name="Back to warmth and value").click()
    expect(page.get_by_role("button", name="Order by what touches are worth")).to_be_visible()


def test_on_a_phone_the_row_of_pages_shows_where_one_is(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page("phone")
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/insights/what-if/")
    pages = page.get_by_role("navigation", name="Numbers")
    expect(pages.get_by_role("link", name="What if")).to_be_in_viewport(ratio=1)
    page.goto(f"{sampled.url}/insights/")
    expect(pages.get_by_role("link", name="Attempts")).to_be_in_viewport(ratio=1)
