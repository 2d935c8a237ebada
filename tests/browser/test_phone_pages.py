"""The pages of the line, of texts, of booking and other calendars, and the numbers: in every look; keys on the card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser

CALLABLE = (
    "from fifthcall.pipeline.models import Opportunity as O; "
    "print(O.objects.filter(next_kind='call', person__ways__contains='text').order_by('id').first().pk)"
)


def test_line_texts_booking_and_numbers(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    for path, name in (
        ("/line/", "line"),
        ("/calendar/booking/", "booking-hours"),
        ("/calendar/other/", "other-calendar"),
        ("/insights/", "numbers-wins"),
        ("/insights/?of=connects", "numbers-connects"),
    ):
        page.goto(f"{sampled.url}{path}")
        check_page(page, name)
    pk = sampled.python(CALLABLE)
    page.goto(f"{sampled.url}/opportunities/{pk}/text/")
    page.get_by_label("Text", exact=True).fill("a" * 161)
    expect(page.get_by_text("2 parts, 161 of 306 letters")).to_be_visible()
    page.get_by_role("button", name="Scan it").click()
    expect(page.locator(".scan svg")).to_be_visible()
    check_page(page, "text-without-line")


def test_the_card_asks_their_assistant_and_shows_a_code(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    page.goto(f"{sampled.url}/today/?opportunity={sampled.python(CALLABLE)}")
    page.keyboard.press("q")
    expect(page.locator(".scan svg")).to_be_visible()
    page.keyboard.press("a")
    expect(page.get_by_text("will they be around this week?", exact=False).first).to_be_visible()
    check_page(page, "card-through-assistant")
    page.get_by_role("button", name="Power mode").click()
    expect(page.get_by_role("button", name="Power mode is on")).to_be_visible()
    page.get_by_role("button", name="Power mode is on").click()
    expect(page.get_by_role("button", name="Power mode is on")).to_have_count(0)


def test_power_mode_calls_by_itself_while_somebody_is_there_and_any_key_stops_it(
    new_page: Callable[..., Page], sampled: Server
) -> None:
    page = new_page()
    sign_in(page, sampled)
    card = f"{sampled.url}/today/?opportunity={sampled.python(CALLABLE)}"
    page.goto(card)
    page.get_by_role("button", name="Power mode").click()
    page.goto(card)
    page.evaluate("""() => document.addEventListener("click", (event) => {
        if (!event.target.closest("[data-power-call]")) return;
        event.preventDefault();
        document.body.dataset.called = Number(document.body.dataset.called || 0) + 1;
    }, true)""")
    expect(page.get_by_text("Any key stops it.")).to_be_visible()
    expect(page.locator("body[data-called='1']")).to_have_count(1, timeout=10_000)
    page.goto(card)
    expect(page.get_by_text("Any key stops it.")).to_be_visible()
    page.keyboard.press("Shift")
    expect(page.get_by_text("Stopped. C calls.")).to_be_visible()
    page.get_by_role("button", name="Power mode is on").click()
    expect(page.get_by_role("button", name="Power mode is on")).to_have_count(0)
