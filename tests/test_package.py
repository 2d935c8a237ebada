"""What is generated is what is written down; and the wheel holds all that the product needs."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fifthcall.commands.cases import schemas

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["case", "decision"])
def test_the_schema_on_file_is_the_one_of_the_dataclasses(name: str) -> None:
    """Mend with `fifthcall decide --schema NAME > docs/reference/NAME.schema.json`."""
    written = json.loads((ROOT / "docs" / "reference" / f"{name}.schema.json").read_text())
    assert written == schemas()[name]


@pytest.mark.slow
def test_the_wheel_holds_templates_static_files_and_migrations(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w"]
    subprocess.run([*command, str(tmp_path), str(ROOT)], check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        held = set(wheel.namelist())
    package = ROOT / "fifthcall"
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {Path(name).suffix for name in wanted} >= {".py", ".html", ".css", ".js", ".svg"}
    assert wanted <= held
