"""The stand-in for the provider against what the provider publishes: its package always, its description if at hand.

The description is `twilio_api_v2010.json` of https://github.com/twilio/twilio-oai, or of the npm package
@twilio-alpha/mcp (twilio-oai/spec/json/). Name the file in TWILIO_OAI; without it that part is left out.
"""

from __future__ import annotations

import json
import os
import re
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.rest.api.v2010.account.call import CallInstance
from twilio.rest.api.v2010.account.call.recording import RecordingInstance
from twilio.rest.api.v2010.account.incoming_phone_number import IncomingPhoneNumberInstance
from twilio.rest.api.v2010.account.message import MessageInstance

from tests.phone_provider import ACCOUNT, CALL, FORMS, MESSAGE, NUMBER, OUR_NUMBER, OUR_SID, RECORDING, TOKEN, Provider

DESCRIPTION = os.environ.get("TWILIO_OAI", "")
HERE = f"/2010-04-01/Accounts/{ACCOUNT}"
THEIR_CALL = "CA" + "3" * 32
TEXT = {"To": "+4915112345678", "From": OUR_NUMBER, "Body": "Hello", "StatusCallback": "https://x.example/"}
CALLED = {"To": "+4915112345678", "From": OUR_NUMBER, "Twiml": "<Response/>", "StatusCallbackEvent": ["ringing"]}
#: What the product asks, with the described address.
ASKED: list[tuple[str, str, str, dict[str, Any]]] = [
    ("post", "/Messages.json", "/Messages.json", TEXT),
    ("get", "/Messages.json", "/Messages.json", {"To": TEXT["To"], "From": OUR_NUMBER, "PageSize": "50"}),
    ("post", "/Calls.json", "/Calls.json", CALLED),
    ("post", f"/Calls/{THEIR_CALL}.json", "/Calls/{Sid}.json", {"Status": "completed"}),
    ("post", f"/Calls/{THEIR_CALL}/Recordings.json", "/Calls/{CallSid}/Recordings.json", {}),
    ("get", "/IncomingPhoneNumbers.json", "/IncomingPhoneNumbers.json", {"PhoneNumber": OUR_NUMBER}),
    ("post", f"/IncomingPhoneNumbers/{OUR_SID}.json", "/IncomingPhoneNumbers/{Sid}.json", {"SmsMethod": "POST"}),
]


def asked(provider: Provider, method: str, path: str, said: dict[str, Any]) -> requests.Response:
    url, auth = f"{provider.url}{HERE}{path}", (ACCOUNT, TOKEN)
    if method == "get":
        return requests.get(url, params=said, auth=auth, timeout=5)
    return requests.post(url, data=said, auth=auth, timeout=5)


@pytest.mark.parametrize(
    ("fields", "instance"),
    [
        (MESSAGE, MessageInstance),
        (CALL, CallInstance),
        (RECORDING, RecordingInstance),
        (NUMBER, IncomingPhoneNumberInstance),
    ],
)
def test_its_answers_have_the_fields_that_the_providers_package_reads(fields: str, instance: type) -> None:
    class Heard(dict[str, Any]):
        def get(self, name: str, default: Any = None) -> Any:
            read.add(name)
            return None

    read: set[str] = set()
    instance(None, Heard(), account_sid=ACCOUNT, **({"call_sid": THEIR_CALL} if instance is RecordingInstance else {}))
    assert set(fields.split()) - read == set()
    assert len(read - set(fields.split())) <= 1, "newer than the description"


def test_what_it_does_not_know_is_refused(provider: Provider) -> None:
    """An address, a field or a missing field that the provider would not take goes through no test unseen."""
    wrong: list[tuple[str, dict[str, Any], int]] = [
        ("/Message.json", TEXT, 404),
        ("/Messages.json", TEXT | {"Boddy": "x"}, 400),
        ("/Messages.json", {name: value for name, value in TEXT.items() if name != "Body"}, 400),
        ("/Calls.json", CALLED | {"Twiml": ""}, 400),
        (f"/Calls/{OUR_SID}.json", {"Status": "completed"}, 404),
    ]
    for path, said, status in wrong:
        assert asked(provider, "post", path, said).status_code == status, path
    assert not provider.texts and not provider.calls and not provider.changes


@pytest.mark.skipif(not DESCRIPTION, reason="TWILIO_OAI names no file of the provider's description")
@pytest.mark.parametrize(("method", "path", "described", "said"), ASKED)
def test_it_answers_as_the_provider_describes(
    provider: Provider, method: str, path: str, described: str, said: dict[str, Any]
) -> None:
    whole = json.loads(Path(DESCRIPTION).read_text(encoding="utf-8"))
    operation = whole["paths"][f"/2010-04-01/Accounts/{{AccountSid}}{described}"][method]
    for _ in range(2):  # the list has something in it, too
        asked(provider, "post", "/Messages.json", TEXT)
    answer = asked(provider, method, path, said)
    responses = operation["responses"]
    assert str(answer.status_code) in responses
    schema = responses[str(answer.status_code)]["content"]["application/json"]["schema"]
    assert list(wrong(whole, schema, answer.json(), "answer")) == []
    if method == "get":
        assert said.keys() <= {one["name"] for one in operation["parameters"]}
        return
    form = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    properties = form.get("schema", {}).get("properties", {})
    ours = next(fields for pattern, fields in FORMS.items() if re.fullmatch(pattern, path))
    assert ours <= properties.keys() and set(form.get("schema", {}).get("required", ())) <= ours


def wrong(whole: dict[str, Any], schema: dict[str, Any], value: Any, where: str) -> list[str]:
    """What of a value is not as its schema has it: types, fields, patterns, dates and the words of lists."""
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if value is None:
        nullable = schema.get("nullable") or "enum" in schema  # the states of what has none are null in its examples
        return [] if nullable else [f"{where} is null"]
    types: dict[str, Any] = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
    }
    if not isinstance(value, types[schema.get("type", "object")]):
        return [f"{where} is no {schema.get('type')}"]
    found: list[str] = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{where}: {value}")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        found.append(f"{where}: {value}")
    if schema.get("format") == "date-time-rfc-2822":
        parsedate_to_datetime(value)
    if isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        found += [
            f"{where}.{name} is {'not described' if name in value else 'missing'}"
            for name in known.keys() ^ value.keys()
        ]
        for name in known.keys() & value.keys():
            found += wrong(whole, known[name], value[name], f"{where}.{name}")
    if isinstance(value, list):
        assert value, f"{where} shows nothing"
        for place, one in enumerate(value):
            found += wrong(whole, schema["items"], one, f"{where}[{place}]")
    return found
