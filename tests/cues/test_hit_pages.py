"""The picture and the links answer anybody, without a cookie, and without the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client

from fifthcall.cues import spool
from fifthcall.sealing import seal_for_address

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
HANDLE = bytes(16)


@pytest.fixture(autouse=True)
def fresh(tmp_path: Any, settings: Any) -> Iterator[None]:
    settings.DATA = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    spool.writer.cache_clear()
    yield
    spool.writer.cache_clear()


def link(target: str) -> str:
    return f"/l/{seal_for_address(HANDLE + target.encode(), 'link')}"


def picture() -> str:
    return f"/o/{seal_for_address(HANDLE, 'picture')}.gif"


def lines() -> int:
    return sum(path.read_bytes().count(b"\n") for path in spool.pending())


# No `db` fixture here: a query anywhere on the way would fail the test.


@pytest.mark.parametrize("cookie", ["", "a-session-of-somebody"])
def test_the_picture_is_a_dot_that_is_never_cached(cookie: str) -> None:
    client = Client()
    if cookie:
        client.cookies[configured.SESSION_COOKIE_NAME] = cookie
    answer = client.get(picture())
    assert (answer.status_code, answer["Content-Type"], len(answer.content)) == (200, "image/gif", 43)
    assert "no-store" in answer["Cache-Control"] and not answer.cookies
    assert answer.content.startswith(b"GIF89a") and lines() == 1


def test_a_link_leads_to_its_target_and_nowhere_else() -> None:
    target = "https://berg.example/roof?a=1&b=%20#top"
    answer = Client().get(link(target) + "?next=https://evil.example")
    assert (answer.status_code, answer["Location"]) == (302, target)
    assert "no-store" in answer["Cache-Control"] and not answer.cookies and lines() == 1


def test_head_is_answered_alike() -> None:
    answer = Client().head(link("https://berg.example/"))
    assert (answer.status_code, answer.content) == (302, b"")
    assert Client().head(picture()).status_code == 200 and lines() == 2


def test_the_trap_leads_nowhere() -> None:
    assert Client().get(link("")).status_code == 204 and lines() == 1


@pytest.mark.parametrize("token", ["x", "A" * 200, "%20", "é"])
def test_what_is_not_ours_gets_a_dot_or_a_kind_word_and_leaves_nothing(token: str) -> None:
    assert Client().get(f"/o/{token}.gif").content.startswith(b"GIF89a")
    gone = Client().get(f"/l/{token}")
    assert gone.status_code == 404 and re.search("leads nowhere", gone.content.decode())
    assert lines() == 0


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_nothing_else_is_done(method: str) -> None:
    assert getattr(Client(enforce_csrf_checks=True), method)(picture()).status_code == 405
    assert lines() == 0


def test_a_full_disk_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fifthcall.cues.spool.os.write", full)
    assert Client().get(picture()).status_code == 200
    assert Client().get(link("https://berg.example/"))["Location"] == "https://berg.example/"


@pytest.mark.django_db
def test_no_query_is_asked_even_of_those_who_are_signed_in(team: Any, django_assert_num_queries: Any) -> None:
    client = team.sign_in(team.ada)
    with django_assert_num_queries(0):
        assert client.get(picture()).status_code == 200
        assert client.get(link("https://berg.example/")).status_code == 302
        assert client.get("/l/nonsense").status_code == 404
