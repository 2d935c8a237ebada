"""E1: who fetched a picture or a link of our mail: a person, a machine, one of ourselves, or nobody can say.

Pure. Doubt never counts as a person: a machine taken for one would send somebody to the telephone for nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files

from crawleruseragents import is_crawler  # type: ignore[import-untyped]


class Sort(StrEnum):
    PERSON = "person"
    MACHINE = "machine"
    UNSURE = "unsure"
    OWN = "own"


class What(StrEnum):
    OPEN = "pixel"
    CLICK = "link"
    TRAP = "trap"


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for something of a mail. `address`: a digest; `own`: "session" or "address" when it is ours.

    The headers that tell browsers from programs: `language` (Accept-Language is there), `mode`, `dest`, `site` and
    `user` (Sec-Fetch-…), `purpose` (a prefetch), `encrypted` (over https, where browsers send Sec-Fetch-… at all).
    """

    what: What
    link: int
    at: datetime
    method: str = "GET"
    agent: str = ""
    address: str = ""
    network: str = ""
    own: str = ""
    language: bool = True
    mode: str = ""
    dest: str = ""
    site: str = ""
    user: bool = False
    purpose: str = ""
    encrypted: bool = False
    sort: str = ""  # what was said of it before

    @property
    def browser(self) -> tuple[str, str]:
        return self.address, self.agent


@dataclass(frozen=True, slots=True)
class Mail:
    """What else is known of the mail when a hit is judged, at `now`: all its hits, this one among them.

    `known`: browsers in which this person was seen before, as (address, agent).
    """

    sent_at: datetime
    links: int
    hits: tuple[Hit, ...]
    now: datetime
    known: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    sort: Sort
    evidence: tuple[str, ...]  # sentences


#: Nobody reads and acts so soon after a mail was handed to the server.
TOO_SOON = {What.OPEN: timedelta(seconds=5), What.CLICK: timedelta(seconds=8)}
#: So soon only somebody we know again counts as a person.
SOON = timedelta(seconds=30)
#: When scanners do most of their work: a click from nowhere within it proves nothing.
EARLY = timedelta(minutes=2)
#: What comes of one machine comes within this time; a person's signal waits so long, unless it speaks for itself.
SETTLED = timedelta(seconds=30)
AT_ONCE = timedelta(seconds=10)
SAME_TIME = timedelta(minutes=10)
#: A click from within a webmail page, so long after sending, needs no further proof.
LATER = timedelta(seconds=60)
_BROWSER = re.compile(r"^Mozilla/5\.0 \(.+\).* (?:Chrome|CriOS|Firefox|FxiOS|Version|Safari|Edg|EdgiOS|OPR)/\d")
_MAIL_PROGRAM = re.compile(
    r"Microsoft Outlook|MSOffice|Thunderbird/|Outlook-iOS|Outlook-Android|AppleWebKit/\S+ \(KHTML, like Gecko\)$"
    r"|Mobile/\w+$|Evolution/|eM ?Client|Mailspring|BlueMail|K-9|SamsungEmail|Postbox/|The Bat"
)
_ANTIQUE = re.compile(r"MSIE [1-9]\.|Windows NT 5\.|Windows 9|Chrome/[1-6]?\d\.|Firefox/[1-5]?\d\.|Edge/1[2-7]\.")
_CHROMIUM = re.compile(r"Chrome/(?:[89]\d|\d{3})\.")


def verdict(hit: Hit, mail: Mail) -> Verdict | None:
    """Who it was, with the evidence; None while what would tell may still come (ask again after SETTLED)."""
    for judge in _JUDGES:
        found = judge(hit, mail)
        if found:
            return found
    delay = hit.at - mail.sent_at
    said = [f"{_span(delay)} after it was sent."]
    if hit.browser in _readers(hit, mail):
        return Verdict(Sort.PERSON, (*said, "From a browser they were seen in before."))
    if _from_a_page(hit) and delay >= LATER:
        return Verdict(Sort.PERSON, (*said, "A link clicked on a page, in a browser."))
    if mail.now < hit.at + SETTLED:
        return None
    if delay < SOON:
        return Verdict(Sort.UNSURE, (*said, "So soon it may have been a scanner as well."))
    if hit.what is What.CLICK and delay < EARLY:
        return Verdict(Sort.UNSURE, (*said, "A link followed so soon may have been a scanner’s as well."))
    if _BROWSER.search(hit.agent):
        return Verdict(Sort.PERSON, (*said, "In a browser, with nothing else fetched at the same time."))
    if hit.what is What.OPEN and _MAIL_PROGRAM.search(hit.agent):
        return Verdict(Sort.PERSON, (*said, "In a mail program, with nothing else fetched at the same time."))
    return Verdict(Sort.UNSURE, (*said, "By a program that is not known."))


def _own(hit: Hit, mail: Mail) -> Verdict | None:
    words = {"session": "From a browser in which one of you is signed in.", "address": "From where one of you works."}
    return Verdict(Sort.OWN, (words[hit.own],)) if hit.own else None


def _trapped(hit: Hit, mail: Mail) -> Verdict | None:
    if hit.what is What.TRAP:
        return Verdict(Sort.MACHINE, ("It followed a link that no person can see.",))
    traps = [other for other in mail.hits if other.what is What.TRAP and abs(other.at - hit.at) <= SAME_TIME]
    if any(_same_origin(hit, trap) for trap in traps):
        return Verdict(Sort.MACHINE, ("From the same place, a link was followed that no person can see.",))
    if any(abs(trap.at - hit.at) <= AT_ONCE for trap in traps):
        return Verdict(Sort.MACHINE, ("At the same moment, a link was followed that no person can see.",))
    return None


