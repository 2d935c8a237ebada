"""A database and a data folder that are nobody's, for one measurement; both are gone afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def fresh() -> Iterator[dict[str, str]]:
    """The environment for a child process. With DATABASE_URL, databases of its own on that server, dropped after."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FIFTHCALL_") and k != "DATABASE_URL"}
    folder = Path(tempfile.mkdtemp(prefix="fifthcall_bench_"))
    env = kept | {"FIFTHCALL_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "fifthcall.settings"}
    try:
        if url := os.environ.get("DATABASE_URL"):
            name = folder.name
            _run(url, f'CREATE DATABASE "{name}"')
            try:
                yield env | {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()}
            finally:
                for made in (name, second(name)):
                    _run(url, f'DROP DATABASE IF EXISTS "{made}" WITH (FORCE)')
        else:
            yield env
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def second(name: str) -> str:
    """The name of a measurement's second database, where it needs one."""
    return f"{name}_second"


def _run(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
