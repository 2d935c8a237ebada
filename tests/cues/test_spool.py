"""Whatever was answered is kept, though the process is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fifthcall.cues import spool
from fifthcall.cues.spool import Writer, read_from

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
WRITES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from fifthcall.cues.spool import Writer
writer, number = Writer(Path(sys.argv[1])), 0
while True:
    writer.add({"h": number, "pad": "x" * 500}, datetime.now(UTC))
    print(number, flush=True)
    number += 1
"""


@pytest.mark.parametrize("after", [0.05, 0.13, 0.3])
def test_a_killed_process_loses_nothing_it_has_answered(tmp_path: Path, after: float) -> None:
    env = os.environ | {"FIFTHCALL_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "fifthcall.settings"}
    command = [sys.executable, "-c", WRITES, str(tmp_path / "hits")]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "0\n"
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    answered = [int(line) for line in process.stdout.read().splitlines() if line]
    process.wait()
    process.stdout.close()
    [path] = (tmp_path / "hits").glob("*.hits")
    found, offset = read_from(path, 0)
    while offset < path.stat().st_size:
        more, further = read_from(path, offset)
        if further == offset:  # a torn end
            break
        found, offset = found + more, further
    assert [line["h"] for line in found][: len(answered) + 1] == list(range(len(answered) + 1))


def test_each_hour_has_a_file_of_its_own(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    for hours in (0, 0, 1):
        assert writer.add({"h": hours}, NOW + timedelta(hours=hours))
    assert [path.read_bytes().count(b"\n") for path in sorted(tmp_path.iterdir())] == [2, 1]


def test_a_line_that_did_not_fit_spoils_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, write = Writer(tmp_path), os.write
    assert writer.add({"h": 1}, NOW)
    with monkeypatch.context() as patched:
        patched.setattr(spool.os, "write", lambda file, content: write(file, content[:4]))  # type: ignore[attr-defined]
        assert not writer.add({"h": 2}, NOW)
    assert writer.add({"h": 3}, NOW)
    [path] = tmp_path.iterdir()
    assert [line["h"] for line in read_from(path, 0)[0]] == [1, 3]


def test_a_long_file_is_read_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "READ_AT_ONCE", 50)
    writer = Writer(tmp_path)
    for number in range(20):
        writer.add({"h": number}, NOW)
    [path] = tmp_path.iterdir()
    found, offset = [], 0
    while offset < path.stat().st_size:
        more, offset = read_from(path, offset)
        found += [line["h"] for line in more]
    assert found == list(range(20))
