"""The kept sums are exact at every moment: whatever changes, counted on or not, they say what counting anew says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from fifthcall.insights import kept, leaving, weighing
from fifthcall.insights.counting import Asked
from fifthcall.insights.doctor import marks
from fifthcall.insights.histories import histories
from fifthcall.insights.kept import Sums, keep_up, sums
from fifthcall.insights.marking import CountAnew
from fifthcall.insights.models import Counted, Kept, Mark
from fifthcall.insights.moment import one_moment
from fifthcall.insights.trails import HOURS, PATH, SPLITS, TEAM_HOURS, WORDS, WORDS_END, State
from fifthcall.insights.weighing import Heap, Scope, heaps
from fifthcall.pipeline.merging import merge
from fifthcall.pipeline.models import Opportunity
from fifthcall.rules.case import Policy
from fifthcall.teams.models import Membership
from fifthcall.touches.models import Touch
from tests.cast import START, Cast
from tests.elsewhere import elsewhere
from tests.insights.test_page import history

pytestmark = pytest.mark.django_db
OUTCOMES = ["no_answer", "voicemail", "connected", "meeting_set", "sent", "replied", "note", "serious", "curious"]


def touch(team: Cast, row: Opportunity, chance: Random, number: int) -> None:
    Touch.objects.create(
        workspace=team.space,
        opportunity=row,
        member=chance.choice([team.ada, team.ben]),
        at=START + timedelta(hours=chance.randint(0, 500)),
        zone="UTC",
        prospect_zone=chance.choice(["Asia/Kathmandu", "Europe/Berlin"]),
        channel=chance.choice(["call", "email"]),
        outcome=chance.choice(OUTCOMES),
        purpose=chance.choice(["S8.1", "S1.2", ""]),
        template=chance.choice(["opener", ""]),
        template_version=number % 2,
    )


def change(team: Cast, chance: Random, number: int) -> None:
    """Something that happens to somebody."""
    rows = list(Opportunity.objects.filter(merged_into=None))
    row, what = chance.choice(rows), chance.randrange(11)
    if what < 5:
        touch(team, chance.choice([row, *row.merged.all()]), chance, number)
    elif what == 5 and (last := row.touches.filter(retracts=None, retraction=None).first()):
        Touch.objects.create(
            workspace=team.space,
            opportunity=row,
            at=START,
            zone="UTC",
            channel="call",
            outcome="retracted",
            retracts=last,
        )
    elif what == 6:
        Opportunity.objects.filter(pk=row.pk).update(owner=chance.choice([team.ada, team.ben, None]))
    elif what == 7:
        Opportunity.objects.filter(pk=row.pk).update(source=chance.choice(["fair", ""]))
    elif what == 8 and len(rows) > 3:
        other = chance.choice([one for one in rows if one.pk != row.pk])
        merge(row.pk, other.pk, team.ada, START)
    elif what == 10 and (part := row.merged.first()):
        Opportunity.objects.filter(pk=part.pk).update(merged_into=None)
    elif not row.touches.exists() and not row.merged.exists():
        row.delete()
    else:
        history(team.ben, 0, chance.choice(["open", "won", "lost"]))


def anew(member: Membership, what: str) -> Sums:
    owners = None if member.leads else {0, member.pk}
    return kept._through(member.workspace_id, (what,), owners)[what]


def check(team: Cast) -> None:
    for member in (team.ada, team.ben):
        for what in (PATH, *SPLITS, HOURS, TEAM_HOURS, WORDS, WORDS_END):
            assert sums(member, what) == anew(member, what), (member, what)
    assert weighed(team) == weighed(team, anew=True), "how real each is"


def weighed(team: Cast, anew: bool = False) -> set[Heap]:
    with pytest.MonkeyPatch.context() as patch:
        if anew:
            patch.setattr(kept, "MOST_CHANGED", -1)
        return set(heaps(Scope(team.ada, START)))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_the_sums_are_what_counting_anew_says(team: Cast, seed: int) -> None:
    chance = Random(seed)
    for status in ("open", "won", "lost", "open", "open"):
        history(team.ada, 0, status)
    for number in range(40):
        change(team, chance, number)
        if chance.random() < 0.3:
            keep_up(START)
        if number % 8 == 0:
            check(team)
    keep_up(START)
    assert keep_up(START) == 0, "nothing is left to add"
    check(team)


def test_what_changes_while_a_piece_is_added_stays_marked(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = history(team.ada, 2, "open")
    usual = kept._changes

    def meanwhile(workspace_id: int, changed: list[int]) -> Iterator[kept.Change]:
        yield from usual(workspace_id, changed)
        touch(team, row, Random(0), 0)

    with monkeypatch.context() as patch:
        patch.setattr(kept, "_changes", meanwhile)
        assert keep_up(START) == 1
    check(team)
    assert keep_up(START) == 1 and keep_up(START) == 0
    check(team)


def test_a_part_that_is_added_takes_its_whole_along(team: Cast) -> None:
    """A touch of what was merged counts with what it was merged into, though the mark names the part."""
    whole, part = history(team.ada, 2, "open"), history(team.ada, 1, "open")
    merge(whole.pk, part.pk, team.ada, START)
    keep_up(START)
    touch(team, part, Random(0), 0)
    assert set(Mark.objects.values_list("opportunity", flat=True)) == {part.pk}
    check(team)
    kept._keep_piece(team.space.pk, [part.pk])
    assert not Mark.objects.exists()
    check(team)


def test_a_merge_while_a_piece_is_added_is_heard_of(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes after the wholes were looked for: its mark stays, and the whole is counted with the part then."""
    whole, part = history(team.ada, 2, "open"), history(team.ada, 1, "open")
    keep_up(START)
    touch(team, part, Random(0), 0)
    usual = kept._with_wholes

    def meanwhile(ids: list[int]) -> list[int]:
        found = usual(ids)
        merge(whole.pk, part.pk, team.ada, START)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(kept, "_with_wholes", meanwhile)
        kept._keep_piece(team.space.pk, [part.pk])
    check(team)
    keep_up(START)
    assert not Mark.objects.exists()
    check(team)


