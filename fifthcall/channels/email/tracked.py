"""E1: a mail that tells when it is opened and which links are followed, where we may look at all.

Addresses are sealed: a random handle and the target, encrypted and authenticated. Answering one needs no database,
and leads nowhere that was not stored here.
"""

from __future__ import annotations

import html as escaping
import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fifthcall.channels.models import Link, Message
from fifthcall.people.tracking import tracking_of
from fifthcall.sealing import Unsealable, seal_for_address, unseal_from_address

_ANCHOR = re.compile(r'<a href="(https?://[^"\s]+)"([^>]*)>(.*?)</a>', re.DOTALL)
_HANDLE = 16  # bytes
#: Shorter than what mail programs and proxies cut an address at; a longer target stays as it is.
LONGEST = 1200


@dataclass(frozen=True, slots=True)
class Opened:
    """What an address of ours says: whose it is, and for a link where it leads."""

    handle: str
    target: str


def track(message: Message, html: str, now: datetime) -> str:
    """The HTML with our own links, a picture, and a link that nobody sees; unchanged if we may no longer look.

    The same over every try to send: links are made once for a message. The plain text keeps its addresses.
    """
    with transaction.atomic():
        if not tracking_of(message.workspace, message.person, message.opportunity.organization).yes:
            Message.objects.filter(pk=message.pk).update(tracked=False)
            message.tracked = False
            return html
        made = {(link.kind, link.target): link for link in message.links.all()}

        def address(kind: str, target: str = "") -> str:
            link = made.get((kind, target)) or Link.objects.create(
                message=message, kind=kind, handle=secrets.token_hex(_HANDLE), target=target, created_at=now
            )
            made[kind, target] = link
            return address_of(link)

        def rewritten(found: re.Match[str]) -> str:
            target = escaping.unescape(found[1])
            if target.startswith(f"{settings.URL}/") or len(target) > LONGEST:
                return found[0]
            return f'<a href="{address(Link.Kind.LINK, target)}"{found[2]}>{_without_scheme(found[3])}</a>'

        added = (
            f'<a href="{address(Link.Kind.TRAP)}" style="display:none" tabindex="-1" aria-hidden="true"></a>'
            f'<img src="{address(Link.Kind.PIXEL)}" width="1" height="1" alt="">'
        )
        return _at_the_end(_ANCHOR.sub(rewritten, html), added)


def address_of(link: Link) -> str:
    """Where the link's reader is sent first."""
    token = seal_for_address(bytes.fromhex(link.handle) + link.target.encode(), _purpose(link.kind))
    return f"{settings.URL}/o/{token}.gif" if link.kind == Link.Kind.PIXEL else f"{settings.URL}/l/{token}"


def opened(token: str, picture: bool) -> Opened | None:
    """What was sealed in an address; None for one that is not ours. Asks no database."""
    try:
        content = unseal_from_address(token, _purpose(Link.Kind.PIXEL if picture else Link.Kind.LINK))
        return Opened(content[:_HANDLE].hex(), content[_HANDLE:].decode())
    except (Unsealable, UnicodeDecodeError):
        return None


def _purpose(kind: str) -> str:
    return "picture" if kind == Link.Kind.PIXEL else "link"


def _without_scheme(words: str) -> str:
    """A bare address that now leads through us loses its "https://": programs that compare the two would warn."""
    return re.sub(r"^https?://", "", words)


def _at_the_end(html: str, added: str) -> str:
    before, end, after = html.rpartition("</body>")
    return f"{before}{added}\n{end}{after}" if end else html + added
