"""No text makes judging slow: whatever takes the expressions longest takes no longer than a few plain letters would."""

from __future__ import annotations

import gc
import time

import pytest

from fifthcall.cues.judging import judge
from fifthcall.cues.parsing import Parsed
from tests.cues.corpus import OURS, TODAY

LENGTH = 50_000
_PIECES = {
    "spaces": " ",
    "letters": "a",
    "hyphens": "-",
    "hyphened lines": "-----x\n",
    "empty lines": "\n",
    "brackets": "(",
    "quotes": "> ",
    "quoted lines": "> x\n",
    "attributions": "On 1/1 wrote:\n",
    "attributions without end": "On 2026-01-01 a\n",
    "words before a colon": "On Mon:",
    "headers": "From: a@b 2026\nSent: x\n",
    "headers again": "From: x\n",
    "dates": "until 12/1 ",
    "months": "3 december ",
    "dotted numbers": "1.",
    "addresses": "a@b.",
    "long addresses": "a.b-",
    "begun stops": "don't ",
    "stops": "stop. ",
    "asks": "please do not stop contact me ",
    "begun absences": "i am out ",
    "german absences": "ich bin ",
    "received": "thank you for your message ",
    "held": "your message was held click ",
    "letters with marks": "ümläüt ",
}
_SENDERS = {
    "person": Parsed(from_address="anna@customer.example"),
    "server": Parsed(from_address="mailer-daemon@mx.example"),
    "machine": Parsed(from_address="anna@customer.example", telling={"auto-submitted": "auto-replied"}),
}


PLAIN = """We have looked at your offer, and before we go on I would like to know what the spare parts cost in the
second year, and whether Mr Jansen may come by on Thursday at 10.
Our works council meets on 12 December; until then I can't say more.

"""
MOST = 4.5  # times what plain text of the same length takes; trying again and again takes hundreds
TURNS = range(5, 60)  # of measuring: at least, at most


@pytest.mark.parametrize("piece", _PIECES)
@pytest.mark.parametrize("sender", _SENDERS)
def test_judging_takes_no_longer_for_hostile_text(sender: str, piece: str) -> None:
    plain, hostile = _mail("person", PLAIN), _mail(sender, _PIECES[piece])
    best_plain = best_hostile = float("inf")
    # In turns, and the best of each: other programs share the machine, so what it takes alone is seen in some turn.
    for turn in range(TURNS.stop):
        best_plain, best_hostile = min(best_plain, _seconds(plain)), min(best_hostile, _seconds(hostile))
        if turn >= TURNS.start and best_hostile < MOST * best_plain:
            return
    pytest.fail(f"{best_hostile / best_plain:.1f} times what plain text takes, in the best of {TURNS.stop} turns")


def _mail(sender: str, piece: str) -> Parsed:
    text = (piece * (LENGTH // len(piece) + 1))[:LENGTH]
    told = _SENDERS[sender]
    return Parsed(from_address=told.from_address, telling=told.telling, subject=text[:300], text=text)


def _seconds(mail: Parsed) -> float:
    gc.disable()  # it would go through everything that other tests have left
    try:
        began = time.process_time()
        judge(mail, OURS, TODAY)
        return time.process_time() - began
    finally:
        gc.enable()
