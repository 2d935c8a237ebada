"""Secrets at rest: sealed with a key that is not in the database."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unsealable(Exception):
    """The secret was sealed with another key: it has to be entered again."""


def seal(values: dict[str, Any], purpose: str) -> str:
    """`values` as base64 text, AES-256-GCM (NIST SP 800-38D) with a random nonce; `purpose` is bound to it."""
    nonce = os.urandom(12)
    plain = json.dumps(values).encode()
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, plain, purpose.encode())).decode()


def unseal(text: str, purpose: str) -> dict[str, Any]:
    """What was sealed for that purpose. Raises Unsealable."""
    sealed = base64.b64decode(text)
    try:
        found: dict[str, Any] = json.loads(AESGCM(_key()).decrypt(sealed[:12], sealed[12:], purpose.encode()))
    except (InvalidTag, ValueError):
        raise Unsealable from None
    return found


def _key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"fifthcall sealing").derive(settings.SECRET_KEY.encode())  # RFC 5869


def seal_for_address(content: bytes, purpose: str) -> str:
    """`content` sealed as above, in letters that may stand in an address."""
    nonce = os.urandom(12)
    sealed = nonce + AESGCM(_key()).encrypt(nonce, content, purpose.encode())
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal_from_address(text: str, purpose: str) -> bytes:
    """What `seal_for_address` sealed. Raises Unsealable, for whatever was not sealed here for that purpose."""
    try:
        sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return AESGCM(_key()).decrypt(sealed[:12], sealed[12:], purpose.encode())
    except (InvalidTag, ValueError):
        raise Unsealable from None
