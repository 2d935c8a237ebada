"""Labelled patterns of hits, from what mail programs, picture services and link scanners do in public.

Each: a name, who it was, and the hits as (seconds after sending, what, which link, headers…). The verdict that counts
is the last hit's, or that of every hit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fifthcall.cues.hits import Hit, Mail, Verdict, What, verdict

SENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
EDGE = f"{CHROME} Edg/131.0.0.0"
MAC_CHROME = CHROME.replace("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 "
    "Mobile/15E148 Safari/604.1"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
WEBVIEW = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0.0.0 "
    "Mobile Safari/537.36"
)
APPLE_MAIL = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
SAFARI = f"{APPLE_MAIL} Version/18.1 Safari/605.1.15"
IPHONE_MAIL = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)
OUTLOOK = "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)"
OUTLOOK_OLD = "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"
THUNDERBIRD = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.4.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
OLD_GMAIL_SCAN = f"{CHROME.replace('131.0.0.0', '42.0.2311.135')} Edge/12.246"
HOME, SCAN, SCAN_2, OFFICE = "home", "scan", "scan-2", "office"
CLICKED: dict[str, Any] = {"mode": "navigate", "dest": "document", "user": True, "encrypted": True}
SHOWN: dict[str, Any] = {"mode": "no-cors", "dest": "image", "encrypted": True}
OPEN, CLICK, TRAP = What.OPEN, What.CLICK, What.TRAP
Step = tuple[float, What, int, dict[str, Any]]


@dataclass(frozen=True)
class Pattern:
    name: str
    who: str
    steps: tuple[Step, ...]
    links: int = 3
    every: bool = False  # each of the hits, not only the last


def by(agent: str, address: str = HOME, **more: Any) -> dict[str, Any]:
    return {"agent": agent, "address": address} | more


def pattern(name: str, who: str, *steps: Step, links: int = 3, every: bool = False) -> Pattern:
    return Pattern(name, who, steps, links, every)


def verdicts(case: Pattern) -> list[Verdict | None]:
    """Judged as the worker does: each hit as it comes, and again when it has settled; the first word holds."""
    made = [
        Hit(what, link if what is CLICK else 90 if what is OPEN else 91, SENT + timedelta(seconds=after), **said)
        for after, what, link, said in case.steps
    ]
    said: list[Verdict | None] = [None] * len(made)
    moments = sorted({hit.at + timedelta(seconds=wait) for hit in made for wait in (0.3, 31)})
    for now in moments:
        for place, hit in enumerate(made):
            if said[place] is None and hit.at <= now:
                known = tuple(other for other in made if other.at <= now)
                said[place] = verdict(hit, Mail(SENT, case.links, known, now))
                if found := said[place]:
                    made[place] = Hit(
                        **{name: getattr(hit, name) for name in Hit.__slots__} | {"sort": found.sort.value}
                    )
    return said


def burst(start: float, agent: str, step: float = 0.4, links: int = 3, **more: Any) -> tuple[Step, ...]:
    """One machine that follows every link in turn."""
    return tuple((start + step * n, CLICK, n, by(agent, SCAN, **more)) for n in range(links))


PERSONS = (
    pattern("Outlook on Windows, a quarter of an hour later", "person", (900, OPEN, 0, by(OUTLOOK, language=False))),
    pattern("Outlook 2016", "person", (4000, OPEN, 0, by(OUTLOOK_OLD, language=False))),
    pattern("Thunderbird", "person", (300, OPEN, 0, by(THUNDERBIRD, **SHOWN))),
    pattern("Apple Mail without its protection", "person", (1200, OPEN, 0, by(APPLE_MAIL, **SHOWN))),
    pattern("Mail on an iPhone without its protection", "person", (2200, OPEN, 0, by(IPHONE_MAIL, **SHOWN))),
    pattern("webmail in Chrome", "person", (240, OPEN, 0, by(CHROME, **SHOWN))),
    pattern("webmail in Edge", "person", (3600, OPEN, 0, by(EDGE, **SHOWN))),
    pattern("webmail in Firefox", "person", (7200, OPEN, 0, by(FIREFOX, **SHOWN))),
    pattern("webmail in Safari", "person", (86_400, OPEN, 0, by(SAFARI, **SHOWN))),
    pattern("webmail on an Android phone", "person", (500, OPEN, 0, by(ANDROID, **SHOWN))),
    pattern("a mail app on Android", "person", (700, OPEN, 0, by(WEBVIEW, encrypted=True))),
    pattern("an old intranet webmail over http", "person", (900, OPEN, 0, by(CHROME))),
    pattern("a minute after sending", "person", (61, OPEN, 0, by(CHROME, **SHOWN))),
    pattern("forty seconds after sending", "person", (40, OPEN, 0, by(THUNDERBIRD, **SHOWN))),
    pattern("three days later", "person", (260_000, OPEN, 0, by(MAC_CHROME, **SHOWN))),
    pattern("opened twice", "person", (600, OPEN, 0, by(CHROME, **SHOWN)), (660, OPEN, 0, by(CHROME, **SHOWN))),
    pattern(
        "opened at work, and at home", "person", (600, OPEN, 0, by(OUTLOOK)), (30_000, OPEN, 0, by(IPHONE_MAIL, HOME))
    ),
    pattern("clicked in Outlook, which opens Edge", "person", (900, CLICK, 0, by(EDGE, site="none", **CLICKED))),
    pattern("clicked in webmail", "person", (900, CLICK, 1, by(CHROME, site="cross-site", **CLICKED))),
    pattern("clicked in webmail in Firefox", "person", (130, CLICK, 1, by(FIREFOX, site="cross-site", **CLICKED))),
    pattern(
        "clicked on an iPhone", "person", (1000, CLICK, 2, by(IPHONE, mode="navigate", dest="document", encrypted=True))
    ),
    pattern("clicked on Android", "person", (1000, CLICK, 2, by(ANDROID, site="none", **CLICKED))),
    pattern("clicked in an in-app browser", "person", (1000, CLICK, 2, by(WEBVIEW, encrypted=True))),
    pattern("clicked in Safari before it sent Sec-Fetch", "person", (1000, CLICK, 2, by(SAFARI, encrypted=True))),
    pattern("clicked over http", "person", (1000, CLICK, 0, by(CHROME))),
    pattern("clicked in a browser on Linux", "person", (1000, CLICK, 0, by(FIREFOX, site="none", **CLICKED))),
    pattern(
        "clicked twice by mistake",
        "person",
        (900, CLICK, 0, by(EDGE, site="none", **CLICKED)),
        (901, CLICK, 0, by(EDGE, site="none", **CLICKED)),
        every=True,
    ),
    pattern(
        "read, then clicked",
        "person",
        (600, OPEN, 0, by(CHROME, **SHOWN)),
        (625, CLICK, 0, by(CHROME, site="cross-site", **CLICKED)),
        every=True,
    ),
    pattern(
        "read for two minutes, then clicked from Outlook",
        "person",
        (600, OPEN, 0, by(OUTLOOK)),
        (720, CLICK, 0, by(EDGE, site="none", **CLICKED)),
        every=True,
    ),
    pattern(
        "two links, half a minute apart",
        "person",
        (600, CLICK, 0, by(CHROME, site="none", **CLICKED)),
        (632, CLICK, 1, by(CHROME, site="none", **CLICKED)),
        every=True,
    ),
    pattern(
        "two of three links in new tabs",
        "person",
        (600, CLICK, 0, by(CHROME, site="none", **CLICKED)),
        (604, CLICK, 1, by(CHROME, site="none", **CLICKED)),
        every=True,
    ),
    pattern("the only link", "person", (600, CLICK, 0, by(CHROME, site="none", **CLICKED)), links=1),
    pattern(
        "both links, a minute apart",
        "person",
        (600, CLICK, 0, by(FIREFOX, site="none", **CLICKED)),
        (660, CLICK, 1, by(FIREFOX, site="none", **CLICKED)),
        links=2,
        every=True,
    ),
    pattern(
        "all three links, in a quarter of an hour",
        "person",
        (600, CLICK, 0, by(CHROME, site="none", **CLICKED)),
        (900, CLICK, 1, by(CHROME, site="none", **CLICKED)),
        (1500, CLICK, 2, by(CHROME, site="none", **CLICKED)),
        every=True,
    ),
    pattern(
        "after a scan at delivery, the person reads",
        "person",
        *burst(3, CHROME, encrypted=True),
        (1800, OPEN, 0, by(OUTLOOK, OFFICE)),
    ),
    pattern(
        "after a scan at delivery, the person clicks",
        "person",
        (2, TRAP, 0, by(CHROME, SCAN)),
        *burst(3, CHROME),
        (2400, CLICK, 1, by(EDGE, OFFICE, site="none", **CLICKED)),
    ),
    pattern(
        "after the Gmail proxy, the click",
        "person",
        (900, OPEN, 0, by(GMAIL, SCAN)),
        (930, CLICK, 0, by(CHROME, site="cross-site", **CLICKED)),
    ),
    pattern(
        "after Apple's protection, the click",
        "person",
        (20, OPEN, 0, by("Mozilla/5.0", SCAN)),
        (5000, CLICK, 0, by(IPHONE, mode="navigate", dest="document", encrypted=True)),
    ),
    pattern(
        "seen before, and again within seconds of an open",
        "person",
        (600, OPEN, 0, by(CHROME, **SHOWN)),
        (700, CLICK, 2, by(CHROME, site="none", **CLICKED)),
        every=True,
    ),
    pattern(
        "through a company's proxy, one address for all",
        "person",
        (600, OPEN, 0, by(OUTLOOK, OFFICE)),
        (700, CLICK, 0, by(EDGE, OFFICE, site="none", **CLICKED)),
    ),
    pattern(
        "through a VPN: read here, clicked there",
        "person",
        (600, OPEN, 0, by(CHROME, **SHOWN)),
        (680, CLICK, 0, by(CHROME, OFFICE, site="none", **CLICKED)),
    ),
    pattern(
        "checked once by HEAD hours before",
        "person",
        (10, CLICK, 0, by(CHROME, SCAN, method="HEAD")),
        (9000, CLICK, 0, by(CHROME, OFFICE, site="none", **CLICKED)),
    ),
    pattern("with no address to be told by", "person", (900, CLICK, 0, by(CHROME, "", site="none", **CLICKED))),
    pattern("eM Client", "person", (900, OPEN, 0, by("eM Client/10.1.4588.0", language=False))),
    pattern(
        "Evolution",
        "person",
        (900, OPEN, 0, by("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Evolution/3.54")),
    ),
)

MACHINES = (
    *(
        pattern(f"calls itself {agent}", "machine", (900, CLICK, 0, by(agent, SCAN)))
        for agent in (
            "curl/8.10.1",
            "python-requests/2.32.3",
            "Go-http-client/2.0",
            "Java/17.0.2",
            "Wget/1.21",
            "okhttp/4.12.0",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "TelegramBot (like TwitterBot)",
            "bitlybot/3.0",
            "facebookexternalhit/1.1",
            "LinkedInBot/1.0 (compatible; Mozilla/5.0)",
            "WhatsApp/2.23.20.0",
            "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0; BingPreview/1.0b)",
            "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))",
            "Mimecast-URL-Protect/1.0",
            "Proofpoint URL Defense",
            CHROME.replace("Chrome/", "HeadlessChrome/"),
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Symantec Email Security.cloud",
            "Microsoft-SafeLinks/1.0",
            "Sophos Email Sandstorm",
            "node-fetch/1.0",
            "aiohttp/3.10",
            "IronPort/14",
        )
    ),
    pattern("doesn't say what it is", "machine", (900, CLICK, 0, by("", SCAN))),
    pattern("doesn't say what it is, for the picture", "machine", (900, OPEN, 0, by(" ", SCAN))),
    pattern("Gmail's scan with a browser of 2015", "machine", (60, OPEN, 0, by(OLD_GMAIL_SCAN, SCAN))),
    pattern(
        "Internet Explorer 7",
        "machine",
        (800, CLICK, 0, by("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 6.0)", SCAN)),
    ),
    pattern(
        "Windows XP",
        "machine",
        (
            800,
            CLICK,
            0,
            by(
                "Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36",
                SCAN,
            ),
        ),
    ),
    pattern("one second after sending", "machine", (1, OPEN, 0, by(CHROME, SCAN, **SHOWN))),
    pattern("opened after four seconds", "machine", (4, OPEN, 0, by(OUTLOOK, SCAN))),
    pattern("clicked after seven seconds", "machine", (7, CLICK, 0, by(CHROME, SCAN, site="none", **CLICKED))),
    pattern("before the server had said yes", "machine", (-0.5, CLICK, 0, by(CHROME, SCAN, site="none", **CLICKED))),
    pattern("Defender follows every link at delivery", "machine", *burst(12, EDGE, **CLICKED), every=True),
    pattern("Defender follows every link, slowly", "machine", *burst(40, EDGE, step=3, **CLICKED), every=True),
    pattern("a rescan of every link, hours later", "machine", *burst(14_000, CHROME, **CLICKED), every=True),
    pattern(
        "every link from as many addresses",
        "machine",
        *((60 + n, CLICK, n, by(CHROME, f"farm-{n}", site="none", **CLICKED)) for n in range(3)),
        every=True,
    ),
    pattern("both links of two at once", "machine", *burst(300, CHROME, links=2, **CLICKED), links=2, every=True),
    pattern("five of eight links at once", "machine", *burst(300, CHROME, links=5, **CLICKED), links=8, every=True),
    pattern(
        "the picture and the link in the same second",
        "machine",
        (300, OPEN, 0, by(CHROME, SCAN, **SHOWN)),
        (300.4, CLICK, 0, by(CHROME, SCAN, site="none", **CLICKED)),
        every=True,
    ),
    pattern("the hidden link", "machine", (900, TRAP, 0, by(CHROME, SCAN, site="none", **CLICKED))),
    pattern(
        "a link, then the hidden one",
        "machine",
        (900, CLICK, 0, by(CHROME, SCAN, site="none", **CLICKED)),
        (902, TRAP, 0, by(CHROME, SCAN)),
        every=True,
    ),
    pattern(
        "the hidden link, then another from there",
        "machine",
        (900, TRAP, 0, by(CHROME, SCAN)),
        (1300, CLICK, 0, by(FIREFOX, SCAN, site="none", **CLICKED)),
        every=True,
    ),
    pattern(
        "the hidden link, at the same time from elsewhere",
        "machine",
        (900, TRAP, 0, by(CHROME, SCAN)),
        (903, CLICK, 0, by(CHROME, SCAN_2, site="none", **CLICKED)),
        every=True,
    ),
    pattern("HEAD", "machine", (900, CLICK, 0, by(CHROME, SCAN, method="HEAD"))),
    pattern(
        "HEAD, then GET",
        "machine",
        (900, CLICK, 0, by(CHROME, SCAN, method="HEAD")),
        (901, CLICK, 0, by(CHROME, SCAN)),
        every=True,
    ),
    pattern(
        "HEAD from one place, GET from another",
        "machine",
        (900, CLICK, 0, by(CHROME, SCAN, method="HEAD")),
        (904, CLICK, 0, by(CHROME, SCAN_2, site="none", **CLICKED)),
        every=True,
    ),
    pattern("a prefetch", "machine", (900, CLICK, 0, by(CHROME, purpose="prefetch", mode="navigate", dest="document"))),
    pattern("a preview", "machine", (900, CLICK, 0, by(SAFARI, purpose="preview"))),
    pattern("says Chrome, names no language", "machine", (900, CLICK, 0, by(CHROME, SCAN, language=False))),
    pattern("says Firefox, names no language", "machine", (900, OPEN, 0, by(FIREFOX, SCAN, language=False))),
    pattern("says Chrome, doesn't speak like it", "machine", (900, CLICK, 0, by(CHROME, SCAN, encrypted=True))),
    pattern(
        "says Edge, doesn't speak like it, for the picture", "machine", (900, OPEN, 0, by(EDGE, SCAN, encrypted=True))
    ),
    pattern(
        "a script's request for a link",
        "machine",
        (900, CLICK, 0, by(CHROME, SCAN, mode="cors", dest="empty", encrypted=True)),
    ),
    pattern(
        "Microsoft's mail protection's network",
        "machine",
        (900, CLICK, 0, by(EDGE, SCAN, network="Microsoft’s mail protection", site="none", **CLICKED)),
    ),
    pattern(
        "Barracuda's network",
        "machine",
        (900, CLICK, 0, by(CHROME, SCAN, network="Barracuda’s servers", site="none", **CLICKED)),
    ),
    pattern(
        "a browser in Google's network",
        "machine",
        (900, OPEN, 0, by(CHROME, SCAN, network="Google’s servers", **SHOWN)),
    ),
    pattern(
        "the same link over and over",
        "machine",
        *((900 + 5 * n, CLICK, 0, by(CHROME, SCAN, site="none", **CLICKED)) for n in range(6)),
        every=True,
    ),
)

UNSURE = (
    pattern("the Gmail proxy", "unsure", (900, OPEN, 0, by(GMAIL, SCAN))),
    pattern("the Gmail proxy, at delivery", "unsure", (2, OPEN, 0, by(GMAIL, SCAN, network="Google’s servers"))),
    pattern("Apple's privacy protection", "unsure", (1300, OPEN, 0, by("Mozilla/5.0", SCAN))),
    pattern(
        "Yahoo's picture service", "unsure", (600, OPEN, 0, by("YahooMailProxy; https://help.yahoo.com/kb/", SCAN))
    ),
    pattern("twenty seconds after sending", "unsure", (20, OPEN, 0, by(OUTLOOK))),
    pattern("clicked after fifteen seconds", "unsure", (15, CLICK, 0, by(CHROME, site="cross-site", **CLICKED))),
    pattern("a program nobody knows", "unsure", (900, OPEN, 0, by("Zorg Mail 3"))),
    pattern(
        "clicked after a minute, from nowhere",
        "unsure",
        (60, CLICK, 0, by(CHROME, SCAN, site="none", **CLICKED)),
        links=1,
    ),
    pattern("a program nobody knows clicks", "unsure", (900, CLICK, 0, by("Zorg Mail 3"))),
)

OWN = (
    pattern("our own browser", "own", (900, CLICK, 0, by(CHROME, own="session", **CLICKED))),
    pattern("our own office", "own", (900, OPEN, 0, by(OUTLOOK, OFFICE, own="address"))),
    pattern("our own look, seconds after sending", "own", (2, OPEN, 0, by(CHROME, OFFICE, own="address"))),
    pattern("our own look at every link", "own", *burst(300, CHROME, own="session", **CLICKED), every=True),
)
PATTERNS = (*PERSONS, *MACHINES, *UNSURE, *OWN)
