"""Whose mail it is: by the thread it answers, then by its sender; never another workspace's, never a forger's."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from fifthcall.channels.models import Message
from fifthcall.cues.judging import Sort, Verdict
from fifthcall.cues.parsing import Parsed
from fifthcall.people.models import ContactPoint, Person
from fifthcall.people.reach import normal_form
from fifthcall.pipeline.models import Opportunity

#: Where everybody has an address: sharing one of these means nothing.
_FOR_ALL = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com"),
        *(
            "icloud.com",
            "me.com",
            "mac.com",
            "aol.com",
            "gmx.de",
            "gmx.net",
            "gmx.at",
            "gmx.ch",
            "web.de",
            "t-online.de",
        ),
        *("freenet.de", "proton.me", "protonmail.com", "mail.com", "zoho.com", "orange.fr", "wanadoo.fr", "free.fr"),
        *(
            "laposte.net",
            "libero.it",
            "virgilio.it",
            "tiscali.it",
            "terra.es",
            "yandex.ru",
            "mail.ru",
            "qq.com",
            "163.com",
        ),
        *("naver.com", "seznam.cz", "wp.pl", "onet.pl", "o2.pl", "comcast.net", "verizon.net", "att.net", "bt.com"),
    )
)
#: What mail servers and their agents send: nobody of the thread need have sent it.
_SERVERS = (Sort.BOUNCED, Sort.DELAYED)


@dataclass(frozen=True, slots=True)
class Match:
    message: Message | None = None  # ours, that it answers or is about
    person: Person | None = None
    opportunity: Opportunity | None = None
    stranger: str = ""  # why it isn't believed


def match(workspace_id: int, mail: Parsed, verdict: Verdict) -> Match:
    """Whose the mail is, among the people and threads of one workspace."""
    message = _answered(workspace_id, mail)
    if verdict.sort is Sort.OWN:
        return _ours(workspace_id, mail)
    if message is None and verdict.sort in _SERVERS:
        message = _last_to(workspace_id, verdict.failed_address)
    if message:
        if verdict.sort not in _SERVERS and not _belongs(message, mail.from_address):
            return Match(message, stranger=f"It answers our mail, but {mail.from_address} is nobody we wrote to.")
        return Match(message, message.person, message.opportunity)
    return Match() if verdict.sort is Sort.BULK else _by_sender(workspace_id, mail.from_address)


def _answered(workspace_id: int, mail: Parsed) -> Message | None:
    """The latest of our messages that it refers to."""
    ids = {mail.in_reply_to, mail.reported_id, *mail.references} - {""}
    rows = Message.objects.filter(workspace=workspace_id, message_id__in=ids)
    return rows.select_related("opportunity", "person").order_by("-id").first() if ids else None


def _last_to(workspace_id: int, address: str) -> Message | None:
    rows = Message.objects.filter(workspace=workspace_id, to_address__iexact=address, begun_at__isnull=False)
    return rows.select_related("opportunity", "person").order_by("-begun_at").first() if address else None


def _belongs(message: Message, address: str) -> bool:
    """Whether somebody of the thread has written: whom we wrote to, their colleague, or anybody we know there."""
    ours, domain = message.to_address.lower(), address.rpartition("@")[2]
    if address == ours or (domain == ours.rpartition("@")[2] and domain not in _FOR_ALL):
        return True
    people = _people(message.workspace_id, address)
    organization = message.opportunity.organization_id
    if message.person_id and people.filter(pk=message.person_id).exists():
        return True
    return organization is not None and people.filter(organization=organization).exists()


def _by_sender(workspace_id: int, address: str) -> Match:
    """The sender's opportunity: the one we last wrote to them about, else the one that is next."""
    people = list(_people(workspace_id, address))
    if not people:
        return Match()
    before = _last_to(workspace_id, address)
    if before and before.person in people:
        return Match(before, before.person, before.opportunity)
    rows = Opportunity.objects.filter(workspace=workspace_id, person__in=people, merged_into=None)
    found = rows.unfinished().order_by("next_due_at", "id").first() or rows.order_by("-changed_at", "-id").first()
    return Match(None, (found and found.person) or people[0], found)


def _ours(workspace_id: int, mail: Parsed) -> Match:
    """A copy of what one of us sent: a message of Fifthcall's, or one written elsewhere, to somebody we know."""
    message = Message.objects.filter(workspace=workspace_id, message_id=mail.message_id or "-").first()
    if message:
        return Match(message, message.person, message.opportunity)
    for address in mail.to:
        found = _by_sender(workspace_id, address)
        if found.opportunity and not found.opportunity.finished:
            return Match(None, found.person, found.opportunity)
    return Match()


def _people(workspace_id: int, address: str) -> QuerySet[Person]:
    points = ContactPoint.objects.filter(workspace=workspace_id, kind="email", normal=normal_form("email", address))
    return Person.objects.filter(pk__in=points.values("person"), merged_into=None)
