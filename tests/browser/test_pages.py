"""Every page, by day and by night, at a desk and on a phone: see `looks.check_page` for what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from fifthcall.rules.outcomes import ON_KEYS
from tests.browser.conftest import PASSWORD, Server, set_up, sign_in
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser
HEAD = "Deal ID,Deal Name,Company,Deal owner,Stage,Amount,Create Date,Colour"
ROWS = [f"A-{n},Roof {n},Alder {n % 40},Ben Lund,Open,{n * 10},{1 + n % 9}/{1 + n % 7}/2016,red" for n in range(1, 120)]
ODD = ["A-1,Roof again,Alder,Ben Lund,Open,10,1/1/2016,red", "A-200,Wall,Birch,Ada Berg,Won,0,2/2/2016,"]


def test_at_the_door(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    page.goto(server.link)
    check_page(page, "set-up")
    page.get_by_label("Your name").fill("Ada Berg")
    page.get_by_label("Your email").fill("ada@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_label("Company").fill("Berg & Daughters")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".field-error")).to_be_visible()
    check_page(page, "set-up-wrong")
    set_up(page, server)
    check_page(page, "welcome")
    for path in ("today", "opportunities", "imports"):  # before anything is there
        page.goto(f"{server.url}/{path}/")
        check_page(page, f"{path}-empty")
    page.goto(f"{server.url}/accounts/password/change/")
    check_page(page, "password-change")
    page.goto(f"{server.url}/accounts/logout/")
    check_page(page, "sign-out")
    page.get_by_role("button", name="Sign out").click()
    page.goto(server.link)
    check_page(page, "set-up-used")
    page.goto(f"{server.url}/accounts/login/")
    check_page(page, "sign-in")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator(".form-errors")).to_be_visible()
    check_page(page, "sign-in-wrong")
    page.goto(f"{server.url}/accounts/signup/")
    check_page(page, "sign-up-closed")
    page.goto(f"{server.url}/nowhere/")
    check_page(page, "error-404")
    page.goto(f"{server.url}/accounts/password/reset/")
    check_page(page, "password-reset")
    page.get_by_label("Email").fill("ada@example.com")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Look in your inbox")).to_be_visible()
    check_page(page, "password-reset-sent")
    [link] = re.findall(r"http\S+/password/reset/key/\S+", server.log.read_text())
    page.goto(link)
    expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    check_page(page, "password-reset-choose")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD + " 2")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    check_page(page, "password-reset-done")
    page.goto(link)
    check_page(page, "password-reset-used")


def test_import(new_page: Callable[..., Page], server: Server, tmp_path: Path) -> None:
    page, file = new_page(), tmp_path / "deals.csv"
    file.write_text("\n".join([HEAD, *ROWS, *ODD]), encoding="utf-8")
    set_up(page, server)
    page.goto(f"{server.url}/imports/new/")
    check_page(page, "import-new")
    page.locator("input[type=file]").set_input_files(file)
    check_page(page, "import-new-chosen")
    page.get_by_role("button", name="Read the files").click()
    expect(page.get_by_role("heading", name="What is in which column?")).to_be_visible()
    check_page(page, "import-columns")
    page.get_by_label("Month first").check()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="What would happen")).to_be_visible()
    check_page(page, "import-check")

    def nothing_new(route: Route) -> None:  # the page asks each second, and would be gone before it is looked at
        if route.request.resource_type == "xhr":
            route.fulfill(status=204)
        else:
            route.continue_()

    page.route("**/progress/", nothing_new)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#progress")).to_be_visible()
    check_page(page, "import-progress")
    page.unroute("**/progress/")
    page.wait_for_url("**/done/", timeout=20_000)
    check_page(page, "import-done")
    page.get_by_role("button", name="Undo the import").click()
    check_page(page, "import-undo")
    page.keyboard.press("Escape")
    page.goto(f"{server.url}/imports/")
    check_page(page, "imports")
    page.goto(f"{server.url}/today/")
    check_page(page, "today-imported")
    page.goto(f"{server.url}/imports/1/done/")
    page.get_by_role("button", name="Undo the import").click()
    page.locator("dialog[open] .button-danger").click()
    expect(page.get_by_role("heading", name="Undone")).to_be_visible()
    check_page(page, "import-undone")


def test_today_and_each_outcome(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    check_page(page, "today")
    for outcome in ON_KEYS:
        page.keyboard.press(outcome.key)
        expect(page.locator(".panel")).to_be_visible()
        expect(page.locator("#preview")).not_to_contain_text("Working out")
        check_page(page, f"outcome-{outcome.code}")
        page.keyboard.press("Escape")
        expect(page.locator(".keypad")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Snooze until")).to_be_visible()
    check_page(page, "snooze")
    page.keyboard.press("Escape")
    expect(page.locator(".keypad")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".panel")).to_be_visible()
    page.keyboard.press("Control+e")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#act .field-error")).to_be_visible()
    check_page(page, "outcome-wrong")
    page.keyboard.press("Escape")
    expect(page.locator(".keypad")).to_be_visible()
    page.keyboard.press("8")
    expect(page.locator(".panel")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_be_visible()
    page.locator(".toast button").focus()  # which stops its clock
    check_page(page, "toast")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    check_page(page, "help")


def test_looking_things_up(new_page: Callable[..., Page], sampled: Server) -> None:
    page = new_page()
    sign_in(page, sampled)
    looked_at = ("opportunities", "opportunities/1", "opportunities/1/edit", "opportunities/new", "team", "settings")
    for name in (*looked_at, "playbooks", "playbooks/S7", "playbooks/S3/edit"):
        page.goto(f"{sampled.url}/{name}/")
        check_page(page, name.replace("/", "-"))
    page.get_by_role("button", name="See what it would mean").click()
    expect(page.get_by_role("heading", name="What it would mean")).to_be_visible()
    check_page(page, "playbook-checked")
    page.goto(f"{sampled.url}/opportunities/?q=nobodyatall")
    check_page(page, "opportunities-none")
    page.goto(f"{sampled.url}/opportunities/1/")
    for summary in page.locator("main summary").all():
        summary.click()
    check_page(page, "opportunity-forms")
    for key, title in (("x", "Close this opportunity"), ("r", "Let it rest")):
        page.locator("h1").click()
        page.keyboard.press(key)
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        check_page(page, f"opportunity-{key}")
        page.keyboard.press("Escape")
    page.goto(f"{sampled.url}/settings/")
    for summary in page.locator("main summary").all():
        summary.click()
    check_page(page, "settings-block")
    page.locator("[aria-label*=Theme]").click()
    page.get_by_role("button", name="your menu").click()
    expect(page.locator("#user-menu")).to_be_visible()
    check_page(page, "menu")


def test_an_invited_member(new_page: Callable[..., Page], sampled: Server, tmp_path: Path) -> None:
    page, file = new_page(), tmp_path / "team.csv"
    file.write_text("\n".join([HEAD, *ROWS[:3]]), encoding="utf-8")
    sign_in(page, sampled)
    assert sampled.fifthcall("import", str(file), "--date-order", "mdy").returncode == 0
    page.goto(f"{sampled.url}/team/")
    page.locator("main summary").first.click()
    check_page(page, "team-invite")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator(".field-error")).to_be_visible()
    page.get_by_label("Email").fill("ben@example.com")
    page.get_by_role("button", name="Invite").click()
    link = page.get_by_label("The link").input_value()
    check_page(page, "team-invited")
    ben = new_page()
    ben.goto(link.replace("http://localhost", "http://127.0.0.1"))
    check_page(ben, "join")
    ben.get_by_label("Password").fill(PASSWORD)
    ben.keyboard.press("Enter")
    ben.wait_for_url(re.compile(f"^{re.escape(sampled.url)}/(today/)?$"))  # the page to join has a heading as well
    ben.goto(f"{sampled.url}/imports/")
    check_page(ben, "error-403")
    ben.goto(f"{sampled.url}/settings/")
    check_page(ben, "settings-member")
