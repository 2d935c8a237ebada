"""A1 by construction: whatever happens, in any order, doctor stays clean; and the constraint itself."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fifthcall.calendars.joining import add_member
from fifthcall.calendars.models import Block
from fifthcall.imports import running, undoing, uploads
from fifthcall.imports.models import Import
from fifthcall.journal.models import Event, note_event
from fifthcall.people.models import Person
from fifthcall.pipeline import editing, merging
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.settle import Changed
from fifthcall.pipeline.slipping import flow_on, plan_again
from fifthcall.rules.case import Agreed, Basis, Meeting, Window
from fifthcall.rules.outcomes import BY_ITSELF, OUTCOMES, reasons_of
from fifthcall.teams.models import Membership, Workspace
from fifthcall.touches.doctor import examine
from fifthcall.touches.draft import Draft, Incomplete
from fifthcall.touches.log import log, retract
from fifthcall.touches.models import Touch

START = datetime(2026, 11, 23, 8, tzinfo=UTC)
STEPS = 40
#: 50 runs of 40 steps: at least 2,000 steps in each engine's part of CI.
RUNS = int(os.environ.get("INVARIANT_RUNS", "50"))


def workspace() -> tuple[Workspace, Membership]:
    space = Workspace.objects.create(name="Berg", zone="Europe/Berlin", created_at=START)
    ada = add_member(space, "Ada", "ada", START, role="owner", active=True, email="ada@example.com")
    return space, ada


class Anything(RuleBasedStateMachine):
    """Imports, outcomes, edits, merges, closings, reopenings, undo and clock jumps in any order."""

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.space, self.ada = workspace()
        self.last: Touch | None = None
        self.imported: list[Import] = []
        self.folder = Path(os.environ["FIFTHCALL_DATA"])

    @rule(rows=st.lists(st.tuples(st.integers(1, 12), st.sampled_from(["Open", "Won", "Lost"])), max_size=8))
    def import_a_file(self, rows: list[tuple[int, str]]) -> None:
        file = self.folder / "machine.csv"
        lines = [f"{key},Deal {key},Firm {key % 3},Ada,{stage},{key}00,2026-10-{key + 1:02}" for key, stage in rows]
        file.write_text("\n".join(["deal id,deal name,company,owner,stage,amount,create date", *lines, ""]))
        batch = uploads.keep(self.space, self.ada, [("machine.csv", file)], self.now)
        if uploads.questions(batch):
            return
        uploads.start(batch)
        done = running.perform(batch.pk, self.now)
        assert done is not None
        counted = done.created_rows + done.updated_rows + done.unchanged_rows + done.skipped_rows + done.failed_rows
        assert counted == done.total == len(rows)
        self.imported.append(done)

    @rule(
        pick=st.integers(0, 50),
        outcome=st.sampled_from(sorted(set(OUTCOMES) - BY_ITSELF)),
        hours=st.integers(-48, 300),
        agreed=st.sampled_from([None, *Basis]),
        stop=st.sampled_from(["", "", "call", "all"]),
    )
    def something_happens(self, pick: int, outcome: str, hours: int, agreed: Basis | None, stop: str) -> None:
        rows = list(Opportunity.objects.order_by("id"))
        if not rows:
            return
        start = self.now + timedelta(hours=hours)
        window = Window(start, start + timedelta(minutes=30), "America/New_York")
        meeting = Meeting(window.starts_at, window.until, window.zone) if outcome == "meeting_set" else None
        draft = Draft(
            outcome,
            agreed=Agreed(agreed, window) if agreed else None,
            reason=(["", *reasons_of(outcome)] * 2)[hours % 10],
            reason_until=date(2026, 12, 1) + timedelta(days=abs(hours)),
            meeting=meeting,
            person="Ben Lund",
            phone="+49 30 5550123",
            stop=stop,
        )
        try:
            self.last = log(rows[pick % len(rows)].pk, self.ada, draft, self.now)
        except Incomplete:
            return

    @rule()
    def take_back(self) -> None:
        if self.last:
            with suppress(Changed):
                retract(self.last.pk, self.ada, self.now)
            self.last = None

    @rule(pick=st.integers(0, 50), value=st.none() | st.integers(0, 10**9), days=st.none() | st.integers(-900, 30))
    def edited(self, pick: int, value: int | None, days: int | None) -> None:
        rows = list(Opportunity.objects.order_by("id"))
        if rows:
            engaged_on = None if days is None else self.now.date() + timedelta(days=days)
            editing.edit(rows[pick % len(rows)].pk, self.ada, {"value": value, "engaged_on": engaged_on}, self.now)

    @rule(keep=st.integers(0, 50), gone=st.integers(0, 50))
    def merged(self, keep: int, gone: int) -> None:
        rows = list(Opportunity.objects.order_by("id"))
        people = list(Person.objects.order_by("id"))
        with suppress(merging.Unmergeable):
            if rows:
                merging.merge(rows[keep % len(rows)].pk, rows[gone % len(rows)].pk, self.ada, self.now)
            if people:
                merging.merge_people(people[keep % len(people)], people[gone % len(people)], self.ada, self.now)

    @rule(minutes=st.integers(-600, 60 * 24 * 20))
    def time_jumps(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        flow_on(self.now)

    @rule()
    def plan_anew(self) -> None:
        plan_again(self.ada.pk, self.now, self.space.pk)

    @rule()
    def undo_an_import(self) -> None:
        if self.imported:
            undoing.undo(self.imported.pop(), self.ada, self.now)

    @invariant()
    def every_open_one_has_a_dated_next_step(self) -> None:
        assert examine() == []


@pytest.mark.django_db
def test_no_sequence_of_acts_loses_a_next_step() -> None:
    class Rolled(Anything):
        """Each run in its own savepoint."""

        def __init__(self) -> None:
            super().__init__()
            self.savepoint: Any = transaction.atomic()
            self.savepoint.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    chosen = settings(
        max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Rolled, settings=chosen)


@pytest.mark.django_db
def test_the_database_refuses_an_open_one_without_a_step() -> None:
    space, ada = workspace()
    row = Opportunity(workspace=space, owner=ada, name="Roof", status="open", created_at=START, changed_at=START)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()


@pytest.mark.django_db
def test_touches_and_the_journal_cannot_be_changed_and_blocks_not_removed() -> None:
    space, ada = workspace()
    note_event(space.pk, ada.pk, "tested", space, START)
    for statement in (
        "UPDATE journal_event SET verb = 'x'",
        "DELETE FROM journal_event",
        "DELETE FROM calendars_block",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Event.objects.filter(verb="tested").exists() and Block.objects.count() == 2
