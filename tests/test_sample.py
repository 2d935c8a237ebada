"""The sample data shows every situation and every feature, through the same verbs as everywhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fifthcall import sample
from fifthcall.insights.histories import histories
from fifthcall.people.models import Person
from fifthcall.pipeline.models import Opportunity
from fifthcall.pipeline.next_step import RELATED
from fifthcall.posting import desk
from fifthcall.teams.models import ENOUGH_WINS
from fifthcall.touches import card, playing
from fifthcall.touches.doctor import examine
from fifthcall.touches.models import Touch
from fifthcall.touches.note_quality import of_member
from fifthcall.touches.promises import promises_of
from fifthcall.web.views.post import answers_to
from tests.cast import Cast

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.django_db
def test_whoever_looks_around_meets_every_situation(team: Cast) -> None:
    assert sample.fill(team.ada, NOW) == Opportunity.objects.count()
    rows = list(Opportunity.objects.filter(next_due_at__isnull=False).select_related(*RELATED))
    told = [playing.situation(row, NOW) for row in rows]
    assert {one["id"] for one in told if one} == {f"S{number}" for number in range(1, 11)}
    assert not any(one["chosen"] for one in told if one), "recognised, not set by hand"
    assert {"promised", "reason_ends", "meeting"} <= {row.next_purpose for row in rows}
    assert any(
        row.next_purpose == "reason_ends" and row.next_due_at and row.next_due_at.date() == NOW.date() for row in rows
    )
    assert Person.objects.filter(assists__isnull=False).exists()
    assert {"meeting_note", "after_it_lands"} <= {row.next_purpose for row in rows}
    assert desk.written(team.ada).exists() and desk.on_the_way(team.ada).exists() and desk.spent(team.ada)
    assert any(answers_to(row) == ("accepted", "declined") for row in rows)
    assert any(promises_of(row, NOW, "UTC") for row in rows)
    asked = of_member(team.ada, NOW)
    assert 0 < asked.noted < asked.conversations
    assert any("Their organisation has had" in one["words"] for row in rows for one in card.refused(row))
    organizations = [row.organization_id for row in rows]
    assert max(map(organizations.count, organizations)) >= 4
    assert examine() == []
    assert set(Touch.objects.exclude(prospect_zone="").values_list("prospect_zone", flat=True)) == set(sample.ZONES)
    wins = [one for one in histories(team.ada) if one.won]
    assert sum(one.count for one in wins) >= ENOUGH_WINS, "enough to compare by"
    assert {one.attempts for one in wins} >= {1, 2, 3, 4, 5, 6}, "a curve to look at"
