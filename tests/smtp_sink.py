"""A real SMTP server on loopback that keeps what it is given and can be told to misbehave."""

from __future__ import annotations

import base64
import socket
import time
import warnings
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Taken:
    """A mail the sink has accepted, and when."""

    sender: str
    to: tuple[str, ...]
    raw: bytes
    at: float  # time.monotonic()

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def text(self) -> str:
        plain = self.mail.get_body(("plain",))
        assert plain
        return str(plain.get_content()).replace("\r\n", "\n")

    @property
    def message_id(self) -> str:
        return str(self.mail["Message-ID"])


@dataclass(repr=False)  # the library logs it with every line
class Sink:
    """Faults, each used up by the mail it happens to: an answer ("451 …", "550 …"), "drop" (accepts, then breaks the
    line instead of answering), "cut" (breaks it before anything is accepted), by the command it is given at.
    """

    host: str = "127.0.0.1"
    port: int = 0
    password: str = ""  # anything else is not let in; "": nobody need sign in
    taken: list[Taken] = field(default_factory=list)
    begun: list[float] = field(default_factory=list)  # when each DATA command arrived
    at_rcpt: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    after_dot: list[str] = field(default_factory=list)
    when_data: Callable[[], None] = lambda: None
    poison: str = ""  # an address it always drops the line at

    def ids(self) -> list[str]:  # not a property: the library reads every attribute, with each connection
        return [taken.message_id for taken in self.taken]

    # aiosmtpd's hooks

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt:
            return self.at_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        fault = self.after_dot.pop(0) if self.after_dot else ""
        if self.poison and self.poison in envelope.rcpt_tos:
            fault = "drop"
        if fault[:1] in ("4", "5"):
            return fault
        self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, time.monotonic()))
        if fault == "drop":
            _break(server)
        return "250 OK"

    async def auth_XOAUTH2(self, server: SMTP, given: list[str]) -> AuthResult:  # noqa: N802
        """`user=…^Aauth=Bearer TOKEN^A^A`; the token is the password here."""
        said = base64.b64decode(given[1]).decode() if len(given) > 1 else ""
        return AuthResult(success=said.endswith(f"auth=Bearer {self.password}\x01\x01"), handled=False)

    def let_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        said = isinstance(given, LoginPassword) and given.password.decode() == self.password
        return AuthResult(success=said, handled=False)


def _break(server: SMTP) -> None:
    assert isinstance(server.transport, WriteTransport)
    server.transport.abort()


class _Server(SMTP):
    def __init__(self, sink: Sink, *args: Any, **more: Any) -> None:
        super().__init__(sink, *args, **more)
        self.sink = sink

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        self.sink.begun.append(time.monotonic())
        self.sink.when_data()
        if self.sink.at_data:
            fault = self.sink.at_data.pop(0)
            if fault == "cut":
                _break(self)
            else:
                await self.push(fault)
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def __init__(self, sink: Sink) -> None:
        super().__init__(sink, hostname=sink.host, port=sink.port)
        self.sink = sink

    def factory(self) -> SMTP:
        more: dict[str, Any] = {}
        if self.sink.password:
            more = {"authenticator": self.sink.let_in, "auth_required": True, "auth_require_tls": False}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a password without TLS: we don't leave this machine
            return _Server(self.sink, **more)


@contextmanager
def running(**more: Any) -> Iterator[Sink]:
    """A sink that listens as long as the block lasts."""
    sink = Sink(port=closed_port(), **more)
    controller = _Controller(sink)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


def closed_port() -> int:
    """A port on which nobody answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
