"""What a phone provider reports: what became of texts and calls, and texts of theirs (D5, E3).

Each report is checked by its signature, and may come twice, late or in any order: what is told is a state, and states
only go forward; a text of theirs is kept under the provider's id, once. While the database is busy, reports wait in
files and are taken in as soon as it isn't: the provider doesn't say things twice.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils.crypto import constant_time_compare

from fifthcall.cues import texts_in
from fifthcall.phoning import calls, sending
from fifthcall.phoning.models import Line
from fifthcall.phoning.providers import provider_of
from fifthcall.sealing import Unsealable

log = logging.getLogger(__name__)
ACTS = ("texts", "state", "ours", "theirs")
AT_A_TIME = 500


class Forged(ValueError):
    """It isn't from the provider, or not for a line of ours."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it came: to which address, what it says, and how it is signed."""

    line: int
    secret: str
    act: str
    key: int  # of our text or call
    said: dict[str, str]
    signature: str

    @property
    def url(self) -> str:
        """The address as the provider knows it, which is what it signs."""
        return f"{settings.URL}/hooks/phone/{self.line}/{self.secret}/{self.act}/{self.key}/"


def take(report: Report, now: datetime) -> None:
    """Do what a report asks for. Raises Forged, or OperationalError while the database is busy."""
    line = Line.objects.select_related("workspace", "member").filter(pk=report.line, removed_at=None).first()
    if line is None or not constant_time_compare(line.hook_secret, report.secret) or report.act not in ACTS:
        raise Forged("There is no such line.")
    try:
        signed = provider_of(line).is_from(line, report.url, report.said, report.signature)
    except (Unsealable, KeyError) as error:
        raise Forged("Its signature can't be checked.") from error
    if not signed:
        raise Forged("Its signature is wrong.")
    if report.act == "texts":
        _came(line, report, now)
        return
    news = provider_of(line).news_of(report.said)
    if news is None:
        return
    if report.act == "state":
        sending.take_news(report.key, line, news, now)
    else:
        calls.take_news(report.key, line, report.act == "theirs", news, now)


def _came(line: Line, report: Report, now: datetime) -> None:
    try:
        came = provider_of(line).came(report.said)
    except KeyError as error:
        raise Forged(f"It lacks {error}.") from error
    try:
        with transaction.atomic():
            texts_in.take_in(line, came, now)
    except IntegrityError:
        if not texts_in.known(line, came):  # said before is said; anything else is ours to mend
            raise


def take_or_keep(report: Report, now: datetime) -> None:
    """Take it now, or keep it in a file until the database has time. Raises Forged, or OSError when neither works."""
    try:
        take(report, now)
    except OperationalError:
        keep(report)


def folder() -> Path:
    return Path(settings.DATA) / "reports"


def keep(report: Report) -> None:
    """On the disk before it is answered. Raises OSError."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(12)
    new = folder() / f"{name}.new"
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(report), file)
        file.flush()
        os.fsync(file.fileno())
    new.rename(folder() / f"{name}.report")


def take_kept(now: datetime) -> int:
    """Take in what was kept, the oldest first; how many. Taken twice after a crash, it is taken once."""
    if not folder().is_dir():
        return 0
    found = sorted(folder().glob("*.report"), key=lambda path: path.stat().st_mtime)[:AT_A_TIME]
    for path in found:
        try:
            take(Report(**json.loads(path.read_text(encoding="utf-8"))), now)
        except OperationalError:
            return 0
        except (Forged, ValueError, TypeError):
            log.warning("A report that was kept is not from the provider, and is left out.")
        except Exception:  # it is put aside for us to mend, and those behind it have their turn
            log.exception("A report that was kept can't be taken in: %s", path.with_suffix(".bad"))
            path.rename(path.with_suffix(".bad"))
        path.unlink(missing_ok=True)
    return len(found)
