"""F1 to F3 on the screen: the page of the pipeline in every look, its lists, and the question asked with one click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, set_up, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser


def test_the_pipeline_shows_what_is_real_how_large_and_whom_to_ask(
    new_page: Callable[..., Page], sampled: Server
) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.get_by_role("link", name="Pipeline").first.click()
    expect(page.get_by_role("heading", name="Pipeline", level=1)).to_be_visible()
    assert page.locator(".magnitude:visible .tile").count() > 10
    expect(page.locator(".magnitude:visible a[href*='after=']")).to_have_count(1)
    check_page(page, "pipeline")
    page.locator(".board-column h3 a").first.click()
    expect(page.get_by_text("Back to the pipeline")).to_be_visible()
    check_page(page, "pipeline-list")


def test_a_click_makes_the_question_the_next_step(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    set_up(page, server)
    page.goto(f"{server.url}/pipeline/")
    expect(page.get_by_text("Nothing is open")).to_be_visible()
    check_page(page, "pipeline-empty")
    page.goto(f"{server.url}/welcome/")
    page.keyboard.press("2")
    expect(page.locator("#card-title")).to_be_visible()
    page.goto(f"{server.url}/pipeline/")
    name = page.locator(".suspect:has(button) a").first.inner_text()
    page.locator(".suspect", has_text=name).get_by_role("button").first.click()
    expect(page.get_by_text("The next step with")).to_be_visible()
    expect(page.locator(".suspect", has_text=name).get_by_role("button")).to_have_count(0)
    page.get_by_label("To win in a quarter").first.fill("1000")
    page.get_by_role("button", name="Save yours").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("To win in a quarter").first).to_have_value("1000")
