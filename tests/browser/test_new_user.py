"""What a new user does, in a real browser, with the keyboard."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / "docs" / "images"
PASSWORD = "correct horse battery"  # a test's
SIZES = {"desk": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
CSV = """Deal ID,Deal Name,Company,Deal owner,Stage,Amount,Create Date
A-1,Roof,Alder,Ada Berg,Open,1200,11/3/2016
A-2,Wall,Birch,Ben Lund,Won,0,11/13/2016
A-3,Door,Cedar,Ada Berg,Open,300,12/14/2016
A-3,Door again,Cedar,Ada Berg,Open,300,12/14/2016
"""


def set_up(page: Page, server: Server) -> None:
    page.goto(server.link)
    page.get_by_label("Your name").fill("Ada Berg")
    page.get_by_label("Your email").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Company").fill("Berg & Daughters")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Ada Berg")).to_be_visible()


def doctor(server: Server) -> None:
    checked = server.fifthcall("doctor", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def new_page(browser: Browser, size: str = "desk", scheme: str = "light") -> Page:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)  # type: ignore[arg-type]
    return context.new_page()


def no_sideways_scrolling(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


@pytest.mark.smoke
def test_look_around_and_log_with_the_keyboard(browser: Browser, server: Server) -> None:
    page = new_page(browser)
    set_up(page, server)
    page.keyboard.press("2")  # look around with sample data
    title = page.locator("#card-title")
    expect(title).to_be_visible()
    first = page.locator("#card").inner_text()
    if os.environ.get("PICTURES"):
        page.screenshot(path=PICTURES / "today.png")
    page.keyboard.press("8")  # no answer
    expect(page.get_by_role("heading", name="No answer")).to_be_visible()
    expect(page.locator("#preview")).to_contain_text("Next:")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Saved: no answer")
    assert page.locator("#card").inner_text() != first
    page.keyboard.press("z")  # undo: the same card comes back
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator(".keypad")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # a person looks before the next key
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Snooze until")).to_be_visible()
    page.get_by_label("Why").select_option("prepare")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Saved: put off")
    doctor(server)
    page.context.close()


def test_a_conversation_needs_a_meeting_or_the_reason(browser: Browser, server: Server) -> None:
    page = new_page(browser)
    set_up(page, server)
    page.keyboard.press("2")
    expect(page.locator("#card-title")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator("#preview")).to_contain_text("why they could not act")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#act .field-error")).to_contain_text("why they could not act")
    page.get_by_label("Why not yet").select_option("budget")
    expect(page.locator("#preview")).to_contain_text("propose a time")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Saved: connected")
    doctor(server)
    page.context.close()


def test_import_check_run_undo(browser: Browser, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(CSV, encoding="utf-8")
    page = new_page(browser)
    set_up(page, server)
    page.keyboard.press("1")  # import a file
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Read the files").click()
    expect(page.get_by_role("heading", name="What is in which column?")).to_be_visible()
    page.locator("main form button.button-primary").first.click()
    expect(page.locator("main")).to_contain_text("stands on line 4 already")
    page.locator("main form button.button-primary").first.click()
    expect(page).to_have_url(f"{server.url}/imports/1/done/", timeout=20_000)
    exported = server.fifthcall("export")
    rows = [json.loads(line) for line in exported.stdout.splitlines()]
    assert {row["external_id"]: row["engaged_on"] for row in rows} == {
        "A-1": "2016-11-03",
        "A-2": "2016-11-13",
        "A-3": "2016-12-14",
    }
    assert [row["value"] for row in rows if row["external_id"] == "A-2"] == [""]  # 0 is unknown
    assert all(row["next_step_on"] for row in rows if row["status"] == "open")
    doctor(server)
    page.get_by_role("button", name="Undo").first.click()
    page.wait_for_load_state()
    if page.locator("dialog[open]").count():
        page.locator("dialog[open] button.button-primary, dialog[open] .button-danger").first.click()
    expect(page.locator("main")).to_contain_text("ndone", timeout=10_000)
    assert server.fifthcall("export").stdout == ""
    page.context.close()


@pytest.mark.parametrize(
    ("size", "scheme"), [("desk", "light"), ("desk", "dark"), ("phone", "light"), ("phone", "dark")]
)
def test_every_page_fits(browser: Browser, server: Server, size: str, scheme: str) -> None:
    page = new_page(browser, size, scheme)
    set_up(page, server)
    no_sideways_scrolling(page)
    page.keyboard.press("2")
    expect(page.locator("#card-title")).to_be_visible()
    folder = os.environ.get("PICTURES")
    for name in ("today", "opportunities", "imports", "imports/new", "team", "settings", "opportunities/1"):
        page.goto(f"{server.url}/{name}/")
        expect(page.locator("h1").first).to_be_visible()
        no_sideways_scrolling(page)
        if folder:
            page.screenshot(path=Path(folder) / f"{name.replace('/', '-')}-{size}-{scheme}.png")
    page.context.close()
