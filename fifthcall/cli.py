"""The `fifthcall` command. Exit codes: 0 fine, 1 problems found, 2 used wrongly."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

PROBLEMS, WRONG_USE = 1, 2


class WrongUse(Exception):
    """The command can't be carried out as asked; the text says how to ask."""


def parser() -> argparse.ArgumentParser:
    """The whole command line. Each command's function takes the parsed arguments and gives the exit code."""
    top = argparse.ArgumentParser(prog="fifthcall", description="Follow-up that never goes missing.")
    from fifthcall import __version__, commands

    top.add_argument("--version", action="version", version=__version__)
    subs = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in commands.ALL:
        add(subs)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fifthcall.settings")
    import django

    django.setup()
    arguments = parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except WrongUse as problem:
        print(f"fifthcall {arguments.command}: {problem}", file=sys.stderr)
        return WRONG_USE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
