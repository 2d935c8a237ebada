"""What every test run needs before Django loads: a data folder and a database that are nobody's, a seed, a browser."""

from __future__ import annotations

import atexit
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests import chromium

#: Folders and files of tests that ask no database: marked `once`, they run with SQLite alone.
ONCE = (
    "cues/test_bounded.py",
    "cues/test_fuzz.py",
    "cues/test_hits.py",
    "cues/test_hostile_text.py",
    "imports/test_reading.py",
    "insights/test_pooling.py",
    "insights/test_what_if.py",
    "posting/test_printing.py",
    "rules",
)
SWITCHES = {"FIFTHCALL_BROWSER", "FIFTHCALL_CHROMIUM", "FIFTHCALL_REQUIRE_BROWSER"}


def _own_surroundings() -> str:
    """Point the settings at a fresh folder and, at most, the tests' own server; gives the folder."""
    if "PYTEST_XDIST_WORKER" in os.environ:  # the process that started this one has seen to it
        return os.environ["FIFTHCALL_DATA"]
    for name in os.environ.keys() - SWITCHES:
        if name.startswith("FIFTHCALL_") or name == "DATABASE_URL":
            del os.environ[name]
    folder = tempfile.mkdtemp(prefix="fifthcall_test_")
    os.environ |= {"FIFTHCALL_DATA": folder, "DJANGO_SETTINGS_MODULE": "fifthcall.settings"}
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser's driver runs an event loop beside our sync tests
    if url := os.environ.get("TEST_DATABASE_URL"):
        os.environ["DATABASE_URL"] = url
    atexit.register(_clear_up, folder, os.getpid())
    return folder


def _clear_up(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not in a forked child, which ends earlier
        shutil.rmtree(folder, ignore_errors=True)


DATA = Path(_own_surroundings())
CHROMIUM = chromium.find()

hypothesis.settings.register_profile("ci", print_blob=True, deadline=None, derandomize=False)
hypothesis.settings.load_profile("ci")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed ourselves, so that every run can say it, and load the settings chosen above."""
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(random.SystemRandom().getrandbits(32))
    from django.conf import settings

    assert Path(settings.DATA) == DATA, "settings were loaded before the tests could choose their data folder"
    settings.PASSWORD_HASHERS = ["tests.hashing.Quick"]  # the usual takes most of the time of most tests
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # else each page warns of it


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if any(item.path.is_relative_to(here / name) for name in ONCE):
            item.add_marker("once")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """A data folder each for the processes that share the tests."""
    for number, spec in enumerate(specs):
        spec.env["FIFTHCALL_DATA"] = str(DATA / f"worker{number}")


def pytest_report_header(config: pytest.Config) -> list[str]:
    only = config.option.markexpr
    return [
        *([f"only tests marked: {only}"] if only else []),
        f"database: {_engine()}",
        f"browser: {CHROMIUM or 'none'}",
        f"again with the same random choices: --hypothesis-seed={config.option.hypothesis_seed}",
    ]


def _engine() -> str:
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        return f"SQLite {sqlite3.sqlite_version}"
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.execute("SHOW server_version").fetchone()
    except psycopg.OperationalError as reason:
        raise pytest.UsageError(f"TEST_DATABASE_URL names a server that doesn't answer: {reason}") from reason
    return f"PostgreSQL {version and version[0]}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A browser test without a browser is skipped with a reason, or fails where a browser was promised."""
    if not item.get_closest_marker("browser"):
        return
    if os.environ.get("FIFTHCALL_BROWSER") == "0":
        pytest.skip("left out by BROWSER=0")
    if not CHROMIUM:
        reason = "no Chromium found: install it, or name one in FIFTHCALL_CHROMIUM"
        if os.environ.get("FIFTHCALL_REQUIRE_BROWSER") == "1":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """For tests with several connections: what they wrote is cleared away after, the append-only tables too."""
    yield
    from django.db import connection, transaction

    from fifthcall.journal.models import Door

    tables = set(connection.introspection.django_table_names(only_existing=True))
    with transaction.atomic(), connection.cursor() as cursor:
        Door.objects.create(opened_at=datetime.now(UTC), why="The test is over.")
        for table in sorted(tables - {Door._meta.db_table, "django_migrations"}):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # names of our own models
        Door.objects.all().delete()


@pytest.fixture
def team(db: None, settings: Any) -> Any:
    """Ada and Ben (`tests.cast`); pages find their files without `collectstatic`."""
    from tests.cast import gather

    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    return gather()
