"""E1: a tracked mail carries our links and a picture; an untracked one carries and stores nothing."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from fifthcall.channels.email.composing import compose
from fifthcall.channels.email.tracked import Opened, opened
from fifthcall.channels.models import Link, Mailbox, Message
from fifthcall.people.consent import note_consent
from fifthcall.people.models import Consent
from fifthcall.people.reach import add_point
from tests.cast import Cast
from tests.channels.mail import by_itself, opportunity_with

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TEXT = "See https://berg.example/roof?a=1&b=2 and https://berg.example/price.\n"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reachable(settings: Any) -> None:
    settings.URL = "https://follow.example"


def mailbox_of(team: Cast) -> Mailbox:
    team.space.tracking, team.space.country = True, "US"
    team.space.save()
    return Mailbox.objects.create(
        workspace=team.space, member=team.ada, address="ada@sales.example", zone="UTC", created_at=NOW
    )


def message_for(team: Cast, **more: Any) -> Message:
    row = opportunity_with(team.ada, "Ida", NOW)
    values: dict[str, Any] = {"text": TEXT, "tracked": True} | more
    return by_itself(row, mailbox_of(team), NOW, **values)


def parts(message: Message) -> tuple[str, str, bytes]:
    mail = compose(message, message.mailbox, "Main St 1", NOW)
    plain, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain and page
    return plain.get_content(), page.get_content(), mail.as_bytes()


def test_links_lead_through_us_to_their_stored_targets_and_the_text_keeps_its_own(team: Cast) -> None:
    message = message_for(team)
    plain, page, _ = parts(message)
    assert "https://berg.example/roof?a=1&b=2" in plain and "follow.example/l/" not in plain
    tokens = re.findall(r'href="https://follow\.example/l/([\w-]+)"', page)
    found = [opened(token, picture=False) for token in tokens]
    assert [one and one.target for one in found] == [
        "https://berg.example/roof?a=1&b=2",
        "https://berg.example/price",
        "",
    ]
    stored = {link.handle: link.target for link in message.links.all()}
    assert all(one and stored[one.handle] == one.target for one in found)
    [picture] = re.findall(r'src="https://follow\.example/o/([\w-]+)\.gif"', page)
    pixel = message.links.get(kind=Link.Kind.PIXEL)
    assert opened(picture, picture=True) == Opened(pixel.handle, "")
    assert page.index("/o/") < page.index("</body>")


def test_the_hidden_link_is_hidden_and_the_way_out_is_not_touched(team: Cast) -> None:
    message = message_for(team)
    plain, page, _ = parts(message)
    [trap] = re.findall(r'<a href="https://follow\.example/l/[\w-]+" style="display:none"[^>]*></a>', page)
    assert 'tabindex="-1"' in trap and 'aria-hidden="true"' in trap
    assert f'href="https://follow.example/stop/{message.stop_token}/"' in page
    assert f"https://follow.example/stop/{message.stop_token}/" in plain


def test_every_try_to_send_uses_the_same_links(team: Cast) -> None:
    message = message_for(team)
    parts(message)
    first = set(message.links.values_list("handle", flat=True))
    parts(message)
    assert set(message.links.values_list("handle", flat=True)) == first and len(first) == 4


def test_e1_untracked_mail_has_no_picture_no_link_of_ours_and_nothing_is_stored(team: Cast) -> None:
    _, page, raw = parts(message_for(team, tracked=False))
    assert b"/o/" not in raw and b"/l/" not in raw and "<img" not in page
    assert 'href="https://berg.example/price"' in page
    assert not Link.objects.exists()


@pytest.mark.parametrize("why", ["consent", "workspace", "moved"])
def test_a_no_that_comes_after_it_was_written_is_heard(team: Cast, why: str) -> None:
    message = message_for(team)
    assert message.person
    if why == "consent":
        note_consent(message.person, Consent.Kind.TRACKING, False, "on the phone", team.ada, NOW, NOW)
    elif why == "moved":
        add_point(message.person, "phone", "+4930901820")
    else:
        message.workspace.tracking = False
    _, page, _ = parts(message)
    message.refresh_from_db()
    assert "/o/" not in page and not message.tracked and not Link.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "A" * 60, "ä", "../../etc", "https://evil.example", "a" * 5000])
def test_no_address_leads_where_none_was_stored(team: Cast, token: str) -> None:
    assert opened(token, picture=False) is None and opened(token, picture=True) is None


def test_an_address_that_was_changed_or_used_for_the_other_thing_is_nobodys(team: Cast) -> None:
    message = message_for(team)
    _, page, _ = parts(message)
    token = re.findall(r"/l/([\w-]+)", page)[0]
    assert opened(token, picture=False) and opened(token, picture=True) is None
    for place in range(0, len(token) - 1, 7):
        other = "A" if token[place] != "A" else "B"
        assert opened(token[:place] + other + token[place + 1 :], picture=False) is None
