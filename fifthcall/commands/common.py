"""What several commands need: the workspace, a member, an instant, output."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.management import call_command
from django.db.models import Q

from fifthcall import clock
from fifthcall.cli import WrongUse
from fifthcall.people.names import matching_key
from fifthcall.rules.windows import instant
from fifthcall.teams.models import Membership, Workspace
from fifthcall.teams.zones import zone_of_machine

Subparsers = Any  # argparse gives its subparsers no public name


def add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="answer as JSON")


def add_workspace(command: argparse.ArgumentParser) -> None:
    command.add_argument("--workspace", help="the workspace's name; needed only where there are several")


def add_at(command: argparse.ArgumentParser) -> None:
    command.add_argument("--at", help="as if it were that time, e.g. 2026-11-23T08:00 (the member's or machine's zone)")


def workspace(name: str | None, *, create: bool = False) -> Workspace:
    """The named workspace, or the only one; with `create`, the first one is made in an empty database."""
    call_command("migrate", interactive=False, verbosity=0)
    found = list(Workspace.objects.filter(name=name) if name else Workspace.objects.all()[:2])
    if len(found) == 1:
        return found[0]
    if not found and not name and create:
        return Workspace.objects.create(name="Sales", zone=zone_of_machine(), created_at=clock.now())
    if len(found) > 1:
        raise WrongUse("There are several workspaces: say which with --workspace NAME.")
    raise WrongUse(
        f"There is no workspace “{name}”." if name else "Nothing here yet: import a file, or run `fifthcall serve`."
    )


def member(space: Workspace, rep: str | None) -> Membership:
    """The member with that email or name; without one, the only member."""
    members = Membership.objects.filter(workspace=space).select_related("workspace")
    if rep is None:
        found = list(members.filter(active=True)[:2]) or list(members[:2])
        if len(found) != 1:
            raise WrongUse("Say whose with --rep EMAIL (or their name).")
        return found[0]
    found = list(members.filter(Q(email__iexact=rep) | Q(key=matching_key(rep)))[:2])
    if len(found) != 1:
        names = ", ".join(members.order_by("name").values_list("name", flat=True)[:10])
        raise WrongUse(f"There is no member “{rep}”. Members: {names or 'none'} …")
    return found[0]


@contextmanager
def time_of(text: str | None, zone: str) -> Iterator[datetime]:
    """The instant of `--at` (a wall time in `zone` unless it has an offset), with the clock set to it; else now."""
    if not text:
        yield clock.now()
        return
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(f"--at {text}: give a time like 2026-11-23T08:00.") from None
    with clock.at(at if at.tzinfo else instant(at, zone)):
        yield clock.now()


def say(value: Any) -> None:
    """Print as JSON."""
    print(json.dumps(value, indent=2, ensure_ascii=False, default=str))
