"""serve, worker, set-up-link."""

from __future__ import annotations

import argparse
import os
import sys

from django.conf import settings

from fifthcall import clock
from fifthcall.cli import PROBLEMS
from fifthcall.commands.common import Subparsers


def add_serve(subs: Subparsers) -> None:
    command = subs.add_parser("serve", help="start the web server and the worker")
    command.add_argument("--host", default=settings.HOST)
    command.add_argument("--port", type=int, default=settings.PORT)
    command.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from fifthcall import serving

    if (arguments.host, arguments.port) != (settings.HOST, settings.PORT):
        # The children, and the links we print, read the address from the environment.
        os.environ |= {"FIFTHCALL_HOST": arguments.host, "FIFTHCALL_PORT": str(arguments.port)}
        os.execv(sys.executable, [sys.executable, "-m", "fifthcall", "serve"])  # noqa: S606
    serving.prepare()
    return serving.supervise(arguments.host, arguments.port)


def add_worker(subs: Subparsers) -> None:
    command = subs.add_parser("worker", help="only the worker; `serve` starts one by itself")
    command.set_defaults(run=_worker)


def _worker(arguments: argparse.Namespace) -> int:
    from fifthcall import work

    with work.alone():
        work.run_until_told()
    return 0


def add_set_up_link(subs: Subparsers) -> None:
    command = subs.add_parser("set-up-link", help="print a fresh one-time set-up link")
    command.set_defaults(run=_set_up_link)


def _set_up_link(arguments: argparse.Namespace) -> int:
    from fifthcall import serving
    from fifthcall.teams import set_up

    serving.prepare(quiet=True)
    if not set_up.needs_set_up():
        print("Fifthcall is set up already: sign in, or ask the owner for an invitation.")
        return PROBLEMS
    print(set_up.new_link(clock.now(), settings.URL))
    return 0


def add_web(subs: Subparsers) -> None:
    command = subs.add_parser("_web")  # started by serve
    command.add_argument("--host", required=True)
    command.add_argument("--port", type=int, required=True)
    command.set_defaults(run=_web)


def _web(arguments: argparse.Namespace) -> int:
    from fifthcall import serving

    serving.web(arguments.host, arguments.port)
    return 0
