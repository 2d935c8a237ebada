"""Run in the server's surroundings: gives the first opportunity's person a tracked mail, and prints its links' paths.

`python -m tests.browser.tracked_mail HOURS`: the person lives where it is about eleven in the morning now.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import timedelta

import django

LINKS = 3


def main() -> None:
    django.setup()
    from django.conf import settings

    from fifthcall import clock
    from fifthcall.channels.email.tracked import address_of, track
    from fifthcall.channels.models import Mailbox, Message
    from fifthcall.pipeline.models import Opportunity
    from fifthcall.teams.models import Membership
    from fifthcall.touches.models import Touch

    settings.URL, now = "https://follow.example", clock.now()
    ada = Membership.objects.select_related("workspace").get(name="Ada Berg")
    rows = Opportunity.objects.filter(owner=ada, next_due_at__gt=now, person__isnull=False, status="open")
    busy: Counter[int | None] = Counter(Opportunity.objects.values_list("organization", flat=True))
    # Nobody whose week, or whose organisation's, is used up: their call waits, rightly.
    quiet = sorted(rows, key=lambda row: busy[row.organization_id])
    row = next(row for row in quiet if not Touch.of(row).filter(at__gt=now - timedelta(days=8)).exists())
    assert row.person
    offset = now.hour - 11  # Etc/GMT+5 is five hours behind
    row.person.zone = f"Etc/GMT{'+' if offset >= 0 else '-'}{abs(offset)}" if abs(offset) <= 12 else "Etc/GMT+12"
    row.person.zones = row.person.regions = ""
    row.person.save()
    row.person.points.filter(kind="email").delete()
    if row.organization:
        row.organization.country = row.organization.zone = ""
        row.organization.save()
    ada.workspace.tracking, ada.workspace.country = True, "US"
    ada.workspace.save()
    row.workspace = ada.workspace
    box = Mailbox.objects.create(
        workspace=ada.workspace, member=ada, address="ada@x.example", zone="UTC", created_at=now
    )
    sent = now - timedelta(hours=1)
    message = Message.objects.create(
        workspace=ada.workspace,
        mailbox=box,
        opportunity=row,
        person=row.person,
        member=ada,
        key="tracked",
        to_address="ida@x.example",
        subject="The roof",
        text="x",
        message_id="<tracked@x.example>",
        tracked=True,
        state=Message.State.SENT,
        sent_at=sent,
        wanted_at=sent,
        due_at=sent,
        created_at=sent,
    )
    track(message, "".join(f'<a href="https://x.example/{n}">x</a>' for n in range(LINKS)), now)
    links = [address_of(link).removeprefix(settings.URL) for link in message.links.filter(kind="link").order_by("id")]
    json.dump({"pk": row.pk, "person": row.person.name, "links": links}, sys.stdout)


if __name__ == "__main__":
    main()
