"""D5: does somebody ask us to stop? In plain words and in many languages; what might mean something else is flagged."""

from __future__ import annotations

import re
from enum import StrEnum

from fifthcall.cues import phrases

MOST = 3_000  # characters that are looked at: who wants no more says so early


class Stop(StrEnum):
    NO = "no"
    UNSURE = "unsure"  # a person should look
    YES = "yes"


def says_stop(text: str) -> Stop:
    """Whether `text`, what somebody wrote without what they quote, asks us to stop."""
    text = text[:MOST]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(text) < 300 and any(_alone(line) for line in lines[:3]):
        return Stop.YES
    asked = [one for one in _sentences(text) if phrases.says("stop.plain", one)]
    if any(_plainly(one) for one in asked):
        return Stop.YES
    return Stop.UNSURE if asked or phrases.says("stop.hint", phrases.tidy(text)) else Stop.NO


def _alone(line: str) -> bool:
    """Whether a line is such a word, politely or not: "STOP", "Please unsubscribe, thanks"."""
    if line.endswith("?") or len(line) > 60:
        return False
    words = re.sub(r"[^\w'’ -]+", " ", phrases.tidy(line)).strip(" -'").lower()
    words = " ".join(words.split())
    if phrases.whole("stop.alone", words):
        return True
    polite = phrases.compiled("stop.polite")
    bare = " ".join(polite.sub(" ", words).split())
    return bare != words and phrases.whole("stop.alone", bare)


def _plainly(sentence: str) -> bool:
    """Whether it can mean nothing else: in a language that it is said in, no word speaks against it."""
    if sentence.endswith("?") and not phrases.says("stop.asking", sentence):
        return False
    said_in = [one for one in phrases.table("stop.plain") if phrases.says("stop.plain", sentence, one)]
    return any(not phrases.says("stop.otherwise", sentence, one) for one in said_in)


def _sentences(text: str) -> list[str]:
    whole = phrases.tidy(text)
    return [one.strip() for one in re.findall(r"[^.!?¶;]+[.!?¶;]?", re.sub(r"(?<=\w)\.(?=\w)", " ", whole))]
