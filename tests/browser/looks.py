"""What is asked of every page: it fits, anybody can use it, nothing breaks; by day and by night, desk and phone."""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Response

SIZES: dict[str, Any] = {"desk": {"width": 1280, "height": 860}, "phone": {"width": 390, "height": 844}}
LOOKS: tuple[tuple[str, Any], ...] = (("phone", "light"), ("phone", "dark"), ("desk", "dark"), ("desk", "light"))
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# By night only the colours differ, so only they are looked at again.
BY_NIGHT = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
BY_DAY = {"runOnly": {"type": "tag", "values": STANDARDS}}
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    .then(() => Promise.allSettled(document.getAnimations().map(moving => moving.finished)))"""  # colours fade
RUN = "options => axe.run(document, {...options, resultTypes: ['violations'], preload: false})"

# The browser reports each 4xx, of which `watch` decides itself, and htmx a preview that a newer one has replaced.
EXPECTED = ("Failed to load resource", "htmx:afterRequest", "htmx:sendAbort")


def watch(page: Page) -> list[str]:
    """A list that fills with what goes wrong on `page`. It only appends: a handler that raises ends the browser."""
    troubles: list[str] = []

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(EXPECTED):
            troubles.append(f"{page.url} said: {message.text}")

    def response(answer: Response) -> None:
        refused = answer.status >= 400 and answer.request.resource_type not in ("document", "xhr", "fetch")
        if answer.status >= 500 or refused:
            troubles.append(f"{answer.status} for {answer.url}")

    page.on("console", console)
    page.on("response", response)
    page.on("pageerror", lambda error: troubles.append(f"{page.url} failed: {error}"))
    return troubles


def check_page(page: Page, name: str) -> None:
    """Try the page as it stands in every look. PICTURES names a folder for a picture of each."""
    found: list[str] = []
    # By evaluation, not by a script element: the page's own policy refuses those, as it should.
    page.evaluate(AXE)
    for size, scheme in LOOKS:
        page.set_viewport_size(SIZES[size])
        page.emulate_media(color_scheme=scheme)
        look = f"{name}, {size}, {scheme}"
        page.evaluate(SETTLED)
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            found.append(f"{look}: {wide} px too wide")
        found += [f"{look}: {words}" for words in _violations(page, BY_NIGHT if scheme == "dark" else BY_DAY)]
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=Path(folder) / f"{name}-{size}-{scheme}.png", full_page=True)
    assert not found, "\n".join([page.url, *found])


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds. On a busy machine computed colours lag behind the switch of scheme: so it may look again."""
    found: list[str] = []
    for _ in range(3):
        broken = page.evaluate(RUN, options)["violations"]
        found = [f"{rule['id']}: {_words(node)}" for rule in broken for node in rule["nodes"]]
        if not found:
            break
        page.wait_for_timeout(300)
    return found


def _words(node: dict[str, Any]) -> str:
    why = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"{node['html'][:160]} ({'; '.join(why)})"
