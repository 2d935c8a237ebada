"""One group of measurements in a process of its own: `python -m bench.child GROUP SCALE FILE`."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path

import django

from bench.measuring import Measurement, Sizes


def main() -> None:
    group, scale, file = sys.argv[1:]
    django.setup()
    from bench.office import database_words, open_office

    open_office()
    measured: list[Measurement] = import_module(f"bench.measure_{group}").measure(Sizes(float(scale)))
    answer = {"database": database_words(), "measurements": [one.as_json() for one in measured]}
    Path(file).write_text(json.dumps(answer))


if __name__ == "__main__":
    main()
