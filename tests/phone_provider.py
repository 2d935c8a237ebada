"""A stand-in for Twilio's REST API on loopback, made from its published description, that can be told to misbehave.

It takes texts and calls in the form that the provider's own package sends them, keeps what it took, and signs what it
reports as the provider does (HMAC-SHA1 over the address and the sorted fields, base64).

Held on 2026-11-28 against `twilio_api_v2010.json` of Twilio's OpenAPI files, as the npm package @twilio-alpha/mcp
0.7.0 ships them: addresses and methods, the fields that each form may and must have (others are refused here, where the
provider would overlook them), status codes (201 made, 200 changed or listed), the fields of each answer with their
forms (ids, RFC 2822 dates, currencies), the words of states, and the paging. `tests/phoning/test_stand_in.py` holds it
against that file again where it is at hand. Error codes are not in the description: those here are of the published
list, https://www.twilio.com/docs/api/errors. That a text has no `date_sent` before it is sent is told in the
description's words, not in its forms.
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
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

ACCOUNT, TOKEN, OUR_SID = "AC" + "1" * 32, "a" * 32, "PN" + "2" * 32
_HERE = f"/2010-04-01/Accounts/{ACCOUNT}"
#: Fields of the answers: what is not said is null.
MESSAGE = (
    "body num_segments direction from to date_updated price error_message uri account_sid num_media status "
    "messaging_service_sid sid date_sent date_created error_code price_unit api_version subresource_uris"
)
CALL = (
    "sid date_created date_updated parent_call_sid account_sid to to_formatted from from_formatted phone_number_sid "
    "status start_time end_time duration price price_unit direction answered_by api_version forwarded_from group_sid "
    "caller_name queue_time trunk_sid uri subresource_uris"
)
RECORDING = (
    "account_sid api_version call_sid conference_sid date_created date_updated start_time duration sid price uri "
    "encryption_details price_unit status channels source error_code track"
)
NUMBER = (
    "account_sid address_sid address_requirements api_version beta capabilities date_created date_updated "
    "friendly_name identity_sid phone_number origin sid sms_application_sid sms_fallback_method sms_fallback_url "
    "sms_method sms_url status_callback status_callback_method trunk_sid uri voice_receive_mode voice_application_sid "
    "voice_caller_id_lookup voice_fallback_method voice_fallback_url voice_method voice_url emergency_status "
    "emergency_address_sid emergency_address_status bundle_sid status"
)
#: Fields that a form may have, of those that the description knows: the ones that the product sends.
FORMS = {
    r"/Messages\.json": {"To", "From", "Body", "StatusCallback"},
    r"/Calls\.json": {"To", "From", "Twiml", "StatusCallback", "StatusCallbackEvent", "Timeout"}
    | {"SipAuthUsername", "SipAuthPassword"},
    r"/Calls/(CA\w+)\.json": {"Twiml", "Status"},
    r"/Calls/(CA\w+)/Recordings\.json": set[str](),
    r"/IncomingPhoneNumbers/(PN\w{32})\.json": {"SmsUrl", "SmsMethod"},
}
#: What must stand in a form, with the published error of its absence.
_NEEDED = {
    r"/Messages\.json": {"To": 21604, "From": 21603, "Body": 21602},
    r"/Calls\.json": {"To": 21201, "From": 21213, "Twiml": 21205},
}
OUR_NUMBER, OUR_PHONE = "+13125550100", "+13125550199"


def _blank(fields: str) -> dict[str, Any]:
    return dict.fromkeys(fields.split())


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
        sid = "SM" + token_hex(16)
        at = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}"
        made = _blank(MESSAGE) | {
            "sid": sid,
            "account_sid": ACCOUNT,
            "to": said["To"],
            "from": said["From"],
            "body": said["Body"],
            "status": "queued",
            "num_segments": "1",
            "num_media": "0",
            "direction": "outbound-api",
            "price_unit": "USD",
            "api_version": "2010-04-01",
            "date_created": self._date(),
            "date_updated": self._date(),
            "uri": f"{at}.json",
            "subresource_uris": {"media": f"{at}/Media.json"},
            "_callback": said.get("StatusCallback", ""),
        }
        with self.lock:
            self.texts.append(made)
        return made

    def take_call(self, said: dict[str, str]) -> dict[str, Any]:
        sid = "CA" + token_hex(16)
        made = self._call(sid) | {
            "to": said["To"],
            "from": said["From"],
            "status": "queued",
            "direction": "outbound-api",
            "_twiml": said["Twiml"],
            "_sip": (said.get("SipAuthUsername", ""), said.get("SipAuthPassword", "")),
            "_callback": said.get("StatusCallback", ""),
            "_events": said.get("StatusCallbackEvent", ""),
        }
        with self.lock:
            self.calls.append(made)
        return made

    def change_call(self, sid: str, said: dict[str, str]) -> dict[str, Any]:
        return self._call(sid) | {"status": said.get("Status", "in-progress"), "direction": "outbound-api"}

    def _call(self, sid: str) -> dict[str, Any]:
        at = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{sid}"
        return _blank(CALL) | {
            "sid": sid,
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "price_unit": "USD",
            "date_created": self._date(),
            "date_updated": self._date(),
            "uri": f"{at}.json",
            "subresource_uris": {"recordings": f"{at}/Recordings.json"},
        }

    def record(self, call: str) -> dict[str, Any]:
        sid = "RE" + token_hex(16)
        return _blank(RECORDING) | {
            "sid": sid,
            "account_sid": ACCOUNT,
            "call_sid": call,
            "api_version": "2010-04-01",
            "status": "in-progress",
            "channels": 1,
            "source": "StartCallRecordingAPI",
            "price_unit": "USD",
            "date_created": self._date(),
            "date_updated": self._date(),
            "start_time": self._date(),
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{call}/Recordings/{sid}.json",
        }

    def number(self, said: dict[str, str]) -> dict[str, Any]:
        return _blank(NUMBER) | {
            "sid": OUR_SID,
            "account_sid": ACCOUNT,
            "phone_number": OUR_NUMBER,
            "friendly_name": OUR_NUMBER,
            "address_requirements": "none",
            "voice_receive_mode": "voice",
            "emergency_status": "Inactive",
            "emergency_address_status": "unregistered",
            "api_version": "2010-04-01",
            "beta": False,
            "capabilities": {"mms": False, "sms": True, "voice": True, "fax": False},
            "origin": "twilio",
            "status": "in-use",
            "sms_url": said.get("SmsUrl"),
            "sms_method": said.get("SmsMethod", "POST"),
            "voice_method": "POST",
            "date_created": self._date(),
            "date_updated": self._date(),
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers/{OUR_SID}.json",
        }

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
        if parts.path == f"{_HERE}/Messages.json":
            found = [
                one
                for one in self.provider.texts
                if one["to"] == asked.get("To", one["to"])
                and one["from"] == asked.get("From", one["from"])
                and _since(one["date_sent"], asked.get("DateSent>", ""))
            ]
            size = int(asked.get("PageSize", 50))
            rows = [_shown(one) for one in reversed(found)][:size]
            self._say(200, _page(self.path, "messages", rows, size))
        elif parts.path == f"{_HERE}/IncomingPhoneNumbers.json":
            ours = [self.provider.number({})] if asked.get("PhoneNumber", OUR_NUMBER) == OUR_NUMBER else []
            self._say(200, _page(self.path, "incoming_phone_numbers", ours, int(asked.get("PageSize", 50))))
        else:
            self._say(404, _error(20404, "The requested resource was not found", 404))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        said: dict[str, str] = {}  # what comes several times, with commas between
        for name, value in parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True):
            said[name] = f"{said[name]},{value}" if name in said else value
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
        form, known = next(
            ((form, found) for form in FORMS if (found := re.fullmatch(re.escape(_HERE) + form, path))), ("", None)
        )
        if known is None:
            self._say(404, _error(20404, "The requested resource was not found", 404))
            return
        missing = next((code for name, code in _NEEDED.get(form, {}).items() if not said.get(name)), 0)
        unknown = said.keys() - FORMS[form]
        if missing or unknown:
            self._say(400, _error(missing or 20001, f"Missing, or unknown: {', '.join(unknown)}", 400))
            return
        status, answer = self._answer(path, known, said)
        if fault == "hang":
            time.sleep(self.provider.hang)
        if fault in ("hang", "drop"):
            self.close_connection = True
            self.connection.close()
            return
        self._say(status, answer)

    def _answer(self, path: str, known: re.Match[str], said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path.endswith("/Messages.json"):
            return 201, _shown(self.provider.take_text(said))
        if path.endswith("/Calls.json"):
            return 201, _shown(self.provider.take_call(said))
        self.provider.changes.append((path, said))
        if path.endswith("/Recordings.json"):
            return 201, self.provider.record(known[1])
        if "/Calls/" in path:
            return 200, self.provider.change_call(known[1], said)
        return 200, self.provider.number(said)

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


def _since(date_sent: str | None, wanted: str) -> bool:
    """What was not sent yet has no date, and is in no list of what was sent since."""
    if not wanted:
        return True
    return bool(date_sent) and parsedate_to_datetime(date_sent or "") >= datetime.fromisoformat(wanted)


def _page(path: str, name: str, rows: list[dict[str, Any]], size: int) -> dict[str, Any]:
    return {
        name: rows,
        "page": 0,
        "page_size": size,
        "start": 0,
        "end": max(len(rows) - 1, 0),
        "uri": path,
        "first_page_uri": path,
        "next_page_uri": None,
        "previous_page_uri": None,
    }


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
