"""A stand-in for Twilio's REST API on loopback, made from its published description, that can be told to misbehave.

It takes texts and calls in the form that the provider's own package sends them, keeps what it took, and signs what it
reports as the provider does (HMAC-SHA1 over the address and the sorted fields, base64).
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

ACCOUNT, TOKEN = "AC" + "1" * 32, "a" * 32
OUR_NUMBER, OUR_PHONE = "+13125550100", "+13125550199"


def signature(url: str, said: dict[str, str], token: str = TOKEN) -> str:
    """https://www.twilio.com/docs/usage/security#validating-requests"""
    whole = url + "".join(f"{name}{said[name]}" for name in sorted(said))
    return base64.b64encode(hmac.digest(token.encode(), whole.encode(), "sha1")).decode()


@dataclass
class Provider:
    """`faults`, each used up by the request it happens to: "hang" takes it on and never answers, "drop" takes it on and
    breaks the line, "refuse" answers 500 and takes nothing, "busy" 429, or (status, code, words).
    """

    server: ThreadingHTTPServer | None = None
    texts: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # of calls, recordings and numbers
    faults: list[Any] = field(default_factory=list)
    asked: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    #: Seconds that a hanging request is held.
    hang: float = 1.0
    #: Its clock, where it isn't the real one.
    now: datetime | None = None

    @property
    def url(self) -> str:
        assert self.server
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def fault(self) -> Any:
        with self.lock:
            return self.faults.pop(0) if self.faults else None

    def take_text(self, said: dict[str, str]) -> dict[str, Any]:
        made = {
            "sid": "SM" + token_hex(16),
            "account_sid": ACCOUNT,
            "to": said["To"],
            "from": said["From"],
            "body": said["Body"],
            "status": "queued",
            "num_segments": "1",
            "direction": "outbound-api",
            "error_code": None,
            "price": None,
            "price_unit": "USD",
            "date_created": self._date(),
            "date_sent": self._date(),
            "date_updated": self._date(),
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages",
            "_callback": said.get("StatusCallback", ""),
        }
        with self.lock:
            self.texts.append(made)
        return made

    def take_call(self, said: dict[str, str]) -> dict[str, Any]:
        made = {
            "sid": "CA" + token_hex(16),
            "account_sid": ACCOUNT,
            "to": said["To"],
            "from": said["From"],
            "status": "queued",
            "direction": "outbound-api",
            "_twiml": said["Twiml"],
            "_callback": said.get("StatusCallback", ""),
            "_events": said.get("StatusCallbackEvent", ""),
        }
        with self.lock:
            self.calls.append(made)
        return made

    def _date(self) -> str:
        return format_datetime(self.now or datetime.now(UTC))


class _Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if not self._let_in():
            return
        if parts.path.endswith("/Messages.json"):
            found = [
                one
                for one in self.provider.texts
                if one["to"] == asked.get("To", one["to"]) and one["from"] == asked.get("From", one["from"])
            ]
            self._say(200, _page("messages", [_shown(one) for one in reversed(found)]))
        elif parts.path.endswith("/IncomingPhoneNumbers.json"):
            ours = [{"sid": "PN" + "2" * 32, "account_sid": ACCOUNT, "phone_number": OUR_NUMBER}]
            wanted = asked.get("PhoneNumber")
            self._say(200, _page("incoming_phone_numbers", [one for one in ours if one["phone_number"] == wanted]))
        else:
            self._say(404, _error(20404, "The requested resource was not found", 404))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        said = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
        self.provider.asked += 1
        if not self._let_in():
            return
        fault = self.provider.fault()
        if isinstance(fault, tuple):
            status, code, words = fault
            self._say(status, _error(code, words, status))
        elif fault == "busy":
            self._say(429, _error(20429, "Too Many Requests", 429))
        elif fault == "refuse":
            self._say(500, _error(20500, "Internal Server Error", 500))
        else:
            self._take(said, fault)

    def _take(self, said: dict[str, str], fault: Any) -> None:
        path = urlsplit(self.path).path
        if path.endswith("/Messages.json"):
            answer = _shown(self.provider.take_text(said))
        elif path.endswith("/Calls.json"):
            answer = _shown(self.provider.take_call(said))
        elif path.endswith("/Recordings.json"):
            self.provider.changes.append((path, said))
            answer = {"sid": "RE" + token_hex(16), "account_sid": ACCOUNT}
        elif found := re.search(r"/(Calls|IncomingPhoneNumbers)/(\w+)\.json$", path):
            self.provider.changes.append((path, said))
            answer = {"sid": found[2], "account_sid": ACCOUNT}
        else:
            self._say(404, _error(20404, "The requested resource was not found", 404))
            return
        if fault == "hang":
            time.sleep(self.provider.hang)
        if fault in ("hang", "drop"):
            self.close_connection = True
            self.connection.close()
            return
        self._say(201, answer)

    def _let_in(self) -> bool:
        wanted = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if self.headers.get("Authorization") == f"Basic {wanted}":
            return True
        self._say(401, _error(20003, "Authenticate", 401))
        return False

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _shown(made: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in made.items() if not name.startswith("_")}


def _error(code: int, words: str, status: int) -> dict[str, Any]:
    return {"code": code, "message": words, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}


def _page(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: rows, "page": 0, "page_size": 50, "next_page_uri": None, "first_page_uri": "", "uri": ""}


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that takes texts and calls until the test ends."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    provider.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.server.daemon_threads = True
    thread = threading.Thread(target=provider.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join(5)
