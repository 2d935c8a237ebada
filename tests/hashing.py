"""Passwords of the tests' people: hashed as the product's are, but once instead of a million times."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Quick(PBKDF2PasswordHasher):
    """What it makes, the product's own hasher reads."""

    iterations = 1
