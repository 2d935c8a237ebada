"""What a phone provider must be able to do, and which there are. A second one implements `Provider` and stands here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Protocol

from fifthcall.phoning.models import Line


@dataclass(frozen=True, slots=True)
class Accepted:
    """What the provider took on, under its own id."""

    provider_id: str
    parts: int | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What a provider reports of a text or a leg of a call; `what` in the words of `Text.State` or `Call.State`."""

    what: str
    provider_id: str
    error_code: str = ""
    why: str = ""
    stopped: bool = False  # they told the provider to stop
    dead: bool = False  # no text can ever reach this number
    seconds: int | None = None
    ended_how: str = ""


@dataclass(frozen=True, slots=True)
class Came:
    """A text of theirs. `answered`: the provider has answered a STOP, START or HELP itself."""

    provider_id: str
    number: str  # E.164
    text: str
    answered: bool = False


class Stopped(Exception):
    """The provider refuses: this number has told it to stop."""


class Provider(Protocol):
    """Everything raises trouble.NotLetIn, TryLater or Refused when nothing was done, Unknown when nobody can tell."""

    def check(self, line: Line) -> None:
        """Whether the account can be used and owns the number."""

    def report_here(self, line: Line, texts: str, calls: str) -> None:
        """Ask it to report texts that come in, and calls, to these addresses."""

    def send_text(self, line: Line, number: str, text: str, report_to: str) -> Accepted:
        """Raises Stopped, too."""

    def find_texts(self, line: Line, number: str, text: str, since: datetime) -> list[Accepted]:
        """Those it has taken on since, the same in number and words."""

    def ring(self, line: Line, number: str, report_ours: str, report_theirs: str) -> Accepted:
        """Ring our phone; when it is answered, theirs."""

    def leave(self, line: Line, their_leg: str, sound_at: str) -> None:
        """Play a recorded voicemail to their leg; ours is let go."""

    def record(self, line: Line, our_leg: str) -> Accepted:
        """Record from now on."""

    def hang_up(self, line: Line, our_leg: str) -> None:
        """End the call."""

    def is_from(self, line: Line, url: str, said: Mapping[str, str], signature: str) -> bool:
        """Whether a report to `url` is from the provider."""

    def news_of(self, said: Mapping[str, str]) -> News | None:
        """What a report about a text of ours or a leg says; None when nothing that we want to know."""

    def came(self, said: Mapping[str, str]) -> Came:
        """A text of theirs that it reports."""


def _twilio() -> Provider:
    from fifthcall.phoning.twilio import Twilio

    return Twilio()


#: code → name, the package it needs, and how it is had.
PROVIDERS: dict[str, tuple[str, str, Callable[[], Provider]]] = {"twilio": ("Twilio", "twilio", _twilio)}
#: In which header it signs what it reports.
SIGNATURES = {"twilio": "X-Twilio-Signature"}


def provider_of(line: Line) -> Provider:
    return PROVIDERS[line.provider][2]()


def ready() -> Iterable[str]:
    """The codes of those whose package is installed."""
    return [code for code, (_, package, _) in PROVIDERS.items() if find_spec(package)]
