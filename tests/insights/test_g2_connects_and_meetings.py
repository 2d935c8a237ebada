"""Curves of first connects and meetings against a walk through every touch; the lore beside it; the picture."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from fifthcall.insights.drawing import HEIGHT, WIDTH, picture
from fifthcall.insights.histories import given_up, histories
from fifthcall.insights.lore import claims
from fifthcall.insights.own_curve import Histories, curve
from fifthcall.rules.outcomes import CONNECTS, OUTCOMES
from fifthcall.touches.models import Touch
from fifthcall.wording.odds import Score
from tests.cast import Cast
from tests.insights.test_page import history

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DRAWN = ["connected", "no_answer", "voicemail", "meeting_set", "busy", "sent", "note", "replied", "wrong_number"]
pytestmark = pytest.mark.django_db


def test_g2_first_connects_and_meetings_are_what_a_walk_through_all_touches_finds(team: Cast) -> None:
    chance, told = Random(3), []
    for number in range(60):
        row = history(team.ada if number % 3 else team.ben, 0, "open")
        outcomes = [chance.choice(DRAWN) for _ in range(chance.randint(0, 8))]
        for hour, outcome in enumerate(outcomes):
            Touch.objects.create(
                workspace=team.space,
                opportunity=row,
                member=team.ada,
                at=START + timedelta(hours=hour),
                zone="UTC",
                channel="call",
                outcome=outcome,
            )
        told.append((number % 3, [one for one in outcomes if OUTCOMES[one].attempt]))
    for what, wanted in (("connects", CONNECTS), ("meetings", {"meeting_set"})):
        for member, own in ((team.ada, False), (team.ben, True)):
            expected: Counter[tuple[int, bool]] = Counter()
            for third, attempts in told:
                if own and third:
                    continue
                hits = [place for place, one in enumerate(attempts, 1) if one in wanted]
                if attempts:
                    expected[hits[0] if hits else len(attempts), bool(hits)] += 1
            found = Counter({(one.attempts, one.won): one.count for one in histories(member, what)})
            assert found == expected, what


def test_g1_each_claim_stands_beside_a_count_by_hand(team: Cast) -> None:
    for attempts, status in [(1, "won"), (5, "won"), (7, "won"), (1, "lost"), (1, "lost"), (2, "lost"), (6, "lost")]:
        history(team.ada, attempts, status)
    found = claims(curve(histories(team.ada)), given_up(team.ada))
    assert [one.score for one in found] == [
        Score(2, 3),
        Score(1, 3),
        Score(2, 4),
        Score(1, 4),
        Score(1, 4),
        Score(3, 4),
    ]


def test_g2_the_phone_campaign_drawn_is_to_scale() -> None:
    points = curve([Histories(1, True, 20), Histories(1, False, 80), Histories(2, True, 5), Histories(2, False, 95)])
    drawn = picture(points)
    first, second = drawn.marks
    assert first.x < second.x <= WIDTH
    zero, top = drawn.lines[0][0], drawn.lines[-1][0]
    scale = drawn.lines[-1][1] / 100
    for mark, point in zip(drawn.marks, points, strict=True):
        assert mark.y == pytest.approx(zero + (top - zero) * point.score.rate / scale, abs=0.2)
        assert 0 <= mark.high <= mark.y <= mark.low <= HEIGHT


@pytest.mark.parametrize("of", ["wins", "meetings", "connects"])
def test_g2_the_page_shows_each_curve_with_the_list_behind(team: Cast, of: str) -> None:
    ada = team.sign_in(team.ada)
    assert "No attempt is logged yet" in ada.get("/insights/", {"of": of}).content.decode()
    history(team.ada, 2, "won")
    page = ada.get("/insights/", {"of": of}).content.decode()
    assert "<svg" in page and "more needed" in page
    assert "Roof" in ada.get("/insights/won/", {"attempt": 2}).content.decode()
    assert "None." in ada.get("/insights/won/", {"attempt": 3}).content.decode()
    assert ada.get("/insights/won/", {"attempt": "x"}).status_code == 404
    assert ada.get("/insights/", {"of": "luck"}).status_code == 404
    assert ada.get("/insights/numbers.json", {"of": of}).status_code == 200


@pytest.mark.once
def test_nine_of_ten_intervals_hold_the_true_worth_of_an_attempt() -> None:
    """Markets of 150 prospects with known chances, some of them still open or left: censored at random."""
    chance, held, looked = Random(9), 0, 0
    worth = [0.12, 0.1, 0.08, 0.06, 0.05]
    for _ in range(300):
        found: Counter[tuple[int, bool]] = Counter()
        for _ in range(150):
            stays = chance.randint(1, 8)
            for number, share in enumerate(worth, 1):
                if chance.random() < share:
                    found[number, True] += 1
                    break
                if number == min(stays, len(worth)):
                    found[number, False] += 1
                    break
        points = curve(Histories(number, won, count) for (number, won), count in found.items())
        for point, share in zip(points, worth, strict=False):
            held += point.shown.low <= share <= point.shown.high
            looked += 1
    assert 0.87 <= held / looked <= 0.93, held / looked
