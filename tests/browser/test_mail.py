"""Mail as a new user meets it: the mailbox, a letter, taking it back, seeing it go, and the reader's way out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import smtp_sink
from tests.browser.conftest import Server, set_up
from tests.browser.looks import check_page

pytestmark = pytest.mark.browser


def test_from_the_mailbox_to_the_way_out(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    set_up(page, server)
    page.goto(f"{server.url}/opportunities/new/")
    page.get_by_label("What it is about").fill("Roof")
    page.get_by_role("button", name="Add it").click()
    page.get_by_text("Add a person").click()
    page.get_by_label("Name", exact=True).fill("Ida Berg")
    page.get_by_label("Email").fill("ida@buyers.example")
    page.get_by_role("button", name="Add", exact=True).last.click()
    opportunity = page.url
    page.get_by_role("link", name="ida@buyers.example").click()
    check_page(page, "mail-without-mailbox")
    expect(page.get_by_role("link", name="Open it in your mail program")).to_have_attribute(
        "href", re.compile("^mailto:ida")
    )
    page.get_by_role("link", name="Set up your mailbox").click()
    with smtp_sink.running(password="right") as sink:
        page.get_by_label("Your address").fill("ada@sales.example")
        page.get_by_label("Password", exact=False).first.fill("wrong")
        page.get_by_text("Servers", exact=True).click()
        page.get_by_label("Outgoing server").fill(sink.host)
        page.get_by_label("Port").first.fill(str(sink.port))
        page.get_by_label("Security").first.select_option("none")
        page.get_by_role("button", name="Check and save").click()
        expect(page.locator(".form-errors")).to_contain_text("does not accept the user name or password")
        check_page(page, "mailbox-wrong")
        page.get_by_label("Password", exact=False).first.fill("right")
        page.get_by_role("button", name="Check and save").click()
        expect(page.get_by_text("Your mailbox works.")).to_be_visible()
        check_page(page, "mailbox")
        page.goto(f"{opportunity}mail/")
        page.get_by_label("Mail", exact=True).fill("Dear Ida,\n\nshall we meet on Thursday?\n")
        check_page(page, "mail")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".toast").get_by_role("button", name="Take it back")).to_be_visible()
        check_page(page, "mail-waiting")
        page.wait_for_timeout(11_000)
        for _ in range(20):
            page.reload()
            if page.get_by_text("Sent today").count():
                break
            page.wait_for_timeout(500)
        expect(page.get_by_text("Sent today")).to_be_visible()
        [taken] = sink.taken
        check_page(page, "mail-sent")
        assert taken.to == ("ida@buyers.example",) and "Thursday" in taken.text


def test_the_reader_leaves_without_sign_in(new_page: Callable[..., Page], server: Server) -> None:
    page = new_page()
    set_up(page, server)
    made = server.python(
        "from django.utils import timezone as t; from fifthcall.teams.models import Membership as M;"
        "from fifthcall.channels.models import Mailbox; from tests.channels.mail import *;"
        "m = M.objects.get(); now = t.now();"
        "box = Mailbox(workspace=m.workspace, member=m, address='a@b.example', zone='UTC', created_at=now); box.save();"
        "print(by_itself(opportunity_with(m, 'Ida', now), box, now, state='sent').stop_token)"
    )
    reader = new_page()
    reader.goto(f"{server.url}/stop/{made}/")
    check_page(reader, "stop")
    reader.get_by_role("button", name="No more, please").click()
    expect(reader.get_by_role("heading", name="Done")).to_be_visible()
    check_page(reader, "stop-done")
