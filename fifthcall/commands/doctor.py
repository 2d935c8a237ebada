"""doctor: prove the invariants."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from django.core.management import call_command

from fifthcall.cli import PROBLEMS
from fifthcall.commands.common import Subparsers, add_json, say


def add_doctor(subs: Subparsers) -> None:
    command = subs.add_parser("doctor", help="prove that every open opportunity has a dated next step, and more")
    add_json(command)
    command.set_defaults(run=_doctor)


def _doctor(arguments: argparse.Namespace) -> int:
    from fifthcall.insights.doctor import marks
    from fifthcall.touches.doctor import CHECKS, examine

    call_command("migrate", interactive=False, verbosity=0)
    checks = (*CHECKS, marks)
    findings = examine(checks)
    if arguments.json:
        say({"checks": [check.__name__ for check in checks], "findings": [asdict(f) for f in findings]})
    else:
        for finding in findings:
            print(f"{finding.check}: {finding.row} {finding.problem}")
        print(f"{len(checks)} checks, {len(findings)} problems." if findings else f"{len(checks)} checks, all well.")
    return PROBLEMS if findings else 0