@pytest.mark.parametrize("what", State._fields)
def test_whatever_places_an_opportunity_in_the_sums_leaves_a_mark(team: Cast, what: str) -> None:
    row = history(team.ada, 1, "won")
    keep_up(START)
    other = {"status": "lost", "owner": team.ben, "source": "elsewhere"}[what]
    Opportunity.objects.filter(pk=row.pk).update(**{what: other})
    assert [mark.opportunity for mark in Mark.objects.all()] == [row.pk]


def test_nothing_else_leaves_a_mark(team: Cast) -> None:
    row = history(team.ada, 1, "open")
    keep_up(START)
    row.name = "Another name"
    row.save()
    assert not Mark.objects.exists()


def test_the_doctor_says_which_mark_is_no_longer_made(team: Cast) -> None:
    assert list(marks()) == []
    on = "" if connection.vendor == "sqlite" else " ON touches_touch"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER touches_touch_mark_insert{on}")
    (found,) = marks()
    assert found.row == "trigger touches_touch_mark_insert"


def test_counted_anew_everything_comes_to_the_same(team: Cast) -> None:
    """As a migration does it where more is to be kept of each opportunity."""
    for status in ("open", "won", "lost"):
        history(team.ada, 2, status)
    keep_up(START)
    count_anew: Any = CountAnew().code
    with connection.cursor() as cursor:
        count_anew(apps, SimpleNamespace(connection=connection, execute=cursor.execute))
    assert not Kept.objects.exists() and Mark.objects.count() == 3
    check(team)
    assert keep_up(START) == 3
    check(team)


