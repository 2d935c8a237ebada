"""The Chromium that browser tests drive: where it is, and on Debian how to get it.

    python -m tests.chromium

prints its path, installing it from the system's packages first where that needs no password, or says what is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    (Path("/Applications"), "Google Chrome.app/Contents/MacOS/Google Chrome"),
    (Path("/Applications"), "Chromium.app/Contents/MacOS/Chromium"),
    (Path.home() / "Library/Caches/ms-playwright", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"),
    (Path.home() / ".cache/ms-playwright", "chromium-*/chrome-linux*/chrome"),
)

# For Playwright's `launch(executable_path=…, args=…)`: a browser that asks the network for nothing but our pages.
QUIET = (
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--disable-gpu",
    "--disable-quic", "--disable-sync", "--no-first-run",
)  # fmt: skip
ARGUMENTS = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]

PACKAGES = ("chromium", "libatomic1")  # the latter for Playwright's driver, on the barest systems
MISSING = """The browser tests need {what}.
Install it ({how}), or run everything else with `make test BROWSER=0`."""


def find() -> str | None:
    """The path of FIFTHCALL_CHROMIUM's, the system's or Playwright's own Chromium, or None."""
    if named := os.environ.get("FIFTHCALL_CHROMIUM"):
        return shutil.which(named)
    on_path = (shutil.which(name) for name in NAMES)
    elsewhere = (str(path) for folder, pattern in ELSEWHERE for path in sorted(folder.glob(pattern), reverse=True))
    return next((path for path in (*on_path, *elsewhere) if path), None)


def missing() -> str:
    """What the browser tests lack on this machine, in words; empty when they can run."""
    if not find():
        return "Chromium or Chrome, in its usual place or named in FIFTHCALL_CHROMIUM"
    driver = subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True, check=False)
    if driver.returncode:
        return f"Playwright's driver to run; it says: {driver.stderr.decode().strip()}"
    return ""


def install() -> None:
    """Install Debian's packages where we may; apt's own messages go to standard error."""
    become = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    for step in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        subprocess.run([*apt, *step], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


def main() -> int:
    has_apt = shutil.which("apt-get") is not None
    may_install = has_apt and (os.geteuid() == 0 or shutil.which("sudo") is not None)
    if missing() and may_install and not os.environ.get("FIFTHCALL_CHROMIUM"):
        install()
    if what := missing():
        how = f"sudo apt-get install {' '.join(PACKAGES)}" if has_apt else ".venv/bin/playwright install chromium"
        print(MISSING.format(what=what, how=how), file=sys.stderr)
        return 1
    print(find())
    return 0


if __name__ == "__main__":
    sys.exit(main())
