"""What a new user does, from the set-up link to taking the import back, without a mouse."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Server, set_up

pytestmark = pytest.mark.browser
PICTURES = Path(__file__).parents[2] / "docs" / "images"
DEALS = """Deal ID,Deal Name,Company,Deal owner,Stage,Amount,Create Date,Remark
A-1,Roof,Alder,Ada Berg,Open,1200,11/3/2016,likes red
A-2,Wall,Birch,Ada Berg,Won,0,1/9/2016,
A-3,Door,Cedar,Ada Berg,Open,300,2/4/2016,call early
A-3,Door again,Cedar,Ada Berg,Open,300,2/4/2016,
A-4,Gate,Dale,Ada Berg,Open,400,5/6/2016,
A-5,Shed,Elm,Ada Berg,Open,500,7/8/2016,
A-6,Barn,Fir,Ada Berg,Open,600,9/10/2016,
A-7,Well,Gorse,Ada Berg,Open,700,3/4/2016,
"""
FOCUSED = """() => {
    const el = document.activeElement, box = el.getBoundingClientRect();
    if (el === document.body) return { words: "", drawn: true, shown: true };
    const outlined = [el, el.closest("label")].filter(Boolean).map(e => getComputedStyle(e))
        .filter(style => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
    const words = el.labels?.[0]?.textContent || el.getAttribute("aria-label") || el.textContent;
    return {
        words: words.trim().replace(/\\s+/g, " "),
        drawn: outlined.length > 0,
        shown: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


class Hands:
    """Somebody with a keyboard only."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def to(self, words: str, within: int = 12, key: str = "Tab") -> None:
        """Tab until what is focused is called `words`. It must be near, on the screen, and drawn as focused."""
        passed = []
        for _ in range(within):
            self.press(key)
            here = self.page.evaluate(FOCUSED)
            passed.append(here["words"][:40])
            assert here["drawn"], f"no visible focus on {here['words']!r}"
            assert here["shown"], f"{here['words']!r} has the focus outside the screen"
            if words in here["words"]:
                return
        raise AssertionError(f"{words!r} is not within {within} tabs: {passed}")

    def sees(self, words: str) -> None:
        expect(self.page.locator("body")).to_contain_text(words, timeout=20_000)

    def title(self, words: str) -> None:
        expect(self.page.get_by_role("heading", name=words, exact=True)).to_be_visible(timeout=20_000)

    def card(self) -> str:
        """The title of the card; after hours nothing is due, and the next step is taken out of turn."""
        title = self.page.locator("#card h1")
        expect(title).to_be_focused()
        if title.inner_text() == "Nothing due":
            self.press("d")
            expect(self.page.locator("#card-title")).to_be_focused()
        return title.inner_text()

    def log(self, key: str, title: str) -> None:
        """Choose an outcome; its panel opens with the focus in its first field."""
        self.card()
        self.press(key)
        self.title(title)
        expect(self.page.locator(".panel :focus")).to_have_count(1)

    def saved(self, words: str) -> None:
        self.press("Control+Enter")
        expect(self.page.locator(".toast")).to_contain_text(f"Saved: {words}")

    def day(self, days: int) -> date:
        """Type a date into the date field that is focused; its parts stand as in the browser's language, en-US."""
        on = date.today() + timedelta(days)  # noqa: DTZ011  # the browser's today is ours
        self.type(f"{on:%m%d%Y}")
        return on


def doctor(server: Server) -> None:
    checked = server.fifthcall("doctor", "--json")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def exported(server: Server) -> dict[str, dict[str, str]]:
    rows = [json.loads(line) for line in server.fifthcall("export").stdout.splitlines()]
    return {row["external_id"]: row for row in rows}


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_from_the_link_to_taking_it_all_back(
    new_page: Callable[..., Page], server: Server, tmp_path: Path, size: str
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(DEALS, encoding="utf-8")
    page = new_page(size)
    hands = Hands(page)
    page.goto(server.link)
    _set_up(hands)
    _bring(hands, file)
    rows = exported(server)
    assert {key: row["engaged_on"] for key, row in rows.items() if key < "A-4"} == {
        "A-1": "2016-03-11",
        "A-2": "2016-09-01",
        "A-3": "2016-04-02",
    }
    assert rows["A-2"]["value"] == ""  # 0 is unknown
    assert all(row["next_step_on"] for row in rows.values() if row["status"] == "open")
    doctor(server)
    hands.press("Control+Enter")
    _work(hands)
    doctor(server)
    _take_back(hands, server)
    doctor(server)


def _set_up(hands: Hands) -> None:
    expect(hands.page.get_by_label("Your name")).to_be_focused()
    hands.type("Ada Berg")
    for label, words in (("Your email", "ada@example.com"), ("Password", PASSWORD), ("Company", "Berg & Daughters")):
        hands.to(label, within=1)
        hands.type(words)
    hands.press("Enter")
    hands.title("Welcome, Ada Berg")
    hands.press("1")  # import a file


def _bring(hands: Hands, file: Path) -> None:
    page = hands.page
    page.on("filechooser", lambda _: None)  # from here on the driver holds back the system's dialog, in good time
    hands.title("Import")
    expect(page.locator("input[type=file]")).to_be_focused()
    with page.expect_file_chooser() as chooser:
        hands.press("f")
    chooser.value.set_files(file)
    hands.sees("deals.csv")
    hands.press("Control+Enter")
    hands.title("What is in which column?")
    hands.press("Control+Enter")  # the question is answered before anything goes on
    hands.title("What is in which column?")
    expect(page.locator(":focus")).to_have_attribute("type", "radio")
    hands.press("ArrowDown")
    expect(page.get_by_label("Day first")).to_be_checked()
    hands.to("What “Remark” means", within=3)
    hands.type("Leave")
    hands.press("Control+Enter")
    hands.title("What would happen")
    hands.sees("stands on line 4 already")
    hands.press("Control+Enter")
    hands.title("Imported")


def _work(hands: Hands) -> None:
    page = hands.page
    first = hands.card()
    hands.log("1", "Connected")
    hands.sees("why they could not act")
    hands.press("Control+Enter")
    expect(page.locator("#act .field-error")).to_contain_text("why they could not act")
    expect(page.get_by_label("Why not yet")).to_be_focused()
    hands.type("No budget")
    hands.to("In their words", within=1)
    hands.type("New year, new money")
    expect(page.locator("#preview")).to_contain_text("Next:")
    hands.saved("connected")
    assert hands.card() != first
    hands.press("z")  # undo: the same card comes back
    expect(page.locator(".toast")).to_have_count(0)
    expect(page.locator("#card-title")).to_have_text(first)

    hands.log("2", "Connected, meeting set")
    hands.day(3)
    hands.to("At", within=3)
    hands.type("1000AM")
    expect(page.locator("#preview")).to_contain_text("10:00")
    hands.saved("connected, meeting set")

    hands.log("0", "Not now")
    hands.type("Away")
    hands.to("Until", within=2)
    hands.day(20)
    expect(page.locator("#preview")).to_contain_text("Next:")
    hands.saved("not now")

    hands.log("8", "No answer")
    hands.type("rang for a minute")
    expect(page.locator("#preview")).to_contain_text("Next:")
    hands.press("Control+e")  # not what was proposed: another day
    hands.to("Day", within=3)
    on = hands.day(9)
    expect(page.locator("#preview")).to_contain_text("Your choice")
    expect(page.locator("#preview")).to_contain_text(f"{on.day} {on:%b}")
    hands.saved("no answer")

    hands.card()
    hands.press("s")
    hands.title("Snooze until")
    hands.press("ArrowDown")  # from tomorrow to Monday
    returns = page.locator(".pick:has(:checked) span").inner_text()
    assert ", 08:00" in returns and "Mon" in returns
    hands.to("Why", within=1)
    hands.type("I need")
    hands.saved("put off")


def _take_back(hands: Hands, server: Server) -> None:
    page = hands.page
    hands.press("i")
    hands.title("Imports")
    hands.press("j", "Enter")
    hands.title("Imported")
    hands.to("Undo the import", key="Shift+Tab", within=12)
    hands.press("Enter")
    hands.title("Undo this import?")
    hands.to("Undo the import", key="Shift+Tab", within=1)  # "Keep it" has the focus: Enter twice undoes nothing
    hands.press("Enter")
    hands.title("Undone")
    left = exported(server)
    assert "A-2" not in left and len(left) == 4, left  # those worked on since keep their history, and stay
    assert page.locator("h1").count() == 1


@pytest.mark.smoke
def test_look_around(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    hands = Hands(page)
    set_up(page, server)
    hands.press("2")
    expect(page.locator("#card-title")).to_be_focused()
    if os.environ.get("PICTURES"):
        page.screenshot(path=PICTURES / "today.png")
    hands.press("Tab", "?")
    hands.title("Keys on this page")
    hands.press("Escape")
    hands.press("8")
    hands.title("No answer")
    hands.press("Escape")
    expect(page.locator("#card-title")).to_be_focused()
    hands.press("j", "j", "Enter")  # out of turn: the second in the queue
    expect(page.locator("#card-title")).to_be_focused()
    doctor(server)
