"""Habits: each count is what a walk through random histories finds; whose they are, and what the page says of few."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from fifthcall import clock
from fifthcall.calendars.joining import add_member
from fifthcall.imports.models import Import
from fifthcall.insights import budget
from fifthcall.insights.budget import keep_weeks
from fifthcall.insights.case_words import words
from fifthcall.insights.counting import NAMED, Asked, Found, Kind
from fifthcall.insights.habits import HABITS, asked_of, habits, to_talk_about, week_of
from fifthcall.insights.kept import keep_up
from fifthcall.insights.leaving import by_attempts
from fifthcall.insights.leaving import left as left_after
from fifthcall.journal.models import note_event
from fifthcall.people.models import Person
from fifthcall.pipeline import editing
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.slipping import flow_on
from fifthcall.rules.case import Policy
from fifthcall.rules.outcomes import ASIDE, OUTCOMES
from fifthcall.teams.models import Membership, User, Workspace
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score
from tests.cast import Cast
from tests.elsewhere import elsewhere
from tests.insights.test_page import history

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DRAWN = [
    *("no_answer", "voicemail", "connected", "sent", "meeting_held", "proposal_sent", "posted", "note", "opened"),
    *("curious", "why_not", "closed"),
]
CHANNELS = {"posted": "post", "meeting_held": "meeting", "opened": "email", "note": "desk", "why_not": "desk"}
pytestmark = pytest.mark.django_db


def touch(one: Opportunity, member: Membership, at: datetime, outcome: str, **more: Any) -> Touch:
    values = {"channel": CHANNELS.get(outcome, "call"), "person": one.person, "zone": "UTC"} | more
    return Touch.objects.create(
        workspace=one.workspace, opportunity=one, member=member, at=at, outcome=outcome, **values
    )


def market(team: Cast, chance: Random) -> list[Opportunity]:
    """Random histories of two reps: merged ones, shared people, promises, some touches taken back."""
    people = [Person.objects.create(workspace=team.space, name=f"P{n}", key=f"p{n}") for n in range(6)]
    rows: list[Opportunity] = []
    for number in range(30):
        owner = chance.choice([team.ada, team.ben])
        whole = chance.choice(rows) if rows and number % 7 == 6 else None
        if whole and whole.merged_into_id:
            whole = None
        row = _row(owner, chance, whole)
        row.person = chance.choice([*people, None])
        row.save()
        if whole:
            Opportunity.objects.filter(pk=whole.pk).update(has_merged=True)
        rows.append(row)
        at = NOW - timedelta(days=chance.randint(1, 60))
        for _ in range(chance.randint(0, 14)):
            at += chance.choice([HOUR, 3 * HOUR, 20 * HOUR, 3 * DAY])
            if at < NOW:
                _touch(row, chance, at, team)
    return rows


def _row(owner: Membership, chance: Random, whole: Opportunity | None) -> Opportunity:
    row = history(owner, 0, chance.choice(["open", "lost", "won"]), whole)
    status = "resting" if row.status == "open" and chance.random() < 0.4 else row.status
    created = NOW - timedelta(days=chance.randint(0, 70))
    Opportunity.objects.filter(pk=row.pk).update(status=status, created_at=created, next_firm=chance.random() < 0.2)
    row.refresh_from_db()
    return row


def _touch(row: Opportunity, chance: Random, at: datetime, team: Cast) -> None:
    outcome = chance.choice(DRAWN)
    more: dict[str, Any] = {}
    if outcome in ("connected", "meeting_held", "curious"):
        more["reason"] = chance.choice(["unknown", "budget", ""])
    if outcome == "proposal_sent":
        more["reason"] = chance.choice(["", "tender"])
    if outcome == "sent":
        more["channel"] = chance.choice(["text", "email", "post"])
    if OUTCOMES[outcome].attempt and chance.random() < 0.3:
        start = at + timedelta(hours=chance.randint(1, 60))
        more |= {"agreed_basis": "promise", "agreed_kind": "call", "agreed_zone": "UTC"}
        more |= {"agreed_from": start, "agreed_until": start + 2 * HOUR}
    member = chance.choice([team.ada, team.ben])
    made = touch(row, member, at, outcome, **more)
    if chance.random() < 0.08:
        touch(row, member, at + HOUR, "retracted", channel="desk", retracts=made)


def walk(asked: Asked) -> dict[str, Score]:
    """The same, counted by walking through every touch."""
    gone = set(Touch.objects.exclude(retracts=None).values_list("retracts_id", flat=True))
    ever = [t for t in Touch.objects.order_by("at", "id") if not t.retracts_id and t.pk not in gone]
    every = [one for one in ever if one.at <= asked.until]
    rows = {row.pk: row for row in Opportunity.objects.all()}
    people = {one.pk for one in Membership.objects.all()} if asked.people is None else {*asked.people}
    by_whole: dict[int, list[Touch]] = defaultdict(list)
    by_person: dict[int, list[Touch]] = defaultdict(list)
    for one in every:
        by_whole[rows[one.opportunity_id].merged_into_id or one.opportunity_id].append(one)
        if one.person_id:
            by_person[one.person_id].append(one)

    def within(at: datetime) -> bool:
        return asked.since < at <= asked.until

    mine = [one for one in every if one.member_id in people and within(one.at)]
    made = [one for one in mine if OUTCOMES[one.outcome].attempt]
    score = dict.fromkeys(HABITS, Score())
    for pk, row in rows.items():
        if row.merged_into_id or row.owner_id not in people or row.status == "won" or row.created_at > asked.until:
            continue
        last = max((one.at for one in by_whole[pk] if one.outcome not in ASIDE), default=row.created_at)
        if row.status == "open":
            last += 30 * DAY
        if within(last) and not (row.status == "open" and row.next_firm):
            tries = sum(OUTCOMES[one.outcome].attempt for one in by_whole[pk])
            score["five_attempts"] += Score(tries >= 5, 1)
    for whole in by_whole.values():
        for place, one in enumerate(whole):
            if one.member_id in people and one.agreed_until and asked.since < one.agreed_until < asked.until:
                kept = False
                for later in whole[place + 1 :]:
                    what = OUTCOMES[later.outcome]
                    assert one.agreed_from
                    if what.attempt and (what.connect or later.at >= one.agreed_from):
                        kept = later.at <= one.agreed_until
                        break
                score["promises_kept"] += Score(kept, 1)
    for one in mine:
        same = [t for t in every if t.opportunity_id == one.opportunity_id and t.at >= one.at]
        if one.outcome in ("connected", "curious", "meeting_held"):
            unsaid = one.reason == "unknown" or (one.outcome == "curious" and not one.reason)
            noted = not unsaid or any(
                t.outcome == "why_not" and t.opportunity_id == one.opportunity_id and t.at >= one.at for t in ever
            )
            score["why_not_yet"] += Score(noted, 1)
        if one.outcome == "meeting_held":
            posted = any(t.channel == "post" and t.at <= one.at + DAY for t in same)
            if posted or one.at + DAY <= asked.until:
                score["notes_in_a_day"] += Score(posted, 1)
        if one.outcome == "proposal_sent":
            score["reviews_booked"] += Score(not one.reason, 1)
    score["in_their_block"] = Score(len(made), len(made))
    beyond = 0
    for theirs in by_person.values():
        spent: list[Touch] = []
        for one in [t for t in theirs if OUTCOMES[t.outcome].attempt]:
            week = [t for t in spent if t.at > one.at - 7 * DAY]
            pair = week and week[-1].outcome == "voicemail" and one.channel == "text"
            if pair and one.at - week[-1].at <= 4 * HOUR:
                continue
            beyond += len(week) >= 5 and one.member_id in people and within(one.at)
            spent.append(one)
    score["within_budget"] = Score(len(made) - beyond, len(made))
    return score


@pytest.mark.parametrize("seed", range(4))
def test_each_number_is_what_a_walk_through_all_touches_finds(team: Cast, seed: int) -> None:
    """Of what is kept by then as of what is not, and of a past span."""
    rows = market(team, Random(seed))
    if seed:
        keep_up(NOW)
        keep_weeks(NOW)
    if seed == 3:
        for row in rows[::3]:
            touch(row, team.ben, NOW - HOUR, "connected")
        for one in Touch.standing().filter(person__isnull=False).order_by("id")[:40:8]:
            Touch.objects.create(
                workspace=one.workspace, opportunity=one.opportunity, person=one.person, member=team.ben, zone="UTC",
                at=NOW - HOUR, channel="desk", outcome="retracted", retracts=one,
            )  # fmt: skip
    for people in ((team.ada.pk,), (team.ben.pk,), (team.ada.pk, team.ben.pk), None):
        for days, back in ((7, 0), (30, 0), (90, 0), (20, 13)):
            until = NOW - back * DAY
            asked = Asked(team.space.pk, people, until - days * DAY, until, Policy())
            found = habits(asked)
            assert {key: one.score for key, one in found.items()} == walk(asked)
            assert all(len(one.missed) == one.score.of - one.score.good for one in found.values())
            left = found["five_attempts"]
            numbers = by_attempts(left, 5)
            assert sum(count for _, count in numbers) == left.score.of
            assert numbers[5][1] == left.score.good
            for number, count in numbers:
                assert left_after(asked, number).score.of == count


@pytest.mark.usefixtures("committed")
def test_full_weeks_are_told_as_of_one_moment(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt that comes while somebody reads is in none of the counts."""
    row = history(team.ben, 0, "open")
    row.person = Person.objects.create(workspace=team.space, name="Mia", key="mia")
    row.save()
    for number in range(7):
        touch(row, team.ben, NOW - DAY + timedelta(minutes=number), "no_answer")
    keep_weeks(NOW)
    asked = Asked(team.space.pk, None, NOW - 30 * DAY, NOW, Policy())
    usual, before = budget._kept, budget.within_budget(asked)

    def meanwhile(asked: Asked, but: list[int]) -> tuple[Counter[Kind], list[Found]]:
        found = usual(asked, but)
        elsewhere(lambda: touch(row, team.ben, NOW - HOUR, "connected"))
        return found

    with monkeypatch.context() as patch:
        patch.setattr(budget, "_kept", meanwhile)
        assert budget.within_budget(asked) == before
    assert budget.within_budget(asked) != before


