"""At an event, on a phone: without a network, reloaded, back again, and an answer that was lost."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.conftest import Server, set_up
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser

MET = "from fifthcall.fairs.models import Met, CardPhoto as C; print(Met.objects.count(), C.objects.count())"


#: Until the page is kept on the phone.
KEPT = """new Promise((kept) => {
  if (navigator.serviceWorker.controller) return kept();
  navigator.serviceWorker.addEventListener("controllerchange", () => kept());
})"""


def note(page: Page, name: str, **fields: str) -> None:
    page.get_by_label("Event", exact=True).fill("Roof & Wall 2026")
    page.get_by_label("Name", exact=True).fill(name)
    for label, value in fields.items():
        page.get_by_label(label).fill(value)


def test_without_a_network_nothing_is_lost_and_nothing_is_sent_twice(
    new_page: Callable[..., Page], server: Server
) -> None:
    page = new_page("phone")
    set_up(page, server)
    page.goto(f"{server.url}/event/")
    expect(page.get_by_text("Ready.")).to_be_visible()
    page.evaluate(KEPT)
    expect(page.get_by_text("Free times are of now.")).to_be_visible()
    check_page(page, "event")
    page.context.set_offline(True)
    note(page, "Eve Haas", Mobile="+49 151 12345678")
    page.get_by_label("Meet on").select_option(index=1)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", name="Eve Haas:")).to_be_visible()
    expect(page.get_by_role("img", name="A code with the invitation")).to_be_visible()
    check_page(page, "event-invitation")
    photo = BytesIO()
    Image.new("RGB", (800, 500), "white").save(photo, "JPEG")
    note(page, "Fay Lund")
    card = FilePayload(name="card.jpg", mimeType="image/jpeg", buffer=photo.getvalue())
    page.get_by_label("Or their card").set_input_files(card)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("2 waiting.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 waiting.")).to_be_visible()
    expect(page.get_by_label("Event", exact=True)).to_have_value("Roof & Wall 2026")
    assert server.python(MET) == "0 0"

    lost: list[object] = []

    def lose(route: Route) -> None:
        if not lost:  # the server takes it, and its answer never comes
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    page.route("**/event/people/", lose)
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Ready.")).to_be_visible(timeout=45_000)
    expect(page.get_by_text("Sent, with the meeting")).to_be_visible()
    assert lost
    assert server.python(MET) == "2 1"
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear this phone").click()
    expect(page.get_by_text("Nobody yet.")).to_be_visible()
    page.goto(f"{server.url}/opportunities/")
    expect(page.get_by_text("Eve Haas, met at Roof & Wall 2026").first).to_be_visible()


def test_signed_out_it_is_kept_and_says_so(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page("phone")
    set_up(page, server)
    page.goto(f"{server.url}/event/")
    page.evaluate(KEPT)
    page.context.clear_cookies()
    note(page, "Ina Berg", Mobile="+49 151 22345678")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.get_by_text("1 waiting.")).to_be_visible()
    assert server.python(MET) == "0 0"