def _asked_oddly(hit: Hit, mail: Mail) -> Verdict | None:
    if hit.method != "GET":
        return Verdict(Sort.MACHINE, (f"It only asked whether there is something ({hit.method}), as checkers do.",))
    heads = [other for other in mail.hits if other.method != "GET" and abs(other.at - hit.at) <= SAME_TIME]
    if any(_same_origin(hit, head) or abs(head.at - hit.at) <= AT_ONCE for head in heads):
        return Verdict(Sort.MACHINE, ("It was checked before it was fetched, as scanners do.",))
    if hit.purpose:
        return Verdict(Sort.MACHINE, ("Fetched ahead by a program, in case somebody looks.",))
    return None


def _relayed(hit: Hit, mail: Mail) -> Verdict | None:
    if hit.what is not What.OPEN:
        return None
    relay = _named(hit.agent.lower(), "relays")
    if relay:
        return Verdict(Sort.UNSURE, (f"Fetched by {relay}, which hides who looks and when.",))
    if hit.agent.strip() == "Mozilla/5.0":
        return Verdict(Sort.UNSURE, ("Fetched by Apple Mail’s privacy protection, whether anybody looks or not.",))
    return None


def _named_machine(hit: Hit, mail: Mail) -> Verdict | None:
    if hit.network:
        return Verdict(Sort.MACHINE, (f"From {hit.network}.",))
    if not hit.agent.strip():
        return Verdict(Sort.MACHINE, ("A program that doesn’t say what it is.",))
    scanner = _named(hit.agent.lower(), "scanners")
    if scanner or _crawls(hit.agent):
        return Verdict(Sort.MACHINE, (f"A program that calls itself “{hit.agent[:60]}”.",))
    return None


def _disguised(hit: Hit, mail: Mail) -> Verdict | None:
    if _ANTIQUE.search(hit.agent):
        return Verdict(Sort.MACHINE, ("It calls itself a browser that nobody has used for years.",))
    if not _BROWSER.search(hit.agent):
        return None
    if not hit.language:
        return Verdict(Sort.MACHINE, ("It calls itself a browser and names no language, as every browser does.",))
    if hit.encrypted and not hit.mode and _CHROMIUM.search(hit.agent) and "; wv)" not in hit.agent:
        return Verdict(Sort.MACHINE, ("It calls itself a browser and doesn’t speak as that browser does.",))
    if hit.what is What.CLICK and hit.mode not in ("", "navigate"):
        return Verdict(Sort.MACHINE, ("A script asked for the link, not somebody who clicked.",))
    return None


def _too_soon(hit: Hit, mail: Mail) -> Verdict | None:
    delay = hit.at - mail.sent_at
    if delay < TOO_SOON.get(hit.what, timedelta()):
        return Verdict(Sort.MACHINE, (f"{_span(delay)} after it was sent: no person is that quick.",))
    return None


def _burst(hit: Hit, mail: Mail) -> Verdict | None:
    near = [other for other in mail.hits if abs(other.at - hit.at) <= AT_ONCE]
    links = {
        other.link for other in near if other.what is What.CLICK and (_same_origin(hit, other) or _together(hit, other))
    }
    if len(links) >= 3 or (len(links) == mail.links == 2):
        return Verdict(Sort.MACHINE, (f"{len(links)} of {mail.links} links within {AT_ONCE.seconds} seconds.",))
    same = [other for other in mail.hits if other.link == hit.link and abs(other.at - hit.at) <= timedelta(minutes=1)]
    if len(same) >= 5:
        return Verdict(Sort.MACHINE, (f"The same {len(same)} times within a minute.",))
    opens = [other for other in near if other.what is What.OPEN and other.browser == hit.browser]
    if hit.what is What.CLICK and any(timedelta() <= hit.at - other.at < timedelta(seconds=1) for other in opens):
        return Verdict(Sort.MACHINE, ("Opened and clicked within the same second.",))
    clicks = [other for other in near if other.what is What.CLICK and other.browser == hit.browser]
    if hit.what is What.OPEN and any(timedelta() <= other.at - hit.at < timedelta(seconds=1) for other in clicks):
        return Verdict(Sort.MACHINE, ("Opened and clicked within the same second.",))
    return None


_JUDGES: tuple[Callable[[Hit, Mail], Verdict | None], ...] = (
    _own, _trapped, _asked_oddly, _relayed, _named_machine, _disguised, _too_soon, _burst,
)  # fmt: skip


def _readers(hit: Hit, mail: Mail) -> frozenset[tuple[str, str]]:
    """Browsers in which a person was seen, with this mail or an earlier one."""
    return mail.known | {other.browser for other in mail.hits if other.sort == Sort.PERSON and other.address}


def _from_a_page(hit: Hit) -> bool:
    """Whether a browser says that somebody clicked on a page of another site, such as their webmail."""
    clicked = hit.what is What.CLICK and hit.user and hit.site == "cross-site"
    return clicked and hit.mode == "navigate" and hit.dest == "document" and bool(_BROWSER.search(hit.agent))


def _same_origin(one: Hit, other: Hit) -> bool:
    return bool(one.address) and one.address == other.address


def _together(one: Hit, other: Hit) -> bool:
    """Scanners come from many addresses at once; people don't."""
    return abs(one.at - other.at) <= timedelta(seconds=5)


def _span(delay: timedelta) -> str:
    seconds = max(0, int(delay.total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {unit}{'s' if number != 1 else ''}"
    return f"{seconds} second{'s' if seconds != 1 else ''}"


@lru_cache(maxsize=5000)
def _crawls(agent: str) -> bool:
    return bool(is_crawler(agent))


def _named(agent: str, table: str) -> str:
    return next((name for name, words in _table()[table].items() if any(word in agent for word in words)), "")


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("fifthcall.cues").joinpath("machines.toml").read_text(encoding="utf-8"))
