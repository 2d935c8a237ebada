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


class TakenBack(NoToken):
    """The consent that the refresh token stood for holds no more: somebody has to sign in anew."""


def access_token(mailbox: Mailbox) -> str:
    """A fresh access token. Raises NoToken, or TakenBack."""
    kept = mailbox.secrets()
    url = kept.get("token_url", "")
    parts = urllib.parse.urlsplit(url)
    if not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "127.0.0.1")):
        raise NoToken("The token address must begin with https://.")
    form = {"grant_type": "refresh_token"} | {
        name: kept.get(name, "") for name in ("refresh_token", "client_id", "client_secret")
    }
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode())  # noqa: S310  # checked above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            token: str = json.loads(answer.read(100_000))["access_token"]
    except urllib.error.HTTPError as error:
        with error:
            kind = TakenBack if error.code in (400, 401) else NoToken  # RFC 6749 §5.2: invalid_grant and the like
            raise kind(f"{parts.hostname} gives no access token: {error}. Sign in there anew.") from error
    except (OSError, ValueError, KeyError) as error:
        raise NoToken(f"No access token from {parts.hostname}: {error}") from error
    return token
