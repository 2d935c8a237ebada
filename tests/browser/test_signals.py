"""E2: somebody's click is on an open Today page by itself, and takes nothing out of anybody's hands."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, set_up
from tests.browser.looks import SIZES, check_page

pytestmark = pytest.mark.browser
FROM_PAGE = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
    "Accept-Language": "en",
    "Sec-Fetch-Mode": "navigate",
    "Sec-Fetch-Dest": "document",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-User": "?1",
}


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def click(server: Server, path: str, **headers: str) -> None:
    """Follow a link as a reader's browser does, up to where we send it on."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    with pytest.raises(urllib.error.HTTPError, match="302"):
        opener.open(urllib.request.Request(server.url + path, headers=FROM_PAGE | headers), timeout=5)  # noqa: S310  # our own server


def tracked_mail(server: Server) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.browser.tracked_mail"]
    env = server.env | {"DJANGO_SETTINGS_MODULE": "fifthcall.settings"}
    root = Path(__file__).parents[2]
    done = subprocess.run(command, env=env, cwd=root, capture_output=True, text=True, timeout=60, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_e2_a_click_is_on_the_open_page_by_itself(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    set_up(page, server)
    page.keyboard.press("2")
    expect(page.locator("#card-title")).to_be_visible()
    mail = tracked_mail(server)
    title = page.locator("#card-title").inner_text()
    page.keyboard.press("7")
    page.get_by_label("Note").fill("Called at four, will try")
    for number, path in enumerate(mail["links"][:2], start=1):  # a third so soon would be a machine
        click(server, path)
        page.wait_for_selector(f'#news[data-number="{number}"]', timeout=10_000)
        page.wait_for_timeout(700 * number)  # so that they fall at different times of the page's second
    news = page.locator("#news")
    expect(news).to_contain_text(f"{mail['person']}: they followed a link")
    assert page.get_by_label("Note").input_value() == "Called at four, will try"
    assert page.locator("#card-title").inner_text() == title
    expect(page.locator("#queue")).to_contain_text(mail["person"])
    check_page(page, "today-news")
    page.set_viewport_size(SIZES["desk"])
    news.get_by_role("link").click()
    expect(page.locator("#card-title")).to_contain_text(mail["person"])
    expect(page.locator("#news")).to_be_empty()


def test_a_machines_click_moves_nothing_and_is_told(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    set_up(page, server)
    page.keyboard.press("2")
    expect(page.locator("#card-title")).to_be_visible()
    mail = tracked_mail(server)
    click(server, mail["links"][0], **{"User-Agent": "python-requests/2.32"})
    page.wait_for_timeout(2500)
    expect(page.locator("#news")).to_be_empty()
    page.goto(f"{server.url}/opportunities/{mail['pk']}/")
    expect(page.locator("#timeline")).to_contain_text("A link followed: probably a machine")
    expect(page.locator("#timeline")).to_contain_text("python-requests")
    block = page.locator(".person", has_text=mail["person"]).first
    block.locator("summary", has_text="Opens and clicks").click()
    block.get_by_label("For", exact=True).select_option("recording")
    block.get_by_label("How they said it").fill("In our call")
    check_page(page, "opportunity-consents")
    page.set_viewport_size(SIZES["desk"])
    block.get_by_role("button", name="Note what they said").click()
    expect(page.locator("#messages")).to_contain_text("Noted.")
    block.locator("summary", has_text="Opens and clicks").click()
    expect(block).to_contain_text("Recording calls: agreed")