def test_piece_by_piece_comes_to_the_same(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(99)
    for number in range(12):
        row = history(team.ada, 0, "open")
        for _ in range(number % 5):
            touch(team, row, chance, number)
    monkeypatch.setattr(kept, "PIECE", 5)
    kept._keep_piece(team.space.pk, list(kept._marked(team.space.pk))[:5])
    assert Counted.objects.count() == 5
    check(team)
    assert keep_up(START) == 7
    assert Counted.objects.count() == 12
    check(team)


def test_with_very_many_changes_everything_is_gone_through(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_CHANGED", 2)
    for _ in range(4):
        history(team.ada, 2, "won")
    assert [(one.attempts, one.won, one.count) for one in histories(team.ada)] == [(2, True, 4)]
    assert not Kept.objects.exists(), "reading keeps nothing"


@pytest.mark.usefixtures("committed")
def test_a_piece_added_while_somebody_reads_is_not_missed(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        history(team.ada, 1, "won")
    usual = kept._kept
    ran: list[int] = []

    def meanwhile(workspace_id: int, what: str, owners: set[int] | None) -> Sums:
        found = usual(workspace_id, what, owners)
        if not ran:
            elsewhere(lambda: ran.append(keep_up(START)))  # between the sums and what is marked
        return found

    monkeypatch.setattr(kept, "_kept", meanwhile)
    assert [one.count for one in histories(team.ada)] == [3]
    assert ran == [3]


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("touched", [0, 1])
@pytest.mark.parametrize("read", ["sums", "signs"])
def test_who_reads_while_something_is_merged_reads_it_as_it_was(
    team: Cast, monkeypatch: pytest.MonkeyPatch, read: str, touched: int
) -> None:
    """Whichever of the two was marked already."""
    both = whole, part = history(team.ada, 2, "open"), history(team.ada, 1, "open")
    keep_up(START)
    touch(team, both[touched], Random(0), 0)
    before, usual_sums, usual_signs = anew(team.ada, PATH), kept._kept, kept.kept_signs_sql
    ran: list[object] = []

    def merge_them() -> None:
        if not ran:
            elsewhere(lambda: ran.append(merge(whole.pk, part.pk, team.ada, START)))

    def sums_then(workspace_id: int, what: str, owners: set[int] | None) -> Sums:
        merge_them()
        return usual_sums(workspace_id, what, owners)

    def signs_then(workspace_id: int) -> tuple[str, tuple[Any, ...]]:
        found = usual_signs(workspace_id)
        merge_them()
        return found

    monkeypatch.setattr(kept, "_kept", sums_then)
    monkeypatch.setattr(weighing, "kept_signs_sql", signs_then)
    if read == "sums":
        assert sums(team.ada, PATH) == before
    else:
        assert sorted(one.pk for one in Scope(team.ada, START).weighed) == [whole.pk, part.pk]
    assert len(ran) == 1
    check(team)


@pytest.mark.usefixtures("committed")
def test_those_left_are_told_as_of_one_moment(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that were lost, and merged while somebody reads."""
    whole, part = history(team.ada, 2, "lost"), history(team.ada, 1, "lost")
    keep_up(START)
    touch(team, part, Random(0), 0)
    asked = Asked(team.space.pk, None, START - timedelta(days=900), START + timedelta(days=900), Policy())
    usual, before = kept.kept_signs_sql, leaving.left(asked)
    ran: list[object] = []

    def meanwhile(workspace_id: int, until: datetime | None) -> tuple[str, tuple[Any, ...]]:
        found = usual(workspace_id, until)
        elsewhere(lambda: ran.append(merge(whole.pk, part.pk, team.ada, START)))
        return found

    monkeypatch.setattr(leaving, "kept_signs_sql", meanwhile)
    assert leaving.left(asked) == before
    assert {one.opportunity for one in before.found} == {whole.pk, part.pk}
    assert len(ran) == 1


@pytest.mark.usefixtures("committed")
def test_within_one_moment_nothing_is_written_and_no_other_begins(team: Cast) -> None:
    with one_moment():
        with pytest.raises(RuntimeError), one_moment():
            pass
        with pytest.raises(DatabaseError):
            Opportunity.objects.update(source="written")
    history(team.ada, 0, "open")  # then it may


def test_another_workspace_keeps_its_own(team: Cast) -> None:
    history(team.ada, 1, "won")
    keep_up(START)
    other = Membership(workspace_id=team.space.pk + 1, role="owner")
    assert sums(other, PATH) == {}
