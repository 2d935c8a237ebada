"""A provider on loopback, which the product's own client talks to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests import phone_provider
from tests.phone_provider import Provider


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    from tests.phoning.lines import NOON

    with phone_provider.running() as provider:
        settings.PHONE_API, provider.now = provider.url, NOON
        yield provider
