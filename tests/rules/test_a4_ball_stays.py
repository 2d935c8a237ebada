from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fifthcall.rules.case import Channel
from fifthcall.rules.decide import decide
from tests.rules.cases import NOW, case, rules, touch


@pytest.mark.parametrize("outcome", ["voicemail", "gatekeeper_message"])
def test_a4_after_a_message_our_next_attempt_is_the_next_working_day(outcome: str) -> None:
    decision = decide(case(touch(outcome), ways=frozenset({Channel.CALL})), NOW)
    assert "A4" in rules(decision)
    assert decision.step and decision.step.window.starts_at == datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.mark.parametrize("channel", [Channel.TEXT, Channel.EMAIL, Channel.POST])
def test_a4_written_messages_too(channel: Channel) -> None:
    decision = decide(case(touch("sent", channel=channel)), NOW)
    assert "A4" in rules(decision) and decision.step
