"""What if: from the playbook's editor to the pictures, on the past and on a made-up market."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser


def test_a_cadence_is_tried_before_it_is_switched_on(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/insights/")
    page.get_by_role("link", name="What if").click()
    check_page(page, "what-if-empty")
    page.goto(f"{sampled.url}/playbooks/S9/edit/")
    text = page.get_by_label("The playbook").input_value()
    page.get_by_label("The playbook").fill(text.replace("1 working day", "3 days"))
    page.get_by_role("button", name="Try it before switching it on").click(no_wait_after=True)
    expect(page.get_by_role("columnheader", name="Touches a day for each rep")).to_be_visible(timeout=60_000)
    for summary in page.locator("main summary").all():
        summary.click()
    page.evaluate("scrollTo(0, 0)")
    check_page(page, "what-if-past")
    page.get_by_label("a made-up market", exact=True).check()
    page.get_by_label("Opportunities of a made-up market").fill("40")
    page.get_by_label("Days of a made-up market").fill("30")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("A made-up market of 40 opportunities")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("img", name="Touches by day")).to_be_visible()
    page.locator(".whatif").scroll_into_view_if_needed()
    check_page(page, "what-if-made")
    with page.expect_download() as download:
        page.get_by_role("button", name="As CSV").click()
    assert download.value.suggested_filename == "what_if.csv"
    page.get_by_label("Days of a made-up market").fill("90")
    page.get_by_label("The changed playbook").fill(text.replace('kind = "call"', 'kind = "pigeon"'))
    page.get_by_role("button", name="Play it").click()
    expect(page.locator(".field-error")).to_contain_text("Line 9: “pigeon” is no way to reach them")
    check_page(page, "what-if-wrong")
    page.get_by_label("The changed playbook").fill("")
    page.get_by_role("button", name="Play it").click()
    expect(page.get_by_role("img", name="Touches by week")).to_be_visible(timeout=60_000)
    check_page(page, "what-if-weeks")