def test_what_is_kept_of_full_weeks_follows_whatever_comes(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time as counting anew says: nothing new, a touch, one taken back, another budget, one written down late."""
    row = history(team.ben, 0, "open")
    row.person = Person.objects.create(workspace=team.space, name="Mia", key="mia")
    row.save()
    made = [touch(row, team.ben, NOW - DAY + timedelta(minutes=n), "no_answer") for n in range(7)]
    somebody = Person.objects.create(workspace=team.space, name="Max", key="max")
    touch(row, team.ben, NOW - DAY, "no_answer", person=somebody)

    def found(policy: Policy = Policy()) -> list[int]:  # noqa: B008  # frozen
        asked = Asked(team.space.pk, None, NOW - 30 * DAY, NOW, policy)
        numbers = [one.kind.number for one in budget.within_budget(asked).found]
        with monkeypatch.context() as patch:
            patch.setattr(budget, "MOST_CHANGED", -1)
            assert [one.kind.number for one in budget.within_budget(asked).found] == numbers
        return numbers

    assert found() == [7, 6]
    assert keep_weeks(NOW) == 1 and keep_weeks(NOW) == 0
    assert found() == [7, 6]
    made.append(touch(row, team.ben, NOW - HOUR, "connected"))
    assert found() == [8, 7, 6]
    assert keep_weeks(NOW) == 1, "only who was touched since is looked at again"
    touch(row, team.ben, NOW, "retracted", channel="desk", retracts=made[0])
    assert found() == [7, 6]
    assert keep_weeks(NOW) == 1
    assert found() == [7, 6]
    assert found(Policy(touches_a_week=6)) == [7], "kept by other rules: counted anew"
    touch(row, team.ben, NOW, "connected")
    with monkeypatch.context() as patch:
        patch.setattr(budget, "MOST_CHANGED", -1)
        assert keep_weeks(NOW) == 1, "very many were touched: everybody is looked at"
    assert found() == [8, 7, 6]
    latest = Touch.objects.latest("pk").pk
    touch(row, team.ben, NOW - HOUR / 2, "connected", pk=latest + 20)
    assert keep_weeks(NOW) == 1
    touch(row, team.ben, NOW - HOUR / 3, "connected", pk=latest + 10)
    assert found() == [10, 9, 8, 7, 6], "its number was given before, its transaction ended after"


def test_the_touches_of_random_histories_are_not_all_good_and_not_all_bad(team: Cast) -> None:
    for seed in range(6):
        market(team, Random(seed))
    asked = Asked(team.space.pk, (team.ada.pk, team.ben.pk), NOW - 90 * DAY, NOW, Policy())
    for key, score in walk(asked).items():
        assert 0 < score.good < score.of or key == "in_their_block", key


def test_a_step_that_flowed_on_is_counted_each_time_and_named(team: Cast) -> None:
    row = editing.add(team.ben, {"name": "Roof", "owner_id": team.ben.pk}, NOW)
    at = NOW
    for _ in range(2):
        row.refresh_from_db()
        assert row.next_until
        at = row.next_until
        assert flow_on(at) == 1
    asked = Asked(team.space.pk, (team.ben.pk,), NOW - DAY, at, Policy())
    found = HABITS["in_their_block"](asked)
    assert found.score == Score(0, 2)
    assert [case.opportunity for case in found.missed] == [row.pk, row.pk]
    other = Asked(team.space.pk, (team.ada.pk,), NOW - DAY, at, Policy())
    assert HABITS["in_their_block"](other).score.of == 0


def test_slips_of_before_they_were_named_are_counted_still(team: Cast) -> None:
    note_event(team.space.pk, None, "slipped", team.ben, NOW, due={NOW.isoformat(): 3}, count=3)
    found = HABITS["in_their_block"](Asked(team.space.pk, (team.ben.pk,), NOW - DAY, NOW, Policy()))
    assert (found.score, found.missed) == (Score(0, 3), [])


def test_what_came_in_finished_was_not_left_here(team: Cast) -> None:
    row = editing.add(team.ben, {"name": "Roof", "owner_id": team.ben.pk}, NOW)
    batch = Import.objects.create(workspace=team.space, created_at=NOW)
    step = {"next_kind": "", "next_due_at": None, "next_until": None, "next_zone": ""}
    Opportunity.objects.filter(pk=row.pk).update(status="lost", batch=batch, **step)
    asked = Asked(team.space.pk, (team.ben.pk,), NOW - DAY, NOW + DAY, Policy())
    assert HABITS["five_attempts"](asked).score.of == 0
    Opportunity.objects.filter(pk=row.pk).update(batch=None)
    assert HABITS["five_attempts"](asked).score == Score(0, 1)


def test_a_merged_ones_promise_is_kept_where_it_went(team: Cast) -> None:
    whole, part = history(team.ben, 0, "open"), history(team.ben, 0, "open")
    Opportunity.objects.filter(pk=part.pk).update(
        merged_into=whole, status="lost", next_kind="", next_due_at=None, next_until=None, next_zone=""
    )
    Opportunity.objects.filter(pk=whole.pk).update(has_merged=True)
    window = {"agreed_from": NOW - 5 * HOUR, "agreed_until": NOW - 3 * HOUR}
    touch(
        part, team.ben, NOW - DAY, "voicemail", agreed_basis="promise", agreed_kind="call", agreed_zone="UTC", **window
    )
    asked = Asked(team.space.pk, (team.ben.pk,), NOW - DAY * 2, NOW, Policy())
    assert [one.kind.code for one in HABITS["promises_kept"](asked).found] == ["broken"]
    touch(whole, team.ben, NOW - 4 * HOUR, "no_answer")
    assert [(one.kind.code, one.opportunity) for one in HABITS["promises_kept"](asked).found] == [("kept", whole.pk)]


def test_c8_a_note_is_in_time_up_to_the_second(team: Cast) -> None:
    for late in (timedelta(0), DAY, DAY + timedelta(seconds=1), None):
        row = history(team.ada, 0, "open")
        met = touch(row, team.ada, NOW - 5 * DAY, "meeting_held")
        if late is not None:
            touch(row, team.ada, met.at + late, "posted")
    touch(history(team.ada, 0, "open"), team.ada, NOW - DAY + HOUR, "meeting_held")  # its day isn't over
    counts = HABITS["notes_in_a_day"](asked_of(team.space, None, NOW, 30)).counts
    assert counts == {Kind(True, "noted"): 2, Kind(False, "late_note"): 1, Kind(False, "no_note"): 1}


def test_c5_a_promise_is_kept_up_to_its_end(team: Cast) -> None:
    begin, end = NOW - 3 * DAY, NOW - 3 * DAY + HOUR
    agreed = {"agreed_basis": "promise", "agreed_kind": "call", "agreed_zone": "UTC"}
    for tried in (begin, end, end + timedelta(seconds=1), begin - HOUR, None):
        row = history(team.ada, 0, "open")
        touch(row, team.ada, begin - DAY, "call_back", agreed_from=begin, agreed_until=end, **agreed)
        if tried:
            touch(row, team.ada, tried, "no_answer")
    found = HABITS["promises_kept"](asked_of(team.space, None, NOW, 30))
    assert found.counts == {Kind(True, "kept"): 2, Kind(False, "late"): 1, Kind(False, "broken"): 2}
    assert {one.at for one in found.found} == {end}


def test_of_many_cases_the_latest_are_named_those_that_went_wrong_first(team: Cast) -> None:
    row = history(team.ada, 0, "open")
    for number in range(NAMED + 5):
        reason = "tender" if number < 5 else ""
        touch(row, team.ada, NOW - DAY + number * timedelta(minutes=1), "proposal_sent", reason=reason)
    found = HABITS["reviews_booked"](asked_of(team.space, None, NOW, 30))
    assert found.counts == {Kind(True, "booked"): NAMED, Kind(False, "unbooked"): 5}
    places = [*range(4, -1, -1), *range(NAMED + 4, 9, -1)]
    assert [one.at for one in found.found] == [NOW - DAY + number * timedelta(minutes=1) for number in places]
    assert {words(one) for one in found.missed} == {"Proposal without its review booked: a tender with a date"}


def test_cases_to_talk_about_name_no_opportunity_twice_and_keep_no_score_of_people(team: Cast) -> None:
    market(team, Random(1))
    asked = Asked(team.space.pk, (team.ada.pk, team.ben.pk), NOW - 90 * DAY, NOW, Policy())
    chosen = to_talk_about(habits(asked))
    pks = [case.opportunity for _, case in chosen]
    assert len(pks) == len(set(pks)) > 3
    assert not any(case.kind.good for _, case in chosen)


def test_whose_habits_may_be_seen(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    market(team, Random(2))
    ada, ben = team.sign_in(team.ada), team.sign_in(team.ben)
    for url in ("/insights/habits/", "/insights/habits.json", "/insights/habits/five_attempts/"):
        for who in (str(team.ada.pk), "team", "0", "x", "9" * 30):
            assert ben.get(url, {"who": who}).status_code == 404, (url, who)
        assert ben.get(url, {"who": str(team.ben.pk)}).status_code == 200
        assert ada.get(url, {"who": str(team.ben.pk)}).status_code == 200
        assert ada.get(url, {"who": "team"}).status_code == 200
    own = ben.get("/insights/habits.json", {"days": "90"}).json()["habits"]
    theirs = ada.get("/insights/habits.json", {"days": "90", "who": str(team.ben.pk)}).json()["habits"]
    assert own == theirs, "the same definitions"
    for row in own:
        assert row["share"] == (row["good"] / row["of"] if row["of"] else 0)
        assert row["low"] <= row["share"] <= row["high"] or not row["of"]
    table = csv.DictReader(io.StringIO(ben.get("/insights/habits.csv", {"days": "90"}).content.decode()))
    assert [{k: v if k == "habit" else float(v) for k, v in row.items()} for row in table] == own
    assert 'name="who"' not in ben.get("/insights/habits/").content.decode()


def test_a_stranger_of_another_workspace_sees_none_of_it(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    market(team, Random(2))
    space = Workspace.objects.create(name="Tal", zone="UTC", created_at=NOW)
    user = User.objects.create_user("eve@example.com", "correct horse battery")
    eve = add_member(space, "Eve", "eve", NOW, user=user, email=user.email, role="owner", active=True)
    client = team.sign_in(eve)
    assert client.get("/insights/habits/", {"who": str(team.ben.pk)}).status_code == 404
    assert all(row["of"] == 0 for row in client.get("/insights/habits.json", {"who": "team"}).json()["habits"])
    page = client.get("/insights/habits/").content.decode()
    assert "Nothing stands out in this time." in page
    assert page.count("No case in this time.") == len(HABITS)


def test_the_page_leads_to_the_cases_and_says_when_they_are_few(team: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    row = history(team.ben, 0, "open")
    touch(row, team.ben, NOW - 2 * DAY, "meeting_held", reason="unknown")
    page = team.sign_in(team.ben).get("/insights/habits/").content.decode()
    assert "0 of 1" in page and "Few cases: about" in page
    assert "Nobody noted why not yet" in page
    for code in ("notes_in_a_day", "why_not_yet"):
        cases = team.sign_in(team.ben).get(f"/insights/habits/{code}/?days=30").content.decode()
        assert f"/opportunities/{row.pk}/" in cases
    Opportunity.objects.filter(pk=row.pk).update(owner=team.ada)
    cases = team.sign_in(team.ben).get("/insights/habits/notes_in_a_day/").content.decode()
    assert f"/opportunities/{row.pk}/" not in cases and "somebody else’s now" in cases


def test_a_time_that_cannot_be_asked_for(team: Cast) -> None:
    ben = team.sign_in(team.ben)
    for query in ("days=31", "days=x", "week=2026-11-24", "week=x", "week=9999-12-27", "week=0001-01-01"):
        assert ben.get(f"/insights/habits/?{query}").status_code == 404, query
    assert ben.get("/insights/habits/nothing/").status_code == 404
    assert ben.get("/insights/habits.xml").status_code == 404


def test_a_week_over_a_change_of_the_clocks_goes_from_midnight_to_midnight(team: Cast) -> None:
    asked = week_of(team.space, team.ben, date(2026, 10, 19), "Europe/Berlin")
    assert asked.until - asked.since == timedelta(days=7, hours=1)
    assert asked.until == datetime(2026, 10, 25, 23, tzinfo=UTC)
