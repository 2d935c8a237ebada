"""What can go wrong when something is handed over to be sent, told apart by what it means for sending it again."""

from __future__ import annotations


class Trouble(Exception):
    """It has not gone out; the text says why, in words for the person who wants it sent."""


class TryLater(Trouble):
    """Nothing is wrong with it: the server can't take it now."""


class Refused(Trouble):
    """The server will never take it. `dead`: because there is no such address or number."""

    def __init__(self, words: str, dead: bool = False) -> None:
        super().__init__(words)
        self.dead = dead


class NotLetIn(Trouble):
    """The user name, password or key is wrong."""


class Unknown(Exception):
    """The whole of it was handed over and the answer never came: it may have gone out."""
