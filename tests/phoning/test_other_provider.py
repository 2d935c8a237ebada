"""A second provider: one that is nothing like the first does everything through the same interface."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.test import Client

from fifthcall import clock
from fifthcall.channels.trouble import Unknown
from fifthcall.phoning import providers, sending
from fifthcall.phoning.models import Call, Line, Text
from fifthcall.phoning.providers import Accepted, Came, News
from tests.cast import Cast
from tests.phoning.lines import NOON, THEIRS, line_for, prospect, written


@dataclass
class Pigeon:
    """Carries texts and calls, and signs its reports with the line's token and nothing else."""

    carried: list[tuple[str, str]] = field(default_factory=list)
    lost: bool = False

    def check(self, line: Line) -> None: ...

    def report_here(self, line: Line, texts: str, calls: str) -> None: ...

    def send_text(self, line: Line, number: str, text: str, report_to: str) -> Accepted:
        self.carried.append((number, text))
        if self.lost:
            raise Unknown("the pigeon has not come back")
        return Accepted(f"pigeon-{len(self.carried)}", 1)

    def find_texts(self, line: Line, number: str, text: str, since: datetime) -> list[Accepted]:
        return [Accepted(f"pigeon-{place}") for place, one in enumerate(self.carried, 1) if one == (number, text)]

    def ring(self, line: Line, number: str, report_ours: str, report_theirs: str) -> Accepted:
        self.carried.append((number, "ring"))
        return Accepted("call-1")

    def leave(self, line: Line, their_leg: str, sound_at: str) -> None: ...

    def record(self, line: Line, our_leg: str) -> Accepted:
        return Accepted("recording-1")

    def hang_up(self, line: Line, our_leg: str) -> None: ...

    def is_from(self, line: Line, url: str, said: Mapping[str, str], signature: str) -> bool:
        return bool(signature == line.secrets()["token"])

    def news_of(self, said: Mapping[str, str]) -> News | None:
        return News(said["landed"], said["bird"])

    def came(self, said: Mapping[str, str]) -> Came:
        return Came(said["bird"], said["from"], said["note"])


@pytest.fixture
def pigeon(monkeypatch: pytest.MonkeyPatch) -> Pigeon:
    bird = Pigeon()
    monkeypatch.setitem(providers.PROVIDERS, "pigeon", ("Pigeon", "django", lambda: bird))
    monkeypatch.setitem(providers.SIGNATURES, "pigeon", "X-Pigeon-Ring")
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return bird


def test_a_second_provider_carries_texts_calls_and_reports(team: Cast, pigeon: Pigeon) -> None:
    line = line_for(team.ada, provider="pigeon")
    opportunity = prospect(team.ada)
    text = written(opportunity, team.ada)
    assert sending.send(text.pk, NOON) and pigeon.carried == [(THEIRS, "Hello")]
    hook = f"/hooks/phone/{line.pk}/{line.hook_secret}"
    token = {"X-Pigeon-Ring": line.secrets()["token"]}
    said = {"landed": "delivered", "bird": "pigeon-1"}
    assert Client().post(f"{hook}/state/{text.pk}/", said, headers={"X-Pigeon-Ring": "forged"}).status_code == 403
    assert Client().post(f"{hook}/state/{text.pk}/", said, headers=token).status_code == 200
    text.refresh_from_db()
    assert text.state == Text.State.DELIVERED
    ada = team.sign_in(team.ada)
    ada.post(f"/opportunities/{opportunity.pk}/call/", {"number": THEIRS, "key": "press"})
    call = Call.objects.get()
    assert (call.our_leg, pigeon.carried[-1]) == ("call-1", (THEIRS, "ring"))
    theirs = {"bird": "pigeon-9", "from": THEIRS, "note": "STOP"}
    assert Client().post(f"{hook}/texts/0/", theirs, headers=token).status_code == 200
    assert opportunity.person
    opportunity.person.refresh_from_db()
    assert "all" in opportunity.person.stopped


def test_what_a_second_provider_lost_is_asked_of_it(team: Cast, pigeon: Pigeon) -> None:
    line_for(team.ada, provider="pigeon")
    text = written(prospect(team.ada), team.ada)
    pigeon.lost = True
    assert not sending.send(text.pk, NOON)
    Text.objects.filter(pk=text.pk).update(look_at=NOON)
    assert sending.look_for_lost(NOON) == 1 and len(pigeon.carried) == 1
