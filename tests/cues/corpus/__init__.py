"""Mails as they come in, each with what it is: written for these tests after the RFCs and what mail programs do."""

from __future__ import annotations

from tests.cues.corpus import machines, notes, people, servers, stops
from tests.cues.corpus.mail import OURS, TODAY, Labelled

MAILS: list[Labelled] = [*people.MAILS, *notes.MAILS, *machines.MAILS, *servers.MAILS, *stops.MAILS]

__all__ = ["MAILS", "OURS", "TODAY", "Labelled"]
