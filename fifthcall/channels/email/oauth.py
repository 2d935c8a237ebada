"""XOAUTH2: an access token from the mailbox's refresh token (RFC 6749 §6)."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request

from fifthcall.channels.models import Mailbox

TIMEOUT = 15  # seconds


class NoToken(OSError):
    """The provider gives no access token; the text says what it answered."""


def access_token(mailbox: Mailbox) -> str:
    """A fresh access token. Raises NoToken."""
    kept = mailbox.secrets()
    url = kept.get("token_url", "")
    if not url.startswith("https://"):
        raise NoToken("The token address must begin with https://.")
    form = {"grant_type": "refresh_token"} | {
        name: kept.get(name, "") for name in ("refresh_token", "client_id", "client_secret")
    }
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode())  # noqa: S310  # https, checked above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            token: str = json.loads(answer.read(100_000))["access_token"]
    except (OSError, ValueError, KeyError) as error:
        raise NoToken(f"No access token from {urllib.parse.urlsplit(url).hostname}: {error}") from error
    return token
