"""today, log, explain: the main job from the command line."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from fifthcall.cli import WrongUse
from fifthcall.commands.common import Subparsers, add_at, add_json, add_workspace, member, say, time_of, workspace
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED, case_of
from fifthcall.rules.decide import preview
from fifthcall.rules.outcomes import BY_ITSELF, OUTCOMES
from fifthcall.teams.models import Membership
from fifthcall.touches import card as cards
from fifthcall.touches import playing
from fifthcall.touches.draft import Incomplete
from fifthcall.touches.forms import OutcomeForm
from fifthcall.touches.log import log
from fifthcall.touches.queue import behind, queue

_FIELDS = ("note", "when_on", "when_at", "meeting_on", "meeting_at", "promise_on", "promise_from", "promise_until")
_MORE = (
    "reason",
    "reason_note",
    "reason_until",
    "person",
    "answered_by",
    "phone",
    "stop",
    "next_on",
    "next_at",
    "next_kind",
    "zone",
)


def add_today(subs: Subparsers) -> None:
    command = subs.add_parser("today", help="what comes next, in the order of the page")
    command.add_argument("--rep", help="whose: email, or name")
    command.add_argument("--limit", type=int, default=50)
    add_at(command)
    add_workspace(command)
    add_json(command)
    command.set_defaults(run=_today)


def _today(arguments: argparse.Namespace) -> int:
    rep = member(workspace(arguments.workspace), arguments.rep)
    with time_of(arguments.at, rep.zone) as now:
        late, order = behind(rep, now), [due.pk for due in queue(rep, now, arguments.limit)]
        rows = Opportunity.objects.select_related("person", "organization").in_bulk(order)
        steps = [rows[pk] for pk in order]
        if arguments.json:
            state = {"count": late.count, "more": late.more, "caught_up_at": late.caught_up_at}
            say({"rep": rep.name, "at": now.isoformat(), "behind": state, "queue": [_line(s) for s in steps]})
            return 0
        print(cards.behind_words(late.count, late.more, late.caught_up_at, rep.zone) or "You are up to date.")
        for step in steps:
            assert step.next_due_at
            words = next((reason["words"] for reason in cards.why(step)), "")
            when = cards.when(step.next_due_at, now, rep.zone)
            print(f"{step.pk:>7}  {when:22} {cards.headline(step):40} {words}")
    return 0


def _line(step: Opportunity) -> dict[str, Any]:
    assert step.next_due_at and step.next_until
    return {
        "id": step.pk,
        "external_id": step.external_id,
        "name": step.name,
        "organisation": step.organization.name if step.organization else "",
        "person": step.person.name if step.person else "",
        "kind": step.next_kind,
        "purpose": step.next_purpose,
        "due_at": step.next_due_at.isoformat(),
        "until": step.next_until.isoformat(),
        "zone": step.next_zone,
        "firm": step.next_firm,
        "why": [f"{reason['rule']}: {reason['words']}" for reason in cards.why(step)],
    }


def _one(rep: Membership, name: str) -> Opportunity:
    rows = Opportunity.objects.filter(workspace_id=rep.workspace_id).select_related(*RELATED)
    found = rows.filter(external_id=name).first() or (rows.filter(pk=int(name)).first() if name.isdecimal() else None)
    if found is None:
        raise WrongUse(f"There is no opportunity “{name}” (its number or external id).")
    return found


def add_log(subs: Subparsers) -> None:
    command = subs.add_parser("log", help="log what came of a touch")
    command.add_argument("opportunity", help="its number or external id")
    command.add_argument("outcome", choices=[code for code in OUTCOMES if code not in BY_ITSELF])
    command.add_argument("--rep", help="who did it: email, or name (default: its owner)")
    for field in (*_FIELDS, *_MORE):
        command.add_argument(f"--{field.replace('_', '-')}", default="", dest=field)
    add_at(command)
    add_workspace(command)
    add_json(command)
    command.set_defaults(run=_log)


def _log(arguments: argparse.Namespace) -> int:
    space = workspace(arguments.workspace)
    if arguments.rep:
        rep = member(space, arguments.rep)
        row = _one(rep, arguments.opportunity)
    else:
        any_member = Membership.objects.filter(workspace=space).first()
        if any_member is None:
            raise WrongUse("There is no member yet.")
        row = _one(any_member, arguments.opportunity)
        rep = Membership.objects.select_related("workspace").get(pk=row.owner_id) if row.owner_id else any_member
    data = {name: getattr(arguments, name) for name in (*_FIELDS, *_MORE)}
    with time_of(arguments.at, rep.zone) as now:
        try:
            log(row.pk, rep, OutcomeForm(arguments.outcome, row, rep, data=data).draft(), now)
        except Incomplete as missing:
            raise WrongUse(f"--{missing.field.replace('_', '-')}: {missing}") from None
        row = _one(rep, str(row.pk))
        if arguments.json:
            say(_line(row) if row.next_due_at else {"id": row.pk, "status": row.status})
        else:
            print(_next_words(row, now, rep.zone))
    return 0


def _next_words(row: Opportunity, now: datetime, zone: str) -> str:
    if row.next_due_at is None or row.next_until is None:
        return f"Closed as {row.status}."
    return f"Next: {cards.headline(row)}, {cards.span(row.next_due_at, row.next_until, now, zone)}."


def add_explain(subs: Subparsers) -> None:
    command = subs.add_parser("explain", help="why this step, why now, and what comes after it")
    command.add_argument("opportunity", help="its number or external id")
    add_at(command)
    add_workspace(command)
    add_json(command)
    command.set_defaults(run=_explain)


def _explain(arguments: argparse.Namespace) -> int:
    space = workspace(arguments.workspace)
    rep = Membership.objects.filter(workspace=space).first()
    if rep is None:
        raise WrongUse("There is no member yet.")
    row = _one(rep, arguments.opportunity)
    with time_of(arguments.at, space.zone) as now:
        if row.finished:
            if arguments.json:
                say({"status": row.status, "closed_on": row.closed_on, "reason": row.close_reason})
            else:
                print(_next_words(row, now, space.zone))
            return 0
        after = preview(case_of(row, now), now, space.policy())
        story: dict[str, Any] = {
            "facts": playing.known(row, now),
            "next": _line(row),
            "situation": playing.situation(row, now),
            "refused": [f"{r['rule']}: {r['words']}" for r in cards.refused(row)],
            "if_nothing_happens": [
                {"kind": s.kind.value, "purpose": s.purpose, "starts_at": s.window.starts_at.isoformat()} for s in after
            ],
        }
        story["what_would_change_it"] = playing.changes(row, now, space.zone)
        if arguments.json:
            say(story)
            return 0
        print(_next_words(row, now, space.zone))
        if story["situation"]:
            print(f"  {story['situation']['id']}, {story['situation']['name']}: {story['situation']['evidence']}")
        print("Known:", *story["facts"], sep="\n  ")
        print("Because:", *story["next"]["why"], *(f"Not now: {words}" for words in story["refused"]), sep="\n  ")
        print("If nothing happens:")
        for step in after:
            print(f"  {step.kind.value}: {cards.span(step.window.starts_at, step.window.until, now, space.zone)}")
        print("What would change it:", *story["what_would_change_it"], sep="\n  ")
    return 0
