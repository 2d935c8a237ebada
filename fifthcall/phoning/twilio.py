"""Twilio, through its own package. Error codes: https://www.twilio.com/docs/api/errors."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import requests
from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from urllib3.exceptions import NameResolutionError, NewConnectionError

from fifthcall.channels.trouble import NotLetIn, Refused, TryLater, Unknown
from fifthcall.phoning.models import Call, Line, Text
from fifthcall.phoning.providers import Accepted, Came, News, Stopped

TIMEOUT = 10.0  # seconds
OWN_API = "https://api.twilio.com"
#: They have told Twilio to stop.
STOPPED = 21610
#: No text can reach the number: invalid, not a mobile, unknown, a landline.
DEAD = frozenset({21211, 21614, 21217, 30005, 30006})
#: Something is wrong with the account or our own number, not with theirs.
OURS = frozenset({20003, 21606, 21603, 21212, 21660, 20404, 30002, 30034})
#: Words that Twilio answers itself when a message is nothing but one of them, and after which it lets nothing through.
ANSWERED = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"}) | {
    "start",
    "yes",
    "unstop",
    "help",
    "info",
}
_TEXT_STATES = {
    "sent": Text.State.SENT,
    "delivered": Text.State.DELIVERED,
    "read": Text.State.DELIVERED,
    "undelivered": Text.State.UNDELIVERED,
    "failed": Text.State.UNDELIVERED,
}
_OVER = ("completed", "busy", "no-answer", "failed", "canceled")

# It would write numbers and words of every message into the log.
logging.getLogger("twilio.http_client").setLevel(logging.WARNING)


class _Http(TwilioHttpClient):  # type: ignore[misc]  # comes without types
    """Asks FIFTHCALL_PHONE_API where that is set, and never twice."""

    def __init__(self) -> None:
        super().__init__(timeout=TIMEOUT, max_retries=0)

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        return super().request(method, url.replace(OWN_API, settings.PHONE_API or OWN_API), *args, **more)


@cache
def _http() -> _Http:
    return _Http()


class Twilio:
    """See providers.Provider."""

    def check(self, line: Line) -> None:
        self._number(line)

    def report_here(self, line: Line, texts: str, calls: str) -> None:
        number = self._number(line)
        _ask(lambda: number.update(sms_url=texts, sms_method="POST"))

    def _number(self, line: Line) -> Any:
        found = _ask(lambda: _client(line).incoming_phone_numbers.list(phone_number=line.number, limit=1))
        if not found:
            raise NotLetIn(f"The account has no number {line.number}.")
        return found[0]

    def send_text(self, line: Line, number: str, text: str, report_to: str) -> Accepted:
        create = _client(line).messages.create
        made = _ask(lambda: create(to=number, from_=line.number, body=text, status_callback=report_to))
        return _taken(made)

    def find_texts(self, line: Line, number: str, text: str, since: datetime) -> list[Accepted]:
        # The newest come first. Asking by the day they were sent would leave out those that still wait to be.
        found = _ask(lambda: _client(line).messages.list(to=number, from_=line.number, limit=50))
        around = since - timedelta(minutes=2)  # its clock needn't be ours
        return [_taken(one) for one in found if one.body == text and one.date_created and one.date_created >= around]

    def ring(self, line: Line, number: str, report_ours: str, report_theirs: str) -> Accepted:
        say = (
            f'<Response><Dial callerId={quoteattr(line.number)} answerOnBridge="true" timeout="40">'
            f'<Number statusCallback={quoteattr(report_theirs)} statusCallbackEvent="initiated ringing answered '
            f'completed">{escape(number)}</Number></Dial></Response>'
        )
        create = _client(line).calls.create
        account = {}
        if line.rings.startswith("sip:") and "sip_username" in (kept := line.secrets()):  # the desk phone's own account
            account = {"sip_auth_username": kept["sip_username"], "sip_auth_password": kept["sip_password"]}
        events = ["initiated", "ringing", "answered", "completed"]
        made = _ask(
            lambda: create(
                to=line.rings,
                from_=line.number,
                twiml=say,
                status_callback=report_ours,
                status_callback_event=events,
                timeout=30,
                **account,
            )
        )
        return Accepted(made.sid)

    def leave(self, line: Line, their_leg: str, sound_at: str) -> None:
        say = f"<Response><Play>{escape(sound_at)}</Play></Response>"
        _ask(lambda: _client(line).calls(their_leg).update(twiml=say))

    def record(self, line: Line, our_leg: str) -> Accepted:
        return Accepted(_ask(lambda: _client(line).calls(our_leg).recordings.create()).sid)

    def hang_up(self, line: Line, our_leg: str) -> None:
        _ask(lambda: _client(line).calls(our_leg).update(status="completed"))

    def is_from(self, line: Line, url: str, said: Mapping[str, str], signature: str) -> bool:
        return bool(RequestValidator(line.secrets()["token"]).validate(url, dict(said), signature))

    def news_of(self, said: Mapping[str, str]) -> News | None:
        if "MessageStatus" in said or "SmsStatus" in said:
            return _news_of_text(said)
        status, leg = said.get("CallStatus", ""), said.get("CallSid", "")
        if status in _OVER:
            seconds = said.get("CallDuration", "")
            talked = int(seconds) if seconds.isdecimal() else None
            return News(Call.State.ENDED, leg, said.get("ErrorCode", ""), seconds=talked, ended_how=status)
        if status == "in-progress":
            return News(Call.State.TALKING, leg)
        return News(Call.State.RINGING, leg) if status in ("initiated", "queued", "ringing") else None

    def came(self, said: Mapping[str, str]) -> Came:
        text = said.get("Body", "")
        answered = bool(said.get("OptOutType")) or text.strip().lower() in ANSWERED
        return Came(said["MessageSid"], said["From"], text, answered)


def _news_of_text(said: Mapping[str, str]) -> News | None:
    state = _TEXT_STATES.get(said.get("MessageStatus") or said.get("SmsStatus", ""))
    if state is None:
        return None
    code = said.get("ErrorCode", "") or ""
    number = int(code) if code.isdecimal() else 0
    why = _WHY.get(number, f"The provider says: error {code}." if code else "")
    return News(state, said.get("MessageSid", ""), code, why, stopped=number == STOPPED, dead=number in DEAD)


_WHY = {
    STOPPED: "They have told the provider to stop.",
    30003: "Their phone was off or out of reach.",
    30004: "Their phone or network blocks our number.",
    30005: "There is no such number any more.",
    30006: "It is a landline: texts don’t arrive there.",
    30007: "The network took it for unwanted and kept it back.",
    30008: "The network gives no reason.",
    30034: "Our number isn’t registered for texts to the United States.",
}


def _client(line: Line) -> Any:
    kept = line.secrets()
    return Client(kept.get("account", ""), kept.get("token", ""), http_client=_http())


def _taken(message: Any) -> Accepted:
    parts = str(message.num_segments or "")
    return Accepted(message.sid, int(parts) if parts.isdecimal() and int(parts) else None)


def _ask(what: Any) -> Any:
    """The answer; what went wrong, told apart by whether it may have been done all the same."""
    try:
        return what()
    except TwilioRestException as error:
        raise _trouble(error.status, error.code or 0, str(error.msg)) from error
    except TwilioException as error:  # a list that could not be had: the answer stands beside the words
        answer = next((part for part in error.args if isinstance(part, Response)), None)
        said = json.loads(answer.text) if answer else {}
        raise _trouble(answer.status_code if answer else 0, said.get("code", 0), said.get("message", "")) from error
    except requests.ConnectionError as error:
        if isinstance(error, requests.ConnectTimeout) or _never_reached(error):
            raise TryLater("Twilio can’t be reached.") from error
        raise Unknown("the line to Twilio broke") from error
    except (requests.RequestException, ValueError) as error:  # no answer in time, or one that can't be read
        raise Unknown("Twilio did not answer in time") from error


def _never_reached(error: requests.ConnectionError) -> bool:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError | NameResolutionError)


def _trouble(status: int, code: int, said: str) -> Exception:
    words = f"Twilio says: {said.rpartition('Unable to create record: ')[2]}"[:250]
    if code == STOPPED:
        return Stopped(_WHY[STOPPED])
    if status in (401, 403) or code in OURS:
        return NotLetIn(words)
    if status == 429:
        return TryLater(words)
    if status >= 500:
        return Unknown(words)
    return Refused(words, dead=code in DEAD)
