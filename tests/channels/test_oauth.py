"""XOAUTH2: a fresh token for each sign-in, and what it means when there is none."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from fifthcall.channels.email import sending
from fifthcall.channels.email.transport import check
from fifthcall.channels.models import Mailbox
from fifthcall.channels.trouble import NotLetIn, TryLater
from tests import smtp_sink
from tests.cast import Cast
from tests.channels.mail import by_itself, mailbox_at, opportunity_with
from tests.smtp_sink import Sink

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@contextmanager
def tokens(status: int = 200) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A token address (RFC 6749 §6) that answers with `status`; what it was asked."""
    asked: list[dict[str, list[str]]] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.send_response(status)
            self.end_headers()
            said = {"access_token": "fresh", "token_type": "Bearer"} if status == 200 else {"error": "invalid_grant"}
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token", asked
    finally:
        server.shutdown()
        server.server_close()


def mailbox_with(team: Cast, sink: Sink, url: str) -> Mailbox:
    mailbox = mailbox_at(sink, team.ada, NOW, auth=Mailbox.Auth.OAUTH2)
    mailbox.keep_secrets(token_url=url, refresh_token="r", client_id="c", client_secret="s")
    mailbox.save()
    return mailbox


def test_a_fresh_token_signs_in(team: Cast) -> None:
    with smtp_sink.running(password="fresh") as sink, tokens() as (url, asked):
        by_itself(opportunity_with(team.ada, "Ida", NOW), mailbox_with(team, sink, url), NOW)
        assert sending.send_due(NOW) == 1 and len(sink.taken) == 1
    assert asked[0]["grant_type"] == ["refresh_token"] and asked[0]["refresh_token"] == ["r"]


def test_a_token_that_the_server_does_not_take(team: Cast) -> None:
    with smtp_sink.running(password="another") as sink, tokens() as (url, _), pytest.raises(NotLetIn):
        check(mailbox_with(team, sink, url))


@pytest.mark.parametrize(("status", "kind"), [(400, NotLetIn), (401, NotLetIn), (503, TryLater)])
def test_no_token(team: Cast, status: int, kind: type[Exception]) -> None:
    with smtp_sink.running(password="fresh") as sink, tokens(status) as (url, _), pytest.raises(kind):
        check(mailbox_with(team, sink, url))


def test_tokens_are_asked_for_in_private_only(team: Cast) -> None:
    with smtp_sink.running(password="fresh") as sink, pytest.raises(TryLater, match="https"):
        check(mailbox_with(team, sink, "http://tokens.example/"))
